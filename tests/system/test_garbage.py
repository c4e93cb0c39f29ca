"""Ten thousand requests that nobody would send: each is answered, none is a fault."""

from __future__ import annotations

import logging
import random
import re
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    status_code_conformance,
)

from app import create_app
from app.bootstrap import build
from app.settings import Settings
from tests.system.figures import observed
from tests.system.server import Server
from tests.unit.fakes import FakeClock, FakeSleeper

FEW = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

#: Of an operation for which the service starts a process.
FEWER = settings(FEW, max_examples=4)
STARTS_PROCESS = "/specs"

#: What a client reads of a stream that may have no end.
FRAMES = 20

# -- by the description of the API --------------------------------------------


class ShortResponses:
    """The application in process, every response after some frames at its end."""

    def __init__(self) -> None:
        clock = FakeClock()
        self.services = build(
            Settings(),
            clock=clock,
            rng=random.Random(1),
            make_sleeper=lambda: FakeSleeper(clock),
        )
        self._app = create_app(services=self.services)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterator[bytes]:
        body: Any = self._app({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)
        try:
            yield from islice(body, FRAMES)
        finally:
            body.close()


CHECKS = (
    content_type_conformance,
    response_headers_conformance,
    status_code_conformance,
)


#: Ends of the paths that wait by a clock, which stands still here.
WAITING = ("/wait", "/advance")


def check(case: Any) -> None:
    """Send it, and hold what comes back against the description."""
    response = case.call()
    asked_for = b'"error":{"code":%d,' % response.status_code
    assert response.status_code < 500 or asked_for in response.content
    case.validate_response(response, checks=CHECKS)


@pytest.mark.parametrize("mode", [*GenerationMode], ids=lambda mode: mode.value)
def test_what_the_description_leads_to_is_answered_as_it_says(
    mode: GenerationMode, caplog: pytest.LogCaptureFixture
) -> None:
    application = ShortResponses()
    description = schemathesis.openapi.from_wsgi("/openapi.json", application)
    tried = 0
    for found in description.get_all_operations():
        if found.ok().path.endswith(WAITING):
            continue
        strategy = found.ok().as_strategy(generation_mode=mode)
        with suppress(Unsatisfiable):  # without a parameter, none can be wrong
            few = FEWER if found.ok().path.endswith(STARTS_PROCESS) else FEW
            few(given(strategy)(check))()
            tried += 1
    assert tried >= 17
    assert len(application.services.streams) == 0
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


# -- bytes --------------------------------------------------------------------

REQUESTS = 8000

TARGETS = (
    "/api/mock/stream/x",
    "/api/mock/x",
    "/api/manage/streams",
    "/api/manage/streams/0123456789abcdef",
    "/api/manage/contexts/x",
    "/openapi.json",
    "/",
    "*",
    "http://[::1/x",
    "//x//..%2f",
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
ODD_METHODS = ("TRACE", "CONNECT", "PRI", "get", "G\0T", "", "A" * 100)
VERSIONS = ("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "http/1.1", "", "HTTP/1.1 x")
OPTIONS = (
    *("continuous", "interval", "maxDuration", "sseMode", "shape", "contextName"),
    *("context", "api-context", "backend", "includeSchema", "count", "seed", "locale"),
    *("limit", "cursor", "path", "%00", "shape[]", "Interval"),
)
VALUES = (
    *(
        "",
        "0",
        "-1",
        "1e9",
        "9" * 400,
        "NaN",
        "true",
        "TRUE ",
        "LlmTokens",
        "../..",
        "%",
    ),
    *("%zz", "%00", "%0d%0aX-Evil:1", "%ff%fe", "%ed%a0%80", "+", "&", "=", ";", "#"),
    *("{", "[]", "null", "{}", '{"a":1}', '{"a":', '{"$ref":"#"}', '{"type":"object"}'),
    *('{"type":"string","pattern":"(a*)*b"}', '{"$continuous":"yes"}', '{"$error":1}'),
    *('{"type":"array","minItems":1e6}', "[" * 3000, '{"a":' * 200, '"\\ud800"', "ÿ"),
    *('{"enum":[]}', '{"minimum":5,"maximum":1,"type":"integer"}', "{}" * 99),
    *('{"properties":{"a":{"type":"nope"}},"type":"object"}', "[[[[]]]]", "1" * 5000),
)
HEADERS = (
    *("Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Expect", "Range"),
    *("X-Response-Shape", "X-Api-Context", "X-LLM-Backend", "X-Continuous-Streaming"),
    *("Last-Event-ID", "Authorization", "X-Api-Key", "Origin", "Connection", "Upgrade"),
    *("X-Forwarded-For", "X-Forwarded-Proto", "Cookie", "Accept", "Te", "Trailer"),
    *("Content-Encoding", "If-None-Match", "X_Under", "Bad Name", "", "ÿ", "X-Evil\0"),
)
HEADER_VALUES = (
    *("", "0", "-1", "5", "5, 6", "0x5", "99999999999999999999", "chunked", "gzip"),
    *("chunked, chunked", "identity", "application/json", "text/plain; charset=\xff"),
    *(
        "100-continue",
        "200-nothing",
        "bytes=5-2",
        "close",
        "upgrade",
        "h2c",
        "Bearer x",
    ),
    *(
        "a\rb",
        "a\nb",
        "a\0b",
        "\x7f",
        "ÿþ",
        "a" * 40_000,
        "::",
        "1.2.3.4, x",
        "{}",
        "[1]",
    ),
)
BODIES = (
    *(b"", b"{", b"{}", b"\xff\xfe", b'{"shape":5}', b'{"error":"x"}', b"[" * 9000),
    *(b"5\r\nabc", b"zz\r\n", b"2\r\n{}\r\n0\r\n\r\n", b"0\r\nBad\r\n\r\n", b"-1\r\n"),
    *(b"ffffffffffffffffff\r\n", b"\0" * 4000, b'{"context":{}}', b'{"apiContext":[]}'),
)


def garbage(chance: random.Random) -> bytes:
    """A request, or what is none, of parts that are each as likely right as wrong."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(1, 400))
    odd = chance.random() < 0.2
    method = chance.choice(ODD_METHODS if odd else METHODS)
    version = chance.choice(VERSIONS) if chance.random() < 0.1 else "HTTP/1.1"
    query = "&".join(
        f"{chance.choice(OPTIONS)}={chance.choice(VALUES)}"
        for _ in range(chance.randrange(4))
    )
    lines = [f"{method} {chance.choice(TARGETS)}?{query} {version}", "Host: localhost"]
    lines += [
        f"{chance.choice(HEADERS)}: {chance.choice(HEADER_VALUES)}"
        for _ in range(chance.choice((0, 1, 1, 2, 3, 120)))
    ]
    # Or else few would come as far as their body.
    for likely in ("Content-Type: application/json", "Transfer-Encoding: chunked"):
        if chance.random() < 0.4:
            lines.append(likely)
    head = "\r\n".join((*lines, "", "")).encode("latin-1")
    whole = head + chance.choice(BODIES)
    if chance.random() < 0.1:
        whole = whole[: chance.randrange(len(whole))]
    return whole


def statuses(server: Server, sent: bytes) -> list[bytes]:
    """The status of every response; fails where the connection does not end."""
    received = b""
    with socket.create_connection(server.address, timeout=10) as sock:
        try:
            sock.sendall(sent)
            sock.shutdown(socket.SHUT_WR)
            while more := sock.recv(65536):
                received += more
        except TimeoutError:
            raise AssertionError(f"{sent!r} is not answered") from None
        except OSError:
            pass  # it was refused before all of it was sent
    return re.findall(rb"(?m)^HTTP/1\.\d (\d{3}) ", received)


def each(server: Server, requests: Iterable[bytes]) -> Counter[bytes]:
    """How often each status was answered."""
    with ThreadPoolExecutor(16) as pool:
        answers = pool.map(lambda sent: statuses(server, sent), requests)
        return Counter(status for found in answers for status in found)


def test_whatever_bytes_come_are_refused_or_served() -> None:
    chance = random.Random(11)
    # The journal keeps what it is there to keep.
    settings = "MockLlmApi: {LogLevel: error, JournalSize: 0}"
    with observed(settings, used_to=100) as quiet:
        each(quiet.server, (garbage(chance) for _ in range(REQUESTS // 4)))
        before = quiet.figures()
        found = each(quiet.server, (garbage(chance) for _ in range(REQUESTS)))
        # A transfer coding, or a version of HTTP, that the server does not have.
        assert {code for code in found if code >= b"500"} <= {b"501", b"503", b"505"}
        assert found[b"200"] > 100 and found[b"400"] > 1000
        quiet.wait_until_back_at(before, 7)
