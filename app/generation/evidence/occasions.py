"""Identifiers by what is beside them: those of a reading, a message, a payment."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ...words import Json
from ..values.identifiers import RANDOM_ID, is_serial, is_token
from .leaves import Leaf, Spot, plain, singular_name, words
from .notices import EVENT_KIND, EVENTS, MAKES, is_making
from .renewal import OWN_IDS

#: Where an object says what the one in it is about.
_SUBJECTS = ("field", "topic")
#: Members that say whose a reading is, and when it was taken.
_DEVICES = frozenset("""
    device deviceid devicename meter meterid sensor sensorid station stationid
    """.split())
_PLACES = frozenset({"lat", "latitude"})
_TIMES = frozenset("""
    blocktime date datetime devicetime firstseen fixtime
    measuredat observedat recordedat time timestamp ts
    """.split())
#: Names of what one sends to another.
_SENT = frozenset("body content data message payload text value".split())
#: Names of what somebody pays, and of the ids of that.
_PAID = frozenset({"amount", "price"})
_PAYMENTS = ("executionid", "fillid", "matchid", "tradeid", "transactionid")
#: What says how something was changed, and last words of names of what has it.
_KINDS_OF_CHANGES = ("action", "changeType", "change_type", "operation")
_DATA = (("data",), ("object",), ("resource",))
#: Names of hashes of transactions, and how long those are at least.
_HASHES = frozenset({"hash", "transactionhash", "txhash", "txid"})
_LONG_ID = 36
#: Last words of names of the number of what has a hash: ``ledger_index``.
_PLACES_IN_CHAIN = ("height", "index", "num", "number", "seq", "sequence")
_CREATED = frozenset({"created", "createdat"})
#: Objects of traces, and where an event of one says when it was.
_TRACED = frozenset({"span", "trace", "transaction"})
_EVENT_TIMES = (("@timestamp",), ("timestamp",))
#: Names of whether an answer to a request is the last one.
_FINAL = frozenset({"final", "is_final", "isFinal"})
#: Objects that are what a change has led to.
DOCUMENTS = frozenset(
    "after data document fulldocument new object payload record resource row".split()
)
#: Ends of names of the numbers of records.
_RECORDS = ("recordid", "recordnumber")
#: Members of things that last.
NAMES = frozenset({"name", "namespace", "displayName", "display_name", "title"})
#: Names of ids that are new in every event, without their separators.
_EVENT_IDS = frozenset("""
    deliveryid entropy eventdataid eventid executionid idempotencykey insertid
    invocationid messageid messagetoken msgid nonce notificationid publicid
    receipthandle requestid spanid transactionkey uetr xamzid2
    """.split())
#: What names of ids of events end in, behind whose events they are.
_OF_EVENTS = (
    "eventuuid",
    "triggeruuid",
    "deliveryuuid",
    "eventid",
    "uplinkid",
    "deliveryid",
    "notificationid",
    "recordid",
    "readingid",
    "observationid",
    "spanid",
)
#: Ends of names of ids of events that are held, and of earlier ones.
_OF_OTHERS = ("sporteventid", "calendareventid", "parenteventid")


def is_random(text: str) -> bool:
    """Whether a text is an id without an order."""
    return RANDOM_ID.fullmatch(text) is not None or is_token(text)


def is_hash_of_now(leaf: Leaf, is_event: bool) -> bool:
    """Whether a hash is that of a transaction, or an event, which says when it was."""
    text = str(leaf.value).removeprefix("0x")
    if len(text) < _LONG_ID:
        return False
    *of, last = words(leaf.name) or ("",)
    if of and last == "hash" and RANDOM_ID.fullmatch(text):
        numbers = {"".join(of) + end for end in _PLACES_IN_CHAIN}
        if not numbers.isdisjoint(map(plain, leaf.siblings)):
            return True
    if plain(leaf.name) not in _HASHES:
        return False
    is_root = is_event and len(leaf.spot) == 1
    is_made = is_root and not _CREATED.isdisjoint(map(plain, leaf.siblings))
    return RANDOM_ID.fullmatch(text) is not None and (is_made or _has_time(leaf))


def is_kind_of_record(leaf: Leaf) -> bool:
    """Whether an ``EventID`` is that of a kind, as a numbered record has one."""
    if plain(leaf.name) != "eventid":
        return False
    return any(plain(other).endswith(_RECORDS) for other in leaf.siblings)


def is_of_trace(leaf: Leaf, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a field is the id of a trace, or of a part of one, of an event of now."""
    is_part = plain(leaf.owner) in _TRACED and len(leaf.spot) == 2
    is_id = leaf.name == "id" and RANDOM_ID.fullmatch(str(leaf.value)) is not None
    return is_part and is_id and any(spot in leaves for spot in _EVENT_TIMES)


