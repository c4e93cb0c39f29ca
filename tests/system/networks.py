"""A network of its own, at the other end of a cable that can be cut."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

#: From a network that is set aside for tests of networks (RFC 2544).
OURS, THEIRS = "198.18.77.1", "198.18.77.2"


def as_root(*command: str) -> list[str]:
    """The command as root executes it."""
    return [*([] if os.geteuid() == 0 else ["sudo", "-n"]), *command]


@dataclass(frozen=True)
class FarAway:
    """A network of its own, at the other end of a cable."""

    namespace: str
    end: str

    @property
    def inside(self) -> list[str]:
        """What a command begins with that is executed there."""
        return as_root("ip", "netns", "exec", self.namespace)

    def cut(self) -> None:
        """From now on nothing arrives, in either direction."""
        _ip("-n", self.namespace, "link", "set", self.end, "down")

    def mend(self) -> None:
        """Everything arrives again."""
        _ip("-n", self.namespace, "link", "set", self.end, "up")


def _ip(*arguments: str) -> None:
    subprocess.run(as_root("ip", *arguments), check=True, capture_output=True)


@contextmanager
def far_network() -> Iterator[FarAway]:
    """A network far away; skips where none can be made."""
    name = f"llmock{os.getpid()}"
    near, far = f"a{os.getpid()}", f"b{os.getpid()}"
    with ExitStack() as stack:
        try:
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)
            _ip("link", "add", near, "type", "veth", "peer", far, "netns", name)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"networks cannot be made here: {error.stderr.decode()}")
        stack.callback(_ip, "link", "del", near)
        _ip("addr", "add", f"{OURS}/30", "dev", near)
        _ip("link", "set", near, "up")
        _ip("-n", name, "addr", "add", f"{THEIRS}/30", "dev", far)
        _ip("-n", name, "link", "set", far, "up")
        yield FarAway(name, far)
