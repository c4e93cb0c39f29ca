"""An example as a whole: its fields, its times, its motion, the ids that are new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ...resources.catalogue import noun_of
from ...resources.inflection import is_plural
from ...words import Json
from ..fields.moments import When, is_told_time
from .books import has_book
from .chains import Block, blocks, numbered_elements
from .grids import ROUND, Grid, grids
from .identities import is_proof, new_ids, only_reference, settled
from .leaves import (
    Leaf,
    Spot,
    depth_of,
    is_date,
    is_open,
    leaves_of,
    plain,
    time_of,
    words,
)
from .notices import EVENTS, happens_once, is_told
from .occurrences.happenings import ends
from .occurrences.when_told import is_clear, is_feed_of, is_of_verb
from .renewal import (
    LASTING,
    OWN_IDS,
    born,
    is_changed,
    is_just_made,
    is_of_change,
    lasts,
    told_elements,
)
from .repeats import Piece, followers
from .succession.births import elements_born
from .travel.motions import Motion, element_of, motions_of
from .travel.tracks import Track, tracks
from .utterances import messages
from .windows import Window, lasting_since, samples, windows

#: What looking at one field costs, in steps.
_LEAF_STEPS = 50
#: Maximum number of fields of a small document: one that may change does, where
#: nothing else is known.
_MAX_SMALL_FIELDS = 8
#: Times further from the present than this mean nothing in an event (ms).
_MAX_DISTANCE, _FAR_AHEAD = 400 * 86_400_000, 10 * 366 * 86_400_000
#: How far ahead a time is that the example has no present for (ms).
_AHEAD = 86_400_000
#: Words of names of what comes in some minutes.
_SOON = frozenset(
    "arrival arrives delivery departs departure eta pickup predicted".split()
)
#: Words of names of when what still goes on began, and since when it does (ms).
_BEGINS = frozenset("began begun start started".split())
_FOR_A_WHILE = 300_000
#: Where a record says in which state it is, and states in which nothing changes.
_STATES = frozenset({("status",), ("state",)})
_OVER = frozenset("canceled cancelled completed failed finished succeeded".split())
#: Paths that end so are about what goes on.
_REPORTS = frozenset("health info metrics stats statistics status summary".split())
#: Some seconds, in which what happened comes in (ms).
_AT_ONCE = 120_000
#: How long it takes to send an event, at most (ms).
_SENDING = 10_000


@dataclass(frozen=True)
class Outline:
    """What is true for a whole example.

    ``noun`` is what the path is about, and ``is_event`` tells whether each value is
    about something new; ``is_sent`` that it is a notice of what happened.
    ``is_feed`` tells whether it says when it was made, and is no thing of its own.
    ``present`` is the example's time (ms since 1970),
    ``motions`` how the elements of a list move, or the whole behind ``()``, and
    ``times`` the kinds of time that it has. ``ids`` are the identifiers that are
    new in every event, ``follows`` the texts that repeat them, cut at what they
    repeat, and ``messages`` the texts that are new, each with what they are about.
    ``has_book`` tells whether it has an order book, which moves. ``born`` are the
    objects inside that are new with each event, ``windows`` the times that begin
    and end the period of the event, ``samples`` the elements of series in time, and
    ``events`` those elements that are each an event. ``grids`` tell on what some
    times lie: on whole hours, for one. ``blocks`` are those of a chain.
    ``is_list`` tells whether the path ends in a resource of which there are many, and
    ``tracks`` where what moves is by rows without names. ``has_clock`` tells
    whether a field says itself that it is the present, and ``is_over`` whether what
    the path names has come to its end; ``topic`` is the path. ``over`` are the objects
    that say in an event that they have come to their end.
    """

    noun: str
    is_event: bool
    is_sent: bool
    is_feed: bool
    leaves: Mapping[Spot, Leaf]
    present: int | None
    times: frozenset[When]
    motions: Mapping[Spot, Motion | None]
    ids: frozenset[Spot]
    follows: Mapping[Spot, tuple[str | Piece, ...]] = field(default_factory=dict)
    messages: Mapping[Spot, str] = field(default_factory=dict)
    has_book: bool = False
    born: frozenset[Spot] = frozenset()
    windows: Mapping[Spot, Window] = field(default_factory=dict)
    samples: frozenset[Spot] = frozenset()
    events: frozenset[Spot] = frozenset()
    grids: Mapping[Spot, Grid] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    is_list: bool = False
    tracks: Mapping[Spot, Track] = field(default_factory=dict)
    has_clock: bool = False
    is_over: bool = False
    topic: str = ""
    over: frozenset[Spot] = frozenset()

    @property
    def is_small(self) -> bool:
        """Whether there are few enough fields for one of them to be meant to move."""
        is_small = len(self.leaves) <= _MAX_SMALL_FIELDS
        return is_small and self.noun not in LASTING

    def record(self, spot: Spot) -> Spot:
        """The innermost object around a value that is told apart from others."""
        for end in range(len(spot) - 1, 0, -1):
            around = spot[:end]
            is_one = around[:-1] in self._lists and isinstance(spot[end], str)
            if is_one and isinstance(around[-1], int):
                return around
            if any((*around, name) in self.leaves for name in OWN_IDS):
                return around
        return ()

    @cached_property
    def _lists(self) -> frozenset[Spot]:
        """The lists of records, which a notice's list of one is for known nouns."""
        return frozenset(
            spot[:at]
            for spot in self.leaves
            for at, step in enumerate(spot)
            if isinstance(step, int)
            if step > 0 or not self.is_event or (at and noun_of(str(spot[at - 1])))
        )

    @cached_property
    def roundness(self) -> int:
        """On what all recent times with a time of day lie (ms), 1 for nothing."""
        times = (time_of(leaf) for leaf in self.leaves.values() if not is_date(leaf))
        known = [at for at in times if at is not None and at[0] is not When.UNTIL]
        recent = [at[1] for at in known if is_recent(at[1], self.present)]
        return next((s for s in ROUND if not any(at % s for at in recent)), 1)

    def motion(self, spot: Spot) -> Motion | None:
        """How what a value belongs to moves, None where it does not."""
        return self.motions.get(element_of(spot))

    def is_old(self, spot: Spot) -> bool:
        """Whether a value is of a thing inside, which was there before the event."""
        for end in range(len(spot) - 1, 0, -1):
            ids = [(*spot[:end], name) for name in OWN_IDS]
            own = next((each for each in ids if each in self.leaves), None)
            if own is not None:
                return own not in self.ids and own not in self.follows
        return False

    def is_changed(self, spot: Spot) -> bool:
        """Whether a value is of a thing inside that an event says has changed."""
        return is_of_change(self.leaves) and self.is_old(spot)

    def is_of_new(self, spot: Spot) -> bool:
        """Whether what tells an object, or the one around it, apart is a new id."""
        known = self._told_apart
        return next((known[s] for s in (spot[:-1], spot[:-2]) if s in known), False)

    @cached_property
    def _told_apart(self) -> Mapping[Spot, bool]:
        """The objects with ids, each with whether one of those is new."""
        found: dict[Spot, bool] = {}
        for spot, leaf in self.leaves.items():
            if plain(leaf.name).endswith(tuple(OWN_IDS)):
                found[spot[:-1]] = spot in self.ids or found.get(spot[:-1], False)
        return found

    def is_lasting(self, spot: Spot) -> bool:
        """Whether a value is of a part that was there long before the event."""
        steps = [step for step in spot[:-1] if isinstance(step, str)]
        return bool(steps) and lasts(steps[-1], self.leaves)

    @property
    def is_entity(self) -> bool:
        """Whether the whole example is one thing that lasts, with an id and a name."""
        names = {(name,) for name in OWN_IDS} & self.leaves.keys()
        return bool(names - self.ids) and ("name",) in self.leaves

    @property
    def tells_time(self) -> bool:
        """Whether each value is of something new, and says itself when that was."""
        return bool(self.ids) and any(
            len(spot) == 1 and time_of(leaf) is not None
            for spot, leaf in self.leaves.items()
        )

    def is_history(self, spot: Spot) -> bool:
        """Whether a value is one of a series of samples, which are facts."""
        return any(spot[:end] in self.samples for end in range(1, len(spot)))

    @property
    def renews(self) -> bool:
        """Whether each event is a record of its own, down to its words."""
        return self.is_event and (
            self.noun == "logs" or any(is_open(leaf) for leaf in self.leaves.values())
        )


