"""Identifiers of what happens, by their names: of a call, of a payment, of a trade."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from ....words import Json
from ...values.identifiers import RANDOM_ID, is_serial
from ..leaves import Leaf, Spot, plain, words
from ..notices import kinds_of, said_nouns
from ..occasions import NAMES, is_random
from ..renewal import OWN_IDS, lasts

#: Last words of names of what tells one from others.
_ENDS = frozenset("""
    code guid hash id identifier index key no num number ref reference sid token uid
    uuid
    """.split())
#: Those that are of one only behind certain nouns.
_WEAK_ENDS = frozenset({"code", "index", "key", "token"})
#: What is over as soon as it is told of.
_INSTANT = frozenset("""
    accession answer assessment attempt audit bet bid capture cdr cert checkin
    checkout click comment conn control correlation crossing deal decision delivery
    detection donation email end entry envelope evaluation exec execution fill
    finding flow hit impression inspection invocation lap leg linked log mail
    measurement message msg observation outlier packet pageview passage ping post
    psp punch ray reading receipt redemption reply req request response sample scan
    score screening sighting smtp span strike submission swipe tap trace trade
    transaction tweet tx txn unique verdict violation visit vote
    """.split())
#: Names of ids of events.
_TOLD = frozenset({"eventid", "deliveryid", "messageid"})
#: Members that are what an event is about.
_OBJECTS = frozenset({"entity", "object", "resource", "subject"})
#: What goes on for a while, and so is another one only where it has ended or begun.
_ONGOING = frozenset("""
    agreement alarm alert application appointment booking build call case charge
    conference delivery deploy deployment dispute encounter flight game incident
    invoice job mandate match meeting mission order parcel payment payout position
    print quote recording refund rental reservation ride run session shipment signal
    snapshot stay task ticket tracking transfer trip upload video voicemail
    withdrawal workflow workout
    """.split())
#: Words before such nouns by which they last.
_OF_LASTING = frozenset("""
    first last original parent plan prev previous root schedule scheduled template
    """.split())
#: Where a record says in which state it is.
_STATES = frozenset("""
    callstatus conclusion disposition event eventtype outcome result state status
    statuscode substatus
    """.split())
#: First words of names of states before a change.
_BEFORE = (("old",), ("prev",), ("previous",))
#: States in which something has come to its end.
_FINAL = frozenset("""
    abandoned accepted answered approved busy canceled cancelled captured cleared
    closed complete completed declined delivered denied done ended error executed
    expired failed failure filled final finished fulfilled granted lost missed
    noanswer ok paid passed posted refunded rejected resolved settled sold stopped
    submitted succeeded success successful terminated timedout voided won
    """.split())
#: Names of what tells what has ended.
_OWN = OWN_IDS | {"number"}
#: Lists of what comes to be with what has them.
_LINES = frozenset({("decisions",), ("fills",), ("line", "items"), ("lines",)})
#: Words of members of what comes by more often.
_KNOWN = frozenset("driver make model name vehicle".split())
#: Names of what tells what has come by, and is another one each time.
_MARKS = frozenset("""
    epc epchex licenseplate licenseplatenumber numberplate plate platenumber tid
    tidhex
    """.split())
#: What no two certificates have in common, and where a log says that it has one.
_OF_CERTIFICATES = frozenset("""
    fingerprint serialnumber sha1 sha256 subjectkeyidentifier
    """.split())
_PLACES_IN_LOG = ("cert_index", "cert_link", "certIndex", "leaf_index", "log_index")
#: Short ids: a kind in capitals, and a number.
_SHORT = re.compile(r"[A-Z]{1,5}[-_]?\d{3,}")
#: Shorter links are words.
_LEAST_LINK = 12
#: Words before the orders that meet in a trade.
_SIDES = tuple((w,) for w in "ask bid buy buyer maker sell seller taker".split())
#: No more members of an object are looked at.
_MAX_BESIDE = 40
#: Smaller numbers tell kinds and places.
_LEAST = 100


def ends(leaves: Mapping[Spot, Leaf], told: Collection[Spot]) -> Iterator[Spot]:
    """The objects, of an event, that say that they have come to their end.

    Of the elements of lists, only those that are ``told``.
    """
    for spot, leaf in leaves.items():
        places = [at for at, step in enumerate(spot) if at and isinstance(step, int)]
        if any(spot[: at + 1] not in told for at in places):
            continue
        parts = words(leaf.name)
        if parts[:1] in _BEFORE and parts[-1:] in (("state",), ("status",)):
            yield spot[:-1]  # what it has come from is left behind
        elif "".join(parts) in _STATES and plain(str(leaf.value)) in _FINAL:
            yield spot[:-1]


def happenings(
    leaves: Mapping[Spot, Leaf],
    over: Collection[Spot],
    is_once: bool,
    lasting: Collection[str],
) -> Iterator[Spot]:
    """The identifiers, in an event, of what happens once.

    ``over`` are the objects that have come to their end, and with ``is_once`` what
    the event is about has. ``lasting`` are names of ids of what stays.
    """
    around = {w for kind in kinds_of(leaves) for w in words(kind)[:-2]}
    said = {*said_nouns(leaves)}
    around -= said
    for spot, leaf in leaves.items():
        name, holder = plain(leaf.name), plain(leaf.owner) if len(spot) > 1 else ""
        if isinstance(leaf.value, bool) or name in lasting or lasts(holder, leaves):
            continue
        if (
            is_once
            and holder in said
            and name in OWN_IDS
            and is_random(str(leaf.value))
        ):
            yield spot
            continue
        is_over = spot[:-1] in over and name in _OWN and _tells_one(leaf)
        if is_over and NAMES.isdisjoint(leaf.siblings):
            yield spot
        elif holder in _INSTANT and name in OWN_IDS and is_random(str(leaf.value)):
            yield spot
        elif name in _MARKS and is_serial(leaf.value):
            if _KNOWN.isdisjoint(islice(leaf.siblings, _MAX_BESIDE)):
                yield spot
        elif _is_of_happening(leaf, is_once or bool(over), around):
            yield spot
        elif _is_of_object(leaf, holder, bool(over)):
            yield spot
        elif name in _OF_CERTIFICATES and _is_logged(spot, leaves):
            yield spot


def line_ids(leaves: Mapping[Spot, Leaf], new: Collection[Spot]) -> Iterator[Spot]:
    """The ids of the lines of what is ``new``: of an order, for one."""
    for spot, leaf in leaves.items():
        if len(spot) > 2 and isinstance(spot[-2], int) and spot[:-3] in new:
            is_line = words(str(spot[-3])) in _LINES and plain(leaf.name) in OWN_IDS
            if is_line and is_serial(leaf.value):
                yield spot


def _is_of_happening(leaf: Leaf, is_over: bool, around: Collection[str]) -> bool:
    """Whether a field is the id of what happens once, by the noun before its end.

    With ``is_over`` the event tells of the end of what goes on, inside of what is
    ``around`` it: a run of a job.
    """
    noun = _noun(leaf)
    if noun in around:
        return False
    is_one = noun in _INSTANT or (is_over and noun in _ONGOING)
    return is_one and _tells_one(leaf) and not _has_name(leaf, noun)


def _is_logged(spot: Spot, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a field is of a certificate whose place in a log is around it."""
    around = (spot[:-up] for up in (1, 2, 3) if up <= len(spot))
    return any((*each, name) in leaves for each in around for name in _PLACES_IN_LOG)


