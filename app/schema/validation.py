"""Validators of JSON Schema for schemas that strangers send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

import jsonschema_rs

from ..words import Json
from .budget import Budget
from .ecma import unsupported
from .jsontext import dumps, excerpt
from .keywords import DATA, LISTED, NAMED, REFERENCES, SINGLE
from .patterns import weight
from .pointers import follow, pointer
from .refusal import Impossible

#: Maximum size of all patterns of a schema, in states of their automata.
MAX_STATES = 50_000
#: What one part of a schema costs, and one character of a pattern, in steps.
_PART_STEPS, _CHARACTER_STEPS = 4, 2

_COUNT = "an integer from 0"
_NUMBER = "a number"
_TEXT = "text"
_FLAG = "true or false"
_NAMES = "a list of different texts"
_VALUES = "a list of values"
_SCHEMA = "a schema: an object, true or false"
#: What a reference has to be.
REFERENCE = "a reference inside the schema, such as #/$defs/name"
_NAME = "a letter or _, then letters, digits, -, _ and ."

#: What each keyword accepts.
_ACCEPTED: Mapping[str, str] = {
    **dict.fromkeys(SINGLE, _SCHEMA),
    **dict.fromkeys(LISTED, "a list of at least one schema"),
    **dict.fromkeys(NAMED, "an object of schemas"),
    "type": "array, boolean, integer, null, number, object or string, or a list of "
    "different ones",
    "multipleOf": "a number greater than 0",
    "pattern": "a regular expression (ECMA-262)",
    "patternProperties": "schemas under names that are regular expressions (ECMA-262)",
    "dependentRequired": "an object of lists of different texts",
    "dependencies": "an object of schemas and of lists of different texts",
    "items": f"{_SCHEMA}; before draft 2020-12 also a list of schemas",
    "required": _NAMES,
    "enum": _VALUES,
    "examples": _VALUES,
    "$anchor": _NAME,
    "$dynamicAnchor": _NAME,
    "$id": "a URI",
    "$schema": "the URI of a draft of JSON Schema",
    **dict.fromkeys(
        "minimum maximum exclusiveMinimum exclusiveMaximum".split(), _NUMBER
    ),
    **dict.fromkeys(
        "minLength maxLength minItems maxItems minProperties maxProperties"
        " minContains maxContains".split(),
        _COUNT,
    ),
    **dict.fromkeys(
        "format title description $comment contentEncoding contentMediaType".split(),
        _TEXT,
    ),
    **dict.fromkeys("uniqueItems readOnly writeOnly deprecated".split(), _FLAG),
    **dict.fromkeys(REFERENCES, REFERENCE),
}


def schema_validator(
    schema: Mapping[str, Json] | bool,
    *,
    kind: Any = None,
    formats: bool = True,
    registry: jsonschema_rs.Registry | None = None,
    budget: Budget | None = None,
) -> Any:
    """A ``jsonschema_rs`` validator of the draft that ``$schema`` names.

    Without ``$schema`` the draft is 2020-12, unless ``kind`` is the class of
    another. With ``formats`` they are checked. Patterns run in linear time, and no
    reference leaves the schema and ``registry``. ``budget`` bounds the work. Raises
    ``Impossible`` for what is not a schema, with the place and the keyword.
    """
    given: Any = schema if isinstance(schema, bool) else dict(schema)
    if registry is None:
        check_patterns(given, budget or Budget())
    try:
        kind = kind or jsonschema_rs.validator_cls_for(given)
        return kind(
            given,
            validate_formats=formats,
            pattern_options=jsonschema_rs.RegexOptions(),
            registry=registry,
            retriever=_refuse_remote,
        )
    except ValueError as error:
        raise unusable(error, given) from None


def check_patterns(schema: Json, budget: Budget) -> None:
    """Refuse patterns that would take too long to compile, all together."""
    total = 0
    for above, part in _schemas(schema):
        budget.spend(_PART_STEPS)
        names = part.get("patternProperties")
        found = [("pattern", part.get("pattern"))]
        if isinstance(names, Mapping):
            found += [("patternProperties", name) for name in names]
        for keyword, pattern in found:
            if isinstance(pattern, str):
                budget.spend(_CHARACTER_STEPS * len(pattern))
                total += weight(pattern)
            if total > MAX_STATES:
                raise Impossible(
                    f"its patterns need more than {MAX_STATES} states",
                    keyword=keyword,
                    value=pattern,
                    limit=MAX_STATES,
                    pointer=pointer(above),
                )


def _refuse_remote(uri: str) -> NoReturn:
    raise ValueError(uri)


def unusable(error: ValueError, schema: Json) -> Impossible:
    """What is wrong with ``schema``: the place, the keyword and what it accepts."""
    kind = getattr(error, "kind", None)
    if kind is None or kind.name == "$ref":
        return _unresolved(schema)
    steps = list(getattr(error, "instance_path", ()))
    value = getattr(error, "instance", None)
    if kind.name == "format" and steps[-1:] == ["pattern"]:
        reason = unsupported(str(value), is_name=False)
        return _fault(steps[:-1], "pattern", value, reason=reason)
    if kind.name == "format" and steps[-2:-1] == ["patternProperties"]:
        reason = unsupported(str(value), is_name=True)
        return _fault(steps[:-2], "patternProperties", value, reason=reason)
    above, keyword = _place(steps)
    if kind.name == "required":
        return _fault(above, kind.property, None, reason="is missing")
    is_flag = kind.name == "type" and kind.types == ["boolean"]
    accepted = _FLAG if is_flag else _ACCEPTED.get(keyword, _SCHEMA)
    return _fault(above, keyword, value, accepted)


def _fault(
    above: list[str | int],
    keyword: str,
    value: Json,
    accepted: str = "",
    *,
    reason: str = "",
) -> Impossible:
    """A refusal of what ``keyword`` holds in the schema that ``above`` leads to.

    The keyword is empty where it is that schema itself.
    """
    place = pointer(above)
    subject = f'"{keyword}"' if keyword else "the schema"
    is_given = f" is {dumps(excerpt(value))}"
    if reason:
        is_given = f" {reason}" if value is None else f"{is_given}, which {reason}"
    return Impossible(
        f"{subject} at {place or 'its root'}{is_given}"
        + (f"; accepted: {accepted}" if accepted else ""),
        keyword=keyword or None,
        value=value,
        pointer=place,
        accepted=accepted or _ACCEPTED.get(keyword),
    )


def _place(steps: list[str | int]) -> tuple[list[str | int], str]:
    """The way to the innermost schema, and the keyword in it that leads on.

    The keyword is empty where the way ends at a schema.
    """
    above: list[str | int] = []
    while steps:
        keyword = str(steps[0])
        is_list = len(steps) > 1 and isinstance(steps[1], int)
        length = 2 if keyword in NAMED | LISTED or is_list else 1
        if keyword not in NAMED | LISTED | SINGLE or len(steps) < length + (
            length == 1
        ):
            return above, keyword
        above, steps = [*above, *steps[:length]], steps[length:]
    return above, ""


def _unresolved(schema: Json) -> Impossible:
    """The reference that leads nowhere, or the identity that is no URI."""
    places = list(_schemas(schema))
    anchors = {
        part[keyword]
        for _, part in places
        for keyword in ("$anchor", "$dynamicAnchor")
        if isinstance(part.get(keyword), str)
    }
    for above, part in places:
        for keyword in REFERENCES:
            reference = part.get(keyword)
            if not isinstance(reference, str) or reference[1:] in anchors:
                continue
            if not reference.startswith("#"):
                reason = "leads outside the schema"
            elif not _leads_somewhere(schema, reference):
                reason = "leads nowhere"
            else:
                continue
            return _fault(above, keyword, reference, REFERENCE, reason=reason)
    for keyword in ("$id", "$schema"):
        for above, part in places:
            if isinstance(part.get(keyword), str):
                return _fault(above, keyword, part[keyword], _ACCEPTED[keyword])
    return Impossible("one of its references cannot be followed", keyword="$ref")


def _leads_somewhere(schema: Json, reference: str) -> bool:
    try:
        follow(schema, reference)
    except LookupError:
        return False
    return reference in ("", "#") or reference.startswith("#/")


def _schemas(root: Json) -> Iterator[tuple[list[str | int], Mapping[str, Json]]]:
    """Every schema in ``root`` with the way to it, also in unknown keywords."""
    waiting: list[tuple[list[str | int], Json, bool]] = [([], root, True)]
    for above, value, is_schema in waiting:
        items: Iterable[tuple[str | int, Json]] = ()
        if isinstance(value, Mapping):
            if is_schema:
                yield above, value
            items = value.items()
        elif isinstance(value, list):
            items = enumerate(value)
        waiting.extend(
            ([*above, step], item, not (is_schema and step in NAMED))
            for step, item in items
            if isinstance(item, (Mapping, list)) and not (is_schema and step in DATA)
        )


def nesting(value: Json) -> int:
    """The most arrays and objects that are inside one another in ``value``."""
    depth = 0
    level = _containers([value])
    while level:
        depth += 1
        level = _containers(
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
        )
    return depth


def _containers(values: Iterable[Json]) -> list[Json]:
    return [value for value in values if isinstance(value, (dict, list))]
