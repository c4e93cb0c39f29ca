"""Groups: the clients that get the same messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import gevent

from ..signalr.hub_messages import Message
from .wires import Shared

#: Clients of a group that are sent to before the loop looks at its sockets.
_AT_A_TIME = 500


class Member(Protocol):
    """A client that can be sent a message which others get too."""

    def send_shared(self, message: Shared) -> None:
        """Send ``message``. Never waits, never raises."""


class Groups:
    """Clients by the names of the groups that they joined."""

    def __init__(self, on_change: Callable[[str], None] = lambda name: None) -> None:
        """``on_change`` is told the name of a group that someone joined or left."""
        self._members: dict[str, dict[Member, None]] = {}
        self._on_change = on_change

    def counts(self) -> dict[str, int]:
        """How many clients are in each group, by its name."""
        return {name: len(members) for name, members in self._members.items()}

    def count(self, name: str) -> int:
        """How many clients are in a group."""
        return len(self._members.get(name, ()))

    def join(self, name: str, member: Member) -> None:
        """Add a client. Harmless when it is there already."""
        self._members.setdefault(name, {})[member] = None
        self._on_change(name)

    def leave(self, name: str, member: Member) -> None:
        """Remove a client. Harmless when it is not there."""
        members = self._members.get(name, {})
        if members.pop(member, self) is None:
            if not members:
                del self._members[name]
            self._on_change(name)

    def dissolve(self, name: str) -> None:
        """Remove every client from a group."""
        for member in [*self._members.get(name, ())]:
            self.leave(name, member)

    def leave_all(self, member: Member) -> None:
        """Remove a client from every group."""
        for name in [name for name, all_ in self._members.items() if member in all_]:
            self.leave(name, member)

    def send(self, name: str, message: Message) -> None:
        """Send to all who are in the group now; lets others run in between."""
        shared = Shared(message)
        for sent, member in enumerate([*self._members.get(name, ())], 1):
            member.send_shared(shared)
            if sent % _AT_A_TIME == 0:
                gevent.sleep(0)
