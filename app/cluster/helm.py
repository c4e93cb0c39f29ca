"""Questions to live streams: steering them, and waiting for what they do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ..request.selection import Selection
from ..request.verbs import Verb, read_verb
from ..words import Json

_CURSOR = re.compile(r"[0-9a-f]{16}-[0-9]{1,15}(\.[0-9a-f]{16}-[0-9]{1,15})*")


class Command(NamedTuple):
    """A verb as it was sent: its name, and its body as JSON."""

    name: str
    body: Json

    @property
    def verb(self) -> Verb:
        """What it says. Raises ``NotFound`` and ``BadRequest``."""
        return read_verb(self.name, self.body)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A moment between two clients: how many streams each worker had opened."""

    opened: Mapping[str, int]

    def __str__(self) -> str:
        """The cursor as a client keeps it."""
        return ".".join(f"{worker}-{count}" for worker, count in self.opened.items())

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The cursor of a text. Raises ``ValueError``."""
        if not _CURSOR.fullmatch(text):
            raise ValueError(text)
        pairs = [part.split("-") for part in text.split(".")]
        return cls({worker: int(count) for worker, count in pairs})

    def before(self, worker: str) -> int:
        """How many streams a worker had opened; a new one had none."""
        return self.opened.get(worker, 0)


@dataclass(frozen=True, slots=True)
class Until:
    """What a stream is waited for: an end, a pause, or a number of events."""

    state: str
    events: int = 0

    @classmethod
    def parse(cls, text: str) -> Until:
        """``closed``, ``paused`` or ``events:n``. Raises ``ValueError``."""
        if text in ("closed", "paused"):
            return cls(text)
        name, _, count = text.partition(":")
        if name == "events" and re.fullmatch("[0-9]{1,12}", count):
            return cls("events", int(count))
        raise ValueError(text)

    def __str__(self) -> str:
        """The text that ``parse`` reads."""
        return f"events:{self.events}" if self.state == "events" else self.state


@dataclass(frozen=True, slots=True)
class Steered:
    """The streams that obeyed, and the cursor from before they did.

    ``complete`` is False if a worker did not answer.
    """

    streams: list[Json]
    cursor: Cursor
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Clients:
    """How many clients came, and the cursor from before they were counted."""

    count: int
    cursor: Cursor
    complete: bool = True


class Helm(Protocol):
    """What steers open streams and waits for them. Times are in seconds."""

    def steer(self, stream_id: str, command: Command, seconds: float) -> Steered:
        """Steer one stream, and wait until it has obeyed.

        Raises ``NotFound``, ``StreamEnded`` where it is over, and ``Unavailable`` if
        a worker that may have it did not answer.
        """

    def steer_all(
        self, selection: Selection, command: Command, seconds: float
    ) -> Steered:
        """Steer every stream of ``selection``, and wait until all have obeyed."""

    def wait(self, stream_id: str, until: Until, seconds: float) -> Json:
        """Wait for one stream; says in ``met`` whether it came about.

        Raises as ``steer`` does, and ``ShuttingDown``.
        """

    def clients(self, selection: Selection, after: Cursor | None) -> Clients:
        """Count the clients of ``selection`` that came after a cursor.

        Those that have left again count too. Without a cursor the open streams
        are counted. Raises ``ShuttingDown``.
        """
