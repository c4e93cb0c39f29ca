"""Names as contexts compare them: of fields, resources, ids and paths. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..words import Json
from .caching import cache_short_names
from .catalogue import noun_of
from .inflection import singular, words
from .paths import Step, read

#: The longest name of an owner in front of a field's, in words.
_MAX_OWNER_WORDS = 8
#: A longer text is no id (characters).
_MAX_ID_LENGTH = 100

#: A number that is one in every client.
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")

_ID_NAMES = frozenset({"id", "uuid"})
_SEPARATORS = re.compile(r"[\s_-]+")


@cache_short_names(maxsize=4096)
def camel(*names: str) -> str:
    """Names joined to one in camel case: ``user``, ``full_name``: ``userFullName``.

    Fields whose names differ only in their spelling have the same one.
    """
    parts = [word for name in names for word in words(name)]
    return "".join([*parts[:1], *(word.capitalize() for word in parts[1:])])


@cache_short_names(maxsize=4096)
def own_word(name: str) -> str:
    """A word for a resource in the singular: ``orderItems`` is ``order-item``."""
    parts = words(name)
    return "-".join([*parts[:-1], singular(parts[-1])]) if parts else name


@cache_short_names(maxsize=4096)
def noun(name: str) -> str:
    """The resource that a word means, in the singular: an ``author`` is a ``user``."""
    known = noun_of(name)
    return own_word(name if known is None else known.name)


@cache_short_names(maxsize=4096)
def is_own_id(field: str, resource: str) -> bool:
    """Whether a resource's own id is in ``field`` (in camel case)."""
    known = noun_of(resource)
    return (
        field in _ID_NAMES
        or field == camel(resource, "id")
        or (known is not None and field == camel(known.id_field))
    )


def id_key(value: Json) -> str | None:
    """The form in which ids are compared, None for what is no id.

    ``42`` and ``"42"`` are one, and so are ``New York`` and ``new-york``.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and 0 < len(value) <= _MAX_ID_LENGTH:
        return _SEPARATORS.sub("-", value.strip().lower()) or None
    return None


def typed_id(text: str) -> str | int:
    """An id of a path in the type that it most likely has in JSON."""
    return int(text) if _NUMBER.fullmatch(text) else text


def step_noun(step: Step) -> str:
    """The resource of one step of a path."""
    return noun(step.word) if step.noun is None else own_word(step.noun.name)


class Target(NamedTuple):
    """What a path asks for: the resource, which one, and what it points to.

    ``id`` is the path's text for which one. Where it does not look like an
    id, it may be another word: ``users/ada``, ``users/active``. ``above`` are the
    nouns and ids of the resources that it is inside of. Of a noun that is
    ``fresh`` (orders, logs) each answer brings new ones.
    """

    noun: str
    id: str | None
    looks_like_id: bool
    above: tuple[tuple[str, str], ...]
    is_fresh: bool


@cache_short_names(maxsize=256)
def target(path: str) -> Target:
    """What ``path`` asks for."""
    *above, last = read(path)
    return Target(
        noun=step_noun(last),
        id=last.id,
        looks_like_id=last.looks,
        above=tuple((step_noun(step), step.id) for step in above if step.id),
        is_fresh=last.noun is not None and last.noun.fresh,
    )


class MemberName(NamedTuple):
    """What the name of a member says by itself.

    ``refers_to`` are the words in front of ``Id``: ``userId`` refers to a
    ``user``. ``splits`` are the ways to read it as an owner's words and the rest
    in camel case, longest owner first: ``userFullName`` is a ``user``'s
    ``fullName``.
    """

    camel: str
    refers_to: tuple[str, ...] | None
    splits: tuple[tuple[tuple[str, ...], str], ...]


@cache_short_names(maxsize=4096)
def member_name(name: str) -> MemberName:
    """What ``name`` says by itself."""
    parts = words(name)
    is_reference = len(parts) > 1 and parts[-1] == "id"
    return MemberName(
        camel=camel(name),
        refers_to=tuple(parts[:-1]) if is_reference else None,
        splits=tuple(
            (tuple(parts[:length]), camel("-".join(parts[length:])))
            for length in range(min(len(parts) - 1, _MAX_OWNER_WORDS), 0, -1)
        ),
    )


@cache_short_names(maxsize=256)
def normalised(path: str) -> str:
    """A path whose ids are left open: ``users/42`` is ``users/{id}``."""
    steps = [step for step in read(path) if step.id is not None]
    result: list[str] = []
    for segment in path.split("/"):
        segment = segment.strip().removesuffix(".json")
        if steps and segment == steps[0].id:
            step = steps.pop(0)
            # ``sensor-12`` is a resource and its id in one.
            is_both = not result and segment.startswith(step.word)
            result.append(f"{step.word}/{{id}}" if is_both else "{id}")
        elif segment:
            result.append(segment)
    return "/".join(result)
