"""A real HTTP server that behaves as badly as a test asks it to.

::

    with ScriptedUpstream(refuses(429, retry_after="2"), says('{"a": 1}')) as upstream:
        ...  # upstream.url, upstream.asked, upstream.connections

Each request gets the script's next answer, and the last one for ever after. An
answer is any function of an ``Exchange``; the ones below are the usual ones. It
works in threads, which are greenlets where gevent has patched them.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

#: The end of a stream as OpenAI sends it.
DONE = b"data: [DONE]\n\n"


class ClientLeft(Exception):
    """The client closed its connection while it was being answered."""


@dataclass
class Asked:
    """One request that arrived, and what became of it.

    ``left`` is set when the client closes the connection before the answer is
    over, ``left_at`` and ``at`` are ``time.monotonic()`` seconds.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    raw_body: bytes
    at: float
    connection: int
    left: threading.Event = field(default_factory=threading.Event)
    left_at: float | None = None

    @property
    def body(self) -> Any:
        """The body's JSON."""
        return json.loads(self.raw_body)


class Exchange:
    """One request and the connection that its answer goes to."""

    def __init__(self, asked: Asked, connection: socket.socket, reader: IO[bytes]):
        self.asked = asked
        self._reader = reader
        self._connection = connection
        self._chunked = False
        self.kept = True

    def head(
        self,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        *,
        framing: str = "chunked",
    ) -> None:
        """Send the head; ``framing`` is chunked, close, or a number of bytes."""
        lines = [f"HTTP/1.1 {status} Scripted"]
        fields = {"Content-Type": "text/event-stream", **(headers or {})}
        if framing == "chunked":
            fields["Transfer-Encoding"] = "chunked"
        elif framing == "close":
            fields["Connection"] = "close"
            self.kept = False
        else:
            fields["Content-Length"] = framing
        self._chunked = framing == "chunked"
        lines += [f"{name}: {value}" for name, value in fields.items()]
        self.raw("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def write(self, data: bytes) -> None:
        """Send a part of the body."""
        self.raw(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    def end(self) -> None:
        """End the body."""
        if self._chunked:
            self.raw(b"0\r\n\r\n")

    def raw(self, data: bytes) -> None:
        """Send bytes as they are. Raises ``ClientLeft``."""
        try:
            self._connection.sendall(data)
        except OSError:
            self._client_left()

    def pause(self, seconds: float) -> None:
        """Do nothing for so long. Raises ``ClientLeft`` as soon as that happens."""
        readable, _, _ = select.select([self._connection], [], [], seconds)
        if readable:
            try:
                gone = not self._connection.recv(1, socket.MSG_PEEK)
            except OSError:
                gone = True
            if gone:
                self._client_left()

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.kept = False
        linger = struct.pack("ii", 1, 0)
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._reader.close()  # the socket lives as long as its reader
        self._connection.close()

    def drop(self) -> None:
        """Close the connection, whatever is still owed."""
        self.kept = False

    def _client_left(self) -> None:
        self.asked.left_at = time.monotonic()
        self.asked.left.set()
        raise ClientLeft


Answer = Callable[[Exchange], None]


class ScriptedUpstream:
    """The server; ``url`` is its base, ``asked`` what came, oldest first."""

    def __init__(self, *script: Answer) -> None:
        self._script = list(script) or [says("{}")]
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}/v1"
        self.asked: list[Asked] = []
        self.connections = 0

    def __enter__(self) -> ScriptedUpstream:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def script(self, *answers: Answer) -> None:
        """Give the next requests these answers instead."""
        self._script = list(answers)

    def stop(self) -> None:
        """Take no more connections and break the ones that are open."""
        _shut(self._server)
        for connection in list(self._open):
            _shut(connection)

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        return len(self._open)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(
                target=self._serve, args=(connection, self.connections), daemon=True
            ).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        self._open.add(connection)
        try:
            reader = connection.makefile("rb")
            while asked := _read_request(reader, number):
                self.asked.append(asked)
                exchange = Exchange(asked, connection, reader)
                answer = self._script[0]
                if len(self._script) > 1:
                    del self._script[0]
                answer(exchange)
                if not exchange.kept:
                    return
        except (ClientLeft, OSError):
            return
        finally:
            self._open.discard(connection)
            _shut(connection)


def _shut(connection: socket.socket) -> None:
    """Close, also where another thread is blocked in it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # never connected, or gone already
    connection.close()


def _read_request(reader: IO[bytes], connection: int) -> Asked | None:
    start = reader.readline().decode("latin-1").split()
    if len(start) != 3:
        return None
    headers: dict[str, str] = {}
    while line := reader.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", "0")))
    return Asked(start[0], start[1], headers, body, time.monotonic(), connection)


# What chat completions look like


def event(
    text: str | None = None, *, finish: str | None = None, **more: object
) -> bytes:
    """One event with a piece of the answer."""
    delta = {} if text is None else {"content": text}
    return data(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "model": "scripted",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            **more,
        }
    )


def data(value: object) -> bytes:
    """One event with any JSON."""
    return b"data: %b\n\n" % json.dumps(value, ensure_ascii=False).encode()


def usage(tokens: int) -> bytes:
    """The event that counts the tokens, without a choice."""
    count = {
        "prompt_tokens": 7,
        "completion_tokens": tokens,
        "total_tokens": 7 + tokens,
    }
    return event(choices=[], usage=count)


def completion(pieces: Iterable[str], *, counted: bool = False) -> list[bytes]:
    """The events of a whole answer."""
    texts = list(pieces)
    count = [usage(len(texts))] if counted else []
    return [*map(event, texts), event(finish="stop"), *count, DONE]


def delta(**fields: object) -> bytes:
    """One event whose delta has these fields."""
    return data({"choices": [{"index": 0, "delta": fields, "finish_reason": None}]})


# Answers


def says_whole(choice: Mapping[str, object], *, indent: int | None = None) -> Answer:
    """One JSON object with this choice, from a server that does not stream."""
    body = {"object": "chat.completion", "choices": [{"index": 0, **choice}]}
    text = json.dumps(body, indent=indent).encode()

    def answer(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "application/json"}, framing=str(len(text)))
        for start in range(0, len(text), 40):
            exchange.raw(text[start : start + 40])

    return answer


def says(
    *pieces: str, framing: str = "chunked", every_s: float = 0, counted: bool = False
) -> Answer:
    """A whole answer in these pieces, ``every_s`` seconds apart."""
    return sends(*completion(pieces, counted=counted), framing=framing, every_s=every_s)


def sends(*parts: bytes, framing: str = "chunked", every_s: float = 0) -> Answer:
    """A 200 whose body is these parts, each written by itself, and then its end."""

    def answer(exchange: Exchange) -> None:
        length = str(sum(map(len, parts)))
        exchange.head(framing=length if framing == "length" else framing)
        for part in parts:
            exchange.write(part)
            exchange.pause(every_s)
        exchange.end()

    return answer


def refuses(
    status: int,
    message: str = "no",
    *,
    retry_after: str | None = None,
    param: str | None = None,
) -> Answer:
    """An error status with an OpenAI error as its body."""
    error = {"message": message, "type": "scripted", "param": param, "code": None}
    body = json.dumps({"error": error}).encode()
    fields = {"Content-Type": "application/json"}
    if retry_after is not None:
        fields["Retry-After"] = retry_after

    def answer(exchange: Exchange) -> None:
        exchange.head(status, fields, framing=str(len(body)))
        exchange.raw(body)

    return answer


def refuses_as_fastapi(*place: str | int, message: str = "not permitted") -> Answer:
    """A 422 that says where in the request it found a fault, as FastAPI does."""
    fault = {"type": "extra_forbidden", "loc": list(place), "msg": message}
    body = json.dumps({"detail": [fault]}).encode()

    def answer(exchange: Exchange) -> None:
        exchange.head(422, {"Content-Type": "application/json"}, framing=str(len(body)))
        exchange.raw(body)

    return answer


def refuses_parameter(name: str, then: Answer, status: int = 400) -> Answer:
    """A refusal of any request that holds the parameter, else ``then``."""
    refusal = refuses(status, f"unknown parameter {name}")

    def answer(exchange: Exchange) -> None:
        (refusal if name in exchange.asked.body else then)(exchange)

    return answer


def resets(*before: bytes) -> Answer:
    """A connection reset, after these parts of a 200, or before any byte."""

    def answer(exchange: Exchange) -> None:
        if before:
            exchange.head()
        for part in before:
            exchange.write(part)
            exchange.pause(0.02)  # a reset overtakes what was not yet read
        exchange.reset()

    return answer


def hangs_up(*before: bytes, framing: str = "chunked") -> Answer:
    """A closed connection, after these parts of a 200, or before any byte."""

    def answer(exchange: Exchange) -> None:
        if before:
            exchange.head(framing=framing)
        for part in before:
            exchange.write(part)
        exchange.drop()

    return answer


def stalls(*before: bytes, headless: bool = False, seconds: float = 60) -> Answer:
    """Silence after these parts of a 200; ``headless``: not even its head."""

    def answer(exchange: Exchange) -> None:
        if not headless:
            exchange.head()
        for part in before:
            exchange.write(part)
        exchange.pause(seconds)

    return answer


def drips(part: bytes, *, every_s: float = 0.05, seconds: float = 60) -> Answer:
    """The same part again and again: a stream that is never idle and never ends."""

    def answer(exchange: Exchange) -> None:
        exchange.head()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            exchange.write(part)
            exchange.pause(every_s)

    return answer


def long_line(size: int, block: int = 1 << 20) -> Answer:
    """A single line of ``size`` bytes, which never ends."""

    def answer(exchange: Exchange) -> None:
        exchange.head()
        exchange.write(b'data: {"choices": "')
        for _ in range(size // block):
            exchange.write(b"x" * block)
        exchange.end()

    return answer
