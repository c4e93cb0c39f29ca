"""Brings the embedded generator's values in line with a context.

A plan is compiled once and knows nothing of other requests. So each value is
generated as usual; then the members that identify something take their values
from the context, anew for every batch. If the result no longer fits the shape,
the value is sent as it was generated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import orjson

from ..cuts import WHOLE, Cut, Text
from ..generation.fields.roles import Part, number_role, text_role
from ..generation.vocabulary.families import choices_for, family_of
from ..ports import Memory, Source
from ..resources.caching import cache_short_names
from ..schema.validation import schema_validator
from ..words import Json

T = TypeVar("T")

#: What stays the same for an entity; everything else moves, or is new each time.
_STAYS = frozenset({Part.IDENTITY, Part.TRAIT, Part.CATEGORY})

#: A text with so many spaces is content, where its name says nothing.
_SENTENCE_SPACES = 4


class AgreeingSource:
    """A source that only computes, in agreement with its context."""

    blocking = False
    slow = False

    __slots__ = ("_accepts", "_memory", "_schema", "_source")

    def __init__(
        self, source: Source, memory: Memory, schema: Mapping[str, Json] | bool | None
    ) -> None:
        """``schema`` is the one that values fit, None where none was asked for."""
        self._source = source
        self._memory = memory
        self._schema = schema
        self._accepts: Callable[[Json], bool] | None = None

    @property
    def backend(self) -> str:
        """The source's backend."""
        return self._source.backend

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The source's next value, with what the context knows of it."""
        (made,) = self._source.make(WHOLE, number, now_ms)
        value = orjson.loads(made)
        is_changed = self._memory.view().agree(value, identifies)
        if is_changed and self._fits(value):
            made = orjson.dumps(value)
        return cut.of(Text(made))

    def _fits(self, value: Json) -> bool:
        if self._schema is None:
            return True
        if self._accepts is None:  # most streams in a context never need it
            self._accepts = schema_validator(self._schema).is_valid
        return self._accepts(value)


def identifies(name: str, value: Json) -> bool:
    """Whether a member tells what something is, and not how it is at the moment."""
    if isinstance(value, str):
        part = _part_of_text(name)
        return _is_label(name, value) if part is None else part in _STAYS
    if isinstance(value, (bool, type(None))):
        return False
    return _part_of_number(name) in _STAYS


@cache_short_names(maxsize=4096)
def _part_of_text(name: str) -> Part | None:
    role = text_role(name)
    return None if role is None else role.part


@cache_short_names(maxsize=4096)
def _part_of_number(name: str) -> Part | None:
    role = number_role(name)
    return None if role is None else role.part


def _is_label(name: str, value: str) -> bool:
    """Whether a text is one by itself: no word of a family, and no sentence."""
    is_category = choices_for(name) is not None or family_of(value, name) is not None
    return not is_category and value.count(" ") < _SENTENCE_SPACES