def is_of_reading(leaf: Leaf, name: str) -> bool:
    """Whether a field is the id of what a device has measured at a time."""
    if name not in OWN_IDS or not leaf.siblings.keys().isdisjoint(NAMES):
        return False
    is_text = isinstance(leaf.value, str)
    if not (is_random(str(leaf.value)) if is_text else is_serial(leaf.value)):
        return False
    beside = {plain(other) for other in leaf.siblings}
    is_told = any(words(other)[-1:] == ("at",) for other in leaf.siblings)
    if is_told and _PLACES & beside and leaf.owner != "address":
        return True
    return bool(_DEVICES & beside) and _has_time(leaf)


def is_of_message(leaf: Leaf) -> bool:
    """Whether a field is the id of what one sends to another at a time."""
    names = leaf.siblings.keys()
    is_sent = {"from", "to"} <= names and not _SENT.isdisjoint(names)
    return is_sent and is_serial(leaf.value) and _has_time(leaf)


def _has_time(leaf: Leaf) -> bool:
    """Whether a neighbour of a field says when something was."""
    return not _TIMES.isdisjoint(map(plain, leaf.siblings))


def is_of_payment(leaf: Leaf) -> bool:
    """Whether a field is the id of a transaction in which something is paid."""
    is_named = plain(leaf.name).endswith(_PAYMENTS)
    is_old = "original" in words(leaf.name)
    is_paid = not leaf.siblings.keys().isdisjoint(_PAID)
    return is_named and is_paid and not is_old and is_serial(leaf.value)


def is_of_typed_event(spot: Spot, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a field is the id of an object of the type of an event."""
    own = spot[:-1]
    around = own[:-1] if own[-1:] == ("attributes",) else own
    kind = leaves.get((*around, "type"))
    text = "" if kind is None else str(kind.value)
    is_event = not EVENTS.isdisjoint(words(text)[-1:])
    is_event = is_event or bool(len(around) > 1 and EVENT_KIND.fullmatch(text))
    return is_event and is_serial(leaves[spot].value)


def is_of_made(spot: Spot, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a field is the id of the data of what an element says was made."""
    around = spot[:-2]
    if not around or not isinstance(around[-1], int):
        return False
    is_data = words(str(spot[-2]))[-1:] in _DATA and is_serial(leaves[spot].value)
    kinds = (leaves.get((*around, name)) for name in _KINDS_OF_CHANGES)
    return is_data and any(each is not None and each.value in MAKES for each in kinds)


def is_made_beside(leaf: Leaf, name: str, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a field is the id of what its neighbours say was made: of a comment.

    Or of what the object around its own says that it is about: of a ``leadgen``.
    """
    noun = name.removesuffix("id")
    if noun == name or not noun or not is_serial(str(leaf.value)):
        return False
    around = (leaves.get((*leaf.spot[:-2], each)) for each in _SUBJECTS)
    if len(leaf.spot) > 1 and any(o is not None and o.value == noun for o in around):
        return True
    words_beside = {str(value).lower() for value in leaf.siblings.values()}
    return noun in words_beside and not words_beside.isdisjoint(MAKES - {"c"})


def is_going_on(leaf: Leaf, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a request goes on: it has a driver, or answers that are not final yet."""
    if plain(leaf.name) != "requestid":
        return False
    is_piece = any((name,) in leaves for name in _FINAL)
    return is_piece or "driver" in leaf.siblings


def is_of_made_thing(leaf: Leaf, holder: str, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a field is the id of what an event has led to, or has made."""
    is_only = len(leaf.siblings) == 1 or is_making(leaves)
    return holder in DOCUMENTS and is_only and is_serial(leaf.value)


def is_typed(leaf: Leaf, nouns: Collection[str]) -> bool:
    """Whether a field is the id of an object whose type is one of some nouns."""
    kind = leaf.siblings.get("type")
    is_id = plain(leaf.name) in OWN_IDS and leaf.siblings.keys().isdisjoint(NAMES)
    return is_id and isinstance(kind, str) and singular_name(kind) in nouns


def is_id_of_request(name: str, value: Json) -> bool:
    """Whether a field is the random id of a request, behind what it was one of."""
    is_text = isinstance(value, str) and RANDOM_ID.fullmatch(value) is not None
    return is_text and name.endswith("requestid")


def is_id_of_event(name: str) -> bool:
    """Whether a plain name is that of an id that each event has for itself."""
    names = (name, re.sub("(?:uu|gu|u|s)id$", "id", name))
    is_event = any(each in _EVENT_IDS or each.endswith(_OF_EVENTS) for each in names)
    return is_event and not names[1].endswith(_OF_OTHERS)
