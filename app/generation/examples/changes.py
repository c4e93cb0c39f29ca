"""Which numbers of an example change from event to event."""

from __future__ import annotations

from ...resources.catalogue import noun_of
from ..fields.parts import NumberRole
from ..fields.roles import role_at_end, role_of_unit
from .leaves import Leaf, words
from .outline import Outline

#: Words of names of numbers that somebody has set, or that are no present ones.
_SET = frozenset("""
    average avg default desired duration estimated expected filed goal initial last
    limit max maximum mean min minimum nominal old original per planned previous
    rated reference scheduled set target threshold total_duration
    """.split())
#: Words of names of where something is and how it moves.
_OF_MOTION = frozenset("""
    alt altitude azimuth baro bearing climb cog course current deg degrees direction
    elevation geom gps heading lat latitude lng lon long longitude pitch position
    rate roll tilt track true vehicle vertical yaw
    """.split())
#: Objects whose places are those of what stays where it is.
_STILL = frozenset("""
    address airport depot destination dropoff end from home origin pickup place port
    start station stop to venue
    """.split())
#: Names that only say that there is a value, and of what says which.
_VALUES = frozenset(
    {(), ("value",), ("state",), ("reading",), ("measurement",), ("val",)}
)
_MEASURED = frozenset("class kind measurand metric parameter sensor type".split())
#: Members beside which a price is one of a market.
_MARKET = frozenset("""
    ask bid close open symbol ticker vwap volume pair
    """.split())
_MARKETS = frozenset({"stocks", "crypto", "forex", "trades", "orderbook", "indices"})


def is_set(name: str) -> bool:
    """Whether a name says that somebody has set a number, or that it is an old one."""
    return not _SET.isdisjoint(words(name))


def changing(leaf: Leaf, whole: Outline) -> NumberRole | None:
    """The role of a number that changes, None where it stays."""
    noun = whole.noun
    role = role_at_end(leaf.name)
    if leaf.name == "s":
        role = role_at_end("sequence")
    if role is None or not role.changes:
        return None
    if role.changes == "market":
        return role if _is_market(leaf, noun) else None
    if is_set(leaf.name) or (role.changes == "motion" and not _travels(leaf, whole)):
        return None
    return role


def measured_by(leaf: Leaf) -> NumberRole | None:
    """The role of a number by what its neighbours say that it measures."""
    if words(leaf.name) not in _VALUES:
        return None
    inner = [each for each in leaf.siblings.values() if isinstance(each, dict)]
    for members in (leaf.siblings, *inner):
        for name, text in members.items():
            if isinstance(text, str) and not _MEASURED.isdisjoint(words(name)[-2:]):
                role = role_at_end(text)
                if role is not None and role.changes == "always":
                    return role
        for name, text in members.items():
            if isinstance(text, str) and "unit" in words(name):
                role = role_of_unit(text)
                if role is not None:
                    return role
    return None


def _travels(leaf: Leaf, whole: Outline) -> bool:
    """Whether a place or a direction is that of what moves."""
    if whole.motion is None or not set(words(leaf.name)) <= _OF_MOTION:
        return False
    around = {word for step in leaf.spot[:-1] for word in words(str(step))}
    return not around & _STILL


def _is_market(leaf: Leaf, noun: str) -> bool:
    beside = {word for member in leaf.siblings for word in words(member)}
    if beside & _MARKET:
        return True
    known = noun_of(noun)
    return known is not None and known.name in _MARKETS
