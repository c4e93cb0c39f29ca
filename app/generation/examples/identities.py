"""Identifiers that are new in every event, and the texts that repeat them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...words import Json
from ..values.clocks import text_clock
from ..values.identifiers import series
from .leaves import Leaf, Spot, plain, singular_name

#: Names of ids that are new in every event, without their separators.
_EVENT_IDS = frozenset("""
    eventid messageid msgid requestid
    deliveryid invocationid spanid nonce transactionkey
    uetr
    """.split())
#: Names of an object's own id.
OWN_IDS = frozenset({"id", "uuid", "guid", "uid"})
#: Objects around an event whose id is the event's own.
_ENVELOPES = frozenset("context envelope event header meta metadata".split())
#: Objects about what happened, whose own id no other event has.
_CHANGES = frozenset({"change", "changelog", "changeset", "commit", "revision"})
#: What says in such an object which it is: its id, or the number that it led to.
_CHANGE_IDS = OWN_IDS | {"new"}
_ID = re.compile(r"[\w.:#=/+$!@<>-]{1,128}", re.ASCII)
_RANDOM_ID = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=.*\d)(?=.*[a-f])[0-9a-f]{20,}",
    re.IGNORECASE,
)


def new_ids(
    example: Json,
    leaves: Mapping[Spot, Leaf],
    messages: Mapping[Spot, str],
    is_event: bool,
    renews: bool,
    noun: str,
) -> Iterator[Spot]:
    """The identifiers that no other event has."""
    own = {
        "sid",
        _noun_id(noun),
        singular_name(noun).replace(" ", "") + "number",
        "number",
        *OWN_IDS,
    }
    if not is_event or _is_envelope(example):
        own = set()
    talking = set()
    for spot, about in messages.items():
        if about != "delta":
            around = [
                (*spot[:length], name)
                for length in range(len(spot) - 1, -1, -1)
                for name in ("id",)
                if (*spot[:length], name) in leaves
            ]
            talking.update(around[:1])
    for spot, leaf in leaves.items():
        value, name = leaf.value, plain(leaf.name)
        if isinstance(value, str):
            if not _ID.fullmatch(value) or series(value) is None:
                continue
            if text_clock(value) is not None and name not in own:
                continue
        elif not isinstance(value, int) or isinstance(value, bool):
            continue
        holder = plain(str(spot[-2])) if len(spot) > 1 else ""
        if (
            (name in _EVENT_IDS and isinstance(value, str))
            or spot in talking
            or (len(spot) == 1 and name in own)
            or (is_event and holder in _CHANGES and name in _CHANGE_IDS)
        ):
            yield spot
        elif is_event and isinstance(value, str) and _RANDOM_ID.fullmatch(value):
            is_around = holder in _ENVELOPES or len(spot) == 1
            if name in OWN_IDS and is_around:
                yield spot


def _is_envelope(example: Json) -> bool:
    """Whether an object only carries another, of its type: ``{"type": "event"}``."""
    if not isinstance(example, dict):
        return False
    kind = example.get("type")
    return isinstance(kind, str) and isinstance(example.get(kind), dict)


def _noun_id(noun: str) -> str:
    """The plain name of a resource's own id: ``orderid``."""
    return plain(singular_name(noun)) + "id"


def followers(
    leaves: Mapping[Spot, Leaf], ids: frozenset[Spot]
) -> Iterator[tuple[Spot, tuple[str | Spot, ...]]]:
    """The texts that repeat new identifiers."""
    sources = [(spot, str(leaves[spot].value)) for spot in ids]
    sources = [(spot, text) for spot, text in sources if len(text) >= 3]
    sources.sort(key=lambda source: (-len(source[1]), source[0]))
    for spot, leaf in leaves.items():
        if spot in ids or isinstance(leaf.value, bool):
            continue
        if not isinstance(leaf.value, (str, int)):
            continue
        parts: list[str | Spot] = [str(leaf.value)]
        for source, text in sources:
            parts = [piece for part in parts for piece in _cut(part, text, source)]
        if len(parts) > 1 or not isinstance(parts[0], str):
            yield spot, tuple(parts)


def _cut(part: str | Spot, text: str, source: Spot) -> list[str | Spot]:
    if not isinstance(part, str) or text not in part:
        return [part]
    found: list[str | Spot] = []
    pieces = re.split(rf"(?<![^\W_]){re.escape(text)}(?![^\W_])", part)
    for number, piece in enumerate(pieces):
        if number:
            found.append(source)
        if piece:
            found.append(piece)
    return found
