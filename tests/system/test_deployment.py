"""The files under scripts/deploy are what their readers accept."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.server import ROOT

DEPLOY = ROOT / "scripts" / "deploy"


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
