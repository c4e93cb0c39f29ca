"""What one request can take from its context. Pure.

``text`` is for a language model's prompt. ``take`` answers for a single field,
such as ``("user", "name")``, with the first of these that is known:

1. the member of the entity that the field belongs to: the ``name`` of the user
   that is meant, which is the one that the request names (``users/42``,
   ``?userId=42``), or else the session's current one;
2. the same for a name that begins with an entity's noun: ``userId``,
   ``userName``;
3. the field that the whole session shares under that name, with or without its
   owner's name in front; inside objects and lists, ``id``, ``name`` and the like
   need the owner's name.

``agree`` does this for a whole value. An object with a known id, such as an
element of a list, takes the members of that entity first. A context also holds
measures and times, so the caller says which members identify: if all were taken,
a stream in a context would stand still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from ..resources.caching import cache_short_names
from ..resources.names import (
    camel,
    id_key,
    is_own_id,
    member_name,
    noun,
    target,
    typed_id,
)
from ..words import Json, MockRequest
from .context import NOTHING, Context
from .observation import OWN_NAMES, WRAPPERS, Scalar

#: The step of a field's path into the elements of an array.
ELEMENT = "[]"

#: Elements of an array after these are left alone.
_MAX_ELEMENTS = 50

#: The longest line of a prompt, in characters.
_MAX_LINE_LENGTH = 400

#: Values of an example that stand for any text or number, and so name nothing.
_ANYTHING = frozenset({None, "string", "text", "id", "0", "value"})


@dataclass(frozen=True, slots=True)
class Focus:
    """The entities that a request is about, and the members that it decides.

    ``noun`` is what its path asks for, and ``ids`` are the entities that it names,
    by noun; ``word`` is a name in place of an id (``users/ada``). ``decided`` holds
    the names, in camel case, of members whose values the request gives.
    ``is_fresh`` is True if each answer brings new entities of the noun (orders,
    logs), so that the current one is not meant.
    """

    noun: str
    ids: Mapping[str, Scalar]
    word: str | None
    decided: frozenset[str]
    is_fresh: bool


def focus_of(request: MockRequest) -> Focus:
    """The focus of ``request``, from its path, its fields and its example."""
    asked = target(request.path)
    ids: dict[str, Scalar] = {}
    decided = set()
    for name, value in request.fields.items():
        if isinstance(value, dict):
            _name(ids, noun(name), value.get("id"))
        else:
            decided.add(camel(name))
            refers_to = member_name(name).refers_to
            if is_own_id(camel(name), asked.noun):
                _name(ids, asked.noun, value)
            elif refers_to is not None:
                _name(ids, noun("-".join(refers_to)), value)
    for resource, text in asked.above:
        ids[resource] = typed_id(text)
    if asked.id is not None and asked.looks_like_id:
        ids[asked.noun] = typed_id(asked.id)
    if asked.id is None:
        for value in _example_ids(request, asked.noun):
            ids.setdefault(asked.noun, value)
    return Focus(
        noun=asked.noun,
        ids=ids,
        word=None if asked.looks_like_id else asked.id,
        decided=frozenset(decided),
        is_fresh=asked.is_fresh,
    )


def _name(ids: dict[str, Scalar], resource: str, value: Json) -> None:
    if id_key(value) is not None:
        ids[resource] = value


def _example_ids(request: MockRequest, own: str) -> Iterator[Scalar]:
    """The ids in the shape's example that name something."""
    shape = request.shape
    if shape is None or not shape.is_example or not isinstance(shape.given, dict):
        return
    for name, value in shape.given.items():
        if is_own_id(camel(name), own) and id_key(value) not in _ANYTHING:
            yield value


