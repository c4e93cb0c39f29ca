"""How events, ends and feeds stand in the log. Pure."""

from __future__ import annotations

import json
import struct
from dataclasses import fields, replace
from typing import NamedTuple

from ...events.event import EndReason, Event, Fields
from ...schema.jsontext import dumps, loads
from ...words import FeedChoice, MockRequest, Mode, Shape

_WHOLE, _BEGINS, _FIELDS, _END = 1, 2, 4, 8
#: Flags, the number of the batch, and the length of the fields.
_HEAD = struct.Struct(">BQI")
_REASONS = {reason.code: reason for reason in EndReason}


class Written(NamedTuple):
    """An event of the log: which batch it is of, and whether it begins it."""

    event: Event
    batch: int
    begins: bool


class WrittenEnd(NamedTuple):
    """The end of a feed, and the message that takes the place of the reason's own."""

    reason: EndReason
    message: str | None


class Declared(NamedTuple):
    """What a feed is made of; ``seed`` is what its values follow from."""

    request: MockRequest
    seed: int

    @property
    def seeded(self) -> MockRequest:
        """The request whose values are the same at every worker."""
        request = self.request
        return replace(request, seed=self.seed) if request.seed is None else request


def write_event(written: Written) -> bytes:
    """An event for the log."""
    event = written.event
    flags = _WHOLE * event.whole | _BEGINS * written.begins
    described = b""
    if event.fields is not None:
        flags |= _FIELDS
        described = _described(event.fields)
    head = _HEAD.pack(flags, written.batch, len(described))
    return head + described + (event.data or b"")


def write_end(end: WrittenEnd) -> bytes:
    """The end of a feed for the log."""
    text = dumps([end.reason.code, end.message]).encode()
    return _HEAD.pack(_END, 0, len(text)) + text


def read(data: bytes) -> Written | WrittenEnd:
    """What is in the log. Raises ``ValueError`` for anything else."""
    try:
        flags, batch, length = _HEAD.unpack_from(data)
    except struct.error as error:
        raise ValueError(str(error)) from None
    described = data[_HEAD.size : _HEAD.size + length]
    if flags & _END:
        code, message = loads(described)
        return WrittenEnd(_REASONS[code], message)
    event = Event(
        data[_HEAD.size + length :],
        whole=bool(flags & _WHOLE),
        fields=_fields(described) if flags & _FIELDS else None,
    )
    return Written(event, batch, bool(flags & _BEGINS))


def write_declared(declared: Declared) -> bytes:
    """What a feed is made of, for the log."""
    request = declared.request
    members = {each.name: getattr(request, each.name) for each in fields(request)}
    shape = request.shape
    members.update(
        mode=request.mode.value,
        shape=shape and [shape.given, shape.schema, shape.is_example],
        fields=dict(request.fields),
        feed=request.feed and request.feed.name,
        faults=(),
    )
    return dumps({"request": members, "seed": declared.seed}).encode()


def read_declared(data: bytes) -> Declared:
    """What a feed of the log is made of. Raises ``ValueError`` for anything else."""
    try:
        found = json.loads(data)  # which reads integers of any size
        members = found["request"]
        members.update(
            mode=Mode(members["mode"]),
            shape=members["shape"] and Shape(*members["shape"]),
            feed=FeedChoice(members["feed"], frozenset()),
            faults=(),
            backends=tuple(members["backends"]),
        )
        return Declared(MockRequest(**members), found["seed"])
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from error


def _described(given: Fields) -> bytes:
    """Fields as JSON; bytes are text of one byte a character."""
    name, own_id, retry, comment, raw, _ = given
    texts = [
        None if each is None else each.decode("latin-1")
        for each in (name, own_id, comment, raw)
    ]
    return dumps([*texts, retry]).encode()


def _fields(described: bytes) -> Fields:
    *texts, retry = loads(described)
    name, own_id, comment, raw = [
        None if each is None else each.encode("latin-1") for each in texts
    ]
    return Fields(name or b"", own_id, retry, comment, raw)