def outline(
    example: Json,
    path: str,
    noun: str,
    is_new: bool,
    is_fixed: bool,
    spend: Callable[[int], None],
) -> Outline:
    """Look at an example for a path about ``noun``; with ``is_new`` each is another.

    With ``is_fixed`` each is the one that the path names. ``spend`` notes the steps
    that it takes.
    """
    leaves = {leaf.spot: leaf for leaf in leaves_of(example, noun)}
    times: dict[Spot, tuple[When, int]] = {}
    for leaf in leaves.values():
        spend(_LEAF_STEPS)
        at = time_of(leaf)
        if at is not None:
            times[leaf.spot] = at
    moments = {spot: moment for spot, (_, moment) in times.items()}
    periods = windows(leaves, moments)
    kinds: dict[When, list[int]] = {}
    dates = {spot for spot in times if is_date(leaves[spot])}
    if dates == times.keys():
        dates = set()
    for spot, (kind, moment) in times.items():
        if kind is When.SINCE and len(spot) > 1 and lasts(str(spot[-2]), leaves):
            continue
        if spot not in periods and spot not in dates:
            kinds.setdefault(kind, []).append(moment)
    events = [spot for spot, (kind, _) in times.items() if kind is When.NOW]
    last = path.rstrip("/").rpartition("/")[2].lower()
    own = last if is_plural(last) and noun_of(last) is None else noun
    is_new = not is_fixed and (
        (
            is_new
            and noun not in LASTING
            and last not in _REPORTS
            and not is_changed(leaves)
        )
        or is_just_made(leaves, own)
    )
    is_sent = not is_fixed and (not EVENTS.isdisjoint(words(path)) or is_told(example))
    clear_spots = [
        spot
        for spot, (kind, _) in times.items()
        if kind is When.NOW and spot not in periods and spot not in dates
        if is_clear(leaves[spot])
    ]
    clear = [times[spot][1] for spot in clear_spots]
    depth = depth_of(example)
    outer = [
        spot
        for spot, (kind, _) in times.items()
        if len(spot) == depth and spot not in periods and spot not in dates
        if (kind is When.NOW and (is_sent or is_clear(leaves[spot])))
        or (kind is When.SINCE and is_sent)
    ]
    told = [spot for spot in outer if is_told_time(leaves[spot].name)]
    done = [spot for spot in times if is_of_verb(spot, leaves)]
    happened = [spot for spot in clear_spots if words(leaves[spot].name)[0] == "event"]
    if not any(times[spot][0] is When.NOW for spot in outer):
        # When something began was before what a notice tells of it inside.
        began = max((times[spot][1] for spot in outer), default=0)
        later = [spot for spot in clear_spots if times[spot][1] > began]
        inside = [spot for spot in later if is_told_time(leaves[spot].name)]
        outer = inside if is_sent and inside else outer
    nearest = [times[spot][1] for spot in happened or told or done or outer]
    happened_at = max(nearest, default=0)
    # What has come in some seconds after it happened did so just now.
    since = (times[spot][1] - happened_at for spot in [*outer, *clear_spots])
    nearest += [happened_at + late for late in since if 0 < late <= _AT_ONCE]
    present = nearest or clear or kinds.get(When.NOW) or kinds.get(When.SINCE)
    if present and When.NOW not in kinds:
        lasted = {moment + lasts for moment, lasts in lasting_since(leaves, times)}
        if lasted:
            present, kinds[When.NOW] = [*lasted], [*lasted]
    begun = [
        moment
        for spot, (kind, moment) in times.items()
        if kind is When.SINCE and not _BEGINS.isdisjoint(words(leaves[spot].name))
    ]
    if begun and not nearest and When.NOW not in kinds:
        is_span = any(plain(leaf.name) == "spanid" for leaf in leaves.values())
        kinds[When.NOW] = present = [max(begun) + (0 if is_span else _FOR_A_WHILE)]
    if present and is_sent and When.NOW not in kinds:
        kinds[When.NOW] = [max(present)]  # what is told was so just now
    if not present and (coming := kinds.get(When.UNTIL)):
        names = (leaves[spot].name for spot, at in times.items() if at[1] in coming)
        is_soon = any(not _SOON.isdisjoint(words(name)) for name in names)
        present = [min(coming) - (_FOR_A_WHILE if is_soon else _AHEAD)]
    is_event = is_new or is_sent
    latest = max(present) if present else None
    if latest is not None and is_sent:
        latest = max(_sent_after(latest, kinds.get(When.NOW, ())), default=latest)
    is_once = happens_once(leaves)
    objects = born(leaves, latest, is_once) if is_event else frozenset[Spot]()
    spend(_LEAF_STEPS * len(leaves))
    new_texts = {} if is_fixed else dict(messages(leaves, noun, is_new))
    is_feed = is_feed_of(leaves, is_sent, depth) or (is_sent and bool(outer))
    elements = frozenset(told_elements(leaves)) if is_sent else frozenset[Spot]()
    over = frozenset(ends(leaves, elements)) if is_event else frozenset[Spot]()
    numbered = frozenset(numbered_elements(leaves))
    elements, objects = elements | numbered, objects | numbered
    objects |= elements_born(leaves, objects, own if is_new else "", latest)
    found: Iterable[Spot] = new_ids(
        example,
        leaves,
        new_texts,
        is_event,
        is_feed,
        objects | elements,
        own,
        is_once,
        over,
    )
    motions = motions_of(leaves.values(), noun)
    found = [spot for spot in found if str(leaves[spot].value) not in path.split("/")]
    if is_sent and all(is_proof(leaves[spot]) for spot in found):
        found += only_reference(leaves)
    chain = tuple(blocks(leaves))
    in_chain = [spot for block in chain for spot in (block.own, *block.others)]
    ids = settled([*found, *in_chain], leaves, is_event)
    ids -= {spot for block in chain for spot in (block.before, block.height) if spot}
    said = {leaves[spot].value: spot for spot in ids}
    chain = tuple(
        block._replace(own=said.get(leaves[block.own].value, block.own))
        for block in chain
    )
    return Outline(
        noun,
        is_new,
        is_sent,
        is_feed,
        leaves,
        latest,
        frozenset(kinds),
        motions,
        ids,
        dict(followers(leaves, ids)),
        new_texts,
        has_book(example),
        objects,
        periods,
        frozenset(samples(leaves, moments)),
        elements,
        dict(grids(leaves, moments, latest, events)),
        chain,
        is_plural(last) and noun_of(last) is not None and not is_sent,
        dict(tracks(leaves, motions)),
        any(times[spot][1] == latest for spot in events),
        is_fixed and any(leaves[at].value in _OVER for at in _STATES & leaves.keys()),
        path.rstrip("/"),
        over,
    )


def _sent_after(present: int, times: Iterable[int]) -> Iterator[int]:
    """The times shortly after that of an event, when it was sent."""
    return (moment for moment in times if 0 <= moment - present <= _SENDING)


def is_recent(moment: int, present: int | None) -> bool:
    """Whether a time is near enough to the present to move with it."""
    return present is not None and -_MAX_DISTANCE <= moment - present <= _FAR_AHEAD
