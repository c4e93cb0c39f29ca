"""A client's requests, put in order: its visits to each feed that it reads."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..journal.entry import Ended, Entry, Side
from ..sse.frames import END_SUFFIX, SSE

_SSE_TYPE = SSE.content_type.partition(";")[0]
#: The id of an event that streams of their own send last.
_END_ID = re.compile(r"[0-9a-f]{16}-[0-9]{1,18}-end")
#: How polyfills send the last id; it is no part of what they ask for.
_LAST_ID_PARAMETER = "lastEventId="
#: Requests of these methods are no visits.
_NO_VISITS = frozenset({"OPTIONS", "HEAD"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

#: What a client waits that was never told how long, in milliseconds.
USUAL_RETRY_MS = 3_000
#: What a client may begin before the end is noted that it answers, in milliseconds.
_OVERLAP_MS = 20


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a feed, and its response. Times are milliseconds since 1970."""

    entry: Entry

    @property
    def seq(self) -> int:
        """Its number in the journal."""
        return self.entry.seq

    @property
    def at_ms(self) -> int:
        """When it came."""
        return self.entry.asked.at_ms

    @property
    def status(self) -> int:
        """The status of the response."""
        return self.entry.asked.status

    @property
    def ended(self) -> Ended | None:
        """The end of the response; None while it goes on."""
        return self.entry.ended

    @property
    def last_event_id(self) -> str | None:
        """The id that the client sent."""
        return self.entry.asked.last_event_id

    @property
    def is_stream(self) -> bool:
        """Whether it was answered with an event stream."""
        return self.status == 200 and self._type == _SSE_TYPE

    @property
    def has_wrong_type(self) -> bool:
        """Whether something else came with the status of a stream."""
        return self.status == 200 and self._type != _SSE_TYPE

    @property
    def is_redirect(self) -> bool:
        """Whether the client was sent to another address."""
        return self.status in _REDIRECTS

    @property
    def wants_stream(self) -> bool:
        """Whether the client says that it wants an event stream."""
        return _SSE_TYPE in self.entry.asked.headers.get("accept", "")

    @property
    def location(self) -> str:
        """The path to which it was redirected, or an empty text."""
        return urlsplit(self.header("location")).path if self.is_redirect else ""

    @property
    def path(self) -> str:
        """The path that was asked for."""
        return self.entry.asked.path

    @property
    def _type(self) -> str:
        return self.header("content-type").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """A header of the response, or an empty text."""
        return self.entry.asked.response_headers.get(name, "")

    @property
    def was_cut(self) -> bool:
        """Whether it was a stream that the client did not end itself."""
        ended = self.ended
        return self.is_stream and ended is not None and ended.by is not Side.CLIENT

    @property
    def is_finished(self) -> bool:
        """Whether it was a stream whose last event said that there is no more."""
        ended = self.ended
        if not self.is_stream or ended is None or ended.last_id is None:
            return False
        if self.entry.asked.feed is not None:
            return ended.last_id.endswith(END_SUFFIX)
        return _END_ID.fullmatch(ended.last_id) is not None


@dataclass(frozen=True, slots=True)
class Feed:
    """All visits of one client to one feed, in the order in which they came."""

    visits: Sequence[Visit]

    def after(self, visit: Visit) -> Visit | None:
        """The client's next visit after the end of ``visit``."""
        ended = visit.ended
        if ended is None:
            return None
        for each in self.visits[self.visits.index(visit) + 1 :]:
            if each.at_ms >= ended.at_ms - _OVERLAP_MS:
                return each
        return None

    def retry_ms(self, visit: Visit) -> int | None:
        """The wait before a reconnect that the client knew after ``visit``."""
        told = None
        for each in self.visits[: self.visits.index(visit) + 1]:
            if each.ended is not None and each.ended.retry_ms is not None:
                told = each.ended.retry_ms
        return told


@dataclass(frozen=True, slots=True)
class Client:
    """Who reads: an address and a ``User-Agent``, and the feeds."""

    address: str
    agent: str
    feeds: Sequence[Feed]

    @property
    def seqs(self) -> list[int]:
        """The numbers of all its visits."""
        return sorted(visit.seq for feed in self.feeds for visit in feed.visits)


def clients_of(entries: Iterable[Entry]) -> list[Client]:
    """The clients that read event streams, in the order in which they came."""
    visits: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for entry in sorted(entries, key=lambda each: (each.asked.at_ms, each.seq)):
        if entry.asked.method not in _NO_VISITS:
            agent = entry.asked.headers.get("user-agent", "")
            visits[entry.asked.client, agent].append(Visit(entry))
    clients = [
        Client(address, agent, _feeds(found))
        for (address, agent), found in visits.items()
    ]
    return [client for client in clients if client.feeds]


def _feeds(visits: Sequence[Visit]) -> list[Feed]:
    """The visits by what they ask for; a redirect leads to the same feed."""
    origins: dict[str, str] = {}
    for visit in visits:
        if visit.location and visit.location != visit.path:
            origins.setdefault(visit.location, visit.path)
    found: dict[tuple[str, str], list[Visit]] = defaultdict(list)
    for visit in visits:
        query = visit.entry.asked.query.split("&")
        kept = [each for each in query if not each.startswith(_LAST_ID_PARAMETER)]
        found[_origin(visit.path, origins), "&".join(kept)].append(visit)
    return [
        Feed(each)
        for each in found.values()
        if any(visit.is_stream or visit.wants_stream for visit in each)
    ]


def _origin(path: str, origins: Mapping[str, str]) -> str:
    """The path from which redirects lead to ``path``, circles apart."""
    seen = {path}
    while (path := origins.get(path, path)) not in seen:
        seen.add(path)
    return path
