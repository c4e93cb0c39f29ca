"""An example as a whole: its fields, its times, its motion, the ids that are new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ...resources.catalogue import noun_of
from ...resources.inflection import singular
from ...words import Json
from ..fields.moments import When, when
from ..values.clocks import text_clock
from .books import has_book
from .identities import OWN_IDS, followers, new_ids
from .leaves import Leaf, Spot, is_open, leaves_of, plain, time_of, words

#: What looking at one field costs, in steps.
_LEAF_STEPS = 50
#: Maximum number of fields of a small document: one that may change does, where
#: nothing else is known.
_MAX_SMALL_FIELDS = 8
#: Resources that begin once, and then go on for a while.
_LASTING = frozenset("""
    activities appointments bookings builds deployments incidents jobs pipelines
    reservations
    rides sales shipments tasks tickets trips visits workouts
    """.split())
#: Times of these names alone may be of something else than the event.
_VAGUE = frozenset({"date", "when", "at", "local"})
#: Times further from the present than this mean nothing in an event (ms).
_MAX_DISTANCE = 400 * 86_400_000
#: How far ahead a time is that the example has no present for (ms).
_AHEAD = 86_400_000
#: Words of paths and names that say that each value is an event.
_EVENTS = frozenset("""
    callback callbacks event events feed gateway hook hooks log logs notification
    notifications stream webhook webhooks
    """.split())
#: Names of texts that are new in every event, if they are messages.
_MESSAGES = frozenset("""
    body comment content delta message msg note post reply text transcript tweet
    utterance
    """.split())
#: Names of texts that are new where their record is a new one.
_HEADINGS = frozenset("description headline subject summary title".split())
#: Texts that are new where their resource is that of remarks.
_REMARKS = frozenset({"comment", "note", "reply"})
#: Members beside which a text is a message of somebody.
_SPEAKERS = frozenset("""
    author channel from level role sender severity speaker ts user username
    """.split())
#: A name of a text that says no more than that it is one.
_WRAPPERS = frozenset({"stringvalue", "string_value"})
#: Last words of names of speeds.
SPEEDS = frozenset("gs groundspeed sog speed velocity".split())
#: Last words of names of headings.
_HEADINGS_OF_MOTION = frozenset("bearing cog course heading track".split())
_MOVERS = frozenset("""
    aircraft bike boat bus car courier delivery driver drone fleet flight gps position
    ride satellite scooter ship taxi tracker train trip truck vehicle vessel
    """.split())


class Motion(NamedTuple):
    """How what an example is about moves: in metres a second and in degrees.

    ``latitude`` is where it does, if it has a place at all.
    """

    speed: float
    heading: float
    latitude: float
    has_place: bool


@dataclass(frozen=True)
class Outline:
    """What is true for a whole example.

    ``noun`` is what the path is about, and ``is_event`` tells whether each value is
    about something new. ``is_feed`` tells whether it says when it was made, and is
    no thing of its own. ``present`` is the example's time (ms since 1970), and
    ``times`` the kinds of time that it has. ``ids`` are the identifiers that are
    new in every event, ``follows`` the texts that repeat them, cut at what they
    repeat, and ``messages`` the texts that are new, each with what they are about.
    ``has_book`` tells whether it has an order book, which moves.
    """

    noun: str
    is_event: bool
    is_feed: bool
    leaves: Mapping[Spot, Leaf]
    present: int | None
    times: frozenset[When]
    motion: Motion | None
    ids: frozenset[Spot]
    follows: Mapping[Spot, tuple[str | Spot, ...]] = field(default_factory=dict)
    messages: Mapping[Spot, str] = field(default_factory=dict)
    has_book: bool = False

    @property
    def is_small(self) -> bool:
        """Whether there are few enough fields for one of them to be meant to move."""
        is_small = len(self.leaves) <= _MAX_SMALL_FIELDS
        return is_small and self.noun not in _LASTING

    @property
    def renews(self) -> bool:
        """Whether each event is a record of its own, down to its words."""
        return self.is_event and (
            self.noun == "logs" or any(is_open(leaf) for leaf in self.leaves.values())
        )


def outline(
    example: Json, path: str, noun: str, is_new: bool, spend: Callable[[int], None]
) -> Outline:
    """Look at an example for a path about ``noun``; with ``is_new`` each is another.

    ``spend`` notes the steps that it takes.
    """
    leaves = {leaf.spot: leaf for leaf in leaves_of(example, noun)}
    times: dict[Spot, tuple[When, int]] = {}
    for leaf in leaves.values():
        spend(_LEAF_STEPS)
        at = time_of(leaf)
        if at is not None:
            times[leaf.spot] = at
    kinds: dict[When, list[int]] = {}
    for kind, moment in times.values():
        kinds.setdefault(kind, []).append(moment)
    clear = [
        m for spot, (k, m) in times.items() if k is When.NOW and _is_clear(leaves[spot])
    ]
    present = clear or kinds.get(When.NOW) or kinds.get(When.SINCE)
    coming = kinds.get(When.UNTIL)
    if not present and coming:
        present = [min(coming) - _AHEAD]
    is_new = is_new and noun not in _LASTING
    is_told = not _EVENTS.isdisjoint(words(path))
    is_event = is_new or is_told
    has_model = ("model",) in leaves
    messages: dict[Spot, str] = {}
    for leaf in leaves.values():
        spend(_LEAF_STEPS)
        about = _message(leaf, noun, is_new, has_model)
        if about is not None:
            messages[leaf.spot] = about
    ids = frozenset(new_ids(example, leaves, messages, is_event, is_new, noun))
    return Outline(
        noun,
        is_new,
        _is_feed(leaves, is_told),
        leaves,
        max(present) if present else None,
        frozenset(kinds),
        _motion(leaves.values(), noun),
        ids,
        dict(followers(leaves, ids)),
        messages,
        has_book(example),
    )


def _is_clear(leaf: Leaf) -> bool:
    """Whether a name says that a time is the event's."""
    clear = [word for word in words(leaf.name) if word not in _VAGUE]
    return bool(clear) and when("_".join(clear)) is When.NOW


