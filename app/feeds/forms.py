"""The form in which a subscriber gets a feed's events. Pure.

A feed has the contract's events. A route may have the bare values in their place, by
another name and in another framing; then each event is rewritten once for all who get
the same bytes.
"""

from __future__ import annotations

from functools import lru_cache
from json import JSONDecoder
from typing import NamedTuple

import orjson

from ..events.event import Event, Fields
from ..sse.frames import Framing

#: What comes before the value in an event of each mode.
_BEFORE = (b'{"data":', b'{"item":', b'{"chunk":')
_DECODER = JSONDecoder()
_NO_FIELDS = Fields()


class Form(NamedTuple):
    """How the events of a feed are told to a subscriber.

    ``is_bare`` leaves the value alone of each, and ``name`` is what they are called.
    ``gap_name`` is the name of the event that tells a bare subscriber of a gap; None
    is a comment.
    """

    is_bare: bool = False
    name: bytes = b""
    gap_name: bytes | None = None

    def told(self, event: Event) -> Event | None:
        """An event of the feed in this form; None where nothing is told."""
        if self.is_bare:
            bare = _bare(event)
            if bare is None:
                return None
            event = bare
        if self.name and event.data is not None:
            fields = event.fields or _NO_FIELDS
            event = event._replace(fields=fields._replace(name=self.name))
        return event

    def gap(self, payload: bytes) -> Event:
        """The event that tells of a gap; ``payload`` is the contract's."""
        if not self.is_bare:
            return Event(payload)
        if self.gap_name is not None:
            return Event(payload, fields=Fields(name=self.gap_name))
        told = orjson.loads(payload)
        missed = "" if told["missed"] is None else f"missed={told['missed']} "
        return _comment(f"gap {missed}oldest={told['oldest']}")


#: The events of the contract.
CONTRACT_FORM = Form()


def _bare(event: Event) -> Event | None:
    """The value of an event of the contract; an error is a comment."""
    data = event.data
    if data is None:
        return event
    before = next((each for each in _BEFORE if data.startswith(each)), None)
    if before is not None:
        text = data.decode()
        _, end = _DECODER.raw_decode(text, len(before))
        return event._replace(data=text[len(before) : end].encode())
    if data.startswith(b'{"type":"error"'):
        return _comment(f"error {orjson.loads(data)['message']}")
    return None  # such as the end of a batch of tokens


def _comment(text: str) -> Event:
    return Event(None, fields=Fields(comment=text.encode()))


@lru_cache(maxsize=256)
def formed(framing: Framing, form: Form) -> Framing:
    """A framing of the feed's events in ``form``; the same one for the same two."""
    if form == CONTRACT_FORM:
        return framing

    def encode(event: Event, number: int, event_id: bytes | None) -> bytes:
        told = form.told(event)
        if told is None:
            return b""
        if told.data is None:  # a comment has no number
            event_id = None
        return framing.encode(told, number, event_id)

    return framing._replace(encode=encode, plain=None)
