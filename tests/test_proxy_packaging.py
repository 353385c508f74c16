"""The proxy's packages: the verb that starts it, the wheel, and the examples of deployments."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.proxied import LADDER, PROGRAM, upstream

tomllib = pytest.importorskip("tomllib", reason="Python 3.10 has no reader of TOML")
DEPLOY = ROOT / "examples" / "deploy"


def verb(*words: str, path: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": path, **more}
    command = [sys.executable, "-m", "rheostat", "proxy", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_the_verb_becomes_the_program(tmp_path: Path) -> None:
    config = tmp_path / "proxy.toml"
    config.write_text(LADDER + upstream("http://127.0.0.1:1/v1"), encoding="utf-8")
    good = verb("--config", str(config), "--check", path=str(PROGRAM.parent))
    assert (good.returncode, good.stdout) == (0, f"{config}: 2 rungs, 1 upstreams\n")
    wrong = verb("--config", str(tmp_path / "none"), "--check", path=str(PROGRAM.parent))
    assert wrong.returncode == 1
    assert "none" in wrong.stderr


def test_the_verb_names_what_to_install(tmp_path: Path) -> None:
    if shutil.which("rheostat-proxy", path=str(Path(sys.executable).parent)):
        pytest.skip("the proxy is installed beside this Python")
    missing = verb("--config", "x", path=str(tmp_path))
    assert missing.returncode == 2
    assert "pip install rheostat-proxy" in missing.stderr


def test_the_wheel_is_of_the_program_and_of_this_version() -> None:
    wheel = tomllib.loads((ROOT / "packaging" / "proxy" / "pyproject.toml").read_text(encoding="utf-8"))
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]
    assert wheel["project"]["version"] == workspace["version"]
    assert wheel["project"]["license"] == workspace["license"]
    assert wheel["tool"]["maturin"]["bindings"] == "bin"
    manifest = ROOT / "packaging" / "proxy" / wheel["tool"]["maturin"]["manifest-path"]
    assert tomllib.loads(manifest.read_text(encoding="utf-8"))["package"]["name"] == wheel["project"]["name"] == "rheostat-proxy"


def test_the_units_paths_and_words_are_the_programs() -> None:
    # A key may come twice in a unit, which no other form of file allows.
    unit: Any = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(DEPLOY / "rheostat-proxy.service")
    service = dict(unit["Service"])
    assert service["ExecStartPre"] == f"{service['ExecStart']} --check"
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    for needed in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "DynamicUser"):
        assert service[needed] == "yes"
    if shutil.which("systemd-analyze"):
        checked = subprocess.run(
            ["systemd-analyze", "verify", DEPLOY / "rheostat-proxy.service"], capture_output=True, text=True, check=False
        )
        assert not re.search(r"Unknown|Failed to parse|Invalid", checked.stderr)


def test_the_container_runs_what_it_builds_as_nobody() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    words = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    stages = [rest for word, rest in words if word == "FROM"]
    assert len(stages) == 2
    assert stages[1].endswith(":nonroot")
    copied = [rest.split() for word, rest in words if word == "COPY"]
    assert all((ROOT / source).exists() for one in copied if not one[0].startswith("--") for source in one[:-1])
    assert ["--from=build", "/src/target/release/rheostat-proxy", "/usr/local/bin/rheostat-proxy"] in copied


def test_the_values_hold_a_file_that_the_proxy_takes(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    values = yaml.safe_load((DEPLOY / "values.yaml").read_text(encoding="utf-8"))
    config = tmp_path / "proxy.toml"
    config.write_text(values["configMaps"][values["args"][1]], encoding="utf-8")
    keys = {"OPENAI_API_KEY": "x", "TEAM_A_KEY": "y"}
    words = [str(PROGRAM), "--config", str(config), "--check"]
    checked = subprocess.run(words, env={**os.environ, **keys}, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert values["livenessProbe"]["httpGet"]["path"] == "/healthz"
