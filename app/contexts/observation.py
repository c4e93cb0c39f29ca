"""What one answer tells about a session: fields, lengths and entities. Pure.

An object is an entity if it has an id. The root has one from the path
(``users/42``) or from a member; an inner object has one from a member, and its
noun from its own name (``user``, ``orders``). A reference (``userId``) tells of
an entity too, and members that begin with the same word (``userName``) belong to
that entity. An entity that stands alone, not in a list, becomes the session's
current one of its kind.

Members that belong to no entity are shared: ``currency``, ``tenant``. Names such
as ``id``, ``name`` or ``title`` mean nothing without their owner, so they are
shared only together with the owner's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from ..resources.names import (
    MemberName,
    camel,
    id_key,
    is_own_id,
    member_name,
    noun,
    own_word,
    target,
    typed_id,
)
from ..words import Json

#: A JSON value without parts.
Scalar: TypeAlias = "str | int | float | bool"

#: Most names in the dotted name of a field.
MAX_DEPTH = 3

#: Most fields of one answer, and elements of each array, that are observed.
_MAX_FIELDS = 300
_MAX_ELEMENTS = 50

#: Members with longer names are ignored, in characters.
_MAX_NAME_LENGTH = 100

#: Longer texts are content and identify nothing, in characters.
MAX_TEXT_LENGTH = 200

#: Members of the root that only wrap the subject of the path.
WRAPPERS = frozenset("""
    body content data entries items list payload records response result results
    rows values
    """.split())

#: Names that mean something only together with their owner, in camel case.
OWN_NAMES = frozenset("""
    id uuid guid key code name title label email phone username firstName lastName
    fullName displayName slug url image avatar status type
    """.split())


@dataclass(slots=True)
class Survey:
    """What an answer told.

    ``fields`` holds the latest values by dotted name, and ``lengths`` those of
    arrays; elements are called ``orders[]``. ``entities`` holds the members of each
    entity by ``noun/id``, ``current`` the ids of those that stand alone by noun,
    and ``shared`` the members that belong to none. Names in the last three are in
    camel case.
    """

    fields: dict[str, Scalar | None] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    entities: dict[str, dict[str, Scalar]] = field(default_factory=dict)
    current: dict[str, str] = field(default_factory=dict)
    shared: dict[str, Scalar] = field(default_factory=dict)


def survey_answer(value: Json, path: str) -> Survey:
    """Survey the answer ``value`` to a request for ``path``."""
    walk = _Walk()
    asked = target(path)
    place = _Place(noun=asked.noun, path_id=asked.id, path_looks=asked.looks_like_id)
    if isinstance(value, dict):
        walk.visit_object(value, place)
    elif isinstance(value, list):
        walk.visit_array(value, place)
    return walk.found


def survey_given(value: dict[str, Json]) -> Survey:
    """Survey the fields that a caller sets beforehand; all of them are shared."""
    walk = _Walk()
    walk.visit_object(value, _Place(noun="", is_given=True))
    return walk.found


#: The members of an object: name, the meaning of the name, value.
_Named: TypeAlias = "list[tuple[str, MemberName, Json]]"
#: Entities by the words that refer to them.
_References: TypeAlias = "dict[tuple[str, ...], dict[str, Scalar]]"


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of a value in an answer.

    ``names`` lead to it from ``owner``, the entity that it belongs to (None if the
    root is not an entity), and ``dotted`` leads from the root.
    """

    noun: str
    dotted: str = ""
    depth: int = 0
    is_listed: bool = False
    is_given: bool = False
    path_id: str | None = None
    path_looks: bool = False
    owner: dict[str, Scalar] | None = None
    names: tuple[str, ...] = ()


