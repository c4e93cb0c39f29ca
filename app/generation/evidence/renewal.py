"""Which records of an example are new ones in every event."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ...resources.catalogue import noun_of
from ...words import Json
from ..fields.moments import When
from ..fields.roles import role_at_end
from ..values.identifiers import RANDOM_ID, is_serial
from .leaves import Leaf, Spot, is_set, plain, singular_name, time_of, words
from .notices import EVENT_KIND, EVENT_KINDS, HEADS, HELD, MAKES, ONCE, said_nouns

#: Names of an object's own id.
OWN_IDS = frozenset({"id", "uuid", "guid", "uid"})
#: Words of names of the times of changes.
CHANGES = frozenset("changed edited modified seen updated".split())
#: Resources that go on for a while, with a state that changes.
PROCESSES = frozenset("""
    activities builds deployments incidents issues jobs pipelines pull-requests rides
    shipments tasks tickets trips visits workouts
    """.split())
#: Resources of which each event may be about the same one, unless it was just made.
LASTING = PROCESSES | {"appointments", "bookings", "reservations", "sales"}
#: Names of texts that say what a thing is, which nothing new would share.
NAMES_OF_THINGS = frozenset("""
    email firstname hostname label login name subject summary title topic username
    """.split())
#: Last words of names of ids, behind the noun that they tell apart.
_IDS = frozenset({"id", "number", "reference", "key", "uuid"})
#: Members that say of what kind an object is.
_KINDS = frozenset({"kind", "object", "type"})
#: Longer texts are no kinds.
_LONGEST_KIND = 40
#: What a record that was just made is older than, at most (ms).
JUST_NOW = 3_600_000
#: Kinds of change by which a number belongs to something that lasts.
_READINGS = frozenset({"always", "drain", "market", "progress"})
_AT_ONCE, _IN_A_MOMENT = 60_000, 5_000
#: States of what goes on.
_UNDER_WAY = frozenset("""
    active charging in_progress in_transit inprogress live ongoing open processing
    running started
    """.split())
_OBJECTS = frozenset({"entityid", "objectid", "recordid", "resourceid"})
_UPDATES = frozenset("changed edited modified update updated".split())
#: Members of the answers of models.
_ANSWERED = frozenset({"done", "response", "message", "donereason"})
#: Words of names of when something has ended.
ENDED = frozenset("completed ended finished stopped".split())
#: What events are sent for, by and about that lasts, unless they say that it is new.
_LASTING_PARTS = frozenset("""
    account anonymous app application branch brand buyer card chain channel client
    company component connection creator customer department device distinct
    district endpoint enterprise environment feed gateway hook host hotel
    installation instance integration listing location member merchant node office
    org organisation organization owner page partner plan product profile project
    realm repo repository resort route school seller sensor server service shop
    site spot station store subscription team tenant user vehicle vendor venue
    visitor webhook workspace
    """.split())
_PEOPLE = frozenset("""
    contacts customers devices drivers employees members patients sensors
    students users vehicles
    """.split())
#: Words of names of lists of what has happened before.
PAST = frozenset("checkpoints details history scans timeline".split())
#: Words of names of when something came to be.
_BEGINNINGS = frozenset({"create", "created", "creation", "creationtime"})


def is_just_made(leaves: Mapping[Spot, Leaf], noun: str) -> bool:
    """Whether an example about ``noun`` is a record that was just made.

    It has an id of its own and the time when it came to be, which no later
    change follows, and nothing of a thing that lasts: a name, a reading.
    """
    root = [leaf for spot, leaf in leaves.items() if len(spot) == 1]
    known = noun_of(noun)
    own = own_id(root, noun)
    if own is None and _is_answer(leaf.name for leaf in root):
        return True
    if noun in PROCESSES or own is None or is_of_process(own):
        return False
    if known is not None and not known.fresh and not any(map(_is_remark, root)):
        return False
    if any(plain(leaf.name) in NAMES_OF_THINGS or _is_reading(leaf) for leaf in root):
        return False
    if any("delta" in spot for spot in leaves):
        return False  # pieces of one and the same
    near = [leaf for spot, leaf in leaves.items() if len(spot) <= 2]
    return began_at(near) is not None


def _is_answer(names: Iterable[str]) -> bool:
    """Whether a record is the answer of a model, by its members."""
    members = {plain(name) for name in names}
    return {"model", "createdat"} <= members and not _ANSWERED.isdisjoint(members)


def is_of_process(own: Leaf) -> bool:
    """Whether an id is that of a process by its name: ``activity_id``."""
    return is_process("-".join(words(own.name)[:-1]))


def is_changed(leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether an example was changed long after it began, and so is no new one."""
    root = [leaf for spot, leaf in leaves.items() if len(spot) == 1]
    began, changed = _times(root)
    if not began or not changed:
        return False
    goes_on = any(_goes_on_still(leaf) for leaf in root)
    is_later = max(changed) - max(began) > _AT_ONCE
    return began_at(root) is None or (goes_on and is_later)


