"""The three modes: what a source is asked for, and how its parts become events.

Two tables, one for regular streams and one for the batches of continuous ones.
Each row names the cut that the source is asked for, and the function that
writes the frames of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..cuts import ELEMENTS, PIECES, WHOLE, Cut, Elements
from ..sse.frames import KEEP_ALIVE, Frames
from ..words import Mode
from . import payloads

#: The wall clock, in milliseconds since 1970.
NowMs = Callable[[], int]

T = TypeVar("T")

#: Writes the frames of a batch, by its parts and number, the time when it was
#: begun, and the clock.
BatchWriter = Callable[[Iterable[T], int, int, Frames, NowMs], Iterable[bytes]]
SingleWriter = Callable[[Iterable[T], Frames, "bytes | None"], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class BatchRow(Generic[T]):
    """What a batch is made of, and how it is written."""

    cut: Cut[T]
    write: BatchWriter[T]


@dataclass(frozen=True, slots=True)
class SingleRow(Generic[T]):
    """What a regular stream is made of, and how it is written."""

    cut: Cut[T]
    write: SingleWriter[T]


def _batch_object(
    parts: Iterable[bytes], batch: int, now_ms: int, frames: Frames, clock: NowMs
) -> Iterable[bytes]:
    (value,) = parts
    frames.batches += 1
    # One frame needs no generator, which would cost more than the frame.
    stamp = payloads.timestamp(now_ms)
    return (frames.event(payloads.batch_object(value, batch, stamp)),)


def _batch_items(
    parts: Iterable[Elements], batch: int, now_ms: int, frames: Frames, clock: NowMs
) -> Iterator[bytes]:
    ((name, items),) = parts
    if not items:
        stamp = payloads.timestamp(clock())
        frames.batches += 1
        yield frames.event(payloads.no_batch_items(name, batch, stamp))
    for index, item in enumerate(items):
        stamp = payloads.timestamp(clock())
        if index == len(items) - 1:
            frames.batches += 1
        yield frames.event(
            payloads.batch_item(item, index, len(items), name, batch, stamp)
        )


def _batch_tokens(
    parts: Iterable[str], batch: int, now_ms: int, frames: Frames, clock: NowMs
) -> Iterator[bytes]:
    content = payloads.TokenText()
    for piece in parts:
        yield frames.event(content.chunk(piece, batch)) if piece else KEEP_ALIVE
    frames.batches += 1
    yield frames.event(content.batch_end(batch, payloads.timestamp(clock())))


def _single_objects(
    parts: Iterable[Elements], frames: Frames, schema: bytes | None
) -> Iterator[bytes]:
    ((_, items),) = parts
    if not items:
        yield frames.last(payloads.NO_OBJECTS)
    for index, item in enumerate(items):
        frame = frames.last if index == len(items) - 1 else frames.event
        yield frame(payloads.single_object(item, index, len(items)))


def _single_items(
    parts: Iterable[Elements], frames: Frames, schema: bytes | None
) -> Iterator[bytes]:
    ((name, items),) = parts
    if not items:
        yield frames.last(payloads.no_items(name))
    for index, item in enumerate(items):
        frame = frames.last if index == len(items) - 1 else frames.event
        yield frame(payloads.single_item(item, index, len(items), name))


def _single_tokens(
    parts: Iterable[str], frames: Frames, schema: bytes | None
) -> Iterator[bytes]:
    content = payloads.TokenText()
    for piece in parts:
        yield frames.event(content.chunk(piece)) if piece else KEEP_ALIVE
    yield frames.last(content.single_end(schema))


#: The frames of one batch of a continuous stream. An empty piece of a source's
#: text says that nothing came for a heartbeat.
BATCHES: Mapping[Mode, BatchRow[Any]] = {
    Mode.LLM_TOKENS: BatchRow(PIECES, _batch_tokens),
    Mode.COMPLETE_OBJECTS: BatchRow(WHOLE, _batch_object),
    Mode.ARRAY_ITEMS: BatchRow(ELEMENTS, _batch_items),
}

#: The frames of a whole regular stream.
SINGLES: Mapping[Mode, SingleRow[Any]] = {
    Mode.LLM_TOKENS: SingleRow(PIECES, _single_tokens),
    Mode.COMPLETE_OBJECTS: SingleRow(ELEMENTS, _single_objects),
    Mode.ARRAY_ITEMS: SingleRow(ELEMENTS, _single_items),
}


def cut_of(mode: Mode, continuous: bool) -> Cut[Any]:
    """What a stream asks its source for."""
    return BATCHES[mode].cut if continuous else SINGLES[mode].cut
