"""The protocols through which the rooms of the service use each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar, runtime_checkable

from .cuts import Cut
from .words import Json, MockRequest

T = TypeVar("T")


class Source(Protocol):
    """The origin of one stream's values.

    A stream asks for one batch after the other, from one greenlet at a time.
    """

    #: True when a call may wait for something; False when it only computes.
    blocking: bool

    #: True when a batch takes so long that it is begun before it is due.
    slow: bool

    @property
    def backend(self) -> str:
        """The name of the backend that the latest batch came from."""

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The parts of a new value, in the form that ``cut`` names.

        ``number`` counts batches from 0; ``now_ms`` is the wall clock, in
        milliseconds since 1970. Both the call and the iteration raise
        ``BackendError``.
        """


@runtime_checkable
class Savable(Protocol):
    """A source whose values can go on in another process."""

    def saved(self) -> bytes:
        """What the next value follows from; empty where it cannot be written."""

    def load(self, saved: bytes) -> None:
        """Go on from what was saved for the same request. Raises ``ValueError``."""


class ContextView(Protocol):
    """What one request can take from its context, at one moment."""

    def text(self, budget: int) -> str:
        """Return what is known, for a prompt, in at most ``budget`` characters.

        The newest lines come last, so that a prompt can drop lines from the top.
        The text is empty if nothing is known.
        """

    def agree(self, value: Json, identifies: Callable[[str, Json], bool]) -> bool:
        """Set the identifying members of ``value`` to what is known of them.

        ``identifies`` tells by a member's name and value whether it identifies. A
        member keeps its JSON type, and none is added. Returns whether any changed.
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
