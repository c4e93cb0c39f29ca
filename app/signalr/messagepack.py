"""The hub protocol ``messagepack``: an array a message, each after its length."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import ormsgpack

from ..words import Json
from .framing import prefix
from .hub_messages import (
    CancelInvocation,
    Close,
    Completion,
    Invocation,
    Kind,
    Message,
    Ping,
    ProtocolError,
    StreamInvocation,
    StreamItem,
    Written,
)
from .members import identity, name, text_or_none, texts

Items = Sequence[Json]

# What a Completion holds.
_ERROR, _VOID, _RESULT = 1, 2, 3

#: Least items of each kind that a client sends.
_LEAST = {
    Kind.INVOCATION: 5,
    Kind.STREAM_ITEM: 4,
    Kind.COMPLETION: 4,
    Kind.STREAM_INVOCATION: 5,
    Kind.CANCEL_INVOCATION: 3,
    Kind.PING: 1,
    Kind.CLOSE: 2,
}


def decode(message: bytes) -> Message | None:
    """The message of a frame without its length; None for an unknown kind.

    Raises ``ProtocolError``.
    """
    try:
        items = ormsgpack.unpackb(message, option=ormsgpack.OPT_NON_STR_KEYS)
    except ValueError as error:
        raise ProtocolError(f"A message is not MessagePack: {error}.") from None
    if not isinstance(items, list) or not items or type(items[0]) is not int:
        raise ProtocolError("A message is an array that begins with its type.")
    kind = items[0]
    read = _READERS.get(kind)
    if read is None:
        return None
    least = _LEAST[Kind(kind)]
    if len(items) < least:
        raise ProtocolError(f"A message of type {kind} has at least {least} items.")
    return read(items)


def _arguments(items: Items) -> tuple[Json, ...]:
    if not isinstance(items[4], list):
        raise ProtocolError("The arguments of a call are an array.")
    return tuple(items[4])


def _stream_ids(items: Items) -> tuple[str, ...]:
    return texts(items[5]) if len(items) > 5 else ()


def _completion(items: Items) -> Completion:
    invocation_id, kind = identity(items[2]), items[3]
    if kind == _VOID:
        return Completion(invocation_id)
    if kind not in (_ERROR, _RESULT) or len(items) < 5:
        raise ProtocolError("A Completion has an error, a result or neither.")
    if kind == _ERROR:
        return Completion(invocation_id, error=text_or_none(items[4]) or "")
    return Completion(invocation_id, result=items[4], has_result=True)


_READERS: Mapping[int, Callable[[Items], Message]] = {
    Kind.INVOCATION: lambda items: Invocation(
        name(items[3]), _arguments(items), text_or_none(items[2]), _stream_ids(items)
    ),
    Kind.STREAM_ITEM: lambda items: StreamItem(identity(items[2]), items[3]),
    Kind.COMPLETION: _completion,
    Kind.STREAM_INVOCATION: lambda items: StreamInvocation(
        name(items[3]), _arguments(items), identity(items[2]), _stream_ids(items)
    ),
    Kind.CANCEL_INVOCATION: lambda items: CancelInvocation(identity(items[2])),
    Kind.PING: lambda items: Ping(),
    Kind.CLOSE: lambda items: Close(
        text_or_none(items[1]), len(items) > 2 and items[2] is True
    ),
}


def encode(message: Message) -> bytes:
    """The message after its length."""
    return prefix(ormsgpack.packb(_ITEMS[type(message)](message), _parsed))


def _parsed(value: object) -> Json:
    if isinstance(value, Written):
        return orjson.loads(value.text)
    raise TypeError(f"{type(value).__name__} is not MessagePack")


def _call(kind: Kind, message: Invocation | StreamInvocation) -> list[Json]:
    # Without the last item a client in Python fails.
    return [
        int(kind),
        {},
        message.invocation_id,
        message.target,
        message.arguments,
        message.stream_ids,
    ]


def _completed(message: Completion) -> list[Json]:
    head = [int(Kind.COMPLETION), {}, message.invocation_id]
    if message.error is not None:
        return [*head, _ERROR, message.error]
    if message.has_result:
        return [*head, _RESULT, message.result]
    return [*head, _VOID]


_ITEMS: Mapping[type[Message], Callable[[Any], list[Json]]] = {
    Invocation: lambda message: _call(Kind.INVOCATION, message),
    StreamInvocation: lambda message: _call(Kind.STREAM_INVOCATION, message),
    StreamItem: lambda message: [
        int(Kind.STREAM_ITEM),
        {},
        message.invocation_id,
        message.item,
    ],
    Completion: _completed,
    CancelInvocation: lambda message: [
        int(Kind.CANCEL_INVOCATION),
        {},
        message.invocation_id,
    ],
    Ping: lambda message: [int(Kind.PING)],
    Close: lambda message: [int(Kind.CLOSE), message.error, message.allow_reconnect],
}
