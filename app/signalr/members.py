"""Parts of messages that both encodings have. All raise ``ProtocolError``."""

from __future__ import annotations

from ..words import Json
from .hub_messages import ProtocolError


def name(value: Json) -> str:
    """The name of a method."""
    if not isinstance(value, str) or not value:
        raise ProtocolError("A call has a 'target', which is a text.")
    return value


def identity(value: Json) -> str:
    """The id of a call."""
    if not isinstance(value, str) or not value:
        raise ProtocolError("This message has an 'invocationId', which is a text.")
    return value


def text_or_none(value: Json) -> str | None:
    """A text that may be left out; an empty one is none."""
    if value is not None and not isinstance(value, str):
        raise ProtocolError("An 'invocationId' or an 'error' is a text.")
    return value or None


def texts(value: Json) -> tuple[str, ...]:
    """A list of texts that may be left out."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ProtocolError("The 'streamIds' of a call are texts.")
    return tuple(value)
