"""Validators of JSON Schema for schemas that strangers send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import jsonschema_rs

from ..words import Json
from .patterns import weight
from .pointers import pointer
from .refusal import Impossible

#: Maximum size of all patterns of a schema, in states of their automata.
MAX_STATES = 50_000
#: The longest reason that is passed on from the validator, in characters.
_MAX_REASON_LENGTH = 200


def schema_validator(
    schema: Mapping[str, Json] | bool,
    *,
    kind: Any = None,
    formats: bool = True,
    registry: jsonschema_rs.Registry | None = None,
) -> Any:
    """A ``jsonschema_rs`` validator of the draft that ``$schema`` names.

    Without ``$schema`` the draft is 2020-12, unless ``kind`` is the class of
    another. With ``formats`` they are checked. Patterns run in linear time, and no
    reference leaves the schema and ``registry``. Raises ``Impossible`` for what is
    not a schema, with the place and the keyword.
    """
    given: Any = schema if isinstance(schema, bool) else dict(schema)
    if registry is None:
        check_patterns(given)
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
        raise unusable(error) from None


def check_patterns(schema: Json) -> None:
    """Refuse patterns that would take too long to compile, all together."""
    total = 0
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found = value.get("patternProperties")
            names = list(found) if isinstance(found, dict) else []
            for pattern in [value.get("pattern"), *names]:
                if isinstance(pattern, str):
                    total += weight(pattern)
                    if total > MAX_STATES:
                        raise Impossible(
                            f"its patterns need more than {MAX_STATES} states",
                            keyword="pattern",
                            value=pattern,
                            limit=MAX_STATES,
                        )
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _refuse_remote(uri: str) -> NoReturn:
    raise ValueError(f"only references inside the schema are followed, not {uri}")


def unusable(error: ValueError) -> Impossible:
    """What is wrong with a schema, with its place where the validator knows it."""
    text = str(error).strip().partition("\n")[0]
    if len(text) > _MAX_REASON_LENGTH:
        text = text[:_MAX_REASON_LENGTH] + "..."
    reason = f"it is not a usable JSON Schema: {text}"
    steps = list(getattr(error, "instance_path", ()))
    if not steps:
        return Impossible(reason)
    *above, last = steps
    if isinstance(last, int):  # an element of a list that a keyword holds
        *above, last = above
    value = getattr(error, "instance", None)
    return Impossible(reason, keyword=str(last), value=value, pointer=pointer(above))


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