def is_changed_thing(leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether an example is a thing with members of its own that changed later."""
    is_typed = ("$type",) in leaves
    return is_typed and is_changed(leaves)


def _goes_on_still(leaf: Leaf) -> bool:
    """Whether a field says that something has begun and not ended."""
    is_state = plain(leaf.name) in ("status", "state", "phase")
    return is_state and str(leaf.value).lower() in _UNDER_WAY


def own_id(members: Collection[Leaf], noun: str) -> Leaf | None:
    """The id of the record that has these members, None where it has none."""
    for leaf in members:
        if plain(leaf.name) in OWN_IDS | {"sid"}:
            return leaf if is_serial(leaf.value) else None
    for leaf in members:
        of, last = words(leaf.name)[:-1], leaf.last
        about = noun_of("-".join(of)) if of else None
        if about is None and [*of] != [*words(singular_name(noun))]:
            break  # only the first member is told apart by
        is_own = about is None or about.fresh or about.name == noun
        is_own = is_own and not (of and of[-1] in _LASTING_PARTS)
        if last in _IDS and is_own and is_serial(leaf.value):
            return leaf
        break
    return next(filter(_is_random_id, members), None)


def _is_random_id(leaf: Leaf) -> bool:
    """Whether a member is a random id of something that no noun is known for."""
    of, value = words(leaf.name)[:-1], leaf.value
    if leaf.last != "id" or not of or noun_of("-".join(of)) is not None:
        return False
    if of[-1] in _LASTING_PARTS:
        return False
    return isinstance(value, str) and RANDOM_ID.fullmatch(value) is not None


def object_made(leaves: Mapping[Spot, Leaf]) -> Spot | None:
    """Where an event that made something says which, None for any other event."""
    root = [leaf for spot, leaf in leaves.items() if len(spot) == 1]
    if not any(leaf.value in MAKES for leaf in root if isinstance(leaf.value, str)):
        return None
    found = (leaf.spot for leaf in root if plain(leaf.name) in _OBJECTS)
    return next(found, None)


def born(
    leaves: Mapping[Spot, Leaf], present: int | None, is_once: bool
) -> frozenset[Spot]:
    """The objects inside an event that came to be with it.

    With ``is_once`` it tells of what happens to each object once at most.
    """
    if present is None or is_of_change(leaves):
        return frozenset()
    inside: dict[Spot, list[Leaf]] = {}
    for spot, leaf in leaves.items():
        if len(spot) > 1 and not any(isinstance(step, int) for step in spot):
            inside.setdefault(spot[:-1], []).append(leaf)
    said = {noun for noun in said_nouns(leaves) if _is_fresh(noun)}
    found: set[Spot] = set()
    for spot, members in inside.items():
        outer = [spot[:end] for end in range(1, len(spot))]
        if lasts(str(spot[-1]), leaves):
            continue
        typed = {*_around(spot, leaves)}
        if any(
            is_process(str(around[-1])) or _has_id(around, leaves)
            for around in outer
            if around not in found and around not in typed and around[-1] not in HEADS
        ):
            continue
        is_said = is_once and not said.isdisjoint(map(str, spot))
        if _is_born(members, present, is_once, is_said):
            found.add(spot)
            found.update(_around(spot, leaves))
    return frozenset(found)


def is_of_change(leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether an event says that something that was there has changed: ``update``."""
    kinds = (leaf for spot, leaf in leaves.items() if len(spot) == 1)
    said = (words(str(k.value))[-1:] for k in kinds if plain(k.name) in EVENT_KINDS)
    return any(not _UPDATES.isdisjoint(last) for last in said)


def is_own_id(leaf: Leaf) -> bool:
    """Whether a member is the id of its object: ``id``, the ``alertId`` of an alert.

    So is the ``feedItemUid`` of what has the type ``FEED_ITEM``.
    """
    name = plain(leaf.name)
    kind = plain(str(leaf.siblings.get("type", ""))[:_LONGEST_KIND].lower())
    typed = kind and name.startswith(kind) and name[len(kind) :] in OWN_IDS
    return name in OWN_IDS or name == plain(leaf.owner) + "id" or bool(typed)


def _is_fresh(text: str) -> bool:
    """Whether there is always another one of what a noun stands for."""
    known = noun_of(text)
    return known is not None and known.fresh


def lasts(part: str, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether a part of an event is what lasts, and not what it says is new."""
    name = words(singular_name(part))[-1:]
    if not name or name[0] not in _LASTING_PARTS:
        return False
    kinds = (leaf for spot, leaf in leaves.items() if len(spot) == 1)
    said = [
        {*words(str(leaf.value))} for leaf in kinds if plain(leaf.name) in EVENT_KINDS
    ]
    return not any(name[0] in each and each & (MAKES | ONCE) for each in said)


def told_elements(leaves: Mapping[Spot, Leaf]) -> Iterator[Spot]:
    """The elements of a notice's array that are each an event, with its time.

    An element that only holds one object stands for that object.
    """
    if any(len(spot) == 1 and time_of(leaf) for spot, leaf in leaves.items()):
        return
    inside: dict[Spot, list[Leaf]] = {}
    for spot, leaf in leaves.items():
        at = next((n for n, step in enumerate(spot[:2]) if isinstance(step, int)), None)
        if at is not None and at + 2 <= len(spot) <= at + 3:
            inside.setdefault(spot[:-1], []).append(leaf)
    for spot, members in inside.items():
        outer = spot[:-1]
        has_kind = (*spot, "type") in leaves and spot[-1] in HELD
        is_held = isinstance(spot[-1], str) and not has_kind
        if is_held and (outer in inside or _has_more(outer, leaves)):
            continue
        steps = [step for step in spot if isinstance(step, str)]
        is_past = any(not PAST.isdisjoint(words(step)) for step in steps)
        kinds = (str(leaf.value) for leaf in members if leaf.name == "type")
        is_event = any(map(_is_kind_of_event, kinds))
        if is_past or any(lasts(step, leaves) for step in steps):
            continue
        if not is_event and any(map(goes_on, steps)):
            continue
        is_told = any(map(_is_of_event, members)) and not _holds_events(spot, leaves)
        if is_event or is_told:
            yield spot


def _is_kind_of_event(kind: str) -> bool:
    """Whether a kind is that of an event: ``order.created``, ``trace-create``."""
    is_making = not MAKES.isdisjoint(words(kind)[1:])
    return is_making or EVENT_KIND.fullmatch(kind) is not None


def _holds_events(spot: Spot, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether an object has a list in which there are events."""
    size = len(spot)
    return any(
        _is_of_event(leaf)
        for other, leaf in leaves.items()
        if other[:size] == spot and any(isinstance(step, int) for step in other[size:])
    )


def goes_on(part: str) -> bool:
    """Whether a part is of things that last, by what is known of its noun."""
    known = noun_of(part)
    return is_process(part) or (known is not None and known.name in _PEOPLE)


def _has_more(spot: Spot, leaves: Mapping[Spot, Leaf]) -> bool:
    """Whether an object has more than one member."""
    size = len(spot)
    return len({other[size] for other in leaves if other[:size] == spot}) > 1


def _is_of_event(leaf: Leaf) -> bool:
    """Whether a field is the time of an event: ``eventTime``, ``created_at``."""
    found, parts = time_of(leaf), {*words(leaf.name)}
    if found is None or parts & CHANGES:
        return False
    return found[0] is When.NOW or not _BEGINNINGS.isdisjoint(parts)


def _around(spot: Spot, leaves: Mapping[Spot, Leaf]) -> Iterator[Spot]:
    """The objects around one that say which it is: its ``id``, and its ``type``."""
    for end in range(1, len(spot)):
        kind = leaves.get((*spot[:end], "type"))
        if kind is not None and kind.value == spot[-1]:
            yield spot[:end]


def _has_id(spot: Spot, leaves: Mapping[Spot, Leaf]) -> bool:
    return any((*spot, name) in leaves for name in OWN_IDS)


def _is_born(
    members: Collection[Leaf], present: int, is_once: bool, is_bought: bool
) -> bool:
    numbers = (leaf for leaf in members if plain(leaf.name) == "number")
    own = next((leaf for leaf in members if is_own_id(leaf)), None)
    own = own or next(numbers, None)
    is_now = any(time_of(leaf) == (When.SINCE, present) for leaf in members)
    is_now = is_now or (own is not None and is_once and _is_number(own.value))
    if own is None or not (is_serial(own.value) or is_now):
        return False
    if is_once and any(_has_ended(leaf, present) for leaf in members):
        return True
    if any(words(leaf.name)[:1] == ("first",) and time_of(leaf) for leaf in members):
        return False  # it happened before
    began = began_at(members)
    if is_once and began is not None and abs(present - began) <= _IN_A_MOMENT:
        return True
    if any(plain(leaf.name) in NAMES_OF_THINGS for leaf in members) and not is_bought:
        return False
    about = [own.owner, *(str(m.value) for m in members if m.name in _KINDS)]
    if any(is_process(text) for text in about):
        return False
    is_recent = began is not None and -JUST_NOW <= present - began <= JUST_NOW
    return is_recent or (began is not None and is_once)


def _is_number(value: Json) -> bool:
    """Whether an id is a number, also one in a text."""
    return isinstance(value, int) or str(value).isdecimal()


def _has_ended(leaf: Leaf, present: int) -> bool:
    """Whether a field says that its object has ended just now: ``stopped_at``."""
    found = time_of(leaf) if not ENDED.isdisjoint(words(leaf.name)) else None
    return found is not None and 0 <= present - found[1] <= _AT_ONCE


def is_process(text: str) -> bool:
    """Whether a noun, or the last word of one, is that of a process."""
    names = words(text)
    known = noun_of("-".join(names)) or noun_of("".join(names[-1:]))
    return known is not None and known.name in PROCESSES


def began_at(members: Collection[Leaf]) -> int | None:
    """When a record came to be, None where it was changed later or never says."""
    began, changed = _times(members)
    if not began or (changed and max(changed) - max(began) > JUST_NOW):
        return None
    return max(began)


def _times(members: Collection[Leaf]) -> tuple[list[int], list[int]]:
    """The times when a record came to be, and those of its changes."""
    began: list[int] = []
    changed: list[int] = []
    for leaf in members:
        found = time_of(leaf)
        if found is not None and found[0] in (When.NOW, When.SINCE):
            is_change = not CHANGES.isdisjoint(words(leaf.name))
            (changed if is_change else began).append(found[1])
    return began, changed


def _is_reading(leaf: Leaf) -> bool:
    if not isinstance(leaf.value, (int, float)) or isinstance(leaf.value, bool):
        return False
    role = role_at_end(leaf.name)
    return role is not None and role.changes in _READINGS and not is_set(leaf)


def _is_remark(leaf: Leaf) -> bool:
    """Whether a text is what somebody has said."""
    if plain(leaf.name) not in ("body", "content", "message", "text"):
        return False
    return isinstance(leaf.value, str) and len(leaf.value.split()) > 2
