"""Routes in a test's hand: what a route serves, steered and watched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .api import Api, Duration, MockServerError, in_words, milliseconds
from .judged import Verdict, read_verdict
from .records import Journal, read_journal

#: How long a test waits for clients or for the end of a stream, in seconds.
USUAL_WAIT_SECONDS = 5.0
#: How long the server may take until all streams have obeyed, in seconds.
STEER_SECONDS = 10.0


class Handle:
    """A route: where it is served, and who asked for it."""

    def __init__(self, api: Api, name: str, url: str, route: dict[str, Any]) -> None:
        """Hold the route ``name``, which exists. ``url`` is for clients."""
        self._api = api
        self._route = route
        self._about = {"route": name}
        self.name = name
        self.url = url

    @property
    def journal(self) -> Journal:
        """Every request to this route, the oldest first."""
        return read_journal(self._api, self._about)

    def fail(
        self, times: int = 1, status: int = 503, *, retry_after: int | None = None
    ) -> None:
        """Answer the next ``times`` requests with ``status``, and then as before.

        ``retry_after`` is the header ``Retry-After``, in seconds. A virtual clock of
        the route begins anew.
        """
        fault: dict[str, Any] = {"fault": "status", "arg": str(status), "times": times}
        if retry_after is not None:
            fault["retryAfter"] = retry_after
        self._route["faults"] = [fault]
        self._api.call("PUT", f"/routes/{self.name}", self._route)

    def remove(self) -> None:
        """Delete the route."""
        self._api.call("DELETE", f"/routes/{self.name}")

    def hides(self, route: Mapping[str, Any]) -> bool:
        """Whether it answers all that ``route`` would, and for good."""
        return not _lower(self._route).get("times") and _asked(self._route) == _asked(
            route
        )

    def stand_back(self) -> None:
        """Let routes go first that answer the same."""
        self.remove()
        self._api.call("POST", "/routes", self._route)


class Feed(Handle):
    """A route that is a stream, and all of its open streams.

    A verb acts on all of them. Each raises ``MockServerError`` where the server
    refuses it, and all but ``cut`` and ``end`` where no client is connected.
    """

    #: Where the streams begin that are new to ``wait_for_clients``.
    _cursor: str | None = None

    @property
    def event(self) -> str | None:
        """The name of its events, where all that the route declares have the same."""
        stream = _lower(self._route.get("stream", {}))
        kinds = stream.get("events") or stream.get("script") or ()
        names = {_lower(kind).get("event") for kind in kinds}
        return names.pop() if len(names) == 1 else None

    def wait_for_clients(
        self, clients: int = 1, *, timeout: Duration = USUAL_WAIT_SECONDS
    ) -> None:
        """Wait until so many clients have come, since the last cut or end.

        Raises ``AssertionError`` after ``timeout``.
        """
        met = self._wait("/streams/wait", timeout, clients=clients, after=self._cursor)
        if not met:
            raise AssertionError(
                f"fewer than {clients} clients came to {self.url} within"
                f" {in_words(timeout)}"
            )

    def step(self, batches: int = 1) -> None:
        """Send the next batches at once, and stand still before the one after."""
        self._steer("step", {"batches": batches})

    def push(
        self,
        data: object,
        *,
        event: str | None = None,
        id: str | None = None,  # noqa: A002
        retry: int | None = None,
        comment: str | None = None,
    ) -> None:
        """Send one event now. ``data`` is JSON, or text that is sent as it is.

        ``event`` is its name: without one it is that of the route's events, where
        there is one name alone; with ``""`` it has none.
        """
        name = self.event if event is None else event
        self._steer(
            "push",
            {
                "data": data,
                "event": name or None,
                "id": id,
                "retry": retry,
                "comment": comment,
            },
        )

    def push_raw(self, text: str) -> None:
        """Send ``text`` as it is, in UTF-8."""
        self._steer("push", {"raw": text})

    def cut(
        self,
        how: str = "clean",
        *,
        after_events: int | None = None,
        after_bytes: int | None = None,
        mid_frame: bool = False,
    ) -> None:
        """Cut the connections: ``clean`` (no END), ``fin`` or ``rst``.

        Returns when they are gone. With ``after_events``, ``after_bytes`` or
        ``mid_frame`` it returns at once, and the cut comes with what goes out next.
        """
        after = {"events": after_events, "bytes": after_bytes}
        given = {name: count for name, count in after.items() if count is not None}
        body = {"how": how, "after": given, "midFrame": mid_frame}
        is_now = not given and not mid_frame
        self._cursor = self._steer("cut", body, STEER_SECONDS if is_now else 0)

    def end(self, message: str | None = None) -> None:
        """End the streams properly, with END ``stopped`` where they have one."""
        self._cursor = self._steer("end", {"message": message})

    def pause(self) -> None:
        """Stand still; heartbeats go on."""
        self._steer("pause", {})

    def resume(self) -> None:
        """Go on with the rest of the interval."""
        self._steer("resume", {})

    def stall(self, duration: Duration, *, heartbeats: bool = False) -> None:
        """Send nothing for a while, by the route's clock, and stay connected."""
        seconds = milliseconds(duration) / 1_000
        self._steer("stall", {"seconds": seconds, "heartbeats": heartbeats})

    def fault(self, fault: str) -> None:
        """Play a fault from the next event on, such as ``drop*2`` or ``cut@5``."""
        self._steer("fault", {"fault": fault})

    def advance(self, duration: Duration) -> None:
        """Move this route's virtual clock on; all that falls due goes out."""
        advance(self._api, duration, self._about)

    def verdict(self) -> Verdict:
        """Return what the server thinks of the clients of this route."""
        return read_verdict(self._api, self._about)

    def _steer(
        self, verb: str, body: Mapping[str, object], wait: float = STEER_SECONDS
    ) -> str | None:
        """Give an order, and wait until it is obeyed; return the cursor.

        Only what ends streams may find none.
        """
        given = {name: value for name, value in body.items() if value is not None}
        answer = self._api.call(
            "POST",
            f"/streams/{verb}",
            given,
            query={**self._about, "timeoutMs": milliseconds(wait)},
            wait_seconds=wait,
        )
        if not answer["streams"] and verb not in ("cut", "end"):
            raise MockServerError(
                f"{verb}: no client is connected to {self.url};"
                " wait_for_clients() waits for one",
                200,
                answer,
            )
        late = [stream["id"] for stream in answer["streams"] if not stream["done"]]
        if late and wait:
            raise MockServerError(
                f"{verb}: not done within {wait:g} s by the streams"
                f" {', '.join(late)}",
                200,
                answer,
            )
        cursor: str | None = answer["cursor"]
        return cursor

    def _wait(self, path: str, timeout: Duration, **query: object) -> bool:
        timeout_ms = milliseconds(timeout)
        answer = self._api.call(
            "GET",
            path,
            query={**self._about, "timeoutMs": timeout_ms, **query},
            wait_seconds=timeout_ms / 1_000,
        )
        return bool(answer["met"])


def advance(api: Api, duration: Duration, about: Mapping[str, str]) -> None:
    """Move the virtual clocks on that ``about`` chooses."""
    body = {"ms": milliseconds(duration)}
    api.call("POST", "/clock/advance", body, query=about, wait_seconds=STEER_SECONDS)


def _asked(route: Mapping[str, Any]) -> tuple[object, ...]:
    """The requests that a route answers."""
    keys = _lower(route)
    methods = sorted(map(str.upper, keys.get("methods") or ["GET"]))
    return keys["path"], methods, keys.get("match")


def _lower(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Keys as the server reads them, which is in any case."""
    return {name.lower(): value for name, value in keys.items()}
