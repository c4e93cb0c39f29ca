"""The hub protocol ``json``: an object a message, each ended by a separator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from ..words import Json
from .framing import SEPARATOR
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

Members = Mapping[str, Json]


def decode(record: bytes) -> Message | None:
    """The message of a record without its separator; None for an unknown kind.

    Raises ``ProtocolError``.
    """
    try:
        members = orjson.loads(record)
    except orjson.JSONDecodeError as error:
        raise ProtocolError(f"A message is not JSON: {error}.") from None
    if not isinstance(members, dict):
        raise ProtocolError("A message is a JSON object.")
    kind = members.get("type")
    if type(kind) is not int:
        raise ProtocolError("A message has a 'type', which is an integer.")
    read = _READERS.get(kind)
    return None if read is None else read(members)


def _invocation(members: Members) -> Invocation:
    return Invocation(
        name(members.get("target")),
        _arguments(members),
        text_or_none(members.get("invocationId")),
        texts(members.get("streamIds")),
    )


def _stream_invocation(members: Members) -> StreamInvocation:
    return StreamInvocation(
        name(members.get("target")),
        _arguments(members),
        identity(members.get("invocationId")),
        texts(members.get("streamIds")),
    )


def _arguments(members: Members) -> tuple[Json, ...]:
    arguments = members.get("arguments")
    if not isinstance(arguments, list):
        raise ProtocolError("A call has 'arguments', which are an array.")
    return tuple(arguments)


def _completion(members: Members) -> Completion:
    error = text_or_none(members.get("error"))
    has_result = "result" in members
    if error is not None and has_result:
        raise ProtocolError("A Completion has an 'error' or a 'result', not both.")
    return Completion(
        identity(members.get("invocationId")), error, members.get("result"), has_result
    )


_READERS: Mapping[int, Callable[[Members], Message]] = {
    Kind.INVOCATION: _invocation,
    Kind.STREAM_ITEM: lambda members: StreamItem(
        identity(members.get("invocationId")), members.get("item")
    ),
    Kind.COMPLETION: _completion,
    Kind.STREAM_INVOCATION: _stream_invocation,
    Kind.CANCEL_INVOCATION: lambda members: CancelInvocation(
        identity(members.get("invocationId"))
    ),
    Kind.PING: lambda members: Ping(),
    Kind.CLOSE: lambda members: Close(
        text_or_none(members.get("error")), members.get("allowReconnect") is True
    ),
}


def encode(message: Message) -> bytes:
    """The message as a record with its separator."""
    return orjson.dumps(_MEMBERS[type(message)](message), _fragment) + SEPARATOR


def _fragment(value: object) -> orjson.Fragment:
    if isinstance(value, Written):
        return orjson.Fragment(value.text)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _call(kind: Kind, message: Invocation | StreamInvocation) -> dict[str, Json]:
    members: dict[str, Json] = {"type": kind}
    # JavaScript's client takes a null for no id at all, and leaves.
    if message.invocation_id is not None:
        members["invocationId"] = message.invocation_id
    members |= {"target": message.target, "arguments": message.arguments}
    if message.stream_ids:
        members["streamIds"] = message.stream_ids
    return members


def _completed(message: Completion) -> dict[str, Json]:
    members: dict[str, Json] = {
        "type": Kind.COMPLETION,
        "invocationId": message.invocation_id,
    }
    if message.error is not None:
        members["error"] = message.error
    elif message.has_result:
        members["result"] = message.result
    return members


def _closed(message: Close) -> dict[str, Json]:
    members: dict[str, Json] = {"type": Kind.CLOSE}
    if message.error is not None:
        members["error"] = message.error
    if message.allow_reconnect:
        members["allowReconnect"] = True
    return members


_MEMBERS: Mapping[type[Message], Callable[[Any], dict[str, Json]]] = {
    Invocation: lambda message: _call(Kind.INVOCATION, message),
    StreamInvocation: lambda message: _call(Kind.STREAM_INVOCATION, message),
    StreamItem: lambda message: {
        "type": Kind.STREAM_ITEM,
        "invocationId": message.invocation_id,
        "item": message.item,
    },
    Completion: _completed,
    CancelInvocation: lambda message: {
        "type": Kind.CANCEL_INVOCATION,
        "invocationId": message.invocation_id,
    },
    Ping: lambda message: {"type": Kind.PING},
    Close: _closed,
}
