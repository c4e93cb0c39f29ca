"""A running server, and the part of it that belongs to one test."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Union
from urllib.parse import urlsplit

from .api import Api, Duration, milliseconds
from .described_api import Description
from .handles import Feed, Handle, advance
from .judged import Verdict, read_verdict
from .records import Journal, read_journal

#: How long the server may take to read a recording or a description, in seconds.
UPLOAD_SECONDS = 60.0
#: Life of a route, a description or a recording that nobody deletes, in seconds.
LIFE_SECONDS = 3_600
#: Faults of a route: one in its text or as an object, or some.
Faults = Union[str, Mapping[str, Any], Iterable[Union[str, Mapping[str, Any]]]]
#: Keys of a stream that are durations here, and milliseconds to the server.
_TIMES = frozenset({"interval", "jitter", "retry"})
#: Most characters of a label in a path.
_MAX_LABEL = 50


class Server:
    """A running server, at ``url``; its routes are made at run time."""

    def __init__(self, url: str, key: str | None = None) -> None:
        """Know the server at ``url``, whose path is its setting ``ServicePath``.

        ``key`` is its ``ManagementApiKey``, where it has one.
        """
        parts = urlsplit(url)
        self.url = f"{parts.scheme}://{parts.netloc}"
        self.api = Api(url, key)

    @contextmanager
    def mock(self, label: str) -> Iterator[LLMock]:
        """Give one test a part of the server, which is gone afterwards.

        ``label`` says in paths and names whose it is.
        """
        mock = LLMock(self, label)
        try:
            yield mock
        finally:
            mock.close()


class LLMock:
    """What one test has mocked: routes below a prefix of its own.

    ``url`` is the server's with that prefix: the base address for a client. A route
    takes the place of an earlier one that answers the same requests; with ``times``
    it only goes first, and one that has ``times`` itself stays ahead.
    """

    def __init__(self, server: Server, label: str) -> None:
        """Take a prefix that no other test has."""
        word = re.sub("[^a-z0-9]+", "-", label.lower()).strip("-")[:_MAX_LABEL]
        self._word = f"{word.strip('-') or 'test'}-{secrets.token_hex(4)}"
        self._api = server.api
        self.server = server
        self._handles: list[Handle] = []
        self._numbers = count(1)
        self._recordings: list[str] = []
        self._specs: list[str] = []
        self.prefix = f"/{self._word}"
        self.url = server.url + self.prefix
        self._about = {"prefix": f"{self.prefix}/"}

    def stream(
        self,
        path: str,
        shape: object = None,
        *,
        event: str | None = None,
        interval: Duration | None = None,
        retry: Duration | None = None,
        max_duration: Duration | None = None,
        clock: str | None = None,
        seed: int | None = None,
        faults: Faults = (),
        route: Mapping[str, Any] | None = None,
        **stream: object,
    ) -> Feed:
        """Serve a continuous stream at ``path``, below the test's prefix.

        Its values are like ``shape``, an example or a JSON Schema; without one, the
        path decides. ``event`` names its events, ``interval`` is the time between
        them, ``retry`` what clients wait before they reconnect, and ``max_duration``
        the life of a stream: 0 is unlimited, None the server's default of 5 minutes.
        With ``clock`` ``virtual`` nothing is due until ``advance`` or ``step``.
        ``seed`` makes the same data each time. ``stream`` and ``route`` are further
        keys of a stream and of a route, as in ``max_events=3``. Raises
        ``MockServerError``, and ``ValueError`` for a duration that is none.
        """
        kind = {"event": event, "shape": shape}
        return self._feed(
            path,
            {
                "events": [_without_none(kind)] if _without_none(kind) else None,
                **_stream_keys(
                    interval=interval, retry=retry, max_duration=max_duration, **stream
                ),
            },
            {
                "clock": clock,
                "seed": seed,
                "faults": _faults(faults) or None,
                **(route or {}),
            },
        )

    def script(
        self,
        path: str,
        steps: Iterable[Mapping[str, Any]],
        *,
        route: Mapping[str, Any] | None = None,
        **stream: object,
    ) -> Feed:
        """Serve exactly these steps, as in ``{"event": "done", "after_ms": 50}``.

        ``stream`` and ``route`` are further keys, as in ``then="hold"``, and times
        as ``stream`` takes them. Raises ``MockServerError``, and ``ValueError`` for a
        duration that is none.
        """
        return self._feed(
            path,
            {"script": [_keys(step) for step in steps], **_stream_keys(**stream)},
            route or {},
        )

    def replay(
        self,
        path: str,
        recording: str | Path,
        *,
        speed: float = 1,
        loop: bool = False,
        like: bool = False,
        route: Mapping[str, Any] | None = None,
        **stream: object,
    ) -> Feed:
        """Serve the recording of a file, as ``llmock-api record`` writes it.

        Its events come ``speed`` times as fast as they were recorded, once or in a
        ``loop``. With ``like`` new ones are generated that are like them. ``stream``
        and ``route`` are further keys. Raises ``MockServerError``, and ``OSError``
        for a file that cannot be read.
        """
        replay = {
            "recording": self._uploaded(Path(recording)),
            "speed": speed,
            "loop": loop,
            "like": like,
        }
        return self._feed(
            path, {"replay": replay, **_stream_keys(**stream)}, route or {}
        )

    def spec(
        self,
        description: str | Path,
        *,
        base_path: str = "",
        only: str | Iterable[str] = (),
        validate_requests: bool = False,
    ) -> Description:
        """Serve the operations of a file in OpenAPI or AsyncAPI, below the prefix.

        ``base_path`` goes before its paths, in place of that of its server: a client
        has ``url`` in place of the whole address of that server. ``only`` are the
        operations or tags that are served, all without. With
        ``validate_requests`` those are refused that it forbids. Raises
        ``MockServerError``, and ``OSError`` for a file that cannot be read.
        """
        document = Path(description).read_text("utf-8")
        upload = {
            "name": f"{self._word[-8:]}-{len(self._specs) + 1}",
            "document": document,
            "basePath": self.prefix + base_path,
            "only": [only] if isinstance(only, str) else list(only),
            "validateRequests": validate_requests,
            "expiresSeconds": LIFE_SECONDS,
        }
        shown = self._api.call("POST", "/specs", upload, wait_seconds=UPLOAD_SECONDS)
        self._specs.append(shown["name"])
        return Description(self._api, self.server.url, shown)

    def json(
        self,
        path: str,
        body: object = None,
        *,
        shape: object = None,
        status: int = 200,
        method: str = "GET",
        **route: object,
    ) -> Handle:
        """Answer ``path`` with exactly ``body``, or with data like ``shape``.

        ``route`` are further keys of a route, as in ``times=2``. Raises
        ``MockServerError``.
        """
        handle = Handle(
            self._api,
            *self._make(
                path,
                {
                    "body": body,
                    "shape": shape,
                    "status": status,
                    "methods": [method],
                    **_keys(route),
                },
            ),
        )
        self._handles.append(handle)
        return handle

    def fail(
        self, times: int = 1, status: int = 503, *, retry_after: int | None = None
    ) -> None:
        """Answer the next ``times`` requests to each route so far with ``status``."""
        for handle in self._handles:
            handle.fail(times, status, retry_after=retry_after)

    def advance(self, duration: Duration) -> None:
        """Move the virtual clocks of all routes on; all that falls due goes out."""
        advance(self._api, duration, self._about)

    @property
    def journal(self) -> Journal:
        """Every request below the prefix, the oldest first."""
        return read_journal(self._api, self._about)

    def verdict(self) -> Verdict:
        """Return what the server thinks of the clients below the prefix."""
        return read_verdict(self._api, self._about)

    def close(self) -> None:
        """Delete all that was made, and end the streams that are open."""
        self._api.call("DELETE", "/routes", query=self._about)
        while self._specs:
            self._api.call("DELETE", f"/specs/{self._specs.pop()}")
        self._api.call("POST", "/streams/end", {}, query=self._about)
        while self._recordings:
            self._api.call("DELETE", f"/recordings/{self._recordings.pop()}")

    def _feed(
        self, path: str, stream: Mapping[str, Any], route: Mapping[str, Any]
    ) -> Feed:
        made = self._make(path, {"stream": _without_none(stream), **route})
        feed = Feed(self._api, *made)
        self._handles.append(feed)
        return feed

    def _uploaded(self, file: Path) -> str:
        """Upload a recording; return its name."""
        name = f"{self._word}-{len(self._recordings) + 1}"
        # A file whose recorder was killed may end within a character.
        content = file.read_bytes().decode("utf-8", "replace")
        upload = {"name": name, "content": content, "expiresSeconds": LIFE_SECONDS}
        self._api.call("POST", "/recordings", upload, wait_seconds=UPLOAD_SECONDS)
        self._recordings.append(name)
        return name

    def _make(
        self, path: str, keys: Mapping[str, Any]
    ) -> tuple[str, str, dict[str, Any]]:
        """Make a route; return its name, its address, and the route."""
        if not path.startswith("/"):
            raise ValueError(f"{path!r} is no path; accepted: one that begins with /")
        name = f"{self._word}-{next(self._numbers)}"
        route = {
            "name": name,
            "path": self.prefix + path,
            "expiresSeconds": LIFE_SECONDS,
            **_without_none(keys),
        }
        self._api.call("POST", "/routes", route)
        for older in [each for each in self._handles if each.hides(route)]:
            if any(key.lower() == "times" for key in route):
                older.stand_back()
            else:
                older.remove()
                self._handles.remove(older)
        return name, self.url + path, route


def _without_none(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}


def _faults(given: Faults) -> object:
    """Faults as JSON: a text is no list of letters."""
    return given if isinstance(given, (str, Mapping)) else list(given)


def _whole_seconds(max_duration: Duration) -> int:
    seconds, rest = divmod(milliseconds(max_duration), 1_000)
    if rest:
        raise ValueError(f"max_duration is {max_duration!r}; accepted: whole seconds")
    return seconds


def _stream_keys(**given: Any) -> dict[str, Any]:
    """The keys of a stream, of which times may be durations."""
    keys = {name: value for name, value in given.items() if value is not None}
    for name in _TIMES & {*keys}:
        keys[f"{name}Ms"] = milliseconds(keys.pop(name))
    if "max_duration" in keys:
        keys["maxDurationSeconds"] = _whole_seconds(keys.pop("max_duration"))
    return _keys(keys)


def _keys(given: Mapping[str, object]) -> dict[str, Any]:
    """Python's names as the server's, which takes them in any case."""
    return {name.replace("_", ""): value for name, value in given.items()}
