"""The messages of a hub, as values.

The names are the protocol's. An ``invocation_id`` is the caller's name for one call;
without it nobody waits for an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

from ..errors import LLMockError
from ..words import Json


class ProtocolError(LLMockError):
    """The client sent something that is no message; the text is fit for it."""


class Kind(IntEnum):
    """The numbers of the messages."""

    INVOCATION = 1
    STREAM_ITEM = 2
    COMPLETION = 3
    STREAM_INVOCATION = 4
    CANCEL_INVOCATION = 5
    PING = 6
    CLOSE = 7


class Written:
    """A value that is compact JSON in UTF-8 already, and need not be read."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        """Hold ``text``."""
        self.text = text

    def __eq__(self, other: object) -> bool:
        """Equal to another of the same text."""
        return isinstance(other, Written) and self.text == other.text

    def __hash__(self) -> int:
        """By the text."""
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class Handshake:
    """The client's first message: it wants to speak ``protocol``."""

    protocol: str
    version: int


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of the method ``target``; ``stream_ids`` are streams of the caller's."""

    target: str
    arguments: tuple[Json, ...] = ()
    invocation_id: str | None = None
    stream_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamInvocation:
    """A call of a method whose result is a stream of items."""

    target: str
    arguments: tuple[Json, ...]
    invocation_id: str
    stream_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamItem:
    """An item of a stream."""

    invocation_id: str
    item: Json


@dataclass(frozen=True, slots=True)
class Completion:
    """The end of a call: with an ``error``, a result, or neither."""

    invocation_id: str
    error: str | None = None
    result: Json = None
    has_result: bool = False


@dataclass(frozen=True, slots=True)
class CancelInvocation:
    """The caller wants no more items of a stream."""

    invocation_id: str


@dataclass(frozen=True, slots=True)
class Ping:
    """A sign of life."""


@dataclass(frozen=True, slots=True)
class Close:
    """The last message of a connection."""

    error: str | None = None
    allow_reconnect: bool = False


Message: TypeAlias = (
    Invocation
    | StreamInvocation
    | StreamItem
    | Completion
    | CancelInvocation
    | Ping
    | Close
)