class _Walk:
    """A walk through one answer, from the root down."""

    def __init__(self) -> None:
        self.found = Survey()
        self._left = _MAX_FIELDS

    def visit_object(self, value: dict[str, Json], place: _Place) -> None:
        """Note an object's members and the entities that they form."""
        named = [
            (name, member_name(name), member)
            for name, member in value.items()
            if len(name) <= _MAX_NAME_LENGTH
        ]
        own = self._own_entity(named, place)
        owner, names = place.owner, place.names
        if own is not None:
            owner, names = own, ()
        references = self._references(named, place)
        start = f"{place.dotted}." if place.dotted else ""
        for name, facts, member in named:
            if self._left <= 0:
                return
            if isinstance(member, (dict, list)):
                self._descend(name, member, place, start + name, owner, names)
                continue
            self._left -= 1
            self.found.fields[start + name] = _shown(member)
            if not _identifies(member):
                continue
            referred = references and _of_reference(facts, references)
            if referred:
                entity, rest = referred
                entity[rest] = member
            if owner is not None:
                if names or facts.camel != "id":
                    owner[camel(*names, name) if names else facts.camel] = member
            elif not referred and not place.is_listed:
                self._share(place, names, facts.camel, member)

    def visit_array(self, value: list[Json], place: _Place) -> None:
        """Note an array's length and visit its elements."""
        dotted = f"{place.dotted}[]"
        self.found.lengths[place.dotted or "[]"] = len(value)
        inner = _Place(
            noun=place.noun, dotted=dotted, depth=place.depth, is_listed=True
        )
        for element in value[:_MAX_ELEMENTS]:
            if self._left <= 0:
                return
            if isinstance(element, dict):
                self.visit_object(element, inner)
            elif not isinstance(element, list):
                self._left -= 1
                self.found.fields[dotted] = _shown(element)

    def _descend(
        self,
        name: str,
        member: dict[str, Json] | list[Json],
        place: _Place,
        dotted: str,
        owner: dict[str, Scalar] | None,
        names: tuple[str, ...],
    ) -> None:
        if place.depth + 1 >= MAX_DEPTH:
            if isinstance(member, list):
                self.found.lengths[dotted] = len(member)
            return
        wraps = place.depth == 0 and owner is None and name.lower() in WRAPPERS
        inner = _Place(
            noun=place.noun if wraps else noun(name),
            dotted=dotted,
            depth=place.depth + 1,
            is_listed=place.is_listed,
            is_given=place.is_given,
            path_id=place.path_id if wraps else None,
            path_looks=place.path_looks,
            owner=owner,
            names=names if wraps else (*names, name),
        )
        if isinstance(member, list):
            self.visit_array(member, inner)
        else:
            self.visit_object(member, inner)

    # -- entities -------------------------------------------------------------

    def _own_entity(self, named: _Named, place: _Place) -> dict[str, Scalar] | None:
        """The entity that an object is, if it has an id of its own or the path's."""
        if not place.noun:
            return None
        own, own_key = None, None
        for _, facts, member in named:
            if is_own_id(facts.camel, place.noun):
                own, own_key = member, id_key(member)
                if own_key is not None:
                    break
        path_key = id_key(place.path_id)
        key = path_key or own_key
        if key is None or (own_key is None and place.depth == 0 and _wraps(named)):
            return None
        if place.path_id is not None and (own_key is None or place.path_looks):
            return self._one(place, key, typed_id(place.path_id))
        entity = self._one(place, key, own)
        if own_key is not None and own_key != key:
            self.found.entities[f"{place.noun}/{own_key}"] = entity
        return entity

    def _one(self, place: _Place, key: str, id: Json) -> dict[str, Scalar]:
        """Note an object's entity, as the current one of its kind where it is that."""
        entity = self._entity(place.noun, key, id)
        if not place.is_listed and self._is_current(place):
            self.found.current[place.noun] = key
        return entity

    def _entity(self, resource: str, key: str, id: Json) -> dict[str, Scalar]:
        """The members of an entity so far, including its id."""
        entity = self.found.entities.setdefault(f"{resource}/{key}", {})
        entity["id"] = id
        return entity

    def _is_current(self, place: _Place) -> bool:
        """Whether the session is about it; a ``friend`` is a user, but another one."""
        return not place.names or own_word(place.names[-1]) == place.noun

    def _references(self, named: _Named, place: _Place) -> _References:
        """The entities that an object refers to, by the words that name them."""
        found: _References = {}
        for _, facts, member in named:
            prefix = facts.refers_to
            if prefix is None or is_own_id(facts.camel, place.noun):
                continue
            key = id_key(member)
            if key is None:
                continue
            word = "-".join(prefix)
            resource = noun(word)
            found[prefix] = self._entity(resource, key, member)
            if not place.is_listed and own_word(word) == resource:
                self.found.current[resource] = key
        return found

    def _share(
        self, place: _Place, names: tuple[str, ...], name: str, member: Scalar
    ) -> None:
        shared = self.found.shared
        if names:
            shared[camel(*names, name)] = member
        elif place.noun:
            shared[camel(place.noun, name)] = member
        if name not in OWN_NAMES or (place.is_given and not names):
            shared[name] = member


def _wraps(named: _Named) -> bool:
    """Whether a root only wraps an object: ``{"data": {...}}``."""
    return any(
        name.lower() in WRAPPERS and isinstance(member, dict)
        for name, _, member in named
    )


def _of_reference(
    facts: MemberName, references: _References
) -> tuple[dict[str, Scalar], str] | None:
    """The entity that a member describes, and the member's name there."""
    for prefix, rest in facts.splits:
        if prefix in references:
            return references[prefix], rest
    return None


def _identifies(value: Json) -> bool:
    return value is not None and not (
        isinstance(value, str) and len(value) > MAX_TEXT_LENGTH
    )


def _shown(value: Json) -> Scalar | None:
    if isinstance(value, str) and len(value) > MAX_TEXT_LENGTH:
        return value[:MAX_TEXT_LENGTH] + "..."
    shown: Scalar | None = value
    return shown
