"""Identifiers that are new in every event, and the texts that repeat them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ...words import Json
from ..values.clocks import text_clock
from ..values.identifiers import (
    RANDOM_ID,
    TRACE_HEADER,
    is_code,
    is_serial,
    is_token,
    series,
)
from .leaves import Leaf, Spot, plain, singular_name, time_of, words
from .notices import MAKES, is_envelope, is_framed, kept_nouns, operation_of, said_nouns
from .occasions import (
    DOCUMENTS,
    NAMES,
    is_going_on,
    is_hash_of_now,
    is_id_of_event,
    is_id_of_request,
    is_kind_of_record,
    is_made_beside,
    is_of_made,
    is_of_made_thing,
    is_of_message,
    is_of_payment,
    is_of_reading,
    is_of_trace,
    is_of_typed_event,
    is_random,
    is_typed,
)
from .occurrences.happenings import happenings, line_ids
from .renewal import (
    OWN_IDS,
    is_changed_thing,
    is_of_process,
    is_own_id,
    lasts,
    object_made,
    own_id,
)
from .repeats import body_of

#: Names of when an event was.
_EVENT_TIMES = frozenset({"eventtime", "eventtimestamp"})
#: Words before the numbers of records of which each is another: ``order_number``.
_OF_RECORDS = frozenset("""
    approval auth authorization booking check confirmation document invoice order
    receipt reservation ticket tracking transaction transfer
    """.split())
#: Words of the ids of what comes to be with a record.
_WITH_RECORDS = frozenset("""
    action authorization capture confirmation deposit invoice receipt transaction txn
    """.split())
#: Words of names of references to what lasts, and how long others are at least.
_LASTING = frozenset("""
    account app cluster customer host merchant node order project tenant user webhook
    """.split())
_LONG_REFERENCE = 12
#: What is no more once it was told of.
_MADE_ONCE = frozenset({("deposit",), ("donation",), ("submission",), ("txn",)})
#: Longer names of references say what they are to.
_SHORT_REFERENCE = 2
#: Names of what proves that an event is genuine.
_SIGNATURES = frozenset({"signature", "sig", "hmac"})
_TOKENS = frozenset({"token", "replytoken", "responsetoken"})
#: Names of what an answer to a message has to bring.
_ANSWERED_WITH = frozenset({"quotetoken", "replytoken", "responsetoken"})
#: Objects around an event whose id is the event's own.
_ENVELOPES = frozenset("""
    action context envelope event header meta metadata notification request
    """.split())
#: Objects about what happened, whose own id no other event has.
_CHANGES = frozenset({"change", "changelog", "changeset", "commit", "revision"})
#: Objects about what lasts, and has done something.
_ACTING = frozenset({"actor", "target"})
#: What says in such an object which it is: its id, or the number that it led to.
_CHANGE_IDS = OWN_IDS | {"new"}
#: What says in a stream of changes which it is.
_REVISIONS = frozenset({"cid", "hash", "rev", "revision", "rkey", "sha"})
#: Ends of names of ids of what happens once, behind its noun: ``call_session_id``.
_OF_ONE_TIME = ("id", "number", "controlid", "legid", "sessionid", "uuid")
#: Members beside which a ``uid`` is that of a user.
_USERS = frozenset({"login", "user", "user_name", "username"})
#: What is between the parts of an id.
_CUTS = frozenset("/:-_")
#: The least length of an id that is the longer part of another, and the most.
_LEAST_PART, _LONGEST_PART = 4, 18
#: As many first characters alike are no chance.
_ALIKE = 10
_ID = re.compile(r"[\w.:#=/+$!@<>;-]{1,400}", re.ASCII)


def new_ids(
    example: Json,
    leaves: Mapping[Spot, Leaf],
    messages: Mapping[Spot, str],
    is_event: bool,
    is_feed: bool,
    born: frozenset[Spot],
    noun: str,
    is_once: bool,
    over: frozenset[Spot],
) -> Iterator[Spot]:
    """The identifiers that no other event has.

    With ``is_once`` it tells of what happens to each thing once at most. ``over`` are
    the objects that have come to their end.
    """
    own = {
        "sid",
        _noun_id(noun),
        *(plain(singular_name(noun)) + end for end in ("number", "key", "reference")),
        "number",
        *OWN_IDS,
    }
    if not is_event or is_envelope(example) or is_changed_thing(leaves):
        own = set()
    elif root := own_id([v for s, v in leaves.items() if len(s) == 1], noun):
        if not is_of_process(root):
            own.add(plain(root.name))
    made = {object_made(leaves)} if is_event else set()
    is_told = is_event or is_feed
    made_once = is_told and any(leaf.value in MAKES for leaf in leaves.values())
    said = {*said_nouns(leaves)}
    once = {noun + end for noun in said for end in _OF_ONE_TIME}
    is_inserted = is_event and operation_of(example) in MAKES
    acting = {
        str(leaf.value)
        for spot, leaf in leaves.items()
        if _holder(spot) in _ACTING and plain(leaf.name) in OWN_IDS
    }
    lasting = set() if is_once else {noun + "id" for noun in kept_nouns(leaves)}
    talking = set()
    for spot, about in messages.items():
        if about != "delta":
            around = [
                (*spot[:length], name)
                for length in range(len(spot) - 1, _element_at(spot), -1)
                for name in ("id", "_id", "mid")
                if (*spot[:length], name) in leaves
            ]
            talking.update(around[:1])
    is_whole = is_event and {"assistant", "delta"}.isdisjoint(messages.values())
    happening = {*happenings(leaves, over, is_once, lasting)} if is_whole else set()
    if is_framed(example):
        yield (1,)
    for spot, leaf in leaves.items():
        value, name = leaf.value, plain(leaf.name)
        if isinstance(value, str):
            if not _ID.fullmatch(value) or series(value) is None:
                continue
            if not value.strip("0x-") or ".html" in value or is_code(value):
                continue  # none at all, or that of all of its kind
            is_named = name in own or is_id_of_event(name)
            is_named = is_named or (name in OWN_IDS and is_of_made(spot, leaves))
            if text_clock(value) is not None and not is_named:
                continue
        elif not isinstance(value, int) or isinstance(value, bool):
            continue
        if is_going_on(leaf, leaves) or is_kind_of_record(leaf):
            continue
        holder = _holder(spot)
        if name in OWN_IDS and len(spot) == 1 and str(value) in acting:
            continue
        if name == "uid" and not leaf.siblings.keys().isdisjoint(_USERS):
            continue
        if (
            (_is_told_once(leaf, name) and name not in lasting)
            or (is_event and is_id_of_request(name, value))
            or spot in talking
            or (spot[:-1] in born and _is_own(leaf, name))
            or (len(spot) == 1 and name in own and _may_be_own(name, value))
            or (is_event and holder in _CHANGES and name in _CHANGE_IDS)
            or (is_told and holder in _CHANGES and name in _REVISIONS)
            or (name == "messageid" and holder == "message")
            or is_made_beside(leaf, name, leaves)
        ):
            yield spot
        elif is_event and name in _TOKENS and RANDOM_ID.fullmatch(str(value)):
            if not lasts(holder, leaves):
                yield spot
        elif name in _ANSWERED_WITH and is_token(str(value)):
            yield spot
        elif is_event and holder == "message" and name == "id" and is_serial(value):
            yield spot
        elif is_told and is_proof(leaf) and is_serial(str(value)):
            yield spot
        elif spot in made or is_of_reading(leaf, name):
            yield spot
        elif is_event and name in OWN_IDS and is_of_typed_event(spot, leaves):
            yield spot
        elif len(spot) == 1 and name in OWN_IDS and is_of_message(leaf):
            yield spot
        elif is_event and is_of_payment(leaf):
            yield spot
        elif spot in happening:
            yield spot
        elif is_hash_of_now(leaf, is_event) or is_of_trace(leaf, leaves):
            yield spot
        elif is_once and name in once and (is_serial(value) or _is_long(value)):
            yield spot
        elif is_once and name in said and is_random(str(value)):
            yield spot
        elif is_once and is_typed(leaf, said) and is_serial(value):
            yield spot
        elif is_inserted and holder in DOCUMENTS and name in OWN_IDS:
            yield spot
        elif name in OWN_IDS and is_of_made(spot, leaves):
            yield spot
        elif is_once and name in OWN_IDS and is_of_made_thing(leaf, holder, leaves):
            yield spot
        elif made_once and holder == "subject" and name in (*_REVISIONS, "uri"):
            yield spot
        elif is_event and isinstance(value, str) and is_random(value):
            is_around = holder in _ENVELOPES or len(spot) == 1
            if name in OWN_IDS and is_around and not _is_named(leaf, spot):
                yield spot


def is_proof(leaf: Leaf) -> bool:
    """Whether a field proves that an event is genuine: ``hmacSignature``."""
    names = {plain(leaf.name), leaf.last, _holder(leaf.spot)}
    return not _SIGNATURES.isdisjoint(names)


def _element_at(spot: Spot) -> int:
    """Where in a spot the element of the innermost list is, -1 for none."""
    places = [at for at, step in enumerate(spot) if isinstance(step, int)]
    return max(places, default=-1)


def _is_told_once(leaf: Leaf, name: str) -> bool:
    """Whether a field is the id of an event, of which there are many."""
    is_counted = name == "eventid" and str(leaf.value).isdecimal()
    if is_counted and not _EVENT_TIMES.isdisjoint(map(plain, leaf.siblings)):
        return True
    if TRACE_HEADER.fullmatch(str(leaf.value)):
        return True
    return is_id_of_event(name) and (is_serial(leaf.value) or _is_long(leaf.value))


def _is_long(value: Json) -> bool:
    """Whether a text is a number that counts many: ``12345``."""
    return isinstance(value, str) and value.isdecimal() and is_serial(int(value))


def _may_be_own(name: str, value: Json) -> bool:
    """Whether a number is an event's own, and not a small one of what it is about."""
    return name != "number" or is_serial(value)


