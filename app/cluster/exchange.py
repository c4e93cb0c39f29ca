"""The port to whatever carries messages between workers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol


class Exchange(Protocol):
    """Messages to all workers, answers to one, and who is there.

    Every method raises ``Unavailable`` where the engine behind it cannot be
    reached. Texts of others are bytes, here and there the same.
    """

    def beat(self, worker: str) -> set[str]:
        """Say that ``worker`` lives, and hear who has lately said so, it included."""

    def present(self) -> set[str]:
        """The workers that have lately said that they live."""

    def leave(self, worker: str) -> None:
        """``worker`` lives no more."""

    def publish(self, message: bytes) -> None:
        """Send ``message`` to everyone who listens now, the sender included."""

    def listen(self) -> Generator[bytes | None, None, None]:
        """The messages of all, from the first ``None`` on, and one after a silence.

        A silence is at most a second. To be closed when done.
        """

    def reply(self, address: str, answer: bytes) -> None:
        """Put ``answer`` where the one who gave the ``address`` looks for it."""

    def next_reply(self, address: str, seconds: float) -> bytes | None:
        """The next answer at ``address``; None when there is none in ``seconds``."""
