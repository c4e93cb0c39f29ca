"""Which examples tell of what has happened, and of what: of a change, of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...words import Json
from ..fields.moments import When, when
from ..values.identifiers import is_serial
from .leaves import Leaf, Spot, embedded, plain, words

#: Words of paths and names that say that each value is an event.
EVENTS = frozenset("""
    access audit audits callback callbacks cdr cdrs changes conn detections dlr
    event events feed flow flows gateway hook hooks ipn log logging logs
    notification notifications notify postback postbacks push pushes stream strike
    strikes submissions syslog tail trades trap traps webhook webhooks
    """.split())
#: What events say that made something, and what they call it.
MAKES = frozenset("add added c create created insert inserted new".split())
#: Objects around an event, one of which may say what has happened.
HEADS = frozenset({"event", "header", "meta", "metadata"})
#: Where a change to a record says what it was, and what has the new state.
_OPERATIONS = ("op", "operation", "operationtype", "eventname", "changetype", "action")
#: Other members that say so, where they have one of these words.
_EVENT_TYPES = ("type", "eventtype", "event_type")
_STATEMENTS = frozenset("delete insert modify remove truncate update upsert".split())
_NEW_STATES = frozenset("after data document dynamodb fulldocument new record".split())
#: Where a message is that only has its kind beside it, and where that is.
HELD = frozenset({"data", "payload"})
_KINDS_OF = frozenset("channel event messagetype stream topic type".split())
#: What an event has that tells of changes to several things, and of which kinds.
_ELEMENTS = frozenset({"data", "id", "type"})
_CHANGED = ("add", "create", "delete", "remove", "update")
#: What each event of a batch has.
_BATCHED = frozenset({"id", "timestamp", "type"})
#: What the events of a bus, of a forge, and of what users do have.
_NOTICES = (
    frozenset({"id", "source", "time"}),
    frozenset({"action", "sender"}),
    frozenset({"event", "properties"}),
    frozenset({"event", "payload"}),
)
#: Members by which a message says of which kind it is.
_SAID_KINDS = frozenset({"eventtype", "eventname", "messagetype"})
#: Last words of the kinds of events that each object has one of at most.
ONCE = frozenset("""
    approved booked canceled cancelled captured completed confirmed create created
    declined delivered denied detected dispatched ended expired failed finished
    fulfilled granted hired initiated opened paid placed processed raised received
    redeemed refunded rejected returned reversed settled shipped signed sold started
    submit submitted succeeded success successful
    """.split())
#: Words of kinds of events that tell of what was sent long before.
_OF_SENT = frozenset("""
    bounce bounced click clicked clicks complained complaint delivered open opened
    unsubscribe unsubscribed
    """.split())
#: Numbers of calls in the frames of a protocol, which have so many parts.
_CALLS, _CALL = (2, 6), 4
#: Kinds of events: ``order.created``, ``jira:issue_updated``.
EVENT_KIND = re.compile(r"[A-Za-z_]+(?:[.:/][A-Za-z_]+){1,4}")
EVENT_KINDS = frozenset(
    "action event eventname eventtype topic type webhookevent".split()
)


def kinds_of(leaves: Mapping[Spot, Leaf]) -> Iterator[str]:
    """What an event says that has happened: ``order.created``."""
    for spot, leaf in leaves.items():
        is_around = len(spot) == 1 or (len(spot) == 2 and spot[0] in HEADS | HELD)
        is_around = is_around or (len(spot) == 3 and spot[1] in HEADS)
        if is_around and isinstance(leaf.value, str):
            if _says_kind(leaf.name, leaf.value):
                yield leaf.value


def _says_kind(name: str, value: str) -> bool:
    """Whether a member says of which kind an event is: ``name``, with many words."""
    is_name = name == "name" and value.count(".") > 1 and EVENT_KIND.fullmatch(value)
    return bool(is_name) or plain(name) in EVENT_KINDS


def is_of_sent(leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether an event is about what was sent before it: ``link_click``."""
    return any(not _OF_SENT.isdisjoint(words(kind)) for kind in kinds_of(leaves))


