"""The workflows are what a hosted runner takes: they parse, call each other, pin what they use, and hold no secret."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conftest import ROOT

yaml = pytest.importorskip("yaml")
FOLDER = ROOT / ".github" / "workflows"
NAMES = ("ci.yml", "wheels.yml", "release.yml")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def read(name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_pins_what_it_uses_and_asks_for_little(name: str) -> None:
    workflow = read(name)
    # YAML 1.1 reads the key `on` as true.
    assert True in workflow
    assert workflow["permissions"] == {"contents": "read"}
    for step in steps(workflow):
        assert ("uses" in step) != ("run" in step)
        assert "uses" not in step or PINNED.fullmatch(step["uses"]), step
    for job in workflow["jobs"].values():
        assert set(job.get("needs", []) if isinstance(job.get("needs"), list) else filter(None, [job.get("needs")])) <= set(
            workflow["jobs"]
        )
        if "uses" in job:
            assert (ROOT / job["uses"]).exists()
            assert "workflow_call" in read(job["uses"].rpartition("/")[2])[True]
        else:
            assert "timeout-minutes" in job
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert "secrets." not in text
    assert not re.search(r"\b(?:[\w-]+\.)*(?:pypi|crates|npmjs)\.(?:org|io|com)\b", text)


def test_every_platform_has_a_wheel_and_a_release_builds_them_all() -> None:
    built = read("wheels.yml")["jobs"]["wheels"]["strategy"]["matrix"]["include"]
    kinds = {(one["os"].split("-")[0], one["target"], str(one.get("manylinux")), one.get("python")) for one in built}
    for wanted in (
        ("ubuntu", "x86_64", "2_28", None),
        ("ubuntu", "aarch64", "2_28", None),
        ("ubuntu", "x86_64", "musllinux_1_2", None),
        ("ubuntu", "aarch64", "musllinux_1_2", None),
        ("macos", "aarch64", "None", None),
        ("macos", "x86_64", "None", None),
        ("windows", "x64", "None", None),
        ("ubuntu", "x86_64", "2_28", "3.14t"),
    ):
        assert wanted in kinds, wanted
    release = read("release.yml")["jobs"]
    assert release["wheels"]["uses"].endswith("wheels.yml")
    publish = release["publish"]
    assert (publish["needs"], publish["environment"]) == ("wheels", "release")
    assert publish["permissions"] == {"contents": "read", "id-token": "write", "attestations": "write"}
    # Trusted publishing: no step has a password.
    assert not [step for step in publish["steps"] if "password" in step.get("with", {})]
    assert any("attest" in step.get("uses", "") for step in publish["steps"])
