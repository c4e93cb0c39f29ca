"""From the JSON that a caller sends as ``shape`` to the schema in force.

Pure. A shape is either an example value or a JSON Schema; both end as a
:class:`~app.words.Shape`, so that nothing inward tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from ..words import Json, Shape
from .budget import Budget
from .dialect import from_openapi
from .ecma import supported

#: Keys that steer the request and never appear in the data (contract, section 2).
CONTROL_KEYS = frozenset({"$continuous", "$error", "$cache", "$cacheCount"})

#: The type names of JSON Schema.
TYPE_NAMES = frozenset(
    {"object", "array", "string", "number", "integer", "boolean", "null"}
)

#: How many values of one field an example's schema keeps as hints.
_MAX_EXAMPLES = 16
#: What telling one value's kind costs, in steps.
_PART_STEPS = 8

_DATE = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?"
_DATE_TEXT = re.compile(_DATE, re.ASCII)
_DATE_TIME_TEXT = re.compile(rf"{_DATE}T{_TIME}(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_OTHER_TIME_TEXT = re.compile(rf"{_DATE}[T ]{_TIME}", re.ASCII)


def _is_schema(value: Json) -> bool:
    return isinstance(value, (dict, bool))


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_length(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_list(value: Json) -> bool:
    return isinstance(value, list)


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_object(value: Json) -> bool:
    return isinstance(value, dict)


def _is_flag(value: Json) -> bool:
    return isinstance(value, bool)


def _is_bound(value: Json) -> bool:
    """A number, or the flag that OpenAPI 3.0 has beside ``minimum``."""
    return isinstance(value, (int, float))


def _names_a_property(value: Json) -> bool:
    return isinstance(value, dict) and isinstance(value.get("propertyName"), str)


def _is_anything(value: Json) -> bool:
    return True


#: The keywords that make ``{"type": ...}`` a schema, and what each holds there.
_KEYWORDS: Mapping[str, Callable[[Json], bool]] = {
    "properties": _is_object,
    "required": _is_list,
    "additionalProperties": _is_schema,
    "patternProperties": _is_object,
    "propertyNames": _is_schema,
    "minProperties": _is_length,
    "maxProperties": _is_length,
    "items": _is_schema,
    "prefixItems": _is_list,
    "contains": _is_schema,
    "minItems": _is_length,
    "maxItems": _is_length,
    "uniqueItems": _is_flag,
    "unevaluatedItems": _is_schema,
    "unevaluatedProperties": _is_schema,
    "dependentRequired": _is_object,
    "dependentSchemas": _is_object,
    "enum": _is_list,
    "const": _is_anything,
    "format": _is_text,
    "pattern": _is_text,
    "minLength": _is_length,
    "maxLength": _is_length,
    "minimum": _is_number,
    "maximum": _is_number,
    "exclusiveMinimum": _is_bound,
    "exclusiveMaximum": _is_bound,
    "multipleOf": _is_number,
    "oneOf": _is_list,
    "anyOf": _is_list,
    "allOf": _is_list,
    "not": _is_schema,
    "if": _is_schema,
    "nullable": _is_flag,
    "discriminator": _names_a_property,
    "$ref": _is_text,
    "$defs": _is_object,
    "definitions": _is_object,
}

#: The dialects, by the address that ``$schema`` has for each, without ``#``.
_DIALECTS = re.compile(
    r"https?://json-schema\.org/(?:schema|draft-0[34567]/(?:hyper-)?schema"
    r"|draft/20(?:19-09|20-12)/(?:hyper-)?schema)"
    r"|https://spec\.openapis\.org/oas/3\.[12]/dialect/[\w-]+"
)
#: The keywords that make a schema of an object that lists nothing but schemas.
_COMBINATORS = ("anyOf", "oneOf", "allOf")
#: The keywords that say by themselves that a property's value is a schema.
_SELF_EVIDENT = ("$ref", "enum", "const", "oneOf", "anyOf", "allOf")


def _names_a_type(value: Mapping[str, Json]) -> bool:
    names = value.get("type")
    if isinstance(names, list):
        return bool(names) and all(
            isinstance(name, str) and name in TYPE_NAMES for name in names
        )
    return isinstance(names, str) and names in TYPE_NAMES


def _has_keyword(value: Mapping[str, Json], names: Iterable[str]) -> bool:
    return any(name in value and _KEYWORDS[name](value[name]) for name in names)


def _is_property_schema(value: Json) -> bool:
    return isinstance(value, dict) and (
        _names_a_type(value) or _has_keyword(value, _SELF_EVIDENT) or is_schema(value)
    )


def _names_a_dialect(value: Json) -> bool:
    return (
        isinstance(value, str)
        and _DIALECTS.fullmatch(value.removesuffix("#")) is not None
    )


def _refers(value: Json) -> bool:
    return isinstance(value, str) and value.startswith("#")


def _is_list_of_schemas(value: Json) -> bool:
    """Whether a combinator's value is schemas: objects of which each has a keyword."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(part, dict)
            and (_names_a_type(part) or _has_keyword(part, _KEYWORDS))
            for part in value
        )
    )


