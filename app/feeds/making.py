"""The parts of feeds, put together by the settings."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from ..events.modes import BATCHES
from ..ports import Clock
from ..settings import Settings
from ..settings.model import FeedOverflow
from ..streams.counts import Counts
from ..streams.opening import Opener
from ..streams.pause import Pause
from ..words import MockRequest
from .feed import Feed, FeedLimits
from .history import Bounds, Budget, History
from .production import Beginning, Outlet, Production


class Predefined(NamedTuple):
    """A feed of the configuration.

    ``history`` is how many events it keeps, None for the usual number. It runs
    without subscribers if it is ``always`` there.
    """

    request: MockRequest
    history: int | None
    always: bool


@dataclass(frozen=True, slots=True)
class FeedParts:
    """What feeds are made with.

    ``opener`` knows what producers need, and ``rng`` draws epochs.
    """

    bounds: Bounds
    limits: FeedLimits
    budget: Budget
    opener: Opener
    clock: Clock
    counts: Counts
    rng: random.Random

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        opener: Opener,
        clock: Clock,
        counts: Counts,
        rng: random.Random,
    ) -> FeedParts:
        """The parts by ``settings``."""
        return cls(
            Bounds(
                settings.feed_history,
                settings.feed_history_seconds,
                settings.feed_queue_events,
            ),
            FeedLimits(
                linger_s=settings.feed_linger_seconds,
                keep_s=settings.feed_history_seconds,
                queue=settings.feed_queue_events,
                closes=settings.feed_overflow is FeedOverflow.CLOSE,
            ),
            Budget(settings.feed_history_bytes),
            opener,
            clock,
            counts,
            rng,
        )

    def new_epoch(self) -> str:
        """An epoch that no other feed is likely to have."""
        return f"{self.rng.getrandbits(32):08x}"

    def feed(
        self,
        name: str,
        made_of: Predefined,
        *,
        epoch: str,
        turn: Callable[[], None],
        on_end: Callable[[Feed], None],
    ) -> Feed:
        """A feed without events; see ``Feed``."""
        bounds = self.bounds
        if made_of.history is not None:
            bounds = bounds._replace(events=made_of.history)
        return Feed(
            name,
            made_of.request,
            epoch=epoch,
            history=History(bounds, self.budget),
            limits=self.limits,
            always=made_of.always,
            monotonic=self.clock.monotonic,
            turn=turn,
            counts=self.counts,
            on_end=on_end,
        )

    def check(self, request: MockRequest) -> None:
        """Raise what a producer of ``request`` would raise at its beginning."""
        shop = self.opener.workshop(request, self.opener.pause(), self.clock)
        shop.batches(request, BATCHES[request.mode]).source.cancel()

    def production(
        self,
        name: str,
        request: MockRequest,
        outlet: Outlet,
        pause: Pause,
        *,
        beginning: Beginning = Beginning(),
        unseeded: MockRequest | None = None,
    ) -> Production:
        """A producer, not yet at work; see ``Production``."""
        return Production(
            request,
            name=name,
            outlet=outlet,
            pause=pause,
            make_shop=self.opener.workshop,
            clock=self.clock,
            counts=self.counts,
            beginning=beginning,
            unseeded=unseeded,
        )
