"""What clients may call: a hub is a table of methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ..errors import LLMockError
from ..words import Json

if TYPE_CHECKING:
    from .hub_connection import HubConnection


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


def table(*methods: Method | StreamMethod) -> Methods:
    """The methods by their names in lower case: clients may write them in any."""
    return {method.name.lower(): method for method in methods}