def said_nouns(leaves: Mapping[Spot, Leaf]) -> Iterator[str]:
    """What an event says that something happened to: ``order`` of ``order.shipped``."""
    for kind in kinds_of(leaves):
        yield from words(kind)[-2:-1]


def kept_nouns(leaves: Mapping[Spot, Leaf]) -> Iterator[str]:
    """What events say that something changed of: ``record`` of ``record.updated``."""
    for leaf in leaves.values():
        if plain(leaf.name) in EVENT_KINDS and EVENT_KIND.fullmatch(str(leaf.value)):
            yield from words(str(leaf.value))[:1]


def is_making(leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether an event says that it has made something: ``contract.created``."""
    return any(not MAKES.isdisjoint(words(kind)[-1:]) for kind in kinds_of(leaves))


def happens_once(leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether the kind of an event is of what happens once: ``invoice.paid``."""
    return any(words(kind)[-1] in ONCE for kind in kinds_of(leaves) if words(kind))


def _is_wrapped(example: Mapping[str, Json]) -> bool:
    """Whether an object only says of what kind a message is, and holds it."""
    names = {plain(n): embedded(value) or value for n, value in example.items()}
    held = [names[name] for name in HELD & names.keys()]
    kinds = [names[name] for name in _KINDS_OF & names.keys()]
    is_pair = len(names) == len(held) + len(kinds) == 2
    return is_pair and isinstance(held[0], dict) and isinstance(kinds[0], str)


def operation_of(example: Json) -> str:
    """What a change to a record was: ``insert``; empty for what is no change."""
    if not isinstance(example, dict):
        return ""
    inner = example.get("payload", example.get("event"))
    names = {plain(name): value for name, value in example.items()}
    found = next((names[name] for name in _OPERATIONS if name in names), "")
    types = [str(names.get(name, "")).lower() for name in _EVENT_TYPES]
    found = found or next((word for word in types if word in _STATEMENTS), "")
    if not found and isinstance(inner, dict):
        return operation_of(inner)
    return found.lower() if isinstance(found, str) else ""


def is_framed(example: Json) -> bool:
    """Whether an example is a call: its type, its id, what is called, the payload."""
    if not isinstance(example, list) or len(example) < _CALL:
        return False
    kind, own, *_, payload = example
    is_call = kind in _CALLS and isinstance(own, str) and isinstance(payload, dict)
    return is_call and is_serial(own)


def _is_frame(example: Sequence[Json]) -> bool:
    """Whether an array is a message: what it is about, and its payload at the end."""
    *head, payload = example
    is_head = head and not any(isinstance(each, (dict, list)) for each in head)
    is_named = any(isinstance(each, str) for each in head)
    return bool(is_head) and is_named and isinstance(payload, dict)


def _has_made(value: Json) -> bool:
    """Whether an array has events, each of a kind that made something: a batch."""
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict) or not _BATCHED <= first.keys():
        return False
    return not MAKES.isdisjoint(words(str(first["type"]))[-1:])


def is_told(example: Json) -> bool:
    """Whether an example says that it is an event: of the kind ``order.created``."""
    if isinstance(example, list) and example:
        return _is_frame(example) or is_told(example[0])
    if isinstance(example, dict) and any(map(_has_made, example.values())):
        return True
    if not isinstance(example, dict):
        return False
    if any(kind <= example.keys() for kind in _NOTICES):
        return True
    if _is_wrapped(example) or isinstance(example.get("event"), dict):
        return True
    if _ELEMENTS <= example.keys() and example["type"] in _CHANGED:
        return True
    if operation_of(example) and _NEW_STATES & {*map(plain, example)}:
        return True
    kinds = _SAID_KINDS & {*map(plain, example)}
    if kinds and any(when(name) in (When.NOW, When.SINCE) for name in example):
        return True
    return any(
        isinstance(value, str)
        and _says_kind(name, value)
        and EVENT_KIND.fullmatch(value)
        for name, value in example.items()
    ) and any(isinstance(value, dict) for value in example.values())


def is_envelope(example: Json) -> bool:
    """Whether an object only carries another, of its type: ``{"type": "event"}``."""
    if not isinstance(example, dict):
        return False
    kind = example.get("type")
    return isinstance(kind, str) and isinstance(example.get(kind), dict)
