"""The contexts of all sessions, and one request's view of its own."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
import threading
from collections.abc import Callable, Sequence

import gevent

from ..errors import NotFound, Unavailable
from ..ports import Clock
from ..store import Documents, Page
from ..words import Json, MockRequest
from .context import Call, Context, preset, record
from .view import Focus, View, focus_of

#: The interval at which later batches of streams are written together, in seconds.
_GATHER_SECONDS = 0.1

#: Most batches that wait for each context; older ones are dropped.
_MAX_GATHERED = 500

#: Calls a function after some seconds, in another greenlet.
Later = Callable[[float, Callable[[], None]], None]


#: Most contexts that are looked at together for one with a given digest.
_PAGE = 200

_DIGEST = re.compile("[0-9a-f]{16}")


def digest_of(name: str) -> str:
    """Return the 16 hex digits that stand for ``name`` in the path of a URL."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _later(seconds: float, call: Callable[[], None]) -> None:
    gevent.spawn_later(seconds, call)


class Contexts:
    """All contexts, in memory or where other workers see them too.

    In memory, each batch of a stream is recorded when it is made. Elsewhere a
    request's first batch is written before it is sent, so that the next request
    knows it, whichever worker serves that. The stream's later batches are gathered
    and written a few times a second, and only if the context still exists: a
    deleted one does not come back by itself.
    """

    def __init__(
        self, documents: Documents[Context], clock: Clock, *, later: Later = _later
    ) -> None:
        """Keep contexts in ``documents``; ``later`` delays writing."""
        self._documents = documents
        self._clock = clock
        self._later = later
        self._gathered: dict[str, list[Call]] = {}
        self._lock = threading.Lock()
        self._flushing = threading.Lock()

    @property
    def remote(self) -> bool:
        """True when asking for a context may wait for the network."""
        return self._documents.remote

    # -- for a request --------------------------------------------------------

    def memory(self, name: str, request: MockRequest) -> ContextMemory:
        """The context ``name`` as ``request`` uses it."""
        return ContextMemory(self, name, request, self._clock)

    def read(self, name: str) -> Context | None:
        """The context, or None if there is none or it cannot be reached."""
        try:
            return self._documents.read(name)
        except Unavailable:  # counted and logged where it was raised
            return None

    def record(self, name: str, call: Call) -> bool:
        """Add a call at once; returns False if the context cannot be reached."""
        return self._write(name, [call], create=True)

    def record_later(self, name: str, call: Call) -> None:
        """Add a call soon, if the context still exists then."""
        if not self._documents.remote:
            self._write(name, [call], create=True)
            return
        with self._lock:
            start = not self._gathered
            calls = self._gathered.setdefault(name, [])
            calls.append(call)
            del calls[:-_MAX_GATHERED]
        if start:
            self._later(_GATHER_SECONDS, self.flush)

    def flush(self) -> None:
        """Write everything gathered; returns when it is written."""
        with self._flushing:  # keeps the order of writes
            with self._lock:
                gathered, self._gathered = self._gathered, {}
            for name, calls in gathered.items():
                self._write(name, calls, create=False)

    def _write(self, name: str, calls: Sequence[Call], *, create: bool) -> bool:
        def change(context: Context | None) -> Context | None:
            if context is None and not create:
                return None
            for call in calls:
                context = record(context, call)
            return context

        try:
            self._documents.update(name, change)
        except Unavailable:  # counted and logged where it was raised
            return False
        return True

    # -- for operators --------------------------------------------------------

    def find(self, name: str) -> Context:
        """The context with that name; this does not count as a use.

        Raises ``NotFound`` and, like the methods below, ``Unavailable``.
        """
        context = self._documents.read(name, touch=False)
        if context is None:
            raise NotFound("There is no context of that name.")
        return context

    def name_at(self, address: str) -> str:
        """Return the name of the context at ``address``: a name, or the digest of one.

        An address that leads to no context is a name.
        """
        if not _DIGEST.fullmatch(address):
            return address
        if self._documents.read(address, touch=False) is not None:
            return address
        for offset in itertools.count(0, _PAGE):
            entries = self._documents.page(offset, _PAGE).entries
            for name, _ in entries:
                if digest_of(name) == address:
                    return name
            if len(entries) < _PAGE:
                break
        return address

    def page(self, offset: int, limit: int) -> Page[Context]:
        """At most ``limit`` contexts from ``offset`` on, the last used first."""
        return self._documents.page(offset, limit)

    def preset(self, name: str, fields: dict[str, Json]) -> Context:
        """Set fields beforehand, in a new context or an existing one."""
        now_ms = self._clock.now_ms()
        context = self._documents.update(
            name, lambda context: preset(context, fields, now_ms)
        )
        assert context is not None
        return context

    def delete(self, name: str) -> None:
        """Forget a context. Raises ``NotFound``."""
        with self._lock:
            self._gathered.pop(name, None)
        if not self._documents.delete(name):
            raise NotFound("There is no context of that name.")

    def clear(self) -> int:
        """Forget all contexts; returns their number."""
        with self._lock:
            self._gathered.clear()
        return self._documents.clear()


class ContextMemory:
    """One request's context, to read and to add to: a ``Memory``."""

    __slots__ = (
        "_call_id",
        "_clock",
        "_contexts",
        "_focus",
        "_seen",
        "_is_new",
        "_name",
        "_request",
    )

    def __init__(
        self, contexts: Contexts, name: str, request: MockRequest, clock: Clock
    ) -> None:
        """Use the context ``name`` for one call, ``request``."""
        self._contexts = contexts
        self._name = name
        self._request = request
        self._clock = clock
        self._focus: Focus | None = None
        self._call_id = secrets.token_hex(6)
        self._is_new = True
        self._seen: Context | None = None

    def view(self) -> View:
        """The context as it is now."""
        if self._focus is None:
            self._focus = focus_of(self._request)
        self._seen = self._contexts.read(self._name)
        return View(self._seen, self._focus)

    def record(self, value: bytes) -> None:
        """Add a batch that was made; it replaces the call's previous one."""
        seen, self._seen = self._seen, None
        call = Call(
            id=self._call_id,
            method=self._request.method,
            path=self._request.path,
            value=value,
            at_ms=self._clock.now_ms(),
            is_new=self._is_new,
            seen=seen,
        )
        if not self._is_new and seen is not None:
            self._contexts.record_later(self._name, call)
        elif self._contexts.record(self._name, call):
            self._is_new = False
