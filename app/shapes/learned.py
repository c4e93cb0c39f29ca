"""The shapes that paths have had: a path's first answer is its shape from then on.

What is kept is the answer itself, as an example, by its path without ids
(``users/42`` and ``users/43`` are one) and for a while after its last use.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

import orjson

from ..errors import Unavailable
from ..resources.names import normalised
from ..schema.shapes import example_schema, nesting, schema_validator
from ..store import Documents
from ..words import Json, Shape

#: Tells whether a value fits a schema.
Validator: TypeAlias = Callable[[Json], bool]


class PathShape:
    """The shape that an answer has given to its path."""

    def __init__(self, answer: bytes) -> None:
        """``answer`` is compact JSON. Raises ``ValueError`` where it is not."""
        self.answer = answer
        self._example: Json = orjson.loads(answer)

    @property
    def depth(self) -> int:
        """How many levels of arrays and objects the answer has; 0 is no structure."""
        return nesting(self._example)

    @cached_property
    def shape(self) -> Shape:
        """The answer as an example."""
        example = self._example
        return Shape(given=example, schema=example_schema(example), is_example=True)

    @cached_property
    def _accepts(self) -> Validator:
        accepts: Validator = schema_validator(self.shape.schema).is_valid
        return accepts

    def fits(self, value: bytes) -> bool:
        """Whether a value (JSON) has this shape."""
        return self._accepts(orjson.loads(value))


class Shapes:
    """The shapes of all paths, in memory or where other workers see them too.

    Where they cannot be reached, no path has one.
    """

    def __init__(
        self, documents: Documents[PathShape], *, most_bytes: int, most_depth: int
    ) -> None:
        """Keep in ``documents`` answers that would be accepted as shapes."""
        self._documents = documents
        self._most_bytes = most_bytes
        self._most_depth = most_depth

    def find(self, path: str) -> PathShape | None:
        """The shape of a path, None where none is known yet."""
        try:
            return self._documents.read(normalised(path))
        except Unavailable:  # counted and logged where it was raised
            return None

    def learn(self, path: str, answer: bytes, *, renew: bool) -> PathShape | None:
        """The shape of a path after ``answer``: the first one counts.

        With ``renew`` this one replaces what was there. None where the answer
        is no object or array, or too large, and so gives no shape.
        """
        if len(answer) > self._most_bytes:
            return None
        try:
            new = PathShape(answer)
        except ValueError:  # a model's text, where no shape asked for JSON
            return None
        if not 0 < new.depth <= self._most_depth:
            return None

        def change(old: PathShape | None) -> PathShape | None:
            return new if renew or old is None else None

        try:
            return self._documents.update(normalised(path), change)
        except Unavailable:
            return None
