"""The port for messages between workers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol


class Exchange(Protocol):
    """Messages to all workers, replies to one, and a record of who is alive.

    Every method raises ``Unavailable`` if the engine behind it cannot be reached.
    Messages and replies are passed on unchanged.
    """

    def beat(self, worker: str) -> set[str]:
        """Report ``worker`` as alive; returns all that lately did, itself included."""

    def present(self) -> set[str]:
        """The workers that lately reported themselves alive."""

    def leave(self, worker: str) -> None:
        """Report that ``worker`` has ended."""

    def publish(self, message: bytes) -> None:
        """Send ``message`` to all current listeners, the sender included."""

    def listen(self) -> Generator[bytes | None, None, None]:
        """Yield every message; the first ``None`` says that listening has begun.

        Later ones mark silences, at most a second apart. Close it when done.
        """

    def reply(self, address: str, answer: bytes) -> None:
        """Leave ``answer`` for the worker that waits at ``address``."""

    def next_reply(self, address: str, seconds: float) -> bytes | None:
        """The next answer at ``address``, or None if none comes within ``seconds``."""
