"""What clients may call: a hub is a table of methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

from ..errors import LLMockError
from ..words import Json

if TYPE_CHECKING:
    from .hub_connection import HubConnection


#: Most names that an error lists.
_MAX_NAMED = 20


class HubError(LLMockError):
    """A call that failed; the text is fit for the caller."""


class _Nothing:
    """The result of a method that has none."""


#: The result of a method that has none.
NOTHING = _Nothing()


class Items(Protocol):
    """The result of a method that streams."""

    def __iter__(self) -> Iterator[Json]:
        """The items, which may take their time. Raises ``HubError``."""

    def cancel(self) -> None:
        """End the iteration soon, from any greenlet. Harmless when it has ended."""


#: What a call brings beside its name.
Arguments = Sequence[Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A method with one result, or with none (``NOTHING``).

    ``call`` raises ``HubError`` or ``ApiError``, whose text the caller is told.
    """

    name: str
    call: Callable[[HubConnection, Arguments], Json]


@dataclass(frozen=True, slots=True)
class StreamMethod:
    """A method whose result is a stream of items; ``open`` raises as ``call`` does."""

    name: str
    open: Callable[[HubConnection, Arguments], Items]


Methods = Mapping[str, "Method | StreamMethod"]


def known(wanted: str, names: Sequence[str]) -> str:
    """The end of a sentence that refuses a name: those that there are."""
    there = ", ".join(names[:_MAX_NAMED]) + (", ..." if names[_MAX_NAMED:] else "")
    by_key = {name.casefold(): name for name in names}
    near = get_close_matches(wanted.casefold(), by_key, 1)
    meant = f"; did you mean '{by_key[near[0]]}'?" if near else ""
    return f"; accepted: {there or 'none, for there is none yet'}{meant}"


def table(*methods: Method | StreamMethod) -> Methods:
    """The methods by their names in lower case: clients may write them in any."""
    return {method.name.lower(): method for method in methods}
