"""Every fault, as the bytes that a plain socket receives."""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.faults.catalogue import KINDS
from app.faults.fault import Group
from app.sse.parser import SseParser
from tests.system.chunks import FIN, RESET, Received, receive
from tests.system.server import Server, serve
from tests.system.wire import get_json

CONFIG = "MockLlmApi: {LogLevel: warning, MaxEventBytes: 100000}"
#: What every stream sends here.
OPENING = b"retry: 1000\n"
DATA = ['{"n":%d,"s":"ü"}' % number for number in range(4)]


def event(number: int, data: str | None = None) -> bytes:
    """Event ``number`` as it is without faults."""
    return f"id: {number}\ndata: {data or DATA[number]}\n\n".encode()


WHOLE = [OPENING, *map(event, range(4))]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(CONFIG) as running:
        yield running


_paths = itertools.count()


def route(server: Server, **members: Any) -> str:
    """The path of a new route."""
    path = f"/faults/{next(_paths)}"
    request = urllib.request.Request(
        f"{server.url}/api/manage/routes",
        json.dumps({"Path": path, **members}).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()
    return path


def stream(server: Server, *faults: Any, **members: Any) -> str:
    """The path of a stream of four exact events with ``faults``."""
    plan = {
        "IntervalMs": 5,
        "RetryMs": 1000,
        "Ids": "counter",
        "Script": [{"Data": json.loads(data)} for data in DATA],
        **members,
    }
    return route(server, Faults=list(faults), Stream=plan, Seed=7)


def played(server: Server, *faults: Any, **members: Any) -> Received:
    """What a client of such a stream receives."""
    return receive(server, stream(server, *faults, **members))


def test_without_faults_everything_arrives(server: Server) -> None:
    received = played(server)
    assert received.chunks == WHOLE
    assert received.is_whole


# -- the connection -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "chunks"),
    [
        ("cut:{}@2", WHOLE[:3]),
        ("cut:{}", []),
        ("cut:{}@bytes:20", [OPENING, event(0)[:8]]),
        ("cut-mid-frame:{}@1", [*WHOLE[:2], event(1)[: len(event(1)) // 2]]),
        (
            "cut-mid-character:{}@1",
            [*WHOLE[:2], event(1)[: event(1).index(b"\xc3") + 1]],
        ),
    ],
)
@pytest.mark.parametrize("how", ["clean", "fin", "rst"])
def test_a_stream_is_cut(
    server: Server, fault: str, chunks: list[bytes], how: str
) -> None:
    received = played(server, fault.format(how))
    assert received.chunks == chunks
    assert received.is_whole is (how == "clean")
    assert received.end == (RESET if how == "rst" else FIN)


def test_a_character_is_made_to_be_cut_where_there_is_none(server: Server) -> None:
    received = played(server, "cut-mid-character", Script=[{"Data": 1}])
    assert received.chunks == [OPENING, b": \xc3"]


def test_a_cut_at_an_age_does_not_wait_for_an_event(server: Server) -> None:
    began = time.monotonic()
    received = played(server, "cut:fin@300ms", Then="hold")
    assert 0.25 < time.monotonic() - began < 3
    assert received.chunks == WHOLE
    assert not received.is_whole and received.end == FIN


def test_a_stall_is_silent_and_goes_on(server: Server) -> None:
    received = played(server, "stall:400ms@2")
    assert received.chunks == WHOLE
    assert received.times[-1] > 0.4
    gaps = [late - early for early, late in itertools.pairwise(received.times)]
    assert max(gaps) > 0.35


def test_a_dripping_stream_has_so_many_bytes_a_second(server: Server) -> None:
    received = played(server, "drip:200")
    assert received.body == b"".join(WHOLE)
    assert max(map(len, received.chunks)) == 20
    seconds = len(received.body) / 200
    assert seconds * 0.8 < received.times[-1] < seconds * 2


def test_each_byte_has_a_chunk(server: Server) -> None:
    received = played(server, "byte-by-byte")
    assert received.chunks == [bytes([byte]) for byte in b"".join(WHOLE)]


def test_a_chunk_is_broken(server: Server) -> None:
    received = played(server, "bad-chunk@1")
    sound = b"".join(b"%X\r\n%b\r\n" % (len(each), each) for each in WHOLE[:2])
    assert received.rest == sound + b"zz\r\nnot a chunk\r\n"
    assert received.end == FIN


def test_http_1_0_has_no_chunk_to_break(server: Server) -> None:
    received = receive(server, stream(server, "bad-chunk"), version="1.0")
    assert received.status == 400
    assert "HTTP/1.0" in json.loads(received.rest)["detail"]


def test_a_silent_stream_has_no_heartbeats(server: Server) -> None:
    quiet = {"Then": "hold", "MaxDurationSeconds": 2, "Heartbeat": {"Seconds": 1}}
    with ThreadPoolExecutor() as pool:
        loud = pool.submit(played, server, **quiet)
        silent = pool.submit(played, server, "silent", **quiet)
    assert loud.result().chunks == [*WHOLE, b": keep-alive\n"]
    assert silent.result().chunks == WHOLE


# -- the events ---------------------------------------------------------------------

HUGE = "x" * 98


@pytest.mark.parametrize(
    ("fault", "events"),
    [
        ("drop@1", [event(0), event(2), event(3)]),
        ("drop*2@1", [event(0), event(3)]),
        ("duplicate@1", [event(0), event(1) * 2, event(2), event(3)]),
        ("old-id@2", [event(0), event(1), event(0, DATA[2]), event(3)]),
        ("no-id@2", [event(0), event(1), event(2)[6:], event(3)[6:]]),
        ("truncate-json@3", [*WHOLE[1:4], b'id: 3\ndata: {"n":3,"\n\n']),
        ("invalid-json@3", [*WHOLE[1:4], event(3, '{"n":3,"s":"ü",,}')]),
        ("wrong-shape@3", [*WHOLE[1:4], event(3, '{"n":"3","s":"ü"}')]),
        (
            "huge:100@3",
            [*WHOLE[1:4], event(3, f'"{HUGE}"') + event(4, DATA[3])],
        ),
        (
            "error-event@3",
            [
                *WHOLE[1:4],
                b'event: error\nid: 3\ndata: {"error":{"code":500,'
                b'"message":"A fault that was asked for"}}\n\n' + event(4, DATA[3]),
            ],
        ),
        (
            "flood:2@3",
            [*WHOLE[1:5], event(4, DATA[3]), event(5, DATA[3])],
        ),
        ("no-final-blank", [*WHOLE[1:4], event(3)[:-1]]),
        ("no-final-blank@1", [event(0), event(1)[:-1]]),
    ],
)
def test_events_are_wrong(server: Server, fault: str, events: list[bytes]) -> None:
    received = played(server, fault)
    assert received.chunks == [OPENING, *events]
    assert received.is_whole


def test_events_change_places_the_same_way_each_time(server: Server) -> None:
    path = stream(server, "reorder:4")
    first, second = receive(server, path), receive(server, path)
    assert first.raw.partition(b"\r\n\r\n")[2] == second.raw.partition(b"\r\n\r\n")[2]
    assert first.body != b"".join(WHOLE)
    found = [piece + b"\n\n" for piece in first.body[12:].split(b"\n\n")[:-1]]
    assert sorted(found) == WHOLE[1:]


def test_a_chance_falls_the_same_way_each_time(server: Server) -> None:
    many = [{"Data": number} for number in range(200)]
    path = stream(server, "drop@p0.2", Script=many, IntervalMs=1)
    first, second = receive(server, path), receive(server, path)
    assert first.chunks == second.chunks
    assert 120 < len(first.chunks) < 190


def test_a_large_flood_keeps_nobody_waiting(server: Server) -> None:
    received = played(server, "flood:10000@1")
    assert len(received.chunks) == len(WHOLE) + 10_000
    assert received.chunks[-1] == event(10_003, DATA[3])


# -- the framing --------------------------------------------------------------------

#: The last event in each legal framing.
FRAMED = {
    "cr": event(3).replace(b"\n", b"\r"),
    "crlf": event(3).replace(b"\n", b"\r\n"),
    "crlf-split": event(3).replace(b"\n", b"\r\n"),
    "bom": event(3),
    "split-utf8": event(3),
    "multi-line": 'id: 3\ndata: {\ndata: "n":3,\ndata: "s":"ü"}\n\n'.encode(),
    "no-space": 'id:3\ndata:{"n":3,"s":"ü"}\n\n'.encode(),
    "comments": 'id: 3\n: comment\ndata: {"n":3,"s":"ü"}\n\n'.encode(),
    "unknown-fields": b"unknown: field\nData: not data\nnothing\n" + event(3),
    "empty-block": b"\n: comment\n\n" + event(3),
    "empty-data": b"data:\n\n" + event(3),
    "retry:5000@3": b"retry: 5000\n" + event(3),
    "nul-id": b"id: 3\0\n" + event(3)[6:],
}


@pytest.mark.parametrize("fault", FRAMED)
def test_a_legal_framing_has_other_bytes_and_the_same_events(
    server: Server, fault: str
) -> None:
    received = played(server, fault)
    assert received.is_whole
    assert received.body.endswith(FRAMED[fault])
    assert values(received.body) == [json.loads(data) for data in DATA]


def values(body: bytes) -> list[Any]:
    """What a conforming reader hands on, but for empty data."""
    parser = SseParser()
    found = [*parser.feed(body)]
    return [json.loads(each.data) for each in found if each.data]


def test_line_ends_are_mixed(server: Server) -> None:
    body = played(server, "mixed-ends").body
    assert values(body) == [json.loads(data) for data in DATA]
    ends = {line[len(line.rstrip(b"\r\n")) :] for line in body.splitlines(True)}
    assert ends == {b"\n", b"\r\n", b"\r"}


def test_a_byte_order_mark_comes_before_anything_else(server: Server) -> None:
    received = played(server, "bom")
    assert received.chunks == [b"\xef\xbb\xbf" + OPENING, *WHOLE[1:]]


def test_line_ends_and_characters_are_split_over_writes(server: Server) -> None:
    chunks = played(server, "crlf-split").chunks
    assert chunks[:2] == [b"retry: 1000\r", b"\n"]
    assert all(chunk.count(b"\r") <= 1 for chunk in chunks)
    assert not any(b"\r\n" in chunk for chunk in chunks)
    chunks = played(server, "split-utf8").chunks
    assert [chunk for chunk in chunks if chunk.endswith(b"\xc3")] != []
    assert not any("ü".encode() in chunk for chunk in chunks)


def test_an_event_without_wide_characters_gets_one_to_split(server: Server) -> None:
    chunks = played(server, "split-utf8", Script=[{"Data": 1}]).chunks
    assert chunks == [OPENING, b": \xc3", b"\xbc\nid: 0\ndata: 1\n\n"]


# -- before the stream --------------------------------------------------------------


def test_a_status_comes_so_many_times_and_then_the_stream(server: Server) -> None:
    path = stream(server, {"Fault": "status", "Arg": 503, "Times": 2, "RetryAfter": 3})
    for _ in range(2):
        received = receive(server, path)
        assert received.status == 503
        assert "\r\nRetry-After: 3\r\n" in received.head
        assert json.loads(received.rest)["status"] == 503
    assert receive(server, path).chunks == WHOLE


def test_each_of_several_faults_waits_for_its_request(server: Server) -> None:
    path = stream(server, "status:500*1", "cut:fin*1@1")
    assert receive(server, path).status == 500
    assert receive(server, path).chunks == WHOLE[:2]
    assert receive(server, path).chunks == WHOLE


def test_a_redirect_leads_to_the_same_address(server: Server) -> None:
    path = stream(server, "redirect*1")
    received = receive(server, f"{path}?a=b%20c")
    assert received.status == 307
    assert f"\r\nLocation: {path}?a=b%20c\r\n" in received.head
    assert receive(server, path).chunks == WHOLE


def test_a_page_to_sign_in_comes_in_place_of_the_stream(server: Server) -> None:
    received = played(server, "login")
    assert received.status == 200
    assert "\r\nContent-Type: text/html; charset=utf-8\r\n" in received.head
    assert b"<form" in received.rest


def test_the_content_type_is_wrong_and_the_stream_is_right(server: Server) -> None:
    received = played(server, "wrong-type")
    assert "\r\nContent-Type: text/plain; charset=utf-8\r\n" in received.head
    assert received.chunks == WHOLE


def test_no_content(server: Server) -> None:
    received = played(server, "no-content")
    assert (received.status, received.rest) == (204, b"")


@pytest.mark.parametrize("more", [(), ("status:429",)])
def test_headers_are_slow(server: Server, more: tuple[str, ...]) -> None:
    received = played(server, "slow-headers:300ms", *more)
    assert received.times[0] > 0.3
    assert received.status == (429 if more else 200)


def test_a_connection_is_refused_before_any_byte(server: Server) -> None:
    received = played(server, "refuse")
    assert (received.raw, received.end) == (b"", RESET)


def test_head_plays_none_and_is_not_counted(server: Server) -> None:
    path = stream(server, "status:503*1", "slow-headers:1s")
    received = receive(server, path, method="HEAD")
    assert received.status == 200 and received.times[-1] < 0.9
    assert receive(server, path).status == 503


# -- elsewhere ----------------------------------------------------------------------


def test_a_step_of_a_script_brings_a_fault(server: Server) -> None:
    script = [
        {"Data": json.loads(DATA[0])},
        {"Fault": "stall:300ms"},
        {"Data": json.loads(DATA[1]), "Fault": "truncate-json"},
        {"Data": json.loads(DATA[2])},
        {"Fault": "cut:fin"},
    ]
    received = played(server, Script=script)
    assert received.chunks == [
        *WHOLE[:2],
        b'id: 1\ndata: {"n":1,"\n\n',
        event(2),
    ]
    assert received.end == FIN and not received.is_whole
    assert received.times[-1] > 0.3


@pytest.mark.parametrize(
    ("fault", "seconds", "is_whole"),
    [("stall:10s@2", [0, 1, 2, 12], True), ("cut:fin@2500ms", [0, 1, 2], False)],
)
def test_a_virtual_clock_is_the_clock_of_faults(
    server: Server, fault: str, seconds: list[int], is_whole: bool
) -> None:
    kinds = [{"Data": "{{now}}"}]
    plan = {"IntervalMs": 1000, "MaxEvents": 4, "Events": kinds}
    path = route(server, Faults=[fault], Clock="virtual", Stream=plan)
    with ThreadPoolExecutor() as pool:
        found = pool.submit(receive, server, path, patience=2)
        get_json(server, f"/api/manage/streams/wait?prefix={path}&clients=1")
        advance(server, path, 2_200)
        advance(server, path, 9_900)
    received = found.result()
    lines = [line for line in received.body.split(b"\n") if line[:6] == b"data: "]
    assert [int(line[-7:-5]) for line in lines] == seconds
    assert received.is_whole is is_whole


def advance(server: Server, path: str, milliseconds: int) -> None:
    """Move the clocks of the streams at ``path``."""
    request = urllib.request.Request(
        f"{server.url}/api/manage/clock/advance?prefix={path}",
        json.dumps({"ms": milliseconds}).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()


@pytest.mark.parametrize(
    ("fault", "body", "is_whole"),
    [
        ("cut:fin", b"", False),
        ("cut@bytes:5", b'{"n":', True),
        ("stall:200ms", b'{"n":0,"s":"x"}', True),
        ("drip:100", b'{"n":0,"s":"x"}', True),
        ("truncate-json", b'{"n":0,', True),
        ("invalid-json", b'{"n":0,"s":"x",,}', True),
        ("wrong-shape", b'{"n":"0","s":"x"}', True),
    ],
)
def test_a_response_that_is_no_stream_has_faults(
    server: Server, fault: str, body: bytes, is_whole: bool
) -> None:
    path = route(server, Faults=[fault], Body={"n": 0, "s": "x"})
    received = receive(server, path)
    assert received.status == 200
    assert (received.body, received.is_whole) == (body, is_whole)


def test_a_request_asks_for_faults(server: Server) -> None:
    asked = (
        "/api/mock/stream/x?continuous=true&interval=1&maxEvents=2&seed=3"
        "&sseMode=CompleteObjects&shape={%22n%22:1}&fault="
    )
    assert receive(server, f"{asked}status:503*2").status == 503
    assert receive(server, f"{asked}status:503*2").status == 503
    assert receive(server, f"{asked}status:503*2").status == 200
    assert receive(server, f"{asked}status:503*2&again=1").status == 503
    shape = receive(server, f"{asked}wrong-shape@1").body
    assert b'{"data":{"n":"' in shape
    received = receive(server, f"{asked}cut:rst@2,crlf")
    assert received.end == RESET and b"\r\n\r\n" in received.body
    assert receive(server, "/api/mock/x?fault=invalid-json").body.count(b",,") == 1


def test_the_journal_tells_what_was_played(server: Server) -> None:
    path = stream(server, "slow-headers:1ms", "wrong-shape@1", "cut:fin@3")
    receive(server, path)
    refused = stream(server, "refuse")
    receive(server, refused)
    (entry,) = get_json(server, f"/api/manage/journal?prefix={path}")["entries"]
    assert entry["endedBy"] == "fault" and entry["lastId"] == "2"
    assert entry["faults"] == [
        {"fault": "slow-headers:1ms", "legal": True, "event": None, "how": None},
        {
            "fault": "wrong-shape@1",
            "legal": False,
            "event": 1,
            "how": "/n is a string in place of a number",
        },
        {"fault": "cut:fin@3", "legal": False, "event": 3, "how": None},
    ]
    (entry,) = get_json(server, f"/api/manage/journal?prefix={refused}")["entries"]
    assert entry["endedBy"] == "fault"
    assert [each["fault"] for each in entry["faults"]] == ["refuse"]


def test_every_fault_has_a_test_here() -> None:
    text = open(__file__, encoding="utf-8").read()
    names = [kind.name for kind in KINDS]
    assert [name for name in names if f'"{name}' not in text] == []
    framings = [kind.name for kind in KINDS if kind.group is Group.FRAMING]
    assert {*framings} - {"mixed-ends"} == {key.split(":")[0] for key in FRAMED}
