"""What a rule looks at, and what it tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from .visits import USUAL_RETRY_MS, Feed, Visit


class Finding(NamedTuple):
    """One thing that was seen: whether it was right, the requests, and a sentence."""

    is_right: bool
    seqs: tuple[int, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged: a feed, at ``now_ms``, and when it was marked as over, or None.

    Times are milliseconds since 1970.
    """

    feed: Feed
    now_ms: int
    mark_ms: int | None = None

    def until(self, visit: Visit) -> int:
        """When a client that has not come back after ``visit`` has stopped."""
        assert visit.ended is not None
        retry_ms = self.feed.retry_ms(visit)
        wait = USUAL_RETRY_MS if retry_ms is None else retry_ms
        return visit.ended.at_ms + 3 * wait + 1_000

    def has_stopped(self, visit: Visit) -> bool:
        """Whether there was time to come back after ``visit``; nobody did."""
        end = self.now_ms if self.mark_ms is None else min(self.mark_ms, self.now_ms)
        return end >= self.until(visit)


#: How a rule looks at a case.
Look: TypeAlias = Callable[[Case], Iterator[Finding]]
