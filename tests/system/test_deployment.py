"""The files under scripts/deploy are what their readers accept."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import load_settings
from tests.system.server import ROOT, environment

DEPLOY = ROOT / "scripts" / "deploy"
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
#: Files that the operator makes, as the comment of the compose file says.
MADE_BY_THE_OPERATOR = {"llmock.pem", "llmock.key"}


@pytest.mark.needs_systemd
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "llmock.service").read_text()
    assert "/opt/llmock/.venv/bin/python" in text
    unit = tmp_path / "llmock.service"
    unit.write_text(text.replace("/opt/llmock/.venv/bin/python", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.needs_systemd
def test_the_unit_is_hardened(tmp_path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", DEPLOY / "llmock.service"],
        capture_output=True,
        text=True,
    )
    exposure = re.search(r"exposure level.*?: ([0-9.]+)", done.stdout)
    assert exposure is not None, done.stderr
    assert float(exposure[1]) < 2.5


def test_every_path_that_the_image_copies_is_there() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY")]
    paths = [path for line in copied for path in line]
    assert paths and [path for path in paths if not (ROOT / path).exists()] == []


def test_the_image_runs_as_a_plain_user() -> None:
    users = re.findall("^USER (.*)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert users[-1] == "10001:10001"


def test_the_command_of_the_image_serves() -> None:
    text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", "")
    (found,) = re.findall(r"^CMD (\[.*\])$", text, re.MULTILINE)
    name, *arguments = json.loads(found)
    assert name == "llmock-api"
    process = subprocess.Popen(
        [sys.executable, "-m", "app", *arguments, "--port=0", "--until-eof"],
        cwd=ROOT,
        env=environment({"LLMOCK_CONFIG": "config.yaml"}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None and process.stdin is not None
        assert "serves on http://127.0.0.1:" in process.stdout.readline()
        process.stdin.close()
        assert process.wait(20) == 0


def services() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in COMPOSE:
        for name, service in yaml.safe_load(path.read_text())["services"].items():
            yield f"{path.name}: {name}", service


def test_every_path_of_a_compose_file_is_there() -> None:
    for where, service in services():
        build = service.get("build")
        if build:
            context = DEPLOY / build["context"]
            assert (context / build["dockerfile"]).is_file(), where
            assert (context / "app").is_dir(), where
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                path = DEPLOY / source
                assert path.exists() or path.name in MADE_BY_THE_OPERATOR, volume


def test_the_settings_of_every_compose_file_are_accepted() -> None:
    for where, service in services():
        if "build" in service:
            given = {
                name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)
                for name, value in service["environment"].items()
            }
            assert load_settings(None, given) is not None, where


def test_the_shared_server_is_where_nginx_looks_for_it() -> None:
    shared = yaml.safe_load((DEPLOY / "compose.redis.yaml").read_text())["services"]
    command = shared["llmock"]["command"]
    module = command[command.index("--config") + 1]
    path = module.removeprefix("python:llmock_api").replace(".", "/")
    assert (ROOT / f"app{path}.py").is_file()
    bound = command[command.index("--bind") + 1]
    assert f"server {bound} " in (DEPLOY / "nginx.conf").read_text()
    folder = str(Path(bound.removeprefix("unix:")).parent)
    assert f"socket:{folder}" in shared["llmock"]["volumes"]
    assert f"socket:{folder}" in shared["nginx"]["volumes"]
    assert folder in shlex.split((DEPLOY / "Dockerfile").read_text(), comments=True)
