"""The journal of the server: what clients asked for, and what they got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from .api import Api

#: Most entries that one call brings.
MAX_ENTRIES = 1_000


@dataclass(frozen=True)
class Entry:
    """One request and its response; ``raw`` has every member of the server's."""

    raw: Mapping[str, Any]

    @property
    def seq(self) -> int:
        """Its number in the journal."""
        return int(self.raw["seq"])

    @property
    def method(self) -> str:
        """The method of the request."""
        return str(self.raw["method"])

    @property
    def path(self) -> str:
        """The path of the request."""
        return str(self.raw["path"])

    @property
    def query(self) -> str:
        """The query of the request, as it was sent."""
        return str(self.raw["query"])

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the request by their names in lower case, secrets masked."""
        headers: Mapping[str, str] = self.raw["headers"]
        return headers

    @property
    def body(self) -> str | None:
        """The body of the request, or its beginning; None where it is not kept."""
        body: str | None = self.raw["body"]
        return body

    @property
    def last_event_id(self) -> str | None:
        """The ``Last-Event-ID`` that the client sent, or None."""
        given: str | None = self.raw["lastEventId"]
        return given

    @property
    def status(self) -> int:
        """The status of the response."""
        return int(self.raw["status"])

    @property
    def is_open(self) -> bool:
        """Whether the response goes on."""
        return bool(self.raw["open"])

    @property
    def events(self) -> int | None:
        """The number of events that went out, or None while the response goes on."""
        events: int | None = self.raw.get("events")
        return events

    @property
    def outcome(self) -> str | None:
        """How the response ended, or None while it goes on."""
        outcome: str | None = self.raw.get("outcome")
        return outcome

    def __str__(self) -> str:
        """One line."""
        query = f"?{self.query}" if self.query else ""
        words = [f"#{self.seq} {self.method} {self.path}{query}: {self.status}"]
        if self.last_event_id is not None:
            words.append(f"Last-Event-ID {self.last_event_id}")
        if self.is_open:
            words.append("open")
        else:
            words.append(f"{self.events} events")
            words.append(f"{self.outcome}, ended by the {self.raw['endedBy']}")
            words += [f"fault {each['fault']}" for each in self.raw["faults"]]
        return ", ".join(words)


class Journal(Sequence[Entry]):
    """Entries in the order of the journal, the oldest first."""

    def __init__(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Hold what the server sent."""
        self._entries = [Entry(each) for each in entries]

    @overload
    def __getitem__(self, index: int) -> Entry: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry]: ...

    def __getitem__(self, index: int | slice) -> Entry | Sequence[Entry]:
        """The entry, or entries, at ``index``."""
        return self._entries[index]

    def __len__(self) -> int:
        """The number of entries."""
        return len(self._entries)

    def __str__(self) -> str:
        """One line an entry."""
        return "\n".join(map(str, self)) or "no request came"


def read_journal(api: Api, about: Mapping[str, str]) -> Journal:
    """Ask for the latest requests that ``about`` chooses."""
    query = {**about, "limit": MAX_ENTRIES}
    return Journal(api.call("GET", "/journal", query=query)["entries"])
