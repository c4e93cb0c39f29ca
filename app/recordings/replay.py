"""A recording as the steps of a stream, and as examples of generated events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from ..words import Json
from .recording import Entry, Recording


@dataclass(frozen=True, slots=True)
class Timed:
    """An entry, ``after_ms`` milliseconds after the one before it."""

    entry: Entry
    after_ms: float


def timed(recording: Recording, speed: float) -> Iterator[Timed]:
    """The entries with their gaps, ``speed`` times as fast as they were recorded.

    The first gap is the time from the recording's beginning.
    """
    before = 0.0
    for entry in recording.entries:
        yield Timed(entry, (entry.at_ms - before) / speed)
        before = entry.at_ms


@dataclass(frozen=True, slots=True)
class Likeness:
    """The events of one name: the data of the latest, and how many there were."""

    event: str | None
    example: Json
    count: int


def likenesses(recording: Recording) -> list[Likeness]:
    """What generated events like those of a recording are made from, by name.

    Raises ``ValueError`` where the data of a name is not always JSON.
    """
    counts: Counter[str | None] = Counter()
    examples: dict[str | None, Json] = {}
    for entry in recording.entries:
        if entry.data is None:
            continue
        try:
            examples[entry.event] = orjson.loads(entry.data)
        except orjson.JSONDecodeError:
            of = f" of {entry.event!r}" if entry.event else ""
            raise ValueError(
                f"the data{of} at {entry.at_ms:g} ms is not JSON"
            ) from None
        counts[entry.event] += 1
    return [Likeness(name, examples[name], count) for name, count in counts.items()]


def mean_gap_ms(recording: Recording) -> int:
    """The mean time between two events with data, at least 1 millisecond."""
    moments = [each.at_ms for each in recording.entries if each.data is not None]
    if len(moments) < 2:
        return 1_000
    return max(1, round((moments[-1] - moments[0]) / (len(moments) - 1)))
