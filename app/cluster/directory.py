"""What can be asked about open streams, and the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ..words import Json

#: What an operator sees of one stream, ready for JSON.
Description = Mapping[str, Json]


class Place(NamedTuple):
    """Where a stream stands in the order of all: newest first, by start and id.

    ``started_ms`` is milliseconds since 1970.
    """

    started_ms: int
    stream_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """Which streams are wanted: at most ``limit`` of ``path``, after a place."""

    limit: int
    path: str = ""
    after: Place | None = None


class Entry(NamedTuple):
    """A stream in a list."""

    place: Place
    description: Description


@dataclass(frozen=True, slots=True)
class Found:
    """The newest streams that were asked for.

    ``total`` counts the streams of that path, ``left`` those that come after the
    place that was given, these included. ``complete`` is False when a worker did
    not answer.
    """

    entries: list[Entry]
    total: int
    left: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Stopped:
    """How many streams were told to end, and whether every worker answered."""

    count: int
    complete: bool = True


class Directory(Protocol):
    """The open streams."""

    def find(self, query: Query) -> Found:
        """A page of streams."""

    def get(self, stream_id: str) -> Description:
        """One stream.

        Raises ``NotFound``, and ``Unavailable`` where that is not certain.
        """

    def stop(self, stream_id: str) -> None:
        """End one stream, which says ``Stopped`` to its client. Raises as ``get``."""

    def stop_all(self, path: str) -> Stopped:
        """End every stream of ``path``."""

    def start(self) -> None:
        """Begin to answer others. To be called in the process that serves."""

    def close(self) -> None:
        """Answer nobody any more: the process ends."""


def covers(wanted: str, path: str) -> bool:
    """Whether ``path`` is ``wanted`` or lies below it, in whole segments.

    ``stocks`` covers ``stocks`` and ``stocks/AAPL`` but not ``stocks-old``. The
    empty text covers everything.
    """
    return not wanted or path == wanted or path.startswith(f"{wanted}/")