def _is_named(leaf: Leaf, spot: Spot) -> bool:
    """Whether an object inside an event has a name, and so is a thing that lasts."""
    return len(spot) > 1 and not leaf.siblings.keys().isdisjoint(NAMES)


def _holder(spot: Spot) -> str:
    """The plain name of the object that has a field, in the singular."""
    steps = [step for step in spot[:-1] if isinstance(step, str)]
    return plain(singular_name(steps[-1])) if steps else ""


def _is_own(leaf: Leaf, name: str) -> bool:
    """Whether a field says which its object is: its id, or a random reference."""
    is_reference = leaf.last == "reference" and is_token(str(leaf.value))
    return is_own_id(leaf) or name == "number" or is_reference


def settled(
    found: Iterable[Spot], leaves: Mapping[Spot, Leaf], is_event: bool
) -> frozenset[Spot]:
    """New ids without those that repeat others, and with those that belong to them.

    An id that is made of two others (``nc`` and ``75023956``), or ends in a long one,
    follows that. Ids that begin alike, as those of one payment do, are new together.
    """
    ids: dict[str, Spot] = {}
    for spot in found:
        ids.setdefault(str(leaves[spot].value), spot)
    if is_event:
        begun = {_beginning(text) for text in ids} - {""}
        for spot, leaf in leaves.items():
            if isinstance(leaf.value, str) and _beginning(leaf.value) in begun:
                ids.setdefault(leaf.value, spot)
    texts = {
        str(leaf.value): spot
        for spot, leaf in leaves.items()
        if isinstance(leaf.value, (str, int)) and not isinstance(leaf.value, bool)
    }
    for text in [*ids]:
        for size in range(_LEAST_PART, len(text)):
            part, rest = text[-size:], text[:-size]
            is_own = rest[-1:] in _CUTS and _is_long(part) and size <= _LONGEST_PART
            is_cut = rest in texts or is_own
            if part in texts and is_cut and part[0].isdecimal():
                del ids[text]
                ids[part] = texts[part]
                break
    for text in [*ids]:
        others = (body_of(o) or o for o in ids if len(o) >= _LONGEST_PART and o != text)
        if any(other in text for other in others):
            del ids[text]
    new = {
        spot[:-1]
        for spot, leaf in leaves.items()
        if str(leaf.value) in ids and _tells_apart(leaf)
        if not is_id_of_event(plain(leaf.name))
    }
    beside = (
        spot
        for spot, leaf in leaves.items()
        if spot[:-1] in new and _is_companion(leaf) and str(leaf.value) not in ids
    )
    return frozenset([*ids.values(), *beside, *line_ids(leaves, new)])