def _is_of_object(leaf: Leaf, holder: str, is_over: bool) -> bool:
    """Whether a field is the id of the object that an event is about.

    With ``is_over`` that has left a state behind, as it does once.
    """
    name = plain(leaf.name)
    if name == "objectid":
        is_told = not _TOLD.isdisjoint(map(plain, islice(leaf.siblings, _MAX_BESIDE)))
        return is_told and isinstance(leaf.value, int) and leaf.value >= _LEAST
    kind = str(leaf.siblings.get("type", ""))
    is_typed = holder in _OBJECTS and words(kind)[-1:] in {(n,) for n in _ONGOING}
    return is_over and name == "id" and is_typed and _tells_one(leaf)


def _has_name(leaf: Leaf, noun: str) -> bool:
    """Whether what an id tells apart has a name beside it: a ``jobName``."""
    names = ((noun, "name"), (noun, "title"))
    beside = islice(leaf.siblings, _MAX_BESIDE)
    return any(words(name)[-2:] in names for name in beside)


def _noun(leaf: Leaf) -> str:
    """What an id tells apart by its name, empty for what is no such name."""
    parts = words(leaf.name)
    if len(parts) == 1 and parts[0][-2:] == "id":  # written as one: ``taskid``
        parts = (parts[0].removesuffix("id"), "id")
    if parts[-1:] and parts[-1] not in _ENDS and _is_link(leaf.value):
        return parts[-1]
    if parts[-2:-1] == ("order",) and parts[-3:-2] in _SIDES:
        return "trade"  # in which two orders meet
    if len(parts) < 2 or parts[-1] not in _ENDS or not _OF_LASTING.isdisjoint(parts):
        return ""
    if parts[-1] in _WEAK_ENDS and parts[-2] not in ("cert", "receipt", "correlation"):
        return ""
    return parts[-2]


def _is_link(value: Json) -> bool:
    """Whether a text is a short id or a random one, and no word."""
    if not isinstance(value, str):
        return False
    own = value.rpartition("/")[2]
    return bool(_SHORT.fullmatch(own)) or (len(own) > _LEAST_LINK and is_random(own))


def _tells_one(leaf: Leaf) -> bool:
    """Whether a value may tell one of many."""
    value = leaf.value
    if isinstance(value, int):
        return value >= _LEAST
    text = str(value)
    if text.isdecimal():
        return int(text[:18]) >= _LEAST
    return is_serial(value) or bool(_SHORT.fullmatch(text) or RANDOM_ID.fullmatch(text))
