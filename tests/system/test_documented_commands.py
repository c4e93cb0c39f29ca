"""The commands of the README and of the pages, run as they stand."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.system.server import ROOT, Server, serve

TEXTS = [ROOT / "README.md", *sorted((ROOT / "app/web/pages").glob("*.md"))]
CURLS = [
    found
    for path in TEXTS
    for found in re.findall(r"^(curl .*)$|`(curl [^`]*)`", path.read_text(), re.M)
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.mark.parametrize("command", [block or inline for block, inline in CURLS])
def test_every_curl_line_answers(server: Server, command: str) -> None:
    command = command.replace("http://127.0.0.1:5000", server.url)
    seconds = 3 if re.search(r"curl -\w*N", command) else 30  # a feed, or an answer
    done = subprocess.run(
        ["bash", "-c", f"{command} --silent --max-time {seconds}"],
        capture_output=True,
        check=False,
        text=True,
    )
    # 28: a live feed is cut off by --max-time, as it should be.
    assert done.returncode in (0, 28), done.stderr
    assert done.stdout


def test_there_are_curl_lines() -> None:
    assert len(CURLS) >= 5
