"""A server of a test's own: a child process on a free port."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Union

from .llmock import Server

#: A configuration: its file, or the keys that differ from their defaults.
Config = Union[str, Path, Mapping[str, Any]]

#: How long a server may take to start, and to stop, in seconds.
MAX_START_SECONDS = 30.0
MAX_STOP_SECONDS = 20.0

_PACKAGE = __name__.partition(".")[0]
_ADDRESS = re.compile(r"serves on (http://\S+)")
#: Variables that would change the server.
_SETTINGS = re.compile(r"(?i)(mockllmapi__|(llmock_config|gunicorn_cmd_args)$)")


@contextmanager
def started(config: Config | None = None) -> Iterator[Server]:
    """Start a server, and stop it at the end.

    It also stops when this process is killed. Raises ``RuntimeError`` with what the
    server said where it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="llmock-") as folder:
        said = Path(folder, "log")
        command = [sys.executable, "-m", _PACKAGE, "serve", "--port=0", "--until-eof"]
        if config is not None:
            command.append(f"--config={_file(config, Path(folder))}")
        with said.open("wb") as log:
            process = subprocess.Popen(
                command,
                # Nothing of the caller's folder is imported.
                cwd=folder,
                env=_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                # Ctrl-C is for the tests, which then stop the server.
                start_new_session=True,
            )
        with process:
            try:
                server = Server(_address(process, said))
                try:
                    yield server
                finally:
                    server.api.close()
            finally:
                process.terminate()
                try:
                    process.wait(MAX_STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()


def _file(config: Config, folder: Path) -> Path:
    if not isinstance(config, Mapping):
        return Path(config).absolute()
    path = folder / "config.json"
    path.write_text(json.dumps({"MockLlmApi": dict(config)}), "utf-8")
    return path


def _environment() -> dict[str, str]:
    return {
        name: text for name, text in os.environ.items() if not _SETTINGS.match(name)
    }


def _address(process: subprocess.Popen[bytes], said: Path) -> str:
    """The address that the server prints when it is ready."""
    assert process.stdout is not None
    printed = b""
    until = time.monotonic() + MAX_START_SECONDS
    while select.select([process.stdout], [], [], max(0, until - time.monotonic()))[0]:
        piece = os.read(process.stdout.fileno(), 4096)
        printed += piece
        found = _ADDRESS.search(printed.decode())
        if found and b"\n" in printed[found.end() :]:
            return found[1]
        if not piece:
            break
    raise RuntimeError(
        f"the mock server did not start:\n{said.read_text('utf-8', 'replace')}"
    )
