"""Sections and lists of settings, and how a setting is declared in one.

A section is a frozen dataclass whose fields are declared with ``setting`` or
``required``::

    max_items: int = setting("MaxItems", Whole(1, 1000), 100, "What, in which unit.")

Loading from files and the environment, checking, error messages and the
catalogue all follow from that one declaration.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, TypeVar, cast

from ..errors import SettingsError
from .environment import SEPARATOR, Variable
from .kinds import Kind, Password
from .place import Branch, Leaf, Place, Tree, shown
from .secret import MASK

T = TypeVar("T")

#: How much a key resembles the one that was meant, from 0 to 1: if there is no other
#: explanation, and if it stands inside another section.
_ALIKE = 0.6
_ALMOST = 0.85
#: What stands in a key whose value may be a secret.
_SECRET = re.compile("key|secret|token|passw|auth|credential|cookie", re.IGNORECASE)


def setting(
    key: str,
    kind: Kind[T],
    default: T,
    doc: str,
    *,
    not_above: str | None = None,
    accepts: Callable[[Any], str | None] | None = None,
) -> T:
    """Declare a setting with a default; ``Setting`` explains the arguments."""
    return field(
        default=default,
        metadata={
            "key": key,
            "kind": kind,
            "doc": doc,
            "not_above": not_above,
            "accepts": accepts,
        },
    )


def required(key: str, kind: Kind[T], doc: str) -> T:
    """Declare a setting that must be given if its section is."""
    declared: T = field(
        metadata={
            "key": key,
            "kind": kind,
            "doc": doc,
            "not_above": None,
            "accepts": None,
        }
    )
    return declared


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a section.

    ``key`` is its name in a file, ``name`` the name of the dataclass's field, and
    ``doc`` one sentence, with the unit. ``not_above`` is the key of a setting in
    the same section that this one must not exceed. ``accepts`` is given the section
    and says what would be accepted if this setting contradicts another, else None.
    ``default`` is None if the setting is ``required``.
    """

    key: str
    name: str
    kind: Kind[Any]
    doc: str
    not_above: str | None
    accepts: Callable[[Any], str | None] | None
    required: bool
    default: object


def settings_of(section: type) -> tuple[Setting, ...]:
    """The settings that a dataclass declares, in the order of declaration."""
    return tuple(
        Setting(
            name=each.name,
            required=each.default is MISSING,
            default=None if each.default is MISSING else each.default,
            **each.metadata,
        )
        for each in fields(section)
    )


