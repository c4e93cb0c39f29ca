"""What a path is about: a resource noun, its typical object, its id.

``users/42/orders`` is about orders of the user 42. ``archetype`` reads that
from the path alone, so that a request without a shape has one::

    path -> paths.read -> the Noun of a table -> Archetype

The tables, one module a subject, hold the nouns; ``catalogue`` finds them.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from . import paths
from .inflection import is_plural, singular, words
from .noun import IdStyle, Noun, entity_key

__all__ = ["Archetype", "archetype"]

#: From here on a JSON number may lose digits in a client.
_MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Archetype:
    """The resource of a path.

    ``noun`` is its canonical name and ``example`` one object of it, the
    caller's to keep. ``id`` is the path's text for which one it is, or None;
    the object carries it in ``id_field``. ``parents`` are the members that name
    the resources above it, with the text from the path: ``("userId", "42")``.
    ``pinned`` are the members of the example whose values the path decides:
    they hold for every object of the stream.

    ``fresh`` is True where a list brings new entries in each batch (logs,
    orders, posts), and False where the same ones persist and their readings
    move (sensors, stocks, vehicles). ``is_known`` tells whether a known word or a
    plural names the resource, and so what follows it is its id.
    """

    noun: str
    example: dict[str, Any]
    id: str | None
    id_field: str
    parents: tuple[tuple[str, str], ...]
    pinned: frozenset[str]
    fresh: bool
    is_known: bool


def archetype(path: str) -> Archetype:
    """What ``path`` (the part after the route, any text) is about.

    The same path has the same fields at every call, and paths that differ only
    in ids have the same ones too, apart from a few well-known entities' names.
    """
    *above, target = paths.read(path)
    noun = target.noun or _generic(target.word)
    field = _field(target, noun)
    pins = {} if target.id is None else _entity(noun, field, target.id)
    parents: list[tuple[str, str]] = []
    for step in above:
        if step.id is not None:
            name = _reference(step)
            parents.append((name, step.id))
            style = step.noun.ids if step.noun else IdStyle.PLAIN
            value = _id_value(step.id, style, noun.example.get(name, 0))
            pins.setdefault(name, value)
    return Archetype(
        noun=noun.name,
        example=_example(noun, pins),
        id=target.id,
        id_field=field,
        parents=tuple(parents),
        pinned=frozenset(pins).difference(noun.follows),
        fresh=noun.fresh,
        is_known=target.noun is not None or is_plural(target.word.lower()),
    )


def _example(noun: Noun, pins: dict[str, Any]) -> dict[str, Any]:
    """The noun's object with the pinned members; new ones come behind the id."""
    new = {name: value for name, value in pins.items() if name not in noun.example}
    result: dict[str, Any] = {}
    for name, value in noun.example.items():
        result[name] = deepcopy(pins.get(name, value))
        if name == noun.id_field:
            result.update(new)
    if noun.follows and noun.follows[0] in pins:
        _rescale(result, noun)
    return result


def _rescale(result: dict[str, Any], noun: Noun) -> None:
    """Keep what follows a pinned number in proportion to it, with its decimals."""
    first, *others = noun.follows
    decimals = len(repr(result[first]).partition(".")[2])
    ratio = result[first] / noun.example[first]
    for name in others:
        result[name] = round(noun.example[name] * ratio, decimals)


def _field(step: paths.Step, noun: Noun) -> str:
    """The member that the id of a step is the value of."""
    is_topic = noun.topic and step.id is not None and not step.looks
    return noun.topic if is_topic else noun.id_field


def _entity(noun: Noun, field: str, text: str) -> dict[str, Any]:
    """The members that an id decides."""
    example = noun.example[field]
    if field == noun.topic:
        return {field: text if example.islower() else _title(text)}
    value = _id_value(text, noun.ids, example)
    known = noun.known.get(entity_key(text))
    if known is not None:
        return {field: value, **known}
    made = {
        name: template.replace("{id}", str(value)).replace("{title}", _title(text))
        for name, template in noun.from_id.items()
    }
    return {field: value, **made}


def _title(text: str) -> str:
    return " ".join(word.capitalize() for word in words(text)) or text


def _id_value(text: str, style: IdStyle, example: object) -> object:
    """The id as the object has it."""
    if style is IdStyle.CODE:
        return text.upper()
    if style is IdStyle.TITLE:
        return _title(text)
    is_number = text.isdecimal() and text.isascii() and len(text) <= _MAX_DIGITS
    if is_number and isinstance(example, int) and (text == "0" or text[0] != "0"):
        return int(text)
    return text


def _reference(step: paths.Step) -> str:
    """The member by which a resource below points to this one."""
    if step.noun is not None:
        name = step.noun.reference or _field(step, step.noun)
        if name not in ("id", "name"):
            return name
    *first, last = words(step.noun.name if step.noun else step.word) or ["parent"]
    head, *rest = [*first, singular(last)]
    return head + "".join(map(str.capitalize, rest)) + "Id"


def _generic(word: str) -> Noun:
    """A noun that no table has."""
    parts = words(word)
    label = " ".join([*parts[:-1], singular(parts[-1])]).title() if parts else "Item"
    return Noun(
        name="-".join(parts) or "items",
        example={
            "id": 1,
            "name": f"{label} 1",
            "status": "active",
            "value": 42.5,
            "updatedAt": "2025-01-06T12:00:00.000Z",
        },
        from_id={"name": label + " {id}"},
    )
