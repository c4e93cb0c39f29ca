"""Records a stream: reads it as a client would, and writes each event as it comes.

It is a command, and no part of the service: the service never reads the addresses
that others name.
"""

from __future__ import annotations

import contextlib
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from urllib.parse import unquote, urljoin, urlsplit

import requests
import urllib3
from requests.auth import HTTPBasicAuth

from ..recordings.recording import (
    NDJSON,
    SSE,
    Entry,
    Header,
    entry_line,
    header_line,
)
from ..sse.parser import SseParser, StreamTooLarge
from ..version import __version__
from .arguments import Wanted
from .echoes import Secrets, masked_url
from .output import CannotWrite, Output

#: Most redirects that are followed for one connection.
MAX_REDIRECTS = 10
#: Longest wait for a connection, and for the next byte, in seconds.
_CONNECT_S, _SILENCE_S = 10.0, 120.0
#: Wait before reconnecting where the source names none, and the longest, in seconds.
_RETRY_S, _MAX_RETRY_S = 3.0, 3600.0
#: Most failed connections in a row.
_MAX_FAILURES = 5
#: Longest line of newline-delimited JSON, in bytes.
_MAX_LINE = 1 << 20
_READ = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: Content types of newline-delimited JSON.
_LINES = re.compile(r"application/(x-)?(ndjson|jsonl(ines)?)")
_CANNOT_READ = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


class _TimeIsUp(Exception):
    """The recording has lasted as long as it was to."""


class CannotRecord(Exception):
    """The source cannot be recorded; the text says why."""


class Recorder:
    """Writes what one source sends, over as many connections as it takes."""

    def __init__(self, wanted: Wanted, out: Output, say: Callable[[str], None]) -> None:
        """Write to ``out``; ``say`` tells a person how it goes."""
        self._wanted = wanted
        self._out = out
        self._say = say
        self._secrets = Secrets(wanted.url, wanted.headers)
        self._began = 0.0
        self._content_type: str | None = None
        self._retry_s = _RETRY_S
        self._last_id = b""
        self.events = 0

    def run(self) -> None:
        """Record until it is enough. Raises ``CannotRecord`` and ``CannotWrite``."""
        failures = 0
        while not self._is_enough():
            before = self.events
            try:
                goes_on = self._read_once()
            except _TimeIsUp:
                return
            except _CANNOT_READ as error:
                if self._content_type is None:
                    raise CannotRecord(_reason(error)) from None
                self._say(f"the connection broke: {_reason(error)}")
                goes_on = True
            if not goes_on:
                return
            failures = 0 if self.events > before else failures + 1
            if failures == _MAX_FAILURES:
                raise CannotRecord(f"{failures} connections brought no event")
            self._wait()

    def _is_enough(self) -> bool:
        return self._wanted.events is not None and self.events >= self._wanted.events

    def _wait(self) -> None:
        if not self._is_enough():
            self._say(f"reconnecting in {self._retry_s:g} s")
            time.sleep(min(self._retry_s, _MAX_RETRY_S))

    # -- one connection ---------------------------------------------------------

    def _read_once(self) -> bool:
        """Read one connection to its end; whether a client would come back."""
        with contextlib.closing(self._connect()) as response:
            if response.status_code == 204 and self._content_type is not None:
                self._say("the source has said that nothing more comes (204)")
                return False
            if self._content_type is not None and _comes_back(response.status_code):
                self._say(f"the source answers with {response.status_code}")
                return True
            content_type = self._checked(response)
            if self._content_type is None:
                self._begin(content_type, response.url)
            if content_type == SSE:
                self._read_events(response)
                return True
            self._read_lines(response)
            return False

    def _connect(self) -> requests.Response:
        """The response behind all redirects."""
        url, headers = self._wanted.url, dict(self._wanted.headers)
        for _ in range(MAX_REDIRECTS + 1):
            asked = {
                "Accept": f"{SSE}, {NDJSON}",
                "Cache-Control": "no-store",
                "User-Agent": f"llmock-api/{__version__} record",
                **headers,
            }
            if self._last_id:
                asked["Last-Event-ID"] = self._last_id.decode("utf-8", "replace")
            response = requests.get(
                url,
                headers=asked,
                stream=True,
                allow_redirects=False,
                timeout=(_CONNECT_S, _SILENCE_S),
                auth=_auth_of(url, headers),
            )
            if response.status_code not in _REDIRECTS:
                return response
            response.close()
            target = urljoin(url, response.headers.get("Location", ""))
            if urlsplit(target).scheme not in ("http", "https"):
                raise CannotRecord(f"it redirects to {masked_url(target)!r}")
            if _origin(target) != _origin(url):
                headers = {}  # another origin has no right to what this one is told
            self._secrets.learn(target)
            url = target
        raise CannotRecord(f"it redirects more than {MAX_REDIRECTS} times")

    def _checked(self, response: requests.Response) -> str:
        """The form of the stream. Raises ``CannotRecord`` where it is none."""
        given = response.headers.get("Content-Type", "")
        plain = given.partition(";")[0].strip().lower()
        if response.status_code != 200:
            raise CannotRecord(
                f"it answers with {response.status_code} {response.reason}; accepted:"
                " 200"
            )
        if plain == SSE:
            return SSE
        if _LINES.fullmatch(plain):
            return NDJSON
        raise CannotRecord(
            f"its content type is {plain or 'not given'}; accepted: {SSE}, {NDJSON}"
        )

    def _begin(self, content_type: str, url: str) -> None:
        self._began = time.monotonic()
        self._content_type = content_type
        if self._wanted.seconds is not None:
            signal.setitimer(signal.ITIMER_REAL, self._wanted.seconds)
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        header = Header(masked_url(url), content_type, now.replace("+00:00", "Z"))
        self._out.write(header_line(header))

    def _read_events(self, response: requests.Response) -> None:
        parser = SseParser(max_line=16 * _MAX_LINE, max_event=16 * _MAX_LINE)
        for data in self._pieces(response):
            for event in parser.feed(data):
                fields = event.fields
                assert fields is not None
                if fields.retry is not None:
                    self._retry_s = fields.retry / 1000
                self._take(
                    event=_text(fields.name or None),
                    id=_text(fields.id),
                    retry=fields.retry,
                    data=_text(event.data),
                    comment=_text(fields.comment),
                )
                self._last_id = parser.last_id
                if self._is_enough():
                    return

    def _read_lines(self, response: requests.Response) -> None:
        partial = b""
        for data in self._pieces(response):
            *lines, partial = (partial + data).split(b"\n")
            if len(partial) > _MAX_LINE:
                raise CannotRecord(f"a line has more than {_MAX_LINE} bytes")
            for line in lines:
                if line.strip():
                    self._take(data=_text(line.rstrip(b"\r")))
                if self._is_enough():
                    return
        if partial.strip():
            self._take(data=_text(partial))

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        """What comes, as it comes, until the end or until it is enough."""
        while not self._is_enough():
            data: bytes = response.raw.read1(_READ, decode_content=True)
            if not data:
                return
            yield data

    def _take(
        self,
        *,
        data: str | None,
        event: str | None = None,
        id: str | None = None,  # noqa: A002 (the name of the field)
        retry: int | None = None,
        comment: str | None = None,
    ) -> None:
        at_ms = (time.monotonic() - self._began) * 1000
        texts = [self._masked(text) for text in (event, id, data, comment)]
        entry = Entry(at_ms, texts[0], texts[1], retry, texts[2], texts[3])
        self._out.write(entry_line(entry))
        self.events += data is not None

    def _masked(self, text: str | None) -> str | None:
        return None if text is None else self._secrets.without(text)


