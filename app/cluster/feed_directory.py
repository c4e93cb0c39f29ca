"""The shared feeds of all workers, whichever worker is asked."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import NotFound, Unavailable
from ..events.event import EndReason
from ..feeds.feed import Feed
from ..feeds.open_feeds import Feeds
from ..words import Json
from .colleagues import Answer, Colleagues, has_found
from .directory import Description

#: How long a worker may take to end a feed, in seconds.
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class FoundFeeds:
    """The feeds, by name; ``complete`` is False if a worker did not answer."""

    feeds: list[Description]
    complete: bool = True


class FeedDirectory:
    """Finds and ends feeds, of this worker and of its colleagues."""

    def __init__(self, feeds: Feeds, colleagues: Colleagues | None) -> None:
        """``feeds`` are this worker's; without ``colleagues`` there are no others."""
        self._feeds = feeds
        self._colleagues = colleagues
        if colleagues is not None:
            colleagues.answered.update(feeds=self._answer_feeds, feed=self._answer_feed)
            colleagues.answered_later.update(endFeed=self._answer_end)

    def find(self) -> FoundFeeds:
        """Describe all feeds."""
        found: dict[str, list[Description]] = {}
        for each in map(describe_feed, self._feeds):
            found.setdefault(each["name"], []).append(each)
        answers, complete = self._ask("feeds", None)
        for answer in answers:
            for each in answer["feeds"]:
                found.setdefault(each["name"], []).append(each)
        return FoundFeeds([joined(found[name]) for name in sorted(found)], complete)

    def get(self, name: str) -> Description:
        """Describe the feed of that name or id.

        Raises ``NotFound``, or ``Unavailable`` if a worker that may have it did not
        answer.
        """
        found = self._own(name)
        answers, complete = self._ask("feed", name)
        found += [each for answer in answers for each in answer["feeds"]]
        if not found:
            raise _unknown(complete)
        return joined(found)

    def end(self, name: str) -> None:
        """End the feed of that name or id for all subscribers. Raises as ``get``."""
        try:
            self._feeds.end(self._feeds.get(name), EndReason.STOPPED)
            return
        except NotFound:
            pass
        if self._colleagues is None:
            raise _unknown(True)
        answers, complete = self._colleagues.ask(
            "endFeed", name, enough=has_found, seconds=_PATIENCE
        )
        if not any(answer["found"] for answer in answers):
            raise _unknown(complete)

    def _own(self, name: str) -> list[Description]:
        try:
            return [describe_feed(self._feeds.get(name))]
        except NotFound:
            return []

    def _ask(self, what: str, about: Json) -> tuple[list[Answer], bool]:
        if self._colleagues is None:
            return [], True
        return self._colleagues.ask(what, about)

    # -- answering ------------------------------------------------------------

    def _answer_feeds(self, about: None) -> Answer:
        return {"feeds": [describe_feed(feed) for feed in self._feeds]}

    def _answer_feed(self, name: str) -> Answer:
        return {"feeds": self._own(name)}

    def _answer_end(self, name: str) -> Answer:
        try:
            self._feeds.end(self._feeds.get(name), EndReason.STOPPED)
        except NotFound:
            return {"found": False}
        return {"found": True}


def _unknown(complete: bool) -> NotFound | Unavailable:
    if complete:
        return NotFound("There is no feed of that name.")
    return Unavailable(
        "No worker that answered has a feed of that name.", retry_after=1
    )


def joined(found: Sequence[Description]) -> Description:
    """One feed as several workers describe it: the one that produces it knows best."""
    best = max(found, key=lambda each: (each["producer"] is not None, each["events"]))
    return {
        **best,
        "workers": len(found),
        "subscribers": sum(each["subscribers"] for each in found),
        "skipped": sum(each["skipped"] for each in found),
        "lagEvents": max(each["lagEvents"] for each in found),
    }


def describe_feed(feed: Feed) -> dict[str, Json]:
    """A feed as one worker has it; ``history`` has the numbers of its ends.

    ``producer`` is the machine and the process that makes its events, None elsewhere.
    """
    request, history, production = feed.request, feed.history, feed.production
    here = f"{socket.gethostname()}:{os.getpid()}"
    return {
        "name": feed.name,
        "id": feed.short_name,
        "epoch": feed.epoch,
        "path": request.path,
        "mode": request.mode.value,
        "intervalMs": request.interval_ms,
        "backend": feed.backend,
        "producer": None if production is None else here,
        "workers": 1,
        "subscribers": feed.subscribers,
        "resting": feed.is_resting,
        "paused": production is not None and production.is_paused,
        "batches": feed.batches,
        "events": history.next,
        "skipped": feed.skipped,
        "lagEvents": feed.lag,
        "history": {
            "first": history.first,
            "last": history.next - 1 if history.next else None,
            "bytes": history.size,
        },
    }
