"""How a private stream goes on after its connection broke."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ...events.event import FOREVER, Event, Fields, Step, Wait
from ..delivery import Delivery
from .kept_frames import KeptFrames

#: What a client is sent that has missed nothing, so that the response begins.
_NOTHING_MISSED = Event(None, fields=Fields(comment=b"resumed"))


@runtime_checkable
class Resumable(Protocol):
    """A producer that can go on after a break."""

    def resumed(self, steps: Iterator[Step]) -> Iterator[Step] | None:
        """What follows the ``steps`` that were made so far; None where nothing can."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """What it takes for one stream to go on.

    ``deadline`` and ``heartbeat`` are those of its pause, before faults changed them.
    """

    producer: Resumable
    delivery: Delivery
    frames: KeptFrames
    deadline: float
    heartbeat: float

    def resume(self, number: int) -> bool:
        """Let the delivery go on after event ``number``: with what was missed.

        Then the next batch comes at once. False where that cannot be.
        """
        missed, made = self.frames.after(number), self.delivery.made
        if missed is None or made is None:
            return False
        steps = self.producer.resumed(made)
        if steps is None:
            return False
        self.frames.rewind(number)
        pause = self.delivery.pause
        pause.deadline, pause.heartbeat = self.deadline, self.heartbeat
        self.delivery.revive(
            _hastened(steps, is_between=self.frames.is_between),
            self.frames,
            missed or [_NOTHING_MISSED],
            sent=self.frames.begun - len(missed),
        )
        return True


def _hastened(steps: Iterator[Step], *, is_between: bool) -> Iterator[Step]:
    """``steps`` without a wait before the next batch, or within the one in progress."""
    for step in steps:
        if isinstance(step, Wait) and step.until != FOREVER:
            if is_between:
                break
            continue
        yield step
        is_between = is_between or (isinstance(step, Event) and step.whole)
    for step in steps:  # ``yield from`` would close them with this generator
        yield step
