"""Whose turn it is: smooth weighted round-robin within the highest priority."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ..errors import BackendUnavailable
from ..llm.chat import unavailable
from ..llm.task import Task
from ..ports import Source

#: Makes a backend's source for one stream.
Join: TypeAlias = Callable[[Task], Source]


class Health(Protocol):
    """Whether a backend can be asked."""

    @property
    def ready_in_s(self) -> float:
        """Seconds until it may be asked; 0 is now."""

    @property
    def has_place(self) -> bool:
        """Whether a request would get a place at once."""


class AlwaysHealthy:
    """The health of a backend that needs no server."""

    ready_in_s = 0.0
    has_place = True


@dataclass(frozen=True, slots=True)
class Member:
    """One backend of the rotation."""

    name: str
    weight: int
    priority: int
    health: Health
    join: Join


class Rotation:
    """The backends that serve, and whose turn it is. Shared by all streams."""

    def __init__(self, members: Sequence[Member]) -> None:
        """Keep ``members``, at least one."""
        self.members = tuple(members)
        self._credit = {member.name: 0 for member in members}

    def pick(self, tried: Collection[str]) -> Member | None:
        """The next member among the healthy ones that were not ``tried``.

        Only the highest priority with such a member counts; within it, members with
        a free place come first.
        """
        able = [
            member
            for member in self.members
            if member.name not in tried and member.health.ready_in_s <= 0
        ]
        if not able:
            return None
        highest = max(member.priority for member in able)
        level = [member for member in able if member.priority == highest]
        return self._turn([m for m in level if m.health.has_place] or level)

    @property
    def ready_in_s(self) -> float:
        """Seconds until the first backend may be asked; 0 is now."""
        return min(member.health.ready_in_s for member in self.members)

    def none_available(self) -> BackendUnavailable:
        """The error where no backend can be asked; it says when the first one can."""
        return unavailable(self.ready_in_s)

    def _turn(self, level: Sequence[Member]) -> Member:
        """Smooth weighted round-robin, as in nginx."""
        for member in level:
            self._credit[member.name] += member.weight
        richest = max(level, key=lambda member: self._credit[member.name])
        self._credit[richest.name] -= sum(member.weight for member in level)
        return richest
