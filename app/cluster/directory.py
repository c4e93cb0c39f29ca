"""Questions about open streams, and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ..request.selection import Selection
from ..words import Json

#: One stream as an operator sees it, ready for JSON.
Description = Mapping[str, Json]


class Place(NamedTuple):
    """A stream's position in the order of all: newest first, by start and id.

    ``started_ms`` is milliseconds since 1970.
    """

    started_ms: int
    stream_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """A request for at most ``limit`` streams that follow a place.

    They are of ``path`` and of ``selection``.
    """

    limit: int
    path: str = ""
    selection: Selection = Selection()
    after: Place | None = None


class Entry(NamedTuple):
    """A stream in a list."""

    place: Place
    description: Description


@dataclass(frozen=True, slots=True)
class Found:
    """A page of streams, newest first.

    ``total`` counts the streams that were asked for, and ``left`` those after the given
    place, this page included. ``complete`` is False if a worker did not answer.
    """

    entries: list[Entry]
    total: int
    left: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Stopped:
    """The number of streams told to end, and whether every worker answered."""

    count: int
    complete: bool = True


class Directory(Protocol):
    """The open streams."""

    def find(self, query: Query) -> Found:
        """A page of streams."""

    def get(self, stream_id: str) -> Description:
        """Describe one stream.

        Raises ``NotFound``, or ``Unavailable`` if a worker that may have it did
        not answer.
        """

    def stop(self, stream_id: str) -> None:
        """End one stream with reason ``stopped``. Raises as ``get`` does."""

    def stop_all(self, path: str) -> Stopped:
        """End every stream of ``path``."""

    def start(self) -> None:
        """Begin to answer other workers; call it in the process that serves."""

    def close(self) -> None:
        """Stop answering other workers, because the process ends."""


def covers(wanted: str, path: str) -> bool:
    """Whether ``path`` is ``wanted`` or lies below it, in whole segments.

    ``stocks`` covers ``stocks`` and ``stocks/AAPL`` but not ``stocks-old``. An
    empty ``wanted`` covers everything.
    """
    return not wanted or path == wanted or path.startswith(f"{wanted}/")
