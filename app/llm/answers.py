"""From a model's text to a value that has the shape, or the reason why not. Pure.

Models wrap JSON in prose and code fences, forget a bracket, write ``"5"`` for
5. What can be mended without losing or inventing anything that was asked for
is mended:

- text around the JSON and code fences are left out;
- JSON inside a JSON text, in a list, or as the only member of an object is taken
  out of it where it does not fit otherwise;
- JSON with slips of syntax is repaired (``json_repair``);
- a text that is exactly a number or a boolean becomes one where one is wanted,
  and a number or a boolean becomes its text;
- properties and elements that the schema does not allow were never asked for,
  and are dropped;
- members come in the schema's order, and ``5.0`` is written ``5`` where an
  integer is wanted.

A missing property, a null, a text that is too long: these are refused. In an
answer that was cut at its limit of tokens nothing is mended that may be a part
of something longer: no syntax, and no number that is not within brackets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import json_repair
import jsonschema_rs
import orjson

from ..schema.validation import schema_validator
from ..words import Json

#: Longer texts (characters) are not repaired: it takes time on the event loop.
_MAX_REPAIR_LENGTH = 16_384

#: How many JSON values of a text are looked at.
_MAX_VALUES = 8

#: How often the places that do not fit are mended and the whole looked at again.
_ROUNDS = 4

#: Up to here a float is exactly the integer that it stands for.
_MAX_EXACT = 2**53

#: How many errors, and how much of each (characters), a reason names.
_MAX_ERRORS = 3
_MAX_ERROR_LENGTH = 120

#: How many levels of wrapping are looked into.
_MAX_WRAPPING = 3

#: How a model words it when it will not answer.
_DECLINES = re.compile(
    r"\b(?:i['\u2019]?m (?:sorry|unable|not able)|i am (?:sorry|unable|not able)"
    r"|(?:i |we )?(?:can['\u2019]t|can ?not|won['\u2019]t|am unable to)"
    r" (?:help|assist|provide|fulfill?|comply|do|answer|generate|create))\b",
    re.IGNORECASE,
)

_FENCED = re.compile(r"```[\w+-]*\s*\n?(.*?)```", re.DOTALL)
_OPENING = re.compile(r"[{\[]")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Answer:
    """A value that has the shape, and its compact JSON in UTF-8."""

    value: Json
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text cannot be used, in words that the model can act on."""

    reason: str


class Declined(Refusal):
    """The model refused to answer."""


_WAS_NO_JSON = Refusal("It was not JSON.")
_WAS_CUT = Refusal("It was cut off. Answer with less text.")
_WAS_DECLINED = Declined("It was not JSON, but a refusal. Everything here is made up.")


class AnswerReader:
    """Reads answers against one schema.

    ``schema`` is a JSON Schema. Raises ``ValueError`` if it is not valid.
    """

    def __init__(self, schema: Mapping[str, Json] | bool) -> None:
        """Compile the schema, once for all answers of a stream."""
        self._schema = schema
        self._validator = schema_validator(schema)

    def read(self, text: str, *, is_cut: bool = False) -> Answer | Refusal:
        """The value in ``text``, mended where needed (see the module).

        ``is_cut`` says that the text ended at a limit of tokens.
        """
        refusal: Refusal | None = None
        for value in _values(text, is_cut):
            for candidate in _unwrapped(value):
                found = self._checked(_ordered(self._mended(candidate), self._schema))
                if isinstance(found, Answer):
                    return found
                refusal = refusal or found
        if is_cut:
            return _WAS_CUT
        if refusal is None and _DECLINES.search(text):
            return _WAS_DECLINED
        return refusal or _WAS_NO_JSON

    def exact(self, text: str, *, is_cut: bool = False) -> Answer | Refusal:
        """The value of the whole ``text``, without mending."""
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            return _WAS_NO_JSON
        return _WAS_CUT if is_cut and _may_go_on(value) else self._checked(value)

    def _checked(self, value: Json) -> Answer | Refusal:
        if not self._validator.is_valid(value):
            return Refusal(_reason(self._validator.iter_errors(value)))
        try:
            return Answer(value, orjson.dumps(value))
        except orjson.JSONEncodeError as error:
            return Refusal(f"It cannot be written as JSON: {error}.")

    def _mended(self, value: Json) -> Json:
        """``value`` with the places mended that do not fit, as far as they can be."""
        for _ in range(_ROUNDS):
            mended = False
            for error in list(self._validator.iter_errors(value)):
                fix = _FIXES.get(type(error.kind))
                if fix is not None:
                    value, done = _at(value, list(error.instance_path), fix, error)
                    mended = mended or done
            if not mended:
                break
        return value


def _values(text: str, is_cut: bool) -> Iterator[Json]:
    """The JSON values in ``text``, the likeliest first."""
    whole = text.strip()
    fenced = [match[1] for match in _FENCED.finditer(whole)]
    for candidate in (whole, *fenced[:_MAX_VALUES], *_embedded(whole)):
        try:
            value = orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
        if not (is_cut and _may_go_on(value)):
            yield value
    if not is_cut:
        yield from _repaired(fenced[0] if fenced else whole)


