"""Optional dependencies, imported on first use."""

from importlib import import_module
from types import ModuleType

from rheostat.errors import MissingExtraError


def need(module: str, extra: str, distribution: str = "rheostat") -> ModuleType:
    """Imports a module of an extra.

    Args:
        module: The module's full name.
        extra: The extra that installs it.
        distribution: The distribution that defines the extra.

    Raises:
        MissingExtraError: It is not installed; the message has the command that installs it.

    Example:
        >>> need("json", "cli").__name__
        'json'
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(f"{module} is not installed: pip install '{distribution}[{extra}]'") from error
