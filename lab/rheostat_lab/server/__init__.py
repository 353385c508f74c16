"""The lab as an OpenAI-compatible server: `rheostat lab serve`."""

from rheostat_lab.server.app import application, serve
from rheostat_lab.server.driver import Driver, Full

__all__ = ["Driver", "Full", "application", "serve"]
