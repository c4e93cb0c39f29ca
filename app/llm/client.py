"""A language model behind an OpenAI-compatible server, over ``requests``.

Blocking code that cooperates under gevent: a waiting greenlet can be killed, and the
connection is closed at once. Proxies and ``.netrc`` of the environment are not
used: models are mostly local, and ``.netrc`` would replace the key.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

import gevent
import orjson
import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError, MaxRetryError, ReadTimeoutError

from ..settings.model import BackendSettings, Settings
from ..words import Json
from .chat import (
    Chat,
    ChatRequest,
    Pieces,
    UpstreamBroken,
    UpstreamError,
    UpstreamTimeout,
    UpstreamUnreachable,
    Usage,
)
from .completion import WholeCompletion
from .negotiation import Negotiation, Refusals
from .providers import PROVIDERS, Defaults, chat_url, model_name, request_body
from .refusals import quote, refusal
from .upstream import Caps, ChatStreamParser

T = TypeVar("T")

_log = logging.getLogger(__name__)

_HEADERS = {
    "Accept": "text/event-stream, */*",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": "llmock-api",
}

#: The most that one read takes, in bytes.
_READ = 65_536

#: The most that is read of an answer that is a refusal, in bytes.
_REFUSAL = 16_384


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one request.

    ``connect_s`` is for the connection, ``idle_s`` for a pause after the first
    piece (before it a model may think as long as the total allows), ``settle_s``
    for what may follow once the answer is whole. All in seconds.
    """

    connect_s: float = 5.0
    idle_s: float = 30.0
    settle_s: float = 0.5
    caps: Caps = Caps()


class _HungUp(UpstreamBroken):
    """The other side closed the connection, or reset it."""


class _Session(requests.Session):
    """A session that takes an answer as it is: a redirect is a refusal."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None, so that no redirect is followed, nor its body read."""


class _Patience:
    """The time left to wait for one request.

    Only waiting counts: the caller may take its time between two pieces.
    """

    __slots__ = ("_clock", "_left_s", "_total_s")

    def __init__(self, total_s: float, clock: Callable[[], float]) -> None:
        """Begin with ``total_s`` seconds."""
        self._clock = clock
        self._left_s = self._total_s = total_s

    @property
    def left_s(self) -> float:
        """The seconds left."""
        return self._left_s

    @contextmanager
    def waiting(self, limit_s: float = math.inf) -> Iterator[None]:
        """Limit the block to ``limit_s`` and to the time that is left.

        A socket's timeout would not do: it starts again with every byte.
        Raises ``UpstreamTimeout``.
        """
        seconds = max(0.0, min(limit_s, self._left_s))
        started = self._clock()
        timer = gevent.Timeout.start_new(seconds)
        try:
            yield
        except gevent.Timeout as fired:
            if fired is not timer:
                raise
            raise self._timed_out(limit_s) from None
        finally:
            timer.close()
            self._left_s -= self._clock() - started

    def _timed_out(self, limit_s: float) -> UpstreamTimeout:
        """The error for the limit that came first."""
        if limit_s < self._left_s:
            return UpstreamTimeout(f"silent for {limit_s:g} s")
        return UpstreamTimeout(f"not done within {self._total_s:g} s", retryable=False)


