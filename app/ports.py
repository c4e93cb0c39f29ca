"""What the rooms of the service expect of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from .words import Json, MockRequest


class Elements(NamedTuple):
    """A generated value, cut at its array (contract, section 4).

    ``items`` are compact JSON texts in UTF-8. ``array_name`` is the property
    that holds the array, or None where the root is the array or the only item.
    """

    array_name: str | None
    items: list[bytes]


class Source(Protocol):
    """What one stream's values come from.

    A stream asks for one batch after the other, from one greenlet at a time.
    ``number`` counts batches from 0 and ``now_ms`` is the wall clock in
    milliseconds since 1970. Each call makes a new value; all raise
    ``BackendError``.
    """

    #: True when a call may wait for something; False when it only computes.
    blocking: bool

    #: True when a batch takes so long that it is begun before it is due.
    slow: bool

    @property
    def backend(self) -> str:
        """The name of the backend that the latest batch came from."""

    def value(self, number: int, now_ms: int) -> bytes:
        """The whole root value, as compact JSON in UTF-8."""

    def elements(self, number: int, now_ms: int) -> Elements:
        """The value, cut at its array."""

    def tokens(self, number: int, now_ms: int) -> Iterator[str]:
        """The value's text in pieces; joined, they are JSON that fits the shape."""


class ContextView(Protocol):
    """What one request can take from its context, as of one moment."""

    def text(self, budget: int) -> str:
        """What is known, for a prompt, in at most ``budget`` characters.

        The newest is at the end, so that lines can be left out from the top.
        Empty where nothing is known.
        """

    def agree(self, value: Json, identifies: Callable[[str, Json], bool]) -> bool:
        """Change the members of ``value`` that identify to what is known of them.

        ``identifies`` is asked with a member's name and value. A member keeps
        its JSON type, and nothing is added. True where anything changed.
        """


class Memory(Protocol):
    """One request's context, in memory or where other workers see it too."""

    def view(self) -> ContextView:
        """The context as it is now; ask again for every batch."""

    def record(self, value: bytes) -> None:
        """Tell the context of a batch that was made."""


class Backend(Protocol):
    """Something that generates values: a language model, or the embedded one."""

    name: str

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        """A source for one request; ``memory`` is its context, if it has one."""


class Clock(Protocol):
    """Time, passed in so that tests can hold it."""

    def monotonic(self) -> float:
        """Seconds that never jump, for schedules."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC, for timestamps."""
