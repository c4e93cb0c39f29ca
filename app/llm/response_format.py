"""The JSON Schema that goes to a model, as its ``response_format``.

Pure. Servers turn the schema into a grammar that the answer cannot leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import partial
from typing import TypeAlias

from ..schema.keywords import inside, parts
from ..words import Json

Schema: TypeAlias = Mapping[str, Json]

#: What says nothing about the answer's structure. A model that is shown
#: ``examples`` copies them, and strict servers refuse such keywords.
_ANNOTATIONS = frozenset(
    "$schema $id $comment examples default deprecated readOnly writeOnly".split()
)

#: What OpenAI's strict mode does not know and only narrows an answer, which is
#: validated anyway: the rest of the schema is worth more than these.
_NARROWING = frozenset(
    "minLength maxLength uniqueItems minProperties maxProperties".split()
)

#: The keywords that OpenAI's strict mode knows.
_STRICT_KEYWORDS = frozenset(
    "type properties required additionalProperties items enum const anyOf $ref $defs"
    " title description pattern format multipleOf minimum maximum exclusiveMinimum"
    " exclusiveMaximum minItems maxItems".split()
)
_STRICT_FORMATS = frozenset(
    "date-time time date duration email hostname ipv4 ipv6 uuid".split()
)
_SAYS_ITS_TYPE = frozenset("type enum const anyOf $ref".split())


def response_format(schema: Schema, *, strict_subset: bool) -> Json | None:
    """The ``response_format`` for ``schema``, or None where there can be none.

    With ``strict_subset`` the server follows OpenAI's rules: the root is an
    object, and ``strict`` may only be set on a schema of its subset. Elsewhere
    ``strict`` is always set.
    """
    bare = _without(_ANNOTATIONS | (_NARROWING if strict_subset else set()), schema)
    if strict_subset and bare.get("type") != "object":
        return None
    return {
        "type": "json_schema",
        "json_schema": {
            "name": "answer",
            "strict": not strict_subset or _is_strict(bare),
            "schema": bare,
        },
    }


def _without(keywords: Set[str], schema: Json) -> Json:
    """``schema`` without ``keywords``, at every level; it may be true or false."""
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: inside(key, value, partial(_without, keywords))
        for key, value in schema.items()
        if key not in keywords
    }


def _is_strict(schema: Json) -> bool:
    """Whether ``schema`` and all inside it keep to OpenAI's strict subset."""
    return (
        isinstance(schema, Mapping)
        and _obeys(schema)
        and all(
            _is_strict(part)
            for keyword, part in parts(schema)
            if keyword != "additionalProperties"
        )
    )


def _obeys(schema: Schema) -> bool:
    """Whether one level keeps to the strict subset."""
    if not (_STRICT_KEYWORDS.issuperset(schema) and _SAYS_ITS_TYPE & schema.keys()):
        return False
    if schema.get("format", "date") not in _STRICT_FORMATS:
        return False
    kinds = schema.get("type")
    if kinds != "object" and not (isinstance(kinds, list) and "object" in kinds):
        return True
    names = set(schema.get("properties", ()))
    return (
        schema.get("additionalProperties") is False
        and set(schema.get("required", ())) == names
    )
