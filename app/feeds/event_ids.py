"""The names of feeds, and the ids of their events. Pure."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import NamedTuple

#: Names that stand in an id, and in a path of the management API, as they are.
_PLAIN = re.compile(r"[A-Za-z0-9._~-]{1,100}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
_EPOCH = re.compile(r"[0-9a-f]{8}")
_DIGEST_BYTES = 8


def short_name(name: str) -> str:
    """``name`` itself where it is plain, else its digest of 16 hex digits."""
    return name if _PLAIN.fullmatch(name) else digest(name)


def digest(text: str) -> str:
    """16 hex digits that stand for ``text``."""
    return blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()


class EventId(NamedTuple):
    """The id of a feed's event: which run of its numbers, and which number."""

    epoch: str
    number: int


def written_id(feed: str, event: EventId) -> bytes:
    """The id on the wire; ``feed`` is the short name."""
    return b"%b-%b-%d" % (feed.encode(), event.epoch.encode(), event.number)


def read_id(text: str | None, feed: str) -> EventId | None:
    """What ``text`` names if it is an id of ``feed``; None for any other text."""
    if text is None:
        return None
    found, dash, rest = text.rpartition("-")
    name, _, epoch = found.rpartition("-")
    if not dash or name != feed:
        return None
    if not _EPOCH.fullmatch(epoch) or not _NUMBER.fullmatch(rest):
        return None
    return EventId(epoch, int(rest))
