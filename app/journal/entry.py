"""What the journal keeps of a request: how it was answered, and how that ended.

Times ending in ``_ms`` are milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from ..events.payloads import timestamp
from ..words import Json

#: Longest body that is kept, in bytes.
MAX_BODY_BYTES = 65_536


class Side(str, Enum):
    """Who ended a response."""

    CLIENT = "client"
    SERVER = "server"
    FAULT = "fault"


class Played(NamedTuple):
    """A fault that was played.

    ``fault`` is its text, as it is written. ``event`` is the number of the event
    that it acted on, or None; ``how`` says more where there is more to say.
    """

    fault: str
    is_legal: bool
    event: int | None = None
    how: str | None = None

    def to_json(self) -> dict[str, Json]:
        """The fault as an entry shows it."""
        return {
            "fault": self.fault,
            "legal": self.is_legal,
            "event": self.event,
            "how": self.how,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, and the head of its response.

    ``query`` is as it was sent, names of headers are in lower case. ``body`` is
    the beginning of the body as text, None where it is not kept. ``route`` is the
    name of the route that serves it, or None, and then ``why`` says what does, or
    why nothing does. ``status`` is 0 where the connection was reset before any
    byte. ``stream`` is the id of the stream that it opened, or None, and ``feed`` the
    name of the shared feed that it asked for, or None.
    """

    at_ms: int
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str | None
    body_bytes: int
    client: str
    route: str | None
    why: str | None
    last_event_id: str | None
    answered_ms: int
    status: int
    response_headers: Mapping[str, str]
    stream: str | None
    feed: str | None = None

    def to_json(self) -> dict[str, Json]:
        """The members that an entry has from its first record."""
        return {
            "at": _text_of(self.at_ms),
            "atMs": self.at_ms,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": dict(self.headers),
            "body": self.body,
            "bodyBytes": self.body_bytes,
            "client": self.client,
            "route": self.route,
            "why": self.why,
            "lastEventId": self.last_event_id,
            "answeredMs": self.answered_ms,
            "status": self.status,
            "responseHeaders": dict(self.response_headers),
            "stream": self.stream,
            "feed": self.feed,
        }


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a response: what went out, and who ended it.

    ``retry_ms`` is the wait before a reconnect that the client was told, and
    ``heartbeat_ms`` the longest silence that it was promised, both in
    milliseconds; None for none. ``silence_ms`` is how long nothing was sent
    before the end, and ``stall_ms`` the longest silence that was ordered and was
    over before it. ``half_id`` is the id of an event that was not sent whole.
    ``faults`` are those that were played, in order.
    """

    at_ms: int
    events: int
    bytes: int
    outcome: str
    by: Side
    first_id: str | None = None
    last_id: str | None = None
    half_id: str | None = None
    retry_ms: int | None = None
    heartbeat_ms: int | None = None
    silence_ms: int = 0
    stall_ms: int = 0
    faults: tuple[Played, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The members that an entry has from its second record."""
        return {
            "endedAt": _text_of(self.at_ms),
            "endedMs": self.at_ms,
            "events": self.events,
            "bytes": self.bytes,
            "outcome": self.outcome,
            "endedBy": self.by.value,
            "firstId": self.first_id,
            "lastId": self.last_id,
            "halfId": self.half_id,
            "retryMs": self.retry_ms,
            "heartbeatMs": self.heartbeat_ms,
            "silenceMs": self.silence_ms,
            "stallMs": self.stall_ms,
            "faults": [played.to_json() for played in self.faults],
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of the journal; ``ended`` is None while its response goes on."""

    seq: int
    asked: Asked
    ended: Ended | None

    def to_json(self) -> dict[str, Json]:
        """The entry as the API shows it; ``open`` tells whether it goes on."""
        ended = self.ended
        return {
            "seq": self.seq,
            **self.asked.to_json(),
            "open": ended is None,
            **({} if ended is None else ended.to_json()),
        }


def asked_from(members: Mapping[str, Json]) -> Asked:
    """The first record that ``Asked.to_json`` wrote. Raises ``KeyError``."""
    return Asked(
        at_ms=members["atMs"],
        method=members["method"],
        path=members["path"],
        query=members["query"],
        headers=members["headers"],
        body=members["body"],
        body_bytes=members["bodyBytes"],
        client=members["client"],
        route=members["route"],
        why=members["why"],
        last_event_id=members["lastEventId"],
        answered_ms=members["answeredMs"],
        status=members["status"],
        response_headers=members["responseHeaders"],
        stream=members["stream"],
        feed=members.get("feed"),  # which entries of an older version lack
    )


def ended_from(members: Mapping[str, Json]) -> Ended:
    """The second record that ``Ended.to_json`` wrote. Raises ``KeyError``."""
    return Ended(
        at_ms=members["endedMs"],
        events=members["events"],
        bytes=members["bytes"],
        outcome=members["outcome"],
        by=Side(members["endedBy"]),
        first_id=members["firstId"],
        last_id=members["lastId"],
        half_id=members["halfId"],
        retry_ms=members["retryMs"],
        heartbeat_ms=members["heartbeatMs"],
        silence_ms=members["silenceMs"],
        stall_ms=members["stallMs"],
        faults=tuple(
            Played(each["fault"], each["legal"], each["event"], each["how"])
            for each in members["faults"]
        ),
    )


def _text_of(moment_ms: int) -> str:
    return timestamp(moment_ms).decode()
