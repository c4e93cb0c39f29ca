"""Why no value can be made of a schema, and where in the schema that is.

::

    Refusal
    ├── Impossible         no value fits; another branch of the schema may do
    └── TooLarge           values would cost too much; no other branch is tried
        └── TooManyParts   the schema has more parts than are compiled
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from ..errors import LLMockError
from ..words import Json
from .keywords import parts
from .pointers import follow


class Refusal(LLMockError):
    """No value is made of a schema; the text is a clause that says why.

    ``keyword`` is the keyword that cannot be met, ``value`` what it holds, and
    ``limit`` the most that is accepted there; ``accepted`` says it in words.
    ``pointer`` is the JSON Pointer to the schema that has it. Each is None where it
    is not known. ``parameter`` is the option of the request that has to change.
    """

    def __init__(
        self,
        reason: str,
        *,
        keyword: str | None = None,
        value: Json = None,
        limit: int | None = None,
        pointer: str | None = None,
        accepted: str | None = None,
    ) -> None:
        """Keep the reason, and where it holds."""
        super().__init__(reason)
        self.reason = reason
        self.keyword = keyword
        self.value = value
        self.limit = limit
        self.pointer = pointer
        self.accepted = accepted
        self.parameter = "shape"
        self._around: list[Json] = []

    @property
    def clause(self) -> str:
        """The reason, and the place in the schema where it holds."""
        return f"{self.reason}, at {self.pointer}" if self.pointer else self.reason

    def inside(self, schema: Json) -> None:
        """Note that it is ``schema``, or a part of it, that is refused."""
        self._around.append(schema)

    def locate(self, find: Callable[[Json], str | None], root: Json) -> None:
        """Set ``pointer`` to the innermost schema that ``find`` has a pointer to.

        ``value`` becomes the ``root``, where no keyword says more.
        """
        if self.pointer is None:
            found = map(find, self._around)
            self.pointer = next((place for place in found if place is not None), None)
        if self.keyword is None:
            self.value = root


class Impossible(Refusal):
    """No value of a bounded size fits; a branch that is optional may be left out."""


class TooLarge(Refusal):
    """The values, or the work for them, would exceed a limit."""


class TooManyParts(TooLarge):
    """A schema has more than ``limit`` parts."""

    def __init__(self, limit: int) -> None:
        """Say the limit; ``locate`` adds which keyword holds the last part."""
        super().__init__(f"it has more than {limit} parts", limit=limit)

    @property
    def clause(self) -> str:
        """The reason, which names the place itself."""
        return self.reason

    def locate(self, find: Callable[[Json], str | None], root: Json) -> None:
        """Name the innermost keyword whose schemas are too many, and its place."""
        for part, around in pairwise(self._around):
            place = find(around)
            holder: Json = None if place is None else follow(root, place)
            held = next((name for name, each in parts(holder) if each is part), None)
            if held is not None:
                self.keyword, self.value, self.pointer = held, holder[held], place
                break
        super().locate(find, root)
        if self.keyword is not None:
            self.reason += (
                f', the last in "{self.keyword}" at {self.pointer or "its root"}'
            )
            self.args = (self.reason,)
