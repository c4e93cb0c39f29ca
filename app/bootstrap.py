"""The composition root: the one place that chooses the real parts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from app.backends.embedded import EmbeddedBackend
from app.backends.pool import Backends, build_backends
from app.metrics import Metrics
from app.ports import Clock
from app.request.options import Limits
from app.settings import Settings
from app.streams.clock import SystemClock
from app.streams.counts import Counts
from app.streams.registry import Streams
from app.streams.sleeper import GeventSleeper, Sleeper


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the web edge needs."""

    settings: Settings
    limits: Limits
    streams: Streams
    backends: Backends
    metrics: Metrics

    def drain(self) -> None:
        """Take no new streams and end the open ones: the process is going down."""
        self.streams.drain()


def build(
    settings: Settings,
    *,
    backends: Backends | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
    make_sleeper: Callable[[], Sleeper] = GeventSleeper,
) -> Services:
    """The services of one process; tests replace what they hold.

    Raises ``SettingsError`` for a backend that cannot be used.
    """
    clock = clock or SystemClock()
    rng = rng or random.Random()
    backends = backends or build_backends(
        settings,
        embedded=lambda name: EmbeddedBackend(name, locale=settings.locale),
        clock=clock.monotonic,
        rng=rng,
    )
    streams = Streams(
        settings=settings,
        backend=backends,
        clock=clock,
        rng=rng,
        make_sleeper=make_sleeper,
        counts=Counts(),
    )
    limits = Limits(
        max_items=settings.max_items,
        max_shape_bytes=settings.max_shape_bytes,
        max_shape_depth=settings.max_shape_depth,
        backends=backends.names,
    )
    return Services(
        settings=settings,
        limits=limits,
        streams=streams,
        backends=backends,
        metrics=Metrics(streams),
    )
