"""The three modes: what a source is asked for, and how its parts become events.

Two tables, one for regular streams and one for the batches of continuous ones.
A row names the cut that the source is asked for and the function that turns the
parts into events. While a source has not made its next part, a ``Wait`` stands
among the parts; it is passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from ..cuts import ELEMENTS, PIECES, WHOLE, Cut, Elements
from ..errors import BadRequest
from ..words import Mode
from . import payloads
from .event import Event, Fields, Wait, make_event

T = TypeVar("T")

#: The wall clock, in milliseconds since 1970.
NowMs: TypeAlias = "Callable[[], int]"


@dataclass(frozen=True, slots=True)
class Writing:
    """What holds for all batches of a stream.

    ``schema`` goes into the last event of a text, where it was asked for. A text
    of more than ``max_text_bytes`` is not sent in pieces. ``fields`` are those of
    all events, None where they have data alone.
    """

    now_ms: NowMs
    max_text_bytes: int
    schema: bytes | None = None
    fields: Fields | None = None


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """The cut that is asked for, and the events of its parts, once or for ever.

    ``events`` takes the parts, the batch's number and the time when it began, in
    milliseconds since 1970. It raises ``BackendError`` where the parts do.
    """

    cut: Cut[T]
    events: Callable[[Iterable[T | Wait], int, int, Writing], Iterable[Event | Wait]]
    repeats: bool = False


def _text(parts: Iterable[str | Wait], writing: Writing) -> payloads.TokenText:
    """An empty text, where that of ``parts`` is not known to be too long.

    Raises ``BadRequest`` where it is: all parts are there if they are a list.
    """
    max_bytes = writing.max_text_bytes
    if isinstance(parts, list):
        size = len("".join(parts).encode())
        if size > max_bytes:
            raise BadRequest(
                f"The text of this value has {size} bytes. In LlmTokens mode every"
                f" event repeats what came before, so a text has at most {max_bytes}.",
                parameter="sseMode",
                value=Mode.LLM_TOKENS.value,
                allowed=f"a value of at most {max_bytes} bytes (MaxTokenTextBytes)",
            )
    return payloads.TokenText(max_bytes)


def _batch_object(
    parts: Iterable[bytes | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterable[Event | Wait]:
    # A value that is there needs no generator, which takes longer than the event.
    if isinstance(parts, tuple):
        return (_whole_batch(parts[0], batch, began_ms, writing),)
    return _batch_object_later(parts, batch, began_ms, writing)


def _whole_batch(value: bytes, batch: int, began_ms: int, writing: Writing) -> Event:
    data = payloads.batch_object(value, batch, payloads.timestamp(began_ms))
    return make_event((data, False, True, writing.fields))


def _batch_object_later(
    parts: Iterable[bytes | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    for part in parts:
        if isinstance(part, Wait):
            yield part
        else:
            yield _whole_batch(part, batch, began_ms, writing)


def _batch_items(
    parts: Iterable[Elements | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    for part in parts:
        if isinstance(part, Wait):
            yield part
            continue
        name, items = part
        total = len(items)
        if not total:
            stamp = payloads.timestamp(writing.now_ms())
            data = payloads.no_batch_items(name, batch, stamp)
            yield make_event((data, False, True, writing.fields))
        for index, item in enumerate(items):
            stamp = payloads.timestamp(writing.now_ms())
            data = payloads.batch_item(item, index, total, name, batch, stamp)
            yield make_event((data, False, index == total - 1, writing.fields))


def _batch_tokens(
    parts: Iterable[str | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    content = _text(parts, writing)
    for part in parts:
        if isinstance(part, Wait):
            yield part
        else:
            data = content.chunk(part, batch)
            yield make_event((data, False, False, writing.fields))
    stamp = payloads.timestamp(writing.now_ms())
    yield make_event((content.batch_end(batch, stamp), False, True, writing.fields))


def _single_objects(
    parts: Iterable[Elements | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    for part in parts:
        if isinstance(part, Wait):
            yield part
            continue
        total = len(part.items)
        if not total:
            yield make_event((payloads.NO_OBJECTS, True, True, writing.fields))
        for index, item in enumerate(part.items):
            is_last = index == total - 1
            data = payloads.single_object(item, index, total)
            yield make_event((data, is_last, is_last, writing.fields))


def _single_items(
    parts: Iterable[Elements | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    for part in parts:
        if isinstance(part, Wait):
            yield part
            continue
        name, items = part
        total = len(items)
        if not total:
            yield make_event((payloads.no_items(name), True, True, writing.fields))
        for index, item in enumerate(items):
            is_last = index == total - 1
            data = payloads.single_item(item, index, total, name)
            yield make_event((data, is_last, is_last, writing.fields))


def _single_tokens(
    parts: Iterable[str | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    content = _text(parts, writing)
    for part in parts:
        if isinstance(part, Wait):
            yield part
        else:
            yield make_event((content.chunk(part), False, False, writing.fields))
    data = content.single_end(writing.schema)
    yield make_event((data, True, True, writing.fields))


def _answer(
    parts: Iterable[bytes | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    for part in parts:
        if isinstance(part, Wait):
            yield part
        else:
            yield Event(part, last=True, whole=True)


#: The events of one batch of a continuous stream.
BATCHES: Mapping[Mode, Row[Any]] = {
    Mode.LLM_TOKENS: Row(PIECES, _batch_tokens, repeats=True),
    Mode.COMPLETE_OBJECTS: Row(WHOLE, _batch_object, repeats=True),
    Mode.ARRAY_ITEMS: Row(ELEMENTS, _batch_items, repeats=True),
}

#: The events of a whole regular stream.
SINGLES: Mapping[Mode, Row[Any]] = {
    Mode.LLM_TOKENS: Row(PIECES, _single_tokens),
    Mode.COMPLETE_OBJECTS: Row(ELEMENTS, _single_objects),
    Mode.ARRAY_ITEMS: Row(ELEMENTS, _single_items),
}


def _bare_value(
    parts: Iterable[bytes | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterable[Event | Wait]:
    if isinstance(parts, tuple):
        return (make_event((parts[0], False, True, writing.fields)),)
    return _bare_value_later(parts, writing.fields)


def _bare_value_later(
    parts: Iterable[bytes | Wait], fields: Fields | None
) -> Iterator[Event | Wait]:
    for part in parts:
        if isinstance(part, Wait):
            yield part
        else:
            yield make_event((part, False, True, fields))


def _bare_elements(
    parts: Iterable[Elements | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    for part in parts:
        if isinstance(part, Wait):
            yield part
            continue
        yield from [
            make_event((item, False, False, writing.fields)) for item in part.items[:-1]
        ]
        if part.items:
            yield make_event((part.items[-1], False, True, writing.fields))
        else:
            yield Event(None, whole=True)


def _bare_tokens(
    parts: Iterable[str | Wait], batch: int, began_ms: int, writing: Writing
) -> Iterator[Event | Wait]:
    if isinstance(parts, list) and parts:  # the last of them is known
        for index, piece in enumerate(parts, 1):
            is_whole = index == len(parts)
            yield make_event((payloads.text(piece), False, is_whole, writing.fields))
        return
    for part in parts:
        if isinstance(part, Wait):
            yield part
        else:
            yield make_event((payloads.text(part), False, False, writing.fields))
    yield Event(None, whole=True)


#: The events of one batch whose payloads are the values themselves.
BARE_BATCHES: Mapping[Mode, Row[Any]] = {
    Mode.LLM_TOKENS: Row(PIECES, _bare_tokens, repeats=True),
    Mode.COMPLETE_OBJECTS: Row(WHOLE, _bare_value, repeats=True),
    Mode.ARRAY_ITEMS: Row(ELEMENTS, _bare_elements, repeats=True),
}

#: The events of a whole regular stream whose payloads are the values themselves.
BARE_SINGLES: Mapping[Mode, Row[Any]] = {
    Mode.LLM_TOKENS: Row(PIECES, _bare_tokens),
    Mode.COMPLETE_OBJECTS: Row(ELEMENTS, _bare_elements),
    Mode.ARRAY_ITEMS: Row(ELEMENTS, _bare_elements),
}

#: The only event of a plain answer: the value itself.
ANSWER: Row[bytes] = Row(WHOLE, _answer)