def _may_go_on(value: Json) -> bool:
    """Whether ``value`` may be the beginning of a longer one: a number may."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _unwrapped(value: Json) -> Iterator[Json]:
    """``value``, and what it wraps."""
    for _ in range(_MAX_WRAPPING):
        yield value
        if isinstance(value, str) and _OPENING.match(value.lstrip()):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return
        elif isinstance(value, list) and value and isinstance(value[0], (dict, str)):
            value = value[0]
        elif isinstance(value, dict) and len(value) == 1:
            value = next(iter(value.values()))
            if not isinstance(value, (dict, list, str)):
                return
        else:
            return


def _embedded(text: str) -> Iterator[str]:
    """The parts of ``text`` that are JSON objects or arrays, not nested ones."""
    position = 0
    for _ in range(_MAX_VALUES):
        opening = _OPENING.search(text, position)
        if opening is None:
            return
        try:
            _, position = _DECODER.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            position = opening.end()
        else:
            yield text[opening.start() : position]


def _repaired(text: str) -> Iterator[Json]:
    """What ``json_repair`` makes of the text from its first bracket on."""
    opening = _OPENING.search(text)
    if opening is None or len(text) > _MAX_REPAIR_LENGTH:
        return
    try:
        repaired = json_repair.loads(text[opening.start() :], skip_json_loads=True)
        # Once more through JSON: no NaN, no lone surrogate, no endless integer.
        yield orjson.loads(json.dumps(repaired))
    except (ValueError, RecursionError):
        return


#: A mended value, or the same object where nothing can be done.
_Fix = Callable[[Json, Any], Json]


def _at(value: Json, path: list[str | int], fix: _Fix, error: Any) -> tuple[Json, bool]:
    """``value`` with ``fix`` made at ``path``, and whether that changed it."""
    parent: Json = None
    place = value
    try:
        for step in path:
            parent, place = place, place[step]
    except (LookupError, TypeError):
        return value, False  # another fix took the place away
    mended = fix(place, error.kind)
    if mended is place:
        return value, False
    if parent is None:
        return mended, True
    parent[path[-1]] = mended
    return value, True


def _fix_type(value: Json, kind: Any) -> Json:
    for name in kind.types:
        convert = _CONVERSIONS.get((type(value), name))
        converted = value if convert is None else convert(value)
        if converted is not value:
            return converted
    return value


def _number(text: str) -> Json:
    """The number in ``text``, if it is one in JSON; ``007`` and ``$5`` are not."""
    try:
        value = orjson.loads(text.strip())
    except orjson.JSONDecodeError:
        return text
    return (
        text
        if isinstance(value, bool) or not isinstance(value, (int, float))
        else value
    )


def _integer(text: str) -> Json:
    value = _number(text)
    return value if value is text or float(value).is_integer() else text


def _boolean(text: str) -> Json:
    return {"true": True, "false": False}.get(text.strip().lower(), text)


def _text(value: Json) -> Json:
    return orjson.dumps(value).decode()


#: What may become what, losing nothing: by Python type and wanted JSON type.
_CONVERSIONS: Mapping[tuple[type, str], Callable[[Any], Json]] = {
    (str, "integer"): _integer,
    (str, "number"): _number,
    (str, "boolean"): _boolean,
    (int, "string"): _text,
    (float, "string"): _text,
    (bool, "string"): _text,
}


def _drop_properties(value: dict[str, Json], kind: Any) -> Json:
    return {name: each for name, each in value.items() if name not in kind.unexpected}


def _drop_elements(value: list[Json], kind: Any) -> Json:
    return value[: kind.limit]


_Kind = jsonschema_rs.ValidationErrorKind

#: What to do about an error of validation; about others nothing can be done.
_FIXES: Mapping[type, _Fix] = {
    _Kind.Type: _fix_type,
    _Kind.AdditionalProperties: _drop_properties,
    _Kind.UnevaluatedProperties: _drop_properties,
    _Kind.MaxItems: _drop_elements,
}


def _ordered(value: Json, schema: Json) -> Json:
    """``value`` with members in the schema's order and whole numbers as integers.

    The order decides which array is the first one (contract, section 4).
    """
    if not isinstance(schema, Mapping):
        return value
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        names = [name for name in properties if name in value]
        names += [name for name in value if name not in properties]
        return {name: _ordered(value[name], properties.get(name)) for name in names}
    if isinstance(value, list):
        return [_ordered(each, schema.get("items")) for each in value]
    if isinstance(value, float) and schema.get("type") == "integer":
        exact = value.is_integer() and abs(value) <= _MAX_EXACT
        return int(value) if exact else value
    return value


def _reason(errors: Iterable[Any]) -> str:
    """The first errors in one line, each with its place."""
    texts = []
    for error, _ in zip(errors, range(_MAX_ERRORS)):
        place = ".".join(str(step) for step in error.instance_path)
        text = f"{place}: {error.message}" if place else error.message
        texts.append(
            text if len(text) <= _MAX_ERROR_LENGTH else text[:_MAX_ERROR_LENGTH] + "..."
        )
    return "; ".join(texts) + "."
