"""The lab's weights: held to their checksums, small, and priced by their size."""

import json
import shutil
from pathlib import Path

import pytest

from rheostat.errors import ArtifactError, UnknownNameError
from rheostat_lab import LISTS, Weights
from rheostat_lab.weights import DIRECTORY


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "weights"
    shutil.copytree(DIRECTORY, copy)
    weights = Weights.find(copy)
    name = weights.names[0]
    path = copy / weights.facts(name)["file"]
    data = bytearray(path.read_bytes())
    for damaged in (data[:-1], data[:100], b"", bytes(data[:500]) + bytes([data[500] ^ 1]) + bytes(data[501:])):
        path.write_bytes(damaged)
        with pytest.raises(ArtifactError, match="damaged"):
            weights.read(name)
    path.unlink()
    with pytest.raises(ArtifactError, match="cannot be read"):
        weights.read(name)


def test_the_manifest_is_checked(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no manifest"):
        Weights.find(tmp_path)
    for text in ("{", "[]", '{"format": 99}'):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(ArtifactError):
            Weights.find(tmp_path)


def test_a_file_outside_the_directory_is_never_read(tmp_path: Path) -> None:
    entry = {"file": "../../secret.onnx", "sha256": "0"}
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1, "models": {"m": entry}}))
    with pytest.raises(ArtifactError, match=f"{tmp_path}/secret.onnx"):
        Weights.find(tmp_path).read("m")


def test_unknown_names_are_one_line() -> None:
    with pytest.raises(UnknownNameError, match="lab-huge"):
        Weights.find().facts("lab-huge")


def test_the_weights_are_small() -> None:
    assert sum(path.stat().st_size for path in DIRECTORY.iterdir() if path.is_file()) < 12 * 2**20


def test_prices_by_arithmetic_are_those_of_the_models() -> None:
    models = Weights.find().manifest["models"]
    most = max(facts["parameters"] for facts in models.values())
    for name, facts in models.items():
        assert LISTS["flops"][name].output == pytest.approx(10.0 * facts["parameters"] / most)