def _is_feed(leaves: Mapping[Spot, Leaf], is_told: bool) -> bool:
    if not is_told and any((name,) in leaves for name in OWN_IDS):
        return False
    at_root = (leaf for spot, leaf in leaves.items() if len(spot) == 1 or is_told)
    return any(
        time_of(leaf) is not None
        and (_is_clear(leaf) or (len(leaf.name) == 1 and len(leaf.spot) == 1))
        for leaf in at_root
    )


def is_recent(moment: int, present: int | None) -> bool:
    """Whether a time is near enough to the present to move with it."""
    return present is not None and abs(moment - present) <= _MAX_DISTANCE


def _message(leaf: Leaf, noun: str, renews: bool, has_model: bool) -> str | None:
    """What a new text is about, None for a text that is none."""
    value, name = leaf.value, plain(leaf.name)
    if not isinstance(value, str) or not value or text_clock(value) is not None:
        return None
    if name in _WRAPPERS:
        name = plain(leaf.owner)
    if is_open(leaf) or value[0] == "/":
        return None
    if "delta" in leaf.spot:
        return "delta" if name in _MESSAGES else None
    is_new = renews and len(leaf.spot) == 1
    if is_new and name in _HEADINGS and len(value.split()) > 2:
        return noun if noun not in _EVENTS else None
    if name not in _MESSAGES:
        return None
    known = next(
        (
            found.name
            for word in (noun, leaf.owner)
            if (found := noun_of(word)) is not None and found.fresh
        ),
        None,
    )
    if known == "logs":
        return "log"
    if leaf.siblings.get("role") == "assistant" or has_model:
        return "assistant"
    if name in _REMARKS and known is None:
        return None
    beside = {word for member in leaf.siblings for word in words(member)}
    if beside & _SPEAKERS or known in ("chat", "messages"):
        return "chat"
    return known if is_new and " " in value else None


def _motion(leaves: Iterable[Leaf], noun: str) -> Motion | None:
    """The motion that an example speaks of, None where nothing moves."""
    speed, heading, is_moving = None, 60.0, False
    latitude: float | None = None
    for leaf in leaves:
        value = leaf.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        if "wind" in words(leaf.owner) or "wind" in words(leaf.name):
            continue
        if leaf.last in ("lat", "latitude"):
            latitude = float(value)
        if leaf.last in SPEEDS:
            speed = value * _unit(leaf.name)
            is_moving = True
        elif leaf.last in _HEADINGS_OF_MOTION and 0 <= value <= 360:
            heading = float(value)
            is_moving = True
    nouns = {singular(word) for word in words(noun)}
    if not is_moving and not nouns & _MOVERS:
        return None
    speed = 10.0 if speed is None else speed
    return Motion(speed, heading, latitude or 0.0, latitude is not None)


def _unit(name: str) -> float:
    parts = words(name)
    if {"gs", "sog", "knots", "kn", "kt", "kts"} & set(parts):
        return 0.514
    if "mph" in parts:
        return 0.447
    return 1.0 if {"ms", "mps"} & set(parts) else 1 / 3.6