class Section(Kind[T]):
    """A mapping of known keys; its value is an instance of ``cls``."""

    type_name = "section"
    accepted = "a mapping of keys to values"

    def __init__(self, cls: type[T], *, spell: Callable[[str], str] = str) -> None:
        """``cls`` is a dataclass whose fields are all declared settings.

        ``spell`` writes their keys as errors name them.
        """
        self._cls = cls
        self.settings = tuple(
            replace(each, key=spell(each.key)) for each in settings_of(cls)
        )
        self.inner = tuple(each.kind for each in self.settings)
        self._by_key = {each.key.casefold(): each for each in self.settings}

    def from_file(self, value: object, place: Place) -> Branch:
        """Read every key of a mapping; null is an empty one."""
        if value is None:
            return Branch(place, {})
        if not isinstance(value, Mapping):
            raise place.error(f"is {self.shown(value)}; accepted: {self.accepted}")
        children: dict[str | int, Tree] = {}
        for key, inner in value.items():
            found = self._by_key.get(str(key).casefold())
            if found is None:
                raise self._unknown(
                    str(key),
                    inner,
                    place,
                    lambda kind: kind.from_file(inner, place),
                )
            if found.key in children:
                raise place.key(found.key).error(f"is given again as {key}")
            children[found.key] = found.kind.from_file(inner, place.key(found.key))
        return Branch(place, children)

    def from_environment(self, variables: Sequence[Variable], path: str) -> Branch:
        """Read the keys that the variables' next parts name."""
        place = variables[0].place(path)
        inner: dict[str, list[Variable]] = {}
        for variable in variables:
            if not variable.parts:
                raise variable.place(path).error(
                    "is a section; accepted: one of its keys, as in"
                    f" {variable.name}{SEPARATOR}{self.settings[0].key}"
                )
            found = self._by_key.get(variable.parts[0].casefold())
            if found is None:
                raise self._unknown(
                    variable.parts[0],
                    variable.text,
                    variable.place(path),
                    lambda kind: kind.from_environment([variable.inner()], path),
                )
            inner.setdefault(found.key, []).append(variable.inner())
        return Branch(
            place,
            {
                each.key: each.kind.from_environment(
                    inner[each.key], f"{path}.{each.key}"
                )
                for each in self.settings
                if each.key in inner
            },
        )

    def build(self, tree: Tree) -> T:
        """Build the instance, with defaults filled in."""
        branch = cast(Branch, tree)
        values: dict[str, Any] = {}
        for each in self.settings:
            if each.key in branch.children:
                values[each.name] = each.kind.build(branch.children[each.key])
            elif each.required:
                raise branch.place.key(each.key).error(
                    f"is missing; accepted: {each.kind.accepted}"
                )
        built: T = self._cls(**values)
        for each in self.settings:
            self._check_order(each, built, branch)
            self._check_agreement(each, built, branch)
        return built

    def written(self, value: T) -> object:
        """A mapping of every key."""
        return {
            each.key: each.kind.written(getattr(value, each.name))
            for each in self.settings
        }

    def find(self, key: str) -> Setting | None:
        """The setting with that key, in any case, or None."""
        return self._by_key.get(key.casefold())

    def nearest(self, key: str, alikeness: float = _ALIKE) -> Setting | None:
        """The setting whose key resembles ``key`` most, at least so much, or None."""
        near = difflib.get_close_matches(
            key.casefold(), self._by_key, n=1, cutoff=alikeness
        )
        return self._by_key[near[0]] if near else None

    def explained(self, key: str) -> Setting | None:
        """The setting whose explanation begins with ``key``, or None.

        So Name means ``Event``, which is the name of an event.
        """
        words = ((each, each.doc.partition(" ")[0]) for each in self.settings)
        wanted = key.casefold()
        return next((each for each, word in words if word.casefold() == wanted), None)

    def homes(self, key: str) -> Mapping[str, Setting]:
        """The setting of that key in each section inside, by the path of the section.

        Those are left out that are further inside than others.
        """
        inside = [
            (each.key, section)
            for each in self.settings
            for section in _sections_in(each.kind)
        ]
        found = [(name, section.find(key)) for name, section in inside]
        return {name: each for name, each in found if each is not None} or {
            f"{name}.{path}": each
            for name, section in inside
            for path, each in section.homes(key).items()
        }

    def _check_order(self, each: Setting, built: T, branch: Branch) -> None:
        if each.not_above is None:
            return
        upper = self._by_key[each.not_above.casefold()]
        low, high = getattr(built, each.name), getattr(built, upper.name)
        if low > high:
            given = branch.children.get(each.key, branch.children.get(upper.key))
            place = Place(cast(Leaf, given).place.source, branch.place.path)
            raise place.key(each.key).error(
                f"is {low}; accepted: at most {upper.key}, which is {high}"
            )

    def _check_agreement(self, each: Setting, built: T, branch: Branch) -> None:
        accepted = None if each.accepts is None else each.accepts(built)
        # Where it was left out, another setting that contradicts it was given.
        if accepted is not None and each.key in branch.children:
            leaf = cast(Leaf, branch.children[each.key])
            value = each.kind.shown(getattr(built, each.name))
            raise leaf.place.error(f"is {value}; accepted: {accepted}")

    def _unknown(
        self,
        key: str,
        value: object,
        place: Place,
        read: Callable[[Kind[Any]], Tree],
    ) -> SettingsError:
        homes = self.homes(key)
        near = self.nearest(key, _ALMOST if homes else _ALIKE)
        if near is None and not homes:
            near = self.explained(key)
        advice = []
        if near is not None:
            advice.append(f"did you mean {near.key}? It accepts {near.kind.accepted}")
        if homes:
            advice.append(f"it belongs into {' or '.join(homes)}")
        if not advice:
            keys = ", ".join(each.key for each in self.settings)
            advice.append(f"accepted: {keys or 'no key at all'}")
        is_hidden = isinstance(value, str) and (
            _SECRET.search(key) is not None or _may_be_secret(self)
        )
        text = MASK if is_hidden else shown(value)
        likely = near or next(iter(homes.values()), None)
        if likely is not None:
            with contextlib.suppress(SettingsError):
                read(likely.kind)
                text = likely.kind.shown(value)
        return place.key(key).error(
            f"is {text}, but there is no such key; {'; '.join(advice)}"
        )


