"""Connections that the application takes over, in place of a response.

What a view answers is then a ``Takeover``, which writes its own head and speaks
another protocol. It begins when everything of the request is gone, and keeps no
greenlet of the server waiting: most such connections are silent, and a stack for each
would take more memory than all the rest of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any


class Takeover(ABC):
    """An answer that takes the connection over."""

    @abstractmethod
    def begin(self, sock: Any, on_end: Callable[[], None]) -> None:
        """Speak to the client from now on, without waiting for it.

        ``on_end`` is called once, in a greenlet that may wait, when the connection
        may be closed.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of everything. Called where it never begins."""

    def __iter__(self) -> Iterator[bytes]:
        """No body, for a server that cannot hand over a connection."""
        return iter(())


class TakenOver(StopIteration):
    """Ends gunicorn's handling of a request; ``takeover`` goes on."""

    def __init__(self, takeover: Takeover) -> None:
        """Hand over to ``takeover``."""
        super().__init__()
        self.takeover = takeover
