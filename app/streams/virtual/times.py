"""The time by which a stream runs: the machine's, or a virtual one."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from typing import Protocol

from ...events.event import FOREVER
from ...ports import Clock
from ..pause import Pause
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
            VirtualSleeper(self.clock, self._real.make_sleeper()),
            real=self._real.clock.monotonic,
            deadline=deadline,
            heartbeat=heartbeat,
            quiet=self._quiet,
            idle=self._idle,
        )
