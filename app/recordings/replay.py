"""A recording as the steps of a stream, and as examples of generated events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from ..words import Json
from .recording import ENTRIES_AT_A_TIME, Entry, Recording


@dataclass(frozen=True, slots=True)
class Timed:
    """An entry, ``after_ms`` milliseconds after the one before it."""

    entry: Entry
    after_ms: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries with their gaps, ``speed`` times as fast as they were recorded.

    The first gap is the time from the recording's beginning. Each is made when it is
    asked for, so that a long recording costs nothing beforehand.
    """

    entries: Sequence[Entry]
    speed: float

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    def __getitem__(self, index: int) -> Timed:
        """The entry at ``index``, from 0."""
        entry = self.entries[index]
        before = self.entries[index - 1].at_ms if index else 0.0
        return Timed(entry, (entry.at_ms - before) / self.speed)


@dataclass(frozen=True, slots=True)
class Likeness:
    """The events of one name: the data of the latest, and how many there were."""

    event: str | None
    example: Json
    count: int


def likenesses(
    recording: Recording, turn: Callable[[], None] = lambda: None
) -> list[Likeness]:
    """What generated events like those of a recording are made from, by name.

    ``turn`` is called now and then, and may let others run. Raises ``ValueError``
    where the data of a name is not always JSON.
    """
    counts: Counter[str | None] = Counter()
    examples: dict[str | None, Json] = {}
    for number, entry in enumerate(recording.entries, 1):
        if not number % ENTRIES_AT_A_TIME:
            turn()
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