def _text(data: bytes | None) -> str | None:
    """A field as a client reads it."""
    return None if data is None else data.decode("utf-8", "replace")


def _auth_of(
    url: str, headers: Mapping[str, str]
) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """What sends the name and password of an address, and nothing that a file holds."""
    parts = urlsplit(url)
    if parts.username and not any(name.lower() == "authorization" for name in headers):
        name, password = unquote(parts.username), unquote(parts.password or "")
        return HTTPBasicAuth(name.encode(), password.encode())
    return lambda prepared: prepared


def _comes_back(status: int) -> bool:
    """Whether a source that was read may be there again a little later."""
    return status == 429 or status >= 500


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


def _reason(error: Exception) -> str:
    """What went wrong, without the address, which may hold secrets."""
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return "nothing came in time"
    if isinstance(error, requests.ConnectionError):
        return "it cannot be reached"
    return type(error).__name__


# -- the command --------------------------------------------------------------


def record(wanted: Wanted) -> int:
    """Record what is wanted; 0 where that was done, and 1 where it could not be."""
    try:
        with Output(wanted.output, replace=wanted.replace) as out:
            return _record(wanted, out)
    except CannotWrite as error:
        _say(str(error))
        return 1


def _record(wanted: Wanted, out: Output) -> int:
    def time_is_up(number: int, frame: object) -> None:
        raise _TimeIsUp

    recorder = Recorder(wanted, out, _say)
    signal.signal(signal.SIGALRM, time_is_up)
    try:
        recorder.run()
    except (CannotRecord, StreamTooLarge) as error:
        _say(f"{masked_url(wanted.url)}: {error}")
        return 1
    except (KeyboardInterrupt, _TimeIsUp):
        pass
    _say(f"{recorder.events} events")
    return 0


def _say(text: str) -> None:
    print(f"record: {text}", file=sys.stderr, flush=True)