class View:
    """A context as one request sees it."""

    __slots__ = ("_context", "_focus")

    def __init__(self, context: Context | None, focus: Focus) -> None:
        """``context`` is None if nothing is known."""
        self._context = context or NOTHING
        self._focus = focus

    def take(self, path: Sequence[str]) -> Scalar | None:
        """The known value of the field at ``path``, or None.

        ``path`` holds the names from the root to the field, with ``"[]"`` where it
        enters an array. Names match in any spelling.
        """
        shared = self._context.shared
        for owner, name in _candidates(tuple(path), self._focus.noun):
            if owner is None:
                value = shared.get(name)
            else:
                value = self._of_entity(owner, name)
            if value is not None:
                return value
        return None

    def _of_entity(self, owner: str, name: str) -> Scalar | None:
        entity = self._context.entities.get(f"{owner}/{self._meant(owner)}")
        if entity is not None:
            return entity.get(name)
        return self._focus.ids.get(owner) if name == "id" else None

    def _meant(self, owner: str) -> str | None:
        """The id of the entity of a kind that the request means, or None."""
        focus = self._focus
        key = id_key(focus.ids.get(owner))
        if key is None and owner == focus.noun:
            key = id_key(focus.word)
            if key is None and focus.is_fresh:
                return None
        return key or self._context.current.get(owner)

    def agree(self, value: Json, identifies: Callable[[str, Json], bool]) -> bool:
        """Change the members of ``value`` that identify to what is known.

        See ``ContextView.agree``.
        """
        return self._agree(value, (), self._focus.noun, identifies)

    def _agree(
        self,
        value: Json,
        path: tuple[str, ...],
        owner: str,
        identifies: Callable[[str, Json], bool],
    ) -> bool:
        is_changed = False
        if isinstance(value, list):
            for element in value[:_MAX_ELEMENTS]:
                inner = (*path, ELEMENT)
                is_changed |= self._agree(element, inner, owner, identifies)
        elif isinstance(value, dict):
            known = self._known(value, path, owner)
            for name, member in value.items():
                inner = (*path, name)
                if isinstance(member, (dict, list)):
                    wraps = not path and name.lower() in WRAPPERS
                    below = owner if wraps else noun(name)
                    is_changed |= self._agree(member, inner, below, identifies)
                    continue
                if camel(name) in self._focus.decided:
                    continue
                found = known.get(_member(name, owner))
                if found is None:
                    found = self.take(inner)
                if found is not None and found != member and identifies(name, member):
                    value[name] = _in_type_of(member, found)
                    is_changed = True
        return is_changed

    def _known(
        self,
        value: dict[str, Json],
        path: tuple[str, ...],
        owner: str,
    ) -> Mapping[str, Scalar]:
        """The known members of an object, by the id that is meant or its own."""
        key = None
        if not path or path[-1] != ELEMENT:
            key = self._meant(owner)
        if key is None:
            own = (each for name, each in value.items() if _member(name, owner) == "id")
            key = next(filter(None, map(id_key, own)), None)
        return self._context.entities.get(f"{owner}/{key}", {})

    def text(self, budget: int) -> str:
        """The context as text of at most ``budget`` characters; empty if unknown.

        It has a line for each entity and call. What matters most is at the end, so
        that lines can be left out from the top.
        """
        lines: list[str] = []
        for line in _lines(self._context):
            budget -= len(line) + 1
            if budget < -1:
                break
            lines.append(line)
        return "\n".join(reversed(lines))


def _lines(context: Context) -> Iterator[str]:
    """The lines of a prompt, the most important first."""
    calls = [
        _cut(f"{call.method} {call.path} -> {call.text}")
        for call in reversed(context.recent)
    ]
    yield from calls[:1]
    for key, members in reversed([*context.entities.items()]):
        yield _cut(f"{key.replace('/', ' ', 1)}: {orjson.dumps(members).decode()}")
    if context.shared:
        newest_first = dict(reversed([*context.shared.items()]))
        yield _cut(f"Known fields: {orjson.dumps(newest_first).decode()}")
    yield from calls[1:]
    if context.calls > len(context.recent):
        counts = ", ".join(
            f"{path} {context.paths[path].times} times"
            for path in reversed([*context.paths])
        )
        yield _cut(f"Called so far: {counts}")


def _cut(line: str) -> str:
    line = line.replace("\n", " ")
    return line if len(line) <= _MAX_LINE_LENGTH else line[:_MAX_LINE_LENGTH] + "..."


def _in_type_of(member: Json, known: Scalar) -> Json:
    """``known`` in the type of ``member``, or ``member`` if it does not fit."""
    if type(known) is type(member):
        return known
    if isinstance(member, str) and not isinstance(known, bool):
        return str(known)
    if isinstance(member, float) and isinstance(known, int):
        return member if isinstance(known, bool) else float(known)
    is_whole = isinstance(member, int) and not isinstance(member, bool)
    if is_whole and isinstance(known, str) and known.isdecimal():
        return int(known)
    return member


@cache_short_names(maxsize=4096)
def _member(name: str, owner: str) -> str:
    """The name of an entity's member; its own id is ``id`` under any name."""
    plain = camel(name)
    return "id" if is_own_id(plain, owner) else plain


@cache_short_names(maxsize=4096)
def _candidates(path: tuple[str, ...], own: str) -> tuple[tuple[str | None, str], ...]:
    """The places of a field's value, best first: an entity's noun and a member.

    A noun of None stands for what the session shares. ``own`` is the root's noun.
    """
    owners = list(_owners(path, own))
    found: list[tuple[str | None, str]] = [
        (owner, _member(camel(*names), owner)) for owner, names in owners
    ]
    around = {own, _nearest(path, own), *(owner for owner, _ in owners)}
    for words, rest in member_name(path[-1]).splits:
        prefix = noun("-".join(words))
        if prefix not in around:
            found.append((prefix, rest))
    names = [name for name in path if name != ELEMENT]
    found.append((None, camel(*names)))
    if len(path) > 1:
        found.append((None, camel(*names[-2:])))
    else:
        found.append((None, camel(own, *names)))
    if len(path) == 1 or camel(path[-1]) not in OWN_NAMES:
        found.append((None, camel(path[-1])))
    return tuple(dict.fromkeys(found))


def _nearest(path: tuple[str, ...], own: str) -> str:
    """The noun of the object or array element that holds a field."""
    names = [name for name in path[:-1] if name != ELEMENT]
    return own if not names or names[-1].lower() in WRAPPERS else noun(names[-1])


def _owners(path: tuple[str, ...], own: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The nouns of the objects around a field and its names there, innermost first.

    It stops at an array: its elements and what is around it are not meant.
    """
    names: tuple[str, ...] = path[-1:]
    for step in reversed(path[:-1]):
        if step == ELEMENT:
            return
        if step.lower() not in WRAPPERS:
            yield noun(step), names
            names = (step, *names)
    yield own, names
