"""What a request decides of an example: the path's id, equal-named fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from ...resources.archetype import Archetype
from ...resources.catalogue import noun_of
from ...resources.inflection import is_plural
from ...resources.noun import IdStyle, entity_key
from ...schema.jsontext import dumps, loads
from ...schema.shapes import example_schema
from ...words import Json
from ..compile.build import Pinned
from ..compile.pins import Pins
from ..evidence.leaves import Spot, plain, words
from ..evidence.notices import EVENT_KIND, EVENT_KINDS, EVENTS
from ..evidence.renewal import OWN_IDS
from ..fields.places import Place
from ..values.identifiers import is_serial

#: Shorter texts are repeated by chance.
_MIN_LENGTH = 3
#: What it takes to see whether a member is decided, in steps.
_MEMBER_STEPS = 5
#: Ids of at least so many characters are no other texts.
_LONG_ID = 12
#: Words of more letters are no symbols.
_LONG_WORD = 5
#: Names of who sends events.
_NAME = re.compile(r"[^\W\d_]+(?:[._:-][^\W\d_]+){0,8}")
#: The text that stands for any.
_ANY_TEXT = "string"
#: What a request decides of a member, or None: its name, value and place.
_Decided: TypeAlias = Callable[[str, Json, Place], "str | None"]


def pin(
    example: Json,
    pins: Pins,
    path_id: str | None,
    is_known: bool,
    spend: Callable[[int], None],
) -> tuple[Json, frozenset[Spot]]:
    """An example with the members that ``pins`` decide, and where they are.

    In an example that says the id of the path already, only the request's own
    fields decide; so they do where it has another id, and it is not known (not
    ``is_known``) that the path ends in one. What the path says of a resource above it
    is decided where the example says it nowhere. Texts that repeat such a member repeat
    what it now says. ``spend`` is told of the work.
    """
    pinned: Pinned = pins.text
    found: dict[Spot, tuple[Json, Json]] = {}
    if isinstance(example, dict) and path_id is not None:
        said = {str(value).lower() for value in example.values()}
        own = [value for name, value in example.items() if plain(name) in OWN_IDS]
        has_other = not is_known and any(map(_is_id, own))
        if path_id.lower() in said or has_other:
            pinned = pins.asked
    decided = partial(_decided, pinned, pins.asked, frozenset(_ids(example)))
    changed = _pinned(example, (), Place(), decided, found, spend)
    if not found:
        return example, frozenset()
    repeats = {
        str(old): str(new)
        for old, new in found.values()
        if isinstance(old, (str, int)) and len(str(old)) >= _MIN_LENGTH
        if old not in (new, _ANY_TEXT)
    }
    return _repeated(changed, (), repeats, found.keys()), frozenset(found)


def _is_id(value: Json) -> bool:
    """Whether a value is the id of something: a serial one, or a number in a text."""
    return is_serial(value) or (isinstance(value, str) and value.isdecimal())


def _ids(value: Json) -> Iterator[str]:
    """The ids that an example says, as texts."""
    if isinstance(value, list):
        for each in value:
            yield from _ids(each)
    elif isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, (dict, list)):
                yield from _ids(part)
            elif words(name)[-1:] == ("id",):
                yield str(part)


def _decided(
    pinned: Pinned,
    asked: Pinned,
    said: frozenset[str],
    name: str,
    part: Json,
    place: Place,
) -> str | None:
    """What a request decides of a member, None where the example says it elsewhere."""
    schema = partial(example_schema, part)
    text = pinned(name, schema, place)
    if text is None or text == dumps(part) or str(loads(text)) not in said:
        return text
    return asked(name, schema, place)


def _pinned(
    value: Json,
    spot: Spot,
    place: Place,
    pinned: _Decided,
    found: dict[Spot, tuple[Json, Json]],
    spend: Callable[[int], None],
) -> Json:
    if isinstance(value, list):
        inner = replace(place, depth=place.depth + 1, many=True)
        return [
            _pinned(each, (*spot, index), inner, pinned, found, spend)
            for index, each in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    inner = replace(place, depth=place.depth + 1)
    result: dict[str, Json] = {}
    for name, part in value.items():
        spend(_MEMBER_STEPS)
        text = pinned(name, part, inner)
        if text is None:
            result[name] = _pinned(part, (*spot, name), inner, pinned, found, spend)
        else:
            result[name] = new = loads(text)
            found[(*spot, name)] = (part, new)
    return result


def _repeated(value: Json, spot: Spot, said: Mapping[str, str], pinned: object) -> Json:
    if isinstance(value, dict):
        return {
            name: (
                part
                if (*spot, name) in pinned  # type: ignore[operator]
                else _repeated(part, (*spot, name), said, pinned)
            )
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [
            _repeated(each, (*spot, index), said, pinned)
            for index, each in enumerate(value)
        ]
    if isinstance(value, str):
        for old, new in said.items():
            pattern = rf"(?<![^\W_]){re.escape(old)}(?![^\W_])"
            value = re.sub(pattern, lambda match: new, value)
    return value


def resource_of(about: Archetype, example: Json) -> Archetype:
    """``about`` without an id that an example shows to be none.

    It is the name of what the example has ids for, or of who sends its events.
    """
    text = (about.id or "").lower()
    is_other = _is_kind_of_event(about.id_field, example)
    if text and (is_other or _is_of_symbol(about, example)):
        return replace(about, id=None, pinned=frozenset())
    if text and about.noun == "events" and about.id_field not in OWN_IDS:
        return replace(about, id=None, pinned=frozenset())
    is_name = _NAME.fullmatch(text) and about.noun in EVENTS
    is_kind = EVENT_KIND.fullmatch(text) and _is_kind(example, text)
    if is_kind or (is_name and not says(example, text)):
        return replace(about, id=None, pinned=frozenset(), fresh=True)
    if text in EVENTS:
        return replace(about, id=None, pinned=frozenset())
    if not isinstance(example, dict) or says(example, text):
        return about
    has_own = any(map(is_serial, map(example.get, OWN_IDS)))
    if has_own and noun_of(about.noun) is None and not re.search(r"\d", text):
        return replace(about, id=None, pinned=frozenset())
    if not is_plural(text):
        return about
    if not any(is_serial(v) for k, v in example.items() if words(k)[-1:] == ("id",)):
        return about
    return replace(about, noun=text, id=None, pinned=frozenset(), fresh=False)


def _is_kind_of_event(name: str, example: Json) -> bool:
    """Whether a member says of which kind an event is: ``platform.report``."""
    kind = example.get(name) if isinstance(example, dict) else None
    is_text = name in EVENT_KINDS and isinstance(kind, str)
    return is_text and EVENT_KIND.fullmatch(str(kind)) is not None


def _is_of_symbol(about: Archetype, example: Json) -> bool:
    """Whether a path ends in what is told of a symbol: the ``profile`` of a stock."""
    noun, text = noun_of(about.noun), about.id or ""
    if noun is None or noun.ids is not IdStyle.CODE or entity_key(text) in noun.known:
        return False
    is_word = text.islower() and text[:_LONG_WORD].isalpha() and len(text) > _LONG_WORD
    return is_word and isinstance(example, dict) and about.id_field != "id"


def _is_kind(example: Json, text: str) -> bool:
    """Whether an example says that ``text`` is the kind of its event."""
    if not isinstance(example, dict):
        return False
    kinds = (value for name, value in example.items() if plain(name) in EVENT_KINDS)
    return any(str(value).lower() == text for value in kinds)


def says(example: Json, text: str) -> bool:
    """Whether a member of an object says ``text``."""
    if not isinstance(example, dict):
        return False
    return any(str(value).lower() == text.lower() for value in example.values())


def is_named(path: str, example: Json) -> bool:
    """Whether a path has the id of its example in it: ``games/4711/events``."""
    if not isinstance(example, dict):
        return False
    ids = {str(example.get(name, "")) for name in OWN_IDS}
    steps = {step for step in path.split("/") if any(map(str.isdecimal, step))}
    if not ids.isdisjoint(steps):
        return True
    last = path.rstrip("/").rpartition("/")[2]
    return last in steps and len(last) >= _LONG_ID and last in _told_in(example)


def _told_in(example: Json) -> Iterator[str]:
    """The texts of an example, at any depth."""
    waiting = [example]
    for part in waiting:
        if isinstance(part, str):
            yield part
        elif isinstance(part, (dict, list)):
            waiting += part.values() if isinstance(part, dict) else part
