"""Where the lab's weights are, and whether they are what they were when they left: every file is held to its checksum."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rheostat.errors import ArtifactError, UnknownNameError
from rheostat_lab.tokens import Tokenizer

DIRECTORY = Path(__file__).parent / "models"
"""The ONNX files that come with this distribution, and their manifest."""
MANIFEST = "manifest.json"
FORMAT = 1
LARGEST_FILE = 16 * 1024 * 1024


@dataclass(frozen=True)
class Weights:
    """A directory of models: a manifest, and one ONNX file each.

    Attributes:
        directory: Where the files are.
        manifest: Contents of the manifest: vocabulary, sizes, checksums, training of each model.
    """

    directory: Path
    manifest: dict[str, Any]

    @classmethod
    def find(cls, directory: str | Path | None = None) -> Weights:
        """The weights in a directory, by default those that come with this distribution.

        Raises:
            ArtifactError: There is no manifest there, or it is not one of this version.
        """
        path = Path(DIRECTORY if directory is None else directory) / MANIFEST
        try:
            manifest = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise ArtifactError(f"{path}: no manifest of lab weights can be read there: {error}") from error
        found = manifest.get("format") if isinstance(manifest, dict) else None
        if found != FORMAT:
            raise ArtifactError(f"{path}: format {found!r} is not one that this version reads; it must be {FORMAT}")
        return cls(path.parent, manifest)

    @property
    def names(self) -> tuple[str, ...]:
        """The models, smallest first."""
        return tuple(self.manifest["models"])

    def facts(self, name: str) -> dict[str, Any]:
        """Returns one model's entry in the manifest.

        Raises:
            UnknownNameError: There is no such model.
        """
        models = self.manifest["models"] | self.manifest.get("scorers", {})
        if name not in models:
            raise UnknownNameError(f"model: {name!r} is not one of {', '.join(models)}")
        facts: dict[str, Any] = models[name]
        return facts

    def read(self, name: str) -> bytes:
        """The ONNX file of one model, checked.

        Raises:
            UnknownNameError: There is no such model.
            ArtifactError: The file is missing, or differs from the manifest.
        """
        facts = self.facts(name)
        path = self.directory / Path(facts["file"]).name
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise ArtifactError(f"{path}: larger than {LARGEST_FILE} bytes, which no model of the lab is")
            data = path.read_bytes()
        except OSError as error:
            raise ArtifactError(f"{path}: cannot be read: {error}") from error
        if (found := hashlib.sha256(data).hexdigest()) != facts["sha256"]:
            raise ArtifactError(f"{path}: damaged: its SHA-256 is {found}, the manifest says {facts['sha256']}")
        return data

    def tokenizer(self) -> Tokenizer:
        """The tokenizer that all the models share."""
        return Tokenizer(self.manifest["vocabulary"], self.manifest["sayable"])
