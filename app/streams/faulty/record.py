"""What the faults of one stream did, for logs and for the journal."""

from __future__ import annotations

from typing import NamedTuple

from ...faults.fault import Fault

#: Maximum of entries that are kept for one stream.
MAX_PLAYED = 1000


class Played(NamedTuple):
    """A fault that acted.

    ``event`` is the number of the event before or on which it did, ``text`` the
    fault as it is written, and ``detail`` what it did beyond that.
    """

    event: int
    text: str
    is_legal: bool
    detail: str = ""


class Record:
    """The faults that acted, oldest first.

    ``cut`` tells whether one of them has ended the response.
    """

    __slots__ = ("_standing", "cut", "played")

    def __init__(self) -> None:
        """None yet."""
        self._standing: set[str] = set()
        self.played: list[Played] = []
        self.cut = False

    def note(self, event: int, fault: Fault, detail: str = "") -> None:
        """Remember that ``fault`` acted; one that lasts is remembered once."""
        kind = fault.kind
        self.cut = self.cut or (kind.ends and kind.name != "no-final-blank")
        if kind.lasts:
            if fault.text in self._standing:
                return
            self._standing.add(fault.text)
        if len(self.played) < MAX_PLAYED:
            self.played.append(Played(event, fault.text, kind.is_legal, detail))
