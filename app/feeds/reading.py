"""Where a subscriber begins, and what it gets next. Pure."""

from __future__ import annotations

from typing import NamedTuple

from .event_ids import EventId
from .history import Entry, History

#: No limit to how far a subscriber may be behind.
ANY = float("inf")


class Gap(NamedTuple):
    """Events that a subscriber does not get; the next one is number ``oldest``.

    ``missed`` is how many, or None where nobody knows.
    """

    missed: int | None
    oldest: int


class Reader:
    """One subscriber's place in a history.

    ``cursor`` is the number of the event that it needs next. While it is *seeking*,
    it waits for a batch that begins there or later, because a batch is not joined in
    its middle.
    """

    __slots__ = ("_is_told", "_since", "behind", "cursor", "is_seeking")

    def __init__(self, cursor: int) -> None:
        """Begin with the event ``cursor``.

        ``behind`` is how many events it may lag before batches are left out: any
        number, until it has once had all.
        """
        self.cursor = cursor
        self.behind = ANY
        self.is_seeking = False
        self._is_told = False
        self._since: int | None = None

    def seek(self, cursor: int, *, since: int | None, is_told: bool) -> None:
        """Go on with the first batch that begins at ``cursor`` or later.

        ``since`` is the number of the first event that is left out, if it is known;
        ``is_told`` says whether the subscriber hears of it.
        """
        self.cursor = cursor
        self.is_seeking = True
        self._since = since
        self._is_told = is_told

    def begin(
        self,
        history: History,
        last: EventId | None,
        *,
        epoch: str,
        replay: int,
        now: float,
        is_known: bool = False,
    ) -> None:
        """Begin after the event ``last``, if the client names one of this feed.

        Without one, with the last ``replay`` events, or with the batch in progress.
        What is no longer visible at ``now`` is lost. A number that no event has yet
        counts as none, unless it ``is_known`` that there is one, which is on its way.
        """
        oldest = history.visible(now)
        if last is not None and last.epoch != epoch:
            self.seek(oldest, since=None, is_told=True)
        elif last is not None and (last.number < history.next or is_known):
            self.cursor = last.number + 1
            if self.cursor < oldest:
                self.seek(oldest, since=self.cursor, is_told=True)
        elif replay:
            self.cursor = max(oldest, history.next - replay)
        else:
            self.seek(history.batch_at, since=None, is_told=False)

    def take(self, history: History) -> Entry | Gap | None:
        """What comes next: an event, a gap, or nothing yet.

        An event that is given is behind the cursor. A subscriber that lags gets the
        rest of its batch, and then the one in progress.
        """
        if self.is_seeking:
            return self._found(history) or self._next(history)
        return self._next(history)

    def _next(self, history: History) -> Entry | Gap | None:
        cursor = self.cursor
        lag = history.next - cursor
        if lag <= 0 or self.is_seeking:
            return None
        if cursor < history.first:
            self.seek(history.first, since=cursor, is_told=True)
            return self._found(history)
        entry = history[cursor]
        if lag > self.behind and entry.begins and history.batch_at > cursor:
            self.seek(history.batch_at, since=cursor, is_told=True)
            return self._found(history)
        self.cursor = cursor + 1
        return entry

    def _found(self, history: History) -> Gap | None:
        """Look for a batch; the gap before it, where it is found and told."""
        begins = _batch_from(history, self.cursor)
        if begins is None:
            self.cursor = history.next
            return None
        self.cursor = begins
        self.is_seeking = False
        if not self._is_told:
            return None
        return Gap(None if self._since is None else begins - self._since, begins)


def _batch_from(history: History, number: int) -> int | None:
    """The first batch that begins at ``number`` or later; None while none does."""
    for at in range(max(number, history.first), history.next):
        if history[at].begins:
            return at
    return history.next if history.batch_at == history.next else None
