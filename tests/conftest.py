"""Leaves out the tests whose needs are not installed (see tests/needs.txt).

No example of Hypothesis has to end in a time: others share the machine.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("beside others", deadline=None)
settings.load_profile("beside others")

_ROOT = Path(__file__).resolve().parents[1]
_SYSTEM_COMMANDS = "/usr/sbin:/sbin"


def _read_needs() -> dict[str, list[str]]:
    rows = [
        line.split()
        for line in (_ROOT / "tests" / "needs.txt").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return {marker: needed.split(",") for marker, needed, *_ in rows}


_NEEDS = _read_needs()


def _is_there(name: str) -> bool:
    if "/" in name:
        return (_ROOT / name).exists()
    return bool(shutil.which(name) or shutil.which(name, path=_SYSTEM_COMMANDS))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers():
        for name in _NEEDS.get(marker.name, []):
            if not _is_there(name):
                pytest.skip(f"{name} is not installed")
