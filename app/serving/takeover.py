"""Connections that the application takes over, in place of a response.

What a view answers is then a ``Takeover``, which writes its own head and speaks
another protocol. It runs when everything of the request is gone, on the stack of the
connection, and the connection ends with it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any


class Takeover(ABC):
    """An answer that takes the connection over."""

    @abstractmethod
    def run(self, sock: Any) -> None:
        """Speak to the client until the connection may be closed."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything. Called once, also where it never runs."""

    def __iter__(self) -> Iterator[bytes]:
        """No body, for a server that cannot hand over a connection."""
        return iter(())


class TakenOver(StopIteration):
    """Ends gunicorn's handling of a request; ``takeover`` goes on."""

    def __init__(self, takeover: Takeover) -> None:
        """Hand over to ``takeover``."""
        super().__init__()
        self.takeover = takeover
