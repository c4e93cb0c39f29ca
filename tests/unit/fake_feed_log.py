"""A stand-in for the log of feeds: an engine in memory that can go away."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from time import monotonic

import gevent
from gevent.event import Event

from app.errors import Unavailable
from app.feed_log import (
    Addition,
    Held,
    Key,
    Logged,
    Offer,
    Opened,
    Part,
    Saved,
    Stand,
)


@dataclass
class FakeFeed:
    """One feed, with its events by number."""

    offer: Offer
    stand: Stand
    needed_at: float
    token: int = 0
    worker: str = ""
    until: float = 0.0
    is_over: bool = False
    saved: Saved | None = None
    events: dict[int, tuple[float, bytes]] = field(default_factory=dict)


class FakeLogEngine:
    """What the logs of all workers share. ``calls`` counts those of each kind."""

    def __init__(
        self, max_feeds: int = 1000, linger_s: float = 30.0, keep_s: float = 300.0
    ) -> None:
        self.away = False
        self.max_feeds = max_feeds
        self.linger_s = linger_s
        self.idle_s = linger_s + keep_s
        self.lease_s = 1.5
        self.feeds: dict[Key, FakeFeed] = {}
        self.newest: dict[str, Key] = {}
        self.bells: dict[str, Event] = {}
        self.calls: dict[str, int] = {}

    def go_away(self) -> None:
        self.away = True

    def come_back(self) -> None:
        self.away = False

    def named(self, name: str) -> tuple[Key, FakeFeed] | None:
        key = self.newest.get(name)
        feed = None if key is None else self.feeds.get(key)
        return None if key is None or feed is None or feed.is_over else (key, feed)


class FakeFeedLog:
    """One worker's log."""

    def __init__(self, engine: FakeLogEngine) -> None:
        self._engine = engine

    def _call(self, name: str) -> FakeLogEngine:
        gevent.sleep(0)  # as a call over a network lets others run
        engine = self._engine
        engine.calls[name] = engine.calls.get(name, 0) + 1
        if engine.away:
            raise Unavailable("away", retry_after=1)
        return engine

    def open(self, name: str, offer: Offer) -> Opened | None:
        engine, now = self._call("open"), monotonic()
        found = engine.named(name)
        if found is None:
            there = [each for each in engine.feeds.items() if not each[1].is_over]
            if len(there) >= engine.max_feeds:
                key, spare = min(there, key=lambda each: each[1].needed_at)
                if spare.needed_at >= now - engine.linger_s:
                    return None
                del engine.feeds[key]
            feed = FakeFeed(offer, Stand(0, offer.batch, 0), now)
            key = engine.newest[name] = Key(name, offer.epoch)
            engine.feeds[key] = feed
        else:
            feed = found[1]
        feed.needed_at = now
        return Opened(
            feed.offer.epoch,
            feed.offer.declaration,
            feed.offer.started_ms,
            feed.stand,
            [
                Logged(number, data, int((now - at) * 1000))
                for number, (at, data) in feed.events.items()
            ],
        )

    def hold(self, worker: str, claims: Mapping[Key, bool]) -> dict[Key, Held]:
        self._call("hold")
        return {key: self._held(worker, key, need) for key, need in claims.items()}

    def _held(self, worker: str, key: Key, is_needed: bool) -> Held:
        engine, now = self._engine, monotonic()
        feed = engine.feeds.get(key)
        if feed is None or feed.is_over:
            return Held(Part.GONE)
        if is_needed:
            feed.needed_at = now
        if feed.needed_at < now - engine.idle_s:
            del engine.feeds[key]
            return Held(Part.GONE)
        if feed.needed_at < now - engine.linger_s:
            if feed.worker == worker:
                feed.worker = ""
            return Held(Part.RESTING, 0, feed.stand)
        is_free = not feed.worker or feed.until <= now
        if feed.worker != worker and not (is_needed and is_free):
            return Held(Part.FOLLOWING, 0, feed.stand)
        is_taken = feed.worker not in ("", worker)
        saved = None
        if feed.worker != worker:
            feed.worker = worker
            feed.token += 1
            saved = feed.saved
        feed.until = now + engine.lease_s
        return Held(Part.PRODUCING, feed.token, feed.stand, is_taken, saved)

    def release(self, worker: str, keys: Collection[Key]) -> None:
        engine = self._call("release")
        for key in keys:
            feed = engine.feeds.get(key)
            if feed is not None and feed.worker == worker:
                feed.worker = ""

    def append(self, key: Key, addition: Addition) -> bool:
        engine = self._call("append")
        feed = engine.feeds.get(key)
        if feed is None or feed.is_over or feed.token != addition.token:
            return False
        after = addition.number + len(addition.data)
        if feed.stand.number == after:
            return True
        if feed.stand.number != addition.number:
            return False
        for number, data in enumerate(addition.data, addition.number):
            feed.events[number] = monotonic(), data
        feed.stand = addition.stand
        feed.saved = addition.saved or feed.saved
        for number in [each for each in feed.events if each < addition.oldest]:
            del feed.events[number]
        self._ring()
        return True

    def end(self, key: Key, data: bytes, token: int | None = None) -> bool:
        engine = self._call("end")
        feed = engine.feeds.get(key)
        if feed is None or feed.is_over or token not in (None, feed.token):
            return False
        feed.events[feed.stand.number] = monotonic(), data
        feed.is_over = True
        self._ring()
        return True

    def latest(self, name: str) -> tuple[Key, int] | None:
        found = self._call("latest").named(name)
        return None if found is None else (found[0], found[1].stand.number)

    def read(self, worker: str, after: Mapping[Key, int]) -> dict[Key, list[Logged]]:
        engine = self._call("read")
        bell = engine.bells.setdefault(worker, Event())
        if not (found := self._news(after)):
            bell.clear()
            bell.wait(0.5)
            if engine.away:
                raise Unavailable("away", retry_after=1)
            found = self._news(after)
        return found

    def _news(self, after: Mapping[Key, int]) -> dict[Key, list[Logged]]:
        found = {}
        for key, first in after.items():
            feed = self._engine.feeds.get(key)
            events = () if feed is None else feed.events.items()
            news = [Logged(number, data) for number, (_, data) in events]
            if news := [each for each in news if each.number >= first]:
                found[key] = news
        return found

    def wake(self, worker: str) -> None:
        self._call("wake").bells.setdefault(worker, Event()).set()

    def _ring(self) -> None:
        for bell in self._engine.bells.values():
            bell.set()
