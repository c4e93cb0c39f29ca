"""A JSON Schema as a whole: its draft, its references, its checks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import jsonschema_rs

from ..words import Json
from .budget import STRIDE, Budget
from .jsontext import dumps
from .keywords import DATA, LISTED, NAMED, REFERENCES, SINGLE, inside
from .pointers import follow, pointer_to
from .refusal import Impossible
from .validation import (
    REFERENCE,
    check_patterns,
    nesting,
    schema_validator,
    unusable,
)

#: A schema, or a part of one.
Schema: TypeAlias = Any

#: Deeper schemas are refused: they are written and read recursively.
MAX_NESTING = 200

#: What compiling the check of a schema costs, in steps.
_CHECK_STEPS = 40

#: The address under which a part of the schema refers to the whole.
_BASE = "urn:shape"

#: Keywords that hold schemas.
_HOLDERS = SINGLE | LISTED | NAMED
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

    def __init__(self, schema: Schema, budget: Budget) -> None:
        """Check ``schema`` against its draft, and its references.

        ``budget`` bounds the work of this and of whatever compiles the document.
        """
        self.budget = budget
        if nesting(schema) > MAX_NESTING:
            raise Impossible(f"it is nested more than {MAX_NESTING} levels deep")
        self._anchors: dict[str, Schema] = {}
        size = len(dumps(schema))
        budget.spend(STRIDE + size // 2)
        try:
            self.root = self._absolute(schema)
        except Impossible as error:
            error.locate(partial(pointer_to, schema), schema)
            raise
        self._kind = jsonschema_rs.validator_cls_for(schema)
        check_patterns(schema, budget)
        budget.spend(STRIDE + size // 2)
        try:
            self._registry = jsonschema_rs.Registry([(_BASE, self.root)])
        except ValueError as error:
            raise unusable(error, schema) from None
        self.lone_references = self._kind in _OLD_DRAFTS
        self._checks: dict[str, Callable[[Json], bool]] = {}
        self.accepts = self.check(self.root)

    def resolve(self, reference: str) -> Schema:
        """The schema that a reference of ``root`` points to."""
        fragment = reference.removeprefix(_BASE + "#")
        if fragment in self._anchors:
            return self._anchors[fragment]
        try:
            return follow(self.root, fragment)
        except LookupError:
            raise Impossible(
                f'"$ref" is {dumps("#" + fragment)}, which leads nowhere',
                keyword="$ref",
                value="#" + fragment,
                accepted=REFERENCE,
            ) from None

    def pointer(self, part: Schema) -> str | None:
        """The JSON Pointer to a part of ``root``, None for what is no part of it.

        Where the part only refers to another, that one's.
        """
        passed: list[Schema] = []
        while isinstance(part, dict) and part.keys() == {"$ref"} and part not in passed:
            passed.append(part)
            part = self.resolve(part["$ref"])
        return pointer_to(self.root, part) if isinstance(part, dict) else None

    def check(self, schema: Schema) -> Callable[[Json], bool]:
        """Whether a value fits ``schema``, which may be made of parts of ``root``.

        It fits where formats are assertions, and where they are annotations.
        """
        key = dumps(schema)
        if key not in self._checks:
            self.budget.spend(_CHECK_STEPS + len(key) // 2)
            fits = self._validator(schema, True).is_valid
            if '"format"' in key or _BASE in key:
                self.budget.spend(len(key) // 2)
                also = self._validator(schema, False).is_valid
                self._checks[key] = lambda value: fits(value) and also(value)
            else:
                self._checks[key] = fits
        return self._checks[key]

    def matches(self, pattern: str, text: str) -> bool:
        """Whether ``pattern`` is found in ``text``, in linear time."""
        return self.check({"pattern": pattern})(text)

    def _validator(self, schema: Schema, formats: bool) -> jsonschema_rs.Validator:
        made: jsonschema_rs.Validator = schema_validator(
            schema, kind=self._kind, formats=formats, registry=self._registry
        )
        return made

    def _absolute(self, schema: Schema, top: bool = True) -> Schema:
        """A copy of a schema whose references start at the whole."""
        if not isinstance(schema, dict):
            return schema
        self.budget.spend(2 * len(schema))
        identity = schema.get("$id", schema.get("id")) if top else None
        result: dict[str, Schema] = {}
        for name, value in schema.items():
            if name in REFERENCES and isinstance(value, str):
                try:
                    result["$ref"] = self._reference(value, identity)
                except Impossible as error:
                    error.inside(schema)
                    raise
            elif name in _HOLDERS or name in DATA:
                result[name] = inside(name, value, self._part)
            elif not (top and name in ("$id", "id")):
                result[name] = self._unknown(value)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(schema.get(keyword), str):
                self._anchors.setdefault(schema[keyword], result)
        return result

    def _part(self, schema: Schema) -> Schema:
        return self._absolute(schema, False)

    def _unknown(self, value: Json) -> Json:
        """What an unknown keyword holds, which references may lead into."""
        if isinstance(value, list):
            return [*map(self._part, value)]
        return self._part(value)

    def _reference(self, reference: str, identity: Json) -> str:
        if isinstance(identity, str) and identity and reference.startswith(identity):
            reference = reference[len(identity) :] or "#"
        if not reference.startswith("#"):
            raise Impossible(
                f'"$ref" is {dumps(reference)}, which leads outside the schema',
                keyword="$ref",
                value=reference,
                accepted=REFERENCE,
            )
        return _BASE + reference
