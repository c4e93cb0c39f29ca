"""Event types: what can happen to what (``order_created``, ``user.login``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ...resources.inflection import parts, singular, words
from .style import Style, style_of

_ANYTHING = {"created": 4, "updated": 8, "deleted": 1}

#: What happens to a subject, by weight; parts are joined by "-".
_HAPPENINGS: Mapping[str, Mapping[str, int]] = {
    "account": {**_ANYTHING, "verified": 2, "suspended": 1, "closed": 1},
    "alert": {"triggered": 4, "acknowledged": 3, "resolved": 4, "escalated": 1},
    "app": {"installed": 3, "opened": 8, "updated": 3, "uninstalled": 1},
    "build": {"queued": 3, "started": 4, "succeeded": 6, "failed": 2, "canceled": 1},
    "cart": {"created": 3, "updated": 6, "abandoned": 3, "checked-out": 2},
    "charge": {"succeeded": 8, "failed": 2, "refunded": 1, "disputed": 1},
    "comment": {"created": 6, "edited": 2, "deleted": 1, "liked": 4},
    "connection": {"opened": 5, "closed": 5, "lost": 1, "restored": 1},
    "customer": {**_ANYTHING, "verified": 2, "upgraded": 1},
    "deployment": {"started": 4, "succeeded": 6, "failed": 1, "rolled-back": 1},
    "delivery": {"scheduled": 4, "picked-up": 4, "delayed": 1, "completed": 6},
    "device": {"connected": 6, "disconnected": 4, "updated": 2, "registered": 1},
    "door": {"opened": 6, "closed": 6, "locked": 3, "unlocked": 3},
    "email": {"sent": 6, "delivered": 6, "opened": 4, "clicked": 2, "bounced": 1},
    "file": {"uploaded": 5, "downloaded": 6, "renamed": 1, "deleted": 1, "shared": 2},
    "game": {"started": 4, "paused": 2, "resumed": 2, "finished": 4},
    "incident": {"opened": 3, "acknowledged": 3, "escalated": 1, "resolved": 4},
    "inventory": {"received": 3, "adjusted": 3, "reserved": 4, "depleted": 1},
    "invoice": {"created": 4, "sent": 4, "paid": 6, "overdue": 1, "voided": 1},
    "issue": {"opened": 5, "assigned": 3, "commented": 5, "closed": 4, "reopened": 1},
    "item": {"added": 6, "updated": 4, "removed": 2},
    "job": {"queued": 4, "started": 4, "completed": 6, "failed": 1, "retried": 1},
    "member": {"invited": 3, "joined": 5, "left": 1, "promoted": 1},
    "message": {"sent": 6, "delivered": 6, "read": 6, "edited": 1, "deleted": 1},
    "order": {
        "created": 6,
        "updated": 5,
        "paid": 5,
        "shipped": 4,
        "delivered": 4,
        "cancelled": 1,
        "refunded": 1,
    },
    "package": {"packed": 3, "shipped": 4, "scanned": 6, "delivered": 4},
    "page": {"viewed": 12, "left": 4, "shared": 1},
    "payment": {"created": 4, "authorized": 4, "succeeded": 8, "failed": 1},
    "pipeline": {"started": 4, "succeeded": 6, "failed": 1, "cancelled": 1},
    "product": {**_ANYTHING, "viewed": 8, "restocked": 1, "sold-out": 1},
    "push": {"sent": 6, "received": 6, "opened": 3, "dismissed": 3},
    "refund": {"requested": 3, "approved": 3, "processed": 4, "rejected": 1},
    "ride": {"requested": 5, "accepted": 4, "started": 4, "completed": 4},
    "sensor": {"calibrated": 1, "triggered": 4, "connected": 2, "disconnected": 1},
    "session": {"started": 6, "refreshed": 4, "ended": 5, "expired": 1},
    "shipment": {"created": 4, "dispatched": 4, "delayed": 1, "delivered": 5},
    "subscription": {
        "created": 4,
        "renewed": 6,
        "upgraded": 2,
        "paused": 1,
        "canceled": 1,
    },
    "task": {"created": 5, "assigned": 4, "started": 4, "completed": 5},
    "ticket": {"opened": 5, "assigned": 4, "commented": 4, "resolved": 4, "closed": 3},
    "transaction": {"created": 5, "posted": 6, "completed": 6, "declined": 1},
    "transfer": {"initiated": 4, "completed": 6, "failed": 1},
    "user": {
        "created": 4,
        "updated": 5,
        "login": 8,
        "logout": 5,
        "password-changed": 1,
        "deleted": 1,
    },
    "vehicle": {"started": 4, "stopped": 4, "refuelled": 1, "arrived": 3},
    "video": {"started": 6, "paused": 3, "completed": 3, "liked": 2},
    "webhook": {"delivered": 8, "failed": 1, "retried": 1},
}
#: Others that mark a word as an event, for subjects that are not above.
_MORE = """
    accepted activated added approved archived arrived assigned blocked booked
    cancelled changed clicked closed completed confirmed departed disabled enabled
    ended entered exited finished joined logged-in logged-out merged moved opened
    placed processed published received registered rejected released removed
    requested reset restarted resumed returned reviewed saved scheduled signed-in
    signed-out signed-up submitted subscribed synced unsubscribed uploaded used
    viewed voted
"""
_LAST_SEPARATOR = re.compile(r"(.*[./:])(.+)", re.DOTALL)


class EventType(NamedTuple):
    """An event type taken apart: what stays, and the words of what happened."""

    prefix: str
    verb: tuple[str, ...]
    style: Style


def happenings_of(text: str) -> dict[str, int] | None:
    """What else may happen where ``text`` is one event, by weight, in its style.

    None when ``text`` is no event type.
    """
    event = _take_apart(text)
    if event is None:
        return None
    subjects = [singular(word) for word in reversed(words(event.prefix))]
    tables = [_HAPPENINGS[word] for word in subjects if word in _HAPPENINGS]
    table = tables[0] if tables else None
    joined = "-".join(event.verb)
    if table is None or joined not in table:
        table = {**(table or _ANYTHING), joined: 4}
    return {
        event.prefix + event.style.write(verb.split("-")): weight
        for verb, weight in table.items()
    }


def _take_apart(text: str) -> EventType | None:
    dotted = _LAST_SEPARATOR.fullmatch(text)
    if dotted and tuple(words(dotted[2])) in _verbs():
        return EventType(dotted[1], tuple(words(dotted[2])), style_of(dotted[2]))
    written = parts(text)
    for length in (2, 1):
        verb = tuple(word.lower() for word in written[-length:])
        if len(written) > length and verb in _verbs():
            start = _start_of(text, written[-length:])
            tail = text[start:]
            style = style_of(tail)
            if length == 1:
                style = style._replace(separator=_between(text, start))
            return EventType(text[:start], verb, style)
    return None


def _start_of(text: str, tail: Sequence[str]) -> int:
    """Where the last words of ``text`` begin."""
    start = len(text)
    for word in reversed(tail):
        start = text.rindex(word, 0, start)
    return start


def _between(text: str, start: int) -> str:
    """What separates the words of an event type, read off before its verb."""
    before = text[start - 1]
    return before if before in "-_ " else ""


@cache
def _verbs() -> frozenset[tuple[str, ...]]:
    known = {verb for table in _HAPPENINGS.values() for verb in table}
    return frozenset(tuple(verb.split("-")) for verb in {*known, *_MORE.split()})