class ChatClient:
    """One backend's ``Chat``: all that the worker sends to it goes through here."""

    def __init__(
        self,
        backend: BackendSettings,
        settings: Settings,
        *,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare for a backend; ``settings`` apply where it has none of its own.

        Nothing is sent yet. Raises ``SettingsError`` for a missing model.
        """
        self.usage = Usage()
        self._name = backend.name
        self._dialect = PROVIDERS[backend.provider]
        self._url = chat_url(backend.base_url or self._dialect.base_url)
        self._defaults = Defaults(
            model_name(backend),
            _first(backend.max_tokens, settings.max_tokens),
            _first(backend.temperature, settings.temperature),
        )
        self._timeout_s = _first(backend.timeout_seconds, settings.timeout_seconds)
        self._limits = limits
        self._clock = clock
        self._wall_clock = wall_clock
        self._refusals = Refusals()
        self._key = backend.api_key.reveal() if backend.api_key is not None else None
        self._quote = partial(quote, secret=self._key)
        self._session = _session(self._key, backend.max_concurrent_requests)
        # Putting a request together takes longer than sending it.
        self._prepared = self._session.prepare_request(
            requests.Request("POST", self._url)
        )

    def __repr__(self) -> str:
        """Names the backend and nothing else."""
        return f"ChatClient({self._name!r})"

    def close(self) -> None:
        """Close the connections that are idle."""
        self._session.close()

    def stream(self, request: ChatRequest) -> Pieces:
        """Ask, and yield the answer's pieces (see ``Chat.stream``)."""
        patience = _Patience(self._timeout_s, self._clock)
        response = self._ask(request, patience)
        try:
            return (yield from self._pieces(response, patience))
        finally:
            response.close()

    def _ask(self, request: ChatRequest, patience: _Patience) -> requests.Response:
        """Send, without what is refused, until there is an answer to read."""
        whole = request_body(self._dialect, self._defaults, request)
        negotiation = Negotiation(self._refusals, whole)
        while True:
            response = self._post(negotiation.body, patience)
            if response.status_code == HTTPStatus.OK:
                break
            text = self._read_refusal(response, patience)
            if not negotiation.concede(response.status_code, text):
                raise refusal(
                    response.status_code,
                    response.headers,
                    text,
                    now_s=self._wall_clock(),
                    secret=self._key,
                )
        for how in negotiation.taken():
            _log.warning("backend %s is asked %s", self._name, how)
        return response

    def _post(self, body: Json, patience: _Patience) -> requests.Response:
        """Send one request and wait for the head of its response.

        A server may close a kept connection at the moment in which it is used
        again; llama.cpp does so after most answers, although it promises to keep
        it. Such a request was not read, and is sent once more at once.
        """
        try:
            return self._send(body, patience)
        except _HungUp:
            return self._send(body, patience)

    def _send(self, body: Json, patience: _Patience) -> requests.Response:
        """Send one request on a kept connection, or else a new one."""
        self.usage.requests += 1
        request = self._prepared.copy()
        request.prepare_body(orjson.dumps(body), files=None)
        with self._translated(), patience.waiting():
            return self._session.send(
                request,
                stream=True,
                timeout=(self._limits.connect_s, max(patience.left_s, 0.001)),
            )

    def _read_refusal(self, response: requests.Response, patience: _Patience) -> bytes:
        """The beginning of a refusal's body; what fails here does not matter."""
        text = b""
        with closing(response), suppress(UpstreamError):
            while len(text) < _REFUSAL and (data := self._read(response, patience, 1)):
                text += data
        return text

    def _pieces(self, response: requests.Response, patience: _Patience) -> Pieces:
        """Yield the pieces of a 200, count them, and leave its connection clean."""
        limits = self._limits
        data = self._read(response, patience, math.inf)
        parser = self._parser(data)
        pause_s = math.inf
        counted = 0
        is_cut = False
        while True:
            for delta in parser.feed(data) if data else parser.close():
                if delta.text:
                    counted += 1
                    self.usage.tokens += 1
                    pause_s = limits.idle_s
                    yield delta.text
                if delta.is_cut:
                    self.usage.cut += 1
                    is_cut = True
                if delta.tokens is not None:
                    self.usage.tokens += delta.tokens - counted
                    counted = delta.tokens
            if parser.done or not data:
                break
            if parser.finished:
                pause_s = limits.settle_s
            try:
                data = self._read(response, patience, pause_s)
            except UpstreamTimeout:
                if parser.finished:
                    return is_cut
                raise
        with suppress(UpstreamError):
            while data:
                data = self._read(response, patience, limits.settle_s)
        return is_cut

    def _parser(self, data: bytes) -> ChatStreamParser | WholeCompletion:
        """What reads a body that begins with ``data``: a stream, or one object."""
        caps = self._limits.caps
        if data.lstrip().startswith(b"{"):
            return WholeCompletion(self._quote, caps.answer)
        return ChatStreamParser(self._quote, caps)

    def _read(
        self, response: requests.Response, patience: _Patience, limit_s: float
    ) -> bytes:
        """The next bytes as soon as they come; none at the end."""
        with self._translated(), patience.waiting(limit_s):
            data: bytes = response.raw.read1(_READ, decode_content=True)
            return data

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the libraries' exceptions into ours."""
        try:
            yield
        except (requests.RequestException, HTTPError) as error:
            raise self._translation(error) from error

    def _translation(self, error: Exception) -> UpstreamError:
        """Our exception for one of requests' or urllib3's."""
        root = _root(error)
        address = urlsplit(self._url)
        what = self._quote(str(root) or type(root).__name__)
        cause = f"{address.netloc.rpartition('@')[2]}: {what}"
        reason = what.replace(address.hostname or "", "***")
        if isinstance(error, requests.exceptions.SSLError):
            return UpstreamUnreachable(cause, reason=reason, retryable=False)
        if isinstance(error, (requests.exceptions.ReadTimeout, ReadTimeoutError)):
            return UpstreamTimeout(cause, reason=reason, retryable=False)
        if error.args and isinstance(error.args[0], MaxRetryError):
            return UpstreamUnreachable(cause, reason=reason)
        if isinstance(root, ConnectionError):
            return _HungUp(cause, reason=reason)
        return UpstreamBroken(cause, reason=reason)


def make_client(backend: BackendSettings, settings: Settings) -> Chat:
    """The client of a configured backend other than the embedded one.

    ``settings`` apply where it has none of its own. Raises ``SettingsError``.
    """
    return ChatClient(backend, settings)


def _session(key: str | None, connections: int) -> requests.Session:
    """A session that keeps as many connections as requests may run at once.

    It never waits for a connection: the guard limits the requests.
    """
    session = _Session()
    session.trust_env = False
    session.headers = CaseInsensitiveDict(_HEADERS)
    if key is not None:
        session.headers["Authorization"] = f"Bearer {key}"
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _first(own: T | None, general: T) -> T:
    """The backend's own value, or else the general one."""
    return general if own is None else own


def _root(error: BaseException) -> BaseException:
    """The exception at the root of a library's."""
    while isinstance(error, (requests.RequestException, HTTPError)):
        inner = error.__cause__ or error.__context__
        if inner is None:
            break
        error = inner
    return error