def only_reference(leaves: Mapping[Spot, Leaf]) -> Iterator[Spot]:
    """The first long reference of a notice that has no id: ``MessageSid``.

    Or the id of what it says when it was, beside a ``sale_timestamp`` for one.
    """
    timed = {words(leaf.name)[:-1] for leaf in leaves.values() if time_of(leaf)} - {()}
    for spot, leaf in leaves.items():
        of = words(leaf.name)[:-1]
        is_kept = not _LASTING.isdisjoint(of) or ".html" in str(leaf.value)
        if leaf.last == "id" and (of in timed or of in _MADE_ONCE) and not is_kept:
            if is_serial(leaf.value):
                yield spot
                return
    for spot, leaf in leaves.items():
        parts, text = words(leaf.name), str(leaf.value)
        if plain(leaf.name) in OWN_IDS or parts[-1:] == ("id",):
            return
        is_reference = parts[-1:] in (("reference",), ("sid",), ("uuid",), ("guid",))
        if is_reference and not _LASTING.intersection(parts) and is_serial(text):
            if len(text) >= _LONG_REFERENCE:
                yield spot
                return


def _tells_apart(leaf: Leaf) -> bool:
    """Whether a new identifier is the id of its object."""
    is_id = plain(leaf.name) in OWN_IDS or leaf.last == "id"
    return is_id or is_random(str(leaf.value))


