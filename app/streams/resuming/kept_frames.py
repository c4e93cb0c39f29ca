"""Frames that are kept for a while, to be sent once more."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ...events.event import Event, Fields
from ...sse.frames import Frames, Framing, Ids


class Replayed(bytes):
    """A frame that was sent before, and has its number already."""


class Kept(NamedTuple):
    """A frame that was sent, and whether its event completed a batch."""

    frame: bytes
    whole: bool


class KeptFrames(Frames):
    """Numbers and encodes events, and keeps the latest of their frames."""

    __slots__ = ("_kept",)

    def __init__(self, framing: Framing, ids: Ids, most: int) -> None:
        """Keep at most ``most`` frames."""
        super().__init__(framing, ids)
        self._kept: deque[Kept] = deque(maxlen=most)

    def frame(self, event: Event) -> bytes:
        """The bytes of the next event, or of one that is sent once more."""
        fields = event.fields
        if fields is not None and isinstance(fields.raw, Replayed):
            return fields.raw
        number = self.begun
        frame = super().frame(event)
        if self.begun != number:
            self._kept.append(Kept(frame, event.whole))
        return frame

    def relabelled(
        self, event: Event, choose: Callable[[bytes | None], bytes | None]
    ) -> bytes:
        """See ``Frames.relabelled``; what is kept has the id of its own."""
        clean = self._encode(event, self.begun, self._ids(self.begun, event.last))
        self._kept.append(Kept(clean, event.whole))
        return super().relabelled(event, choose)

    @property
    def is_between(self) -> bool:
        """Whether the latest event completed its batch; also before the first one."""
        return not self._kept or self._kept[-1].whole

    def after(self, number: int) -> list[Event] | None:
        """The events that follow event ``number``, to be sent once more.

        None where it has no number of ours, or they are no longer kept.
        """
        missed = self.begun - number - 1
        if not 0 <= missed <= len(self._kept):
            return None
        latest = [*self._kept][len(self._kept) - missed :]
        return [
            Event(None, whole=kept.whole, fields=Fields(raw=Replayed(kept.frame)))
            for kept in latest
        ]

    def rewind(self, number: int) -> None:
        """Let the event after ``number`` be the first that a client hears of."""
        self.first_id = self._ids(number + 1, False)
