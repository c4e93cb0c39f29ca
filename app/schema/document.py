"""A JSON Schema as a whole: its draft, its references, its checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import unquote

import jsonschema_rs

from ..words import Json
from .jsontext import dumps
from .refusal import Impossible
from .shapes import nesting, schema_validator

#: A schema, or a part of one.
Schema: TypeAlias = Any

#: Deeper schemas are refused: they are written and read recursively.
MAX_NESTING = 200

#: The address under which a part of the schema refers to the whole.
_BASE = "urn:shape"

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
#: Keywords whose value is data.
_DATA = frozenset({"enum", "const", "default", "examples", "example"})
#: Keywords whose value maps names to schemas.
_NAMED = frozenset(
    {
        "$defs",
        "definitions",
        "dependencies",
        "dependentSchemas",
        "patternProperties",
        "properties",
    }
)
_OLD_DRAFTS = (
    jsonschema_rs.Draft4Validator,
    jsonschema_rs.Draft6Validator,
    jsonschema_rs.Draft7Validator,
)


class Document:
    """A caller's schema, found to be one. Raises ``Impossible`` for others.

    ``root`` is the schema with every reference in one absolute form.
    ``lone_references`` is True in the drafts where nothing beside ``$ref`` counts.
    """

    def __init__(self, schema: Schema) -> None:
        """Check ``schema`` against its draft, and its references."""
        if nesting(schema) > MAX_NESTING:
            raise Impossible(f"it is nested more than {MAX_NESTING} levels deep")
        self._anchors: dict[str, Schema] = {}
        self.root = self._absolute(schema)
        try:
            self._kind = jsonschema_rs.validator_cls_for(schema)
            schema_validator(schema)
            self._registry = jsonschema_rs.Registry([(_BASE, self.root)])
        except ValueError as error:
            raise Impossible(
                f"it is not a usable JSON Schema: {_line(error)}"
            ) from None
        self.lone_references = self._kind in _OLD_DRAFTS
        self._checks: dict[str, Callable[[Json], bool]] = {}
        self.accepts = self.check(self.root)

    def resolve(self, reference: str) -> Schema:
        """The schema that a reference of ``root`` points to."""
        fragment = reference.removeprefix(_BASE + "#")
        if fragment in self._anchors:
            return self._anchors[fragment]
        found = self.root
        for step in unquote(fragment).split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            elif isinstance(found, dict) and key in found:
                found = found[key]
            else:
                raise Impossible(f"the reference {fragment!r} leads nowhere")
        return found

    def check(self, schema: Schema) -> Callable[[Json], bool]:
        """Whether a value fits ``schema``, which may be made of parts of ``root``.

        It fits where formats are assertions, and where they are annotations.
        """
        key = dumps(schema)
        if key not in self._checks:
            fits = self._validator(schema, True).is_valid
            if '"format"' in key or _BASE in key:
                also = self._validator(schema, False).is_valid
                self._checks[key] = lambda value: fits(value) and also(value)
            else:
                self._checks[key] = fits
        return self._checks[key]

    def matches(self, pattern: str, text: str) -> bool:
        """Whether ``pattern`` is found in ``text``, in linear time."""
        return self.check({"pattern": pattern})(text)

    def _validator(self, schema: Schema, with_formats: bool) -> jsonschema_rs.Validator:
        try:
            return self._kind(
                schema,
                validate_formats=with_formats,
                pattern_options=jsonschema_rs.RegexOptions(),
                registry=self._registry,
                offline=True,
            )
        except ValueError as error:
            raise Impossible(_line(error)) from None

    def _absolute(self, schema: Schema, top: bool = True) -> Schema:
        """A copy of a schema whose references start at the whole."""
        if not isinstance(schema, dict):
            return schema
        identity = schema.get("$id", schema.get("id")) if top else None
        result: dict[str, Schema] = {}
        for name, value in schema.items():
            if name in _REFERENCES and isinstance(value, str):
                result["$ref"] = self._reference(value, identity)
            elif name in _DATA:
                result[name] = value
            elif name in _NAMED and isinstance(value, dict):
                result[name] = {
                    key: self._absolute(part, False) for key, part in value.items()
                }
            elif isinstance(value, list):
                result[name] = [self._absolute(part, False) for part in value]
            elif not (top and name in ("$id", "id")):
                result[name] = self._absolute(value, False)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(schema.get(keyword), str):
                self._anchors.setdefault(schema[keyword], result)
        return result

    def _reference(self, reference: str, identity: Json) -> str:
        if isinstance(identity, str) and identity and reference.startswith(identity):
            reference = reference[len(identity) :] or "#"
        if not reference.startswith("#"):
            raise Impossible(
                f"only references inside the schema are followed, not {reference!r}"
            )
        return _BASE + reference


def _line(error: Exception) -> str:
    """The first line of an error's text, cut to a length fit for an answer."""
    text = str(error).strip().partition("\n")[0]
    return text if len(text) <= 200 else text[:200] + "..."