def is_schema(value: Json) -> bool:
    """Whether a shape is a JSON Schema and not an example (contract, section 2)."""
    if not isinstance(value, dict):
        return False
    if _names_a_dialect(value.get("$schema")) or _refers(value.get("$ref")):
        return True
    if _names_a_type(value) and _has_keyword(value, _KEYWORDS):
        return True
    if any(_is_list_of_schemas(value.get(name)) for name in _COMBINATORS):
        return True
    properties = value.get("properties")
    return (
        isinstance(properties, dict)
        and bool(properties)
        and all(_is_property_schema(child) for child in properties.values())
    )


def make_shape(value: Json, budget: Budget | None = None) -> Shape:
    """The shape that ``value`` stands for, its control keys taken out.

    ``budget`` bounds the work.
    """
    budget = budget or Budget()
    if isinstance(value, dict):
        value = {key: item for key, item in value.items() if key not in CONTROL_KEYS}
    if is_schema(value):
        return Shape(given=value, schema=_in_force(value, budget), is_example=False)
    schema = example_schema(value, budget)
    return Shape(given=value, schema=schema, is_example=True)


def schema_shape(schema: Json, budget: Budget | None = None) -> Shape:
    """The shape of a value that is known to be a JSON Schema.

    ``budget`` bounds the work.
    """
    if not isinstance(schema, Mapping):
        return Shape(given=schema, schema=bool(schema), is_example=False)
    in_force = _in_force(schema, budget or Budget())
    return Shape(given=schema, schema=in_force, is_example=False)


def _in_force(schema: Mapping[str, Json], budget: Budget) -> Json:
    """A schema in a dialect that validators know."""
    if _names_a_dialect(schema.get("$schema")):
        return supported(schema, budget)
    named = {key: value for key, value in schema.items() if key != "$schema"}
    return supported(from_openapi(named, budget), budget)


def example_schema(value: Json, budget: Budget | None = None) -> dict[str, Json]:
    """The JSON Schema of all values that are like ``value``.

    Objects have the same names, arrays hold elements like the example's,
    texts that are dates or times keep their format, and ``null`` stands for
    anything. Every scalar and array carries its example in ``examples``. ``budget``
    bounds the work.
    """
    return _schema_of([value], budget or Budget())


def _kind(value: Json) -> object:
    if isinstance(value, dict):
        return frozenset(value)
    if isinstance(value, str):
        return "string", *_text_format(value).items()
    return type(value)


def _schema_of(values: list[Json], budget: Budget) -> dict[str, Json]:
    budget.spend(_PART_STEPS + len(values))
    groups: dict[object, list[Json]] = {}
    for value in values:
        groups.setdefault(_kind(value), []).append(value)
    if int in groups and float in groups:
        groups[float] = [*groups.pop(int), *groups[float]]
    schemas = [_schema_of_kind(group, budget) for group in groups.values()]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _schema_of_kind(values: list[Json], budget: Budget) -> dict[str, Json]:
    first = values[0]
    if isinstance(first, dict):
        return {
            "type": "object",
            "properties": {
                name: _schema_of([value[name] for value in values], budget)
                for name in first
            },
            "required": list(first),
            "additionalProperties": False,
        }
    if isinstance(first, list):
        elements = [element for value in values for element in value]
        items = {"items": _schema_of(elements, budget)} if elements else {}
        return {"type": "array", **items, "examples": values[:_MAX_EXAMPLES]}
    return {**_scalar(values), "examples": values[:_MAX_EXAMPLES]}


def _scalar(values: list[Json]) -> dict[str, Json]:
    first = values[0]
    if first is None:
        return {}
    if isinstance(first, bool):
        return {"type": "boolean"}
    if isinstance(first, str):
        return {"type": "string", **_text_format(first)}
    if any(isinstance(value, float) for value in values):
        return {"type": "number"}
    return {"type": "integer"}


def _text_format(text: str) -> dict[str, str]:
    if _DATE_TIME_TEXT.fullmatch(text):
        return {"format": "date-time"}
    if _DATE_TEXT.fullmatch(text):
        return {"format": "date"}
    if _OTHER_TIME_TEXT.fullmatch(text):
        return {"pattern": f"^{re.sub('[0-9]', '[0-9]', text).replace('.', '[.]')}$"}
    return {}
