"""Kinds of settings whose keys or values are the writer's own: names, maps and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

import orjson

from ..words import Json
from .environment import SEPARATOR, Variable
from .kinds import Kind, NotAccepted, Scalar
from .place import Branch, Leaf, Place, Tree

T = TypeVar("T")
#: Maximum length of a feed's name, in characters.
_MAX_FEED_NAME = 200

A = TypeVar("A")
B = TypeVar("B")


class AnyJson(Scalar[Json]):
    """Any JSON value; one environment variable holds its text."""

    type_name = "JSON"
    accepted = "any JSON value"

    def read(self, value: object) -> Json:
        """The value itself, where orjson can write it."""
        try:
            orjson.dumps(value)
        except (TypeError, orjson.JSONEncodeError):
            raise NotAccepted from None
        return value

    def parse(self, text: str) -> Json:
        """The JSON of the text; a text that is no JSON is itself."""
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text


class Presence(Generic[T]):
    """A value that may be null, told apart from one that was not given."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        """``value`` was given."""
        self.value = value

    def __eq__(self, other: object) -> bool:
        """Equal to another that holds an equal value."""
        return isinstance(other, Presence) and bool(self.value == other.value)

    def __hash__(self) -> int:
        """Not by the value, which may be a list or an object."""
        return hash(Presence)


class GivenJson(Scalar["Presence[Json] | None"]):
    """Any JSON value, also null, as a ``Presence``; the default None is none."""

    type_name = AnyJson.type_name
    accepted = AnyJson.accepted
    _json = AnyJson()

    def read(self, value: object) -> Presence[Json]:
        """The value, wrapped."""
        return Presence(self._json.read(value))

    def parse(self, text: str) -> Presence[Json]:
        """The value of the text, wrapped."""
        return Presence(self._json.parse(text))

    def written(self, value: Presence[Json] | None) -> object:
        """The value without its wrapping."""
        return None if value is None else value.value


class FeedName(Scalar[str]):
    """The name of a shared feed."""

    type_name = "text"
    accepted = "text of 1 to 200 printable characters"

    def read(self, value: object) -> str:
        """The name as it is."""
        if not isinstance(value, str) or not value.isprintable():
            raise NotAccepted
        if not 0 < len(value) <= _MAX_FEED_NAME:
            raise NotAccepted
        return value


class MapOf(Kind[tuple[tuple[str, T], ...]]):
    """A mapping whose keys are the writer's: pairs of a name and a value."""

    type_name = "mapping"

    def __init__(self, kind: Kind[T], key: Scalar[str], *, of: str) -> None:
        """``key`` says what a name may be; ``of`` names the values."""
        self.kind = kind
        self._key = key
        self.accepted = f"a mapping of {of}"

    def from_file(self, value: object, place: Place) -> Branch:
        """Read every item; null is an empty mapping."""
        if value is None:
            return Branch(place, {})
        if not isinstance(value, Mapping):
            raise place.error(f"is {self.shown(value)}; accepted: {self.accepted}")
        return Branch(
            place,
            {
                self._name(str(key), place): self.kind.from_file(
                    inner, place.key(str(key))
                )
                for key, inner in value.items()
            },
        )

    def from_environment(self, variables: Sequence[Variable], path: str) -> Branch:
        """Read the items that the variables' next parts name."""
        inner: dict[str, list[Variable]] = {}
        for variable in variables:
            if not variable.parts:
                raise variable.place(path).error(
                    f"is {self.accepted}; accepted: one of its names, as in"
                    f" {variable.name}{SEPARATOR}NAME"
                )
            inner.setdefault(variable.parts[0], []).append(variable.inner())
        place = variables[0].place(path)
        return Branch(
            place,
            {
                self._name(name, place): self.kind.from_environment(
                    given, f"{path}.{name}"
                )
                for name, given in inner.items()
            },
        )

    def _name(self, key: str, place: Place) -> str:
        try:
            return self._key.read(key)
        except NotAccepted:
            raise place.key(key).error(
                f"has a name that is not accepted; accepted: {self._key.accepted}"
            ) from None

    def build(self, tree: Tree) -> tuple[tuple[str, T], ...]:
        """The pairs, in the order in which they were given."""
        return tuple(
            (str(name), self.kind.build(child))
            for name, child in cast(Branch, tree).children.items()
        )

    def written(self, value: tuple[tuple[str, T], ...]) -> object:
        """A mapping of the values as a file would hold them."""
        return {name: self.kind.written(inner) for name, inner in value}


class Either(Kind["A | B"], Generic[A, B]):
    """A scalar, or else a mapping or list."""

    def __init__(self, scalar: Scalar[A], other: Kind[B]) -> None:
        """A mapping or list is read as ``other``, everything else as ``scalar``."""
        self._scalar = scalar
        self._other = other
        self.type_name = f"{scalar.type_name} or {other.type_name}"
        self.accepted = f"{scalar.accepted}, or {other.accepted}"

    def from_file(self, value: object, place: Place) -> Tree:
        """Read a mapping or list as the other kind."""
        if isinstance(value, (Mapping, list)):
            return self._other.from_file(value, place)
        return self._scalar.from_file(value, place)

    def from_environment(self, variables: Sequence[Variable], path: str) -> Tree:
        """Read a variable with further parts as the other kind."""
        if variables[0].parts:
            return self._other.from_environment(variables, path)
        return self._scalar.from_environment(variables, path)

    def build(self, tree: Tree) -> A | B:
        """The value of whichever kind was read."""
        if isinstance(tree, Leaf):
            return self._scalar.build(tree)
        return self._other.build(tree)

    def written(self, value: A | B) -> object:
        """As the kind that can write it would."""
        if isinstance(value, (str, bool, int, float)):
            return self._scalar.written(cast(A, value))
        return self._other.written(cast(B, value))


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A value, and where it was given; equal to another of an equal value."""

    value: T
    place: Place = field(compare=False)


class KeepingPlace(Kind[Placed[T]]):
    """Another kind whose values are checked further when the service is built."""

    def __init__(self, kind: Kind[T]) -> None:
        """Read what ``kind`` does."""
        self._kind = kind
        self.inner = (kind,)
        self.type_name = kind.type_name
        self.accepted = kind.accepted

    def from_file(self, value: object, place: Place) -> Tree:
        """Read as the other kind does."""
        return self._kind.from_file(value, place)

    def from_environment(self, variables: Sequence[Variable], path: str) -> Tree:
        """Read as the other kind does."""
        return self._kind.from_environment(variables, path)

    def build(self, tree: Tree) -> Placed[T]:
        """The other kind's value, with its place."""
        return Placed(self._kind.build(tree), tree.place)

    def written(self, value: Placed[T]) -> object:
        """As the other kind writes it."""
        return self._kind.written(value.value)
