"""The time by which a stream runs: the machine's, or a virtual one."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from typing import Protocol

from ...events.event import FOREVER, Step, Wait
from ...ports import Clock
from ..clock import StreamClock
from ..pause import HEARTBEAT, Pause
from ..producer import Producer
from ..sleeper import Sleeper
from .virtual_clock import VirtualClock, VirtualSleeper
from .virtual_pause import VirtualPause


class Time(Protocol):
    """What a stream gets that depends on time or chance."""

    @property
    def clock(self) -> Clock:
        """The clock of its schedule, its payloads and its deadline."""

    @property
    def rng(self) -> random.Random:
        """Its random numbers."""

    def new_id(self) -> str:
        """An id for the stream: 16 hex digits."""

    def pause(self, deadline: float, heartbeat: float) -> Pause:
        """Its waiting; ``heartbeat`` is the longest silence, in seconds."""

    def started(
        self, producer: Producer, pause: Pause, schedule_clock: StreamClock
    ) -> Producer:
        """``producer``, which begins when this time lets it.

        ``pause`` is the stream's waiting, ``schedule_clock`` the producer's clock.
        """


class RealTime:
    """The machine's time, for all streams but virtual ones."""

    def __init__(
        self, clock: Clock, rng: random.Random, make_sleeper: Callable[[], Sleeper]
    ) -> None:
        """``make_sleeper`` gives each stream its sleep."""
        self.clock = clock
        self.rng = rng
        self.make_sleeper = make_sleeper

    def new_id(self) -> str:
        """See ``Time.new_id``."""
        return secrets.token_hex(8)

    def pause(self, deadline: float, heartbeat: float) -> Pause:
        """See ``Time.pause``."""
        return Pause(
            self.clock, self.make_sleeper(), deadline=deadline, heartbeat=heartbeat
        )

    def started(
        self, producer: Producer, pause: Pause, schedule_clock: StreamClock
    ) -> Producer:
        """See ``Time.started``: it begins at once."""
        return producer


class _Held:
    """A producer that makes nothing before its clock is moved for the first time.

    Nothing else lets it begin, but a step that is asked of a paused stream: that
    holds ``schedule_clock``.
    """

    def __init__(
        self,
        producer: Producer,
        sleeper: VirtualSleeper,
        pause: Pause,
        schedule_clock: StreamClock,
    ) -> None:
        self._producer = producer
        self._sleeper = sleeper
        self._pause = pause
        self._schedule_clock = schedule_clock

    @property
    def backend(self) -> str:
        return self._producer.backend

    def steps(self) -> Iterator[Step]:
        if self._pause.last_sent == FOREVER:
            yield HEARTBEAT  # for the head of the response goes with what is first
        self._sleeper.hold()
        yield Wait(ready=self._may_begin)
        yield from self._producer.steps()

    def _may_begin(self) -> bool:
        return not self._sleeper.is_held or self._schedule_clock.is_held

    def cancel(self) -> None:
        self._producer.cancel()


class VirtualTime:
    """The time of one stream by a virtual clock.

    With a seed everything is the same each time that such a stream is opened.
    """

    def __init__(
        self,
        clock: VirtualClock,
        real: RealTime,
        *,
        seed: str | None,
        quiet: float,
        idle: float,
    ) -> None:
        """``quiet`` and ``idle`` are real seconds; see ``VirtualPause``."""
        self.clock = clock
        self.rng = real.rng if seed is None else random.Random(seed)
        self._real = real
        self._sleeper = VirtualSleeper(clock, real.make_sleeper())
        self._seed = seed
        self._quiet = quiet or FOREVER
        self._idle = idle or FOREVER

    def new_id(self) -> str:
        """See ``Time.new_id``."""
        if self._seed is None:
            return self._real.new_id()
        return f"{self.rng.getrandbits(64):016x}"

    def pause(self, deadline: float, heartbeat: float) -> Pause:
        """See ``Time.pause``."""
        return VirtualPause(
            self.clock,
            self._sleeper,
            real=self._real.clock.monotonic,
            deadline=deadline,
            heartbeat=heartbeat,
            quiet=self._quiet,
            idle=self._idle,
        )

    def started(
        self, producer: Producer, pause: Pause, schedule_clock: StreamClock
    ) -> Producer:
        """See ``Time.started``: the first batch is due when the clock first moves."""
        return _Held(producer, self._sleeper, pause, schedule_clock)
