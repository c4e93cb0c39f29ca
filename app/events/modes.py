"""The three modes: how a source's value becomes events.

Two tables, one for regular streams and one for the batches of continuous
ones. Each function asks the source for one value and gives the frames of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ..ports import Source
from ..sse.frames import KEEP_ALIVE, Frames
from ..words import Mode
from . import payloads

#: The wall clock, in milliseconds since 1970.
NowMs = Callable[[], int]

BatchWriter = Callable[[Source, int, Frames, NowMs], Iterable[bytes]]
SingleWriter = Callable[[Source, Frames, NowMs, "bytes | None"], Iterator[bytes]]


def _batch_objects(
    source: Source, batch: int, frames: Frames, now_ms: NowMs
) -> Iterable[bytes]:
    now = now_ms()
    value = source.value(batch, now)
    frames.batches += 1
    # One frame needs no generator, which would cost more than the frame.
    return (frames.event(payloads.batch_object(value, batch, payloads.timestamp(now))),)


def _batch_items(
    source: Source, batch: int, frames: Frames, now_ms: NowMs
) -> Iterator[bytes]:
    name, items = source.elements(batch, now_ms())
    if not items:
        stamp = payloads.timestamp(now_ms())
        frames.batches += 1
        yield frames.event(payloads.no_batch_items(name, batch, stamp))
    for index, item in enumerate(items):
        stamp = payloads.timestamp(now_ms())
        if index == len(items) - 1:
            frames.batches += 1
        yield frames.event(
            payloads.batch_item(item, index, len(items), name, batch, stamp)
        )


def _batch_tokens(
    source: Source, batch: int, frames: Frames, now_ms: NowMs
) -> Iterator[bytes]:
    content = payloads.TokenText()
    for piece in source.tokens(batch, now_ms()):
        yield frames.event(content.chunk(piece, batch)) if piece else KEEP_ALIVE
    frames.batches += 1
    yield frames.event(content.batch_end(batch, payloads.timestamp(now_ms())))


def _single_objects(
    source: Source, frames: Frames, now_ms: NowMs, schema: bytes | None
) -> Iterator[bytes]:
    items = source.elements(0, now_ms()).items
    if not items:
        yield frames.last(payloads.NO_OBJECTS)
    for index, item in enumerate(items):
        frame = frames.last if index == len(items) - 1 else frames.event
        yield frame(payloads.single_object(item, index, len(items)))


def _single_items(
    source: Source, frames: Frames, now_ms: NowMs, schema: bytes | None
) -> Iterator[bytes]:
    name, items = source.elements(0, now_ms())
    if not items:
        yield frames.last(payloads.no_items(name))
    for index, item in enumerate(items):
        frame = frames.last if index == len(items) - 1 else frames.event
        yield frame(payloads.single_item(item, index, len(items), name))


def _single_tokens(
    source: Source, frames: Frames, now_ms: NowMs, schema: bytes | None
) -> Iterator[bytes]:
    content = payloads.TokenText()
    for piece in source.tokens(0, now_ms()):
        yield frames.event(content.chunk(piece)) if piece else KEEP_ALIVE
    yield frames.last(content.single_end(schema))


#: The frames of one batch of a continuous stream. An empty piece among a
#: source's tokens says that nothing came for a heartbeat.
BATCHES: Mapping[Mode, BatchWriter] = {
    Mode.LLM_TOKENS: _batch_tokens,
    Mode.COMPLETE_OBJECTS: _batch_objects,
    Mode.ARRAY_ITEMS: _batch_items,
}

#: The frames of a whole regular stream.
SINGLES: Mapping[Mode, SingleWriter] = {
    Mode.LLM_TOKENS: _single_tokens,
    Mode.COMPLETE_OBJECTS: _single_objects,
    Mode.ARRAY_ITEMS: _single_items,
}