def _sections_in(kind: Kind[Any]) -> Iterator[Section[Any]]:
    """The sections that a kind reads, without those inside of them."""
    if isinstance(kind, Section):
        yield kind
        return
    for each in kind.inner:
        yield from _sections_in(each)


def _may_be_secret(kind: Kind[Any]) -> bool:
    return isinstance(kind, Password) or any(map(_may_be_secret, kind.inner))


class _SectionOrNone(Section[Any]):
    """A section whose value is None where it is left out."""

    def written(self, value: object) -> object:
        """Null, or a mapping of every key."""
        return None if value is None else super().written(value)


def section_or_none(cls: type[T]) -> Kind[T | None]:
    """The kind of a section that may be left out; an empty mapping is not."""
    return _SectionOrNone(cls)


class ListOf(Kind[tuple[T, ...]]):
    """A list of values of one kind."""

    type_name = "list"

    def __init__(self, kind: Kind[T], *, of: str, unique: str | None = None) -> None:
        """``of`` names the items; ``unique`` is a key whose values must all differ."""
        self.kind = kind
        self.inner = (kind,)
        self.accepted = f"a list of {of}"
        self._unique = unique

    def from_file(self, value: object, place: Place) -> Branch:
        """Read every item; null is an empty list."""
        if value is None:
            return Branch(place, {})
        if not isinstance(value, list):
            raise place.error(f"is {self.shown(value)}; accepted: {self.accepted}")
        return Branch(
            place,
            {
                index: self.kind.from_file(item, place.item(index))
                for index, item in enumerate(value)
            },
        )

    def from_environment(self, variables: Sequence[Variable], path: str) -> Branch:
        """Read the items whose indexes, from 0, are the variables' next parts."""
        inner: dict[int, list[Variable]] = {}
        for variable in variables:
            index = variable.parts[0] if variable.parts else ""
            if not re.fullmatch("[0-9]{1,6}", index):
                raise variable.place(path).error(
                    f"is {self.accepted}; accepted: an index from 0 on, as in"
                    f" {variable.name_so_far}{SEPARATOR}0"
                )
            inner.setdefault(int(index), []).append(variable.inner())
        return Branch(
            variables[0].place(path),
            {
                index: self.kind.from_environment(inner[index], f"{path}[{index}]")
                for index in sorted(inner)
            },
        )

    def build(self, tree: Tree) -> tuple[T, ...]:
        """Build the items in order; an index that is left out is an error."""
        items = cast(Branch, tree).children
        for index in range(len(items)):
            if index not in items:
                beyond = items[max(items, key=lambda at: cast(int, at))]
                raise beyond.place.error(
                    f"leaves a gap; accepted: {index} as the next index"
                )
        ordered = [items[index] for index in range(len(items))]
        if self._unique is not None:
            _check_unique(self._unique, cast("list[Branch]", ordered))
        return tuple(self.kind.build(item) for item in ordered)

    def written(self, value: tuple[T, ...]) -> object:
        """A list of the items."""
        return [self.kind.written(item) for item in value]

    def shown(self, value: object) -> str:
        """A text as an item shows it, because the brackets were probably forgotten."""
        return self.kind.shown(value) if isinstance(value, str) else shown(value)


def _check_unique(key: str, items: Sequence[Branch]) -> None:
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        leaf = item.children.get(key)
        if not isinstance(leaf, Leaf):
            continue  # missing: the item's own check says so
        text = str(leaf.value)
        first = seen.setdefault(text.casefold(), index)
        if first != index:
            raise leaf.place.error(
                f'is "{text}"; accepted: a name that no other item has,'
                f" and item [{first}] has this one (in any case)"
            )