def _is_companion(leaf: Leaf) -> bool:
    """Whether a value is another number of what an id tells apart: ``order_number``."""
    parts, value = words(leaf.name), leaf.value
    if parts == ("name",):
        return isinstance(value, str) and re.fullmatch(r"#\d{2,}", value) is not None
    if parts in (("number",), ("pk",)):
        return isinstance(value, int) or str(value).isdecimal()
    if parts[-1:] in (("reference",), ("ref",)) and len(parts) <= _SHORT_REFERENCE:
        is_own = _LASTING.isdisjoint(parts) and isinstance(value, str)
        return is_own and _ID.fullmatch(str(value)) is not None and is_serial(value)
    if parts[-1:] == ("id",) and not _WITH_RECORDS.isdisjoint(parts[:-1]):
        return isinstance(value, str) and is_random(value)
    is_number = parts[-1:] in (("number",), ("reference",), ("code",))
    return is_number and not _OF_RECORDS.isdisjoint(parts[:-1]) and is_serial(value)


def _beginning(text: str) -> str:
    """What random ids that were made together begin with, behind their kind."""
    body = text.rpartition("_")[2]
    is_long = "_" in text and len(body) > 2 * _ALIKE - 2
    return body[:_ALIKE] if is_long and is_token(text) else ""


def _noun_id(noun: str) -> str:
    """The plain name of a resource's own id: ``orderid``."""
    return plain(singular_name(noun)) + "id"
