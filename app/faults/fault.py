"""A fault: what goes wrong, how often, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

#: What follows a fault's name: a number, a time in seconds, or a word.
Value: TypeAlias = "int | float | str"


class Group(str, Enum):
    """The part of a response that a fault is about."""

    BEFORE = "before the stream"
    CONNECTION = "connection"
    EVENTS = "events"
    FRAMING = "framing"


@dataclass(frozen=True, slots=True)
class Argument:
    """What may follow a fault's name; without a ``default`` it has to.

    ``read`` turns its text into its value and raises ``ValueError``; ``accepted``
    says what it takes. ``symbol`` stands for it in a description.
    """

    symbol: str
    accepted: str
    read: Callable[[str], Value] = field(compare=False)
    default: Value | None = None


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One entry of the catalogue.

    A fault that ``lasts`` goes on from its moment; another one happens once. One
    that ``ends`` the response is counted over requests. What is not ``is_legal``
    breaks HTTP or the format. ``needs_sse`` is for Server-Sent Events alone, and
    one that ``suits_answers`` also works on a response that is no stream. One that
    is ``only_at_once`` has no moment, and one that ``replaces`` takes the whole
    response's place.
    """

    name: str
    group: Group
    summary: str
    argument: Argument | None = None
    lasts: bool = False
    ends: bool = False
    is_legal: bool = False
    needs_sse: bool = False
    suits_answers: bool = False
    only_at_once: bool = False
    replaces: bool = False

    @property
    def form(self) -> str:
        """The name with its argument, as it is written: ``stall:<time>``."""
        if self.argument is None:
            return self.name
        written = f":<{self.argument.symbol}>"
        return self.name + (
            written if self.argument.default is None else f"[{written}]"
        )


@dataclass(frozen=True, slots=True)
class When:
    """The moment of a fault; none of the members is at once.

    ``event`` is a number from 0, ``bytes`` those of the body before it, ``seconds``
    the stream's age, and ``chance`` the probability at each event.
    """

    event: int | None = None
    bytes: int | None = None
    seconds: float | None = None
    chance: float | None = None

    @property
    def is_at_once(self) -> bool:
        """Whether no moment was named."""
        return self == AT_ONCE


AT_ONCE = When()


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault as it was asked for; ``text`` writes it.

    ``times`` is None without a limit. ``retry_after`` is in whole seconds.
    """

    kind: FaultKind
    argument: Value | None
    times: int | None
    when: When
    text: str
    retry_after: int | None = None

    @property
    def name(self) -> str:
        """The kind's name."""
        return self.kind.name
