"""How faults are written and counted, and when each acts."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.events.event import Event
from app.faults.catalogue import KINDS
from app.faults.fault import Group
from app.faults.notation import BadFault, bounded, read_fault, read_faults, read_list
from app.faults.player import Player, Progress
from app.faults.spoiling import broken, misshapen, truncated
from app.faults.tally import Tallies
from app.settings import Settings
from app.sse.frames import SSE, Frames, StreamIds
from app.sse.parser import SseParser
from app.sse.variants import NAMES, Variant, pieces
from tests.unit.fakes import FakeClock
from tests.unit.pages import PAGES

LEGAL_FRAMINGS = [kind.name for kind in KINDS if kind.group is Group.FRAMING]


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("cut@5", {"Fault": "cut", "When": 5}),
        ("cut:rst*2@bytes:100", {"fault": "cut", "arg": "rst", "times": 2,
                                 "when": "@bytes:100"}),
        ("stall:1.5s@10s", {"Fault": "stall", "Arg": "1.5s", "When": "10s"}),
        ("status:503*2", {"Fault": "status", "Arg": 503, "Times": 2}),
        ("drop@p0.05", {"Fault": "drop", "When": "p0.05"}),
        ("bom", {"Fault": "bom"}),
    ],
)  # fmt: skip
def test_text_and_object_say_the_same(text: str, given: dict[str, Any]) -> None:
    assert read_faults(text) == read_faults([given])
    assert read_fault(text).text == text


@pytest.mark.parametrize(
    ("text", "argument", "member", "value"),
    [
        ("stall:250ms@3", 0.25, "event", 3),
        ("stall:1h", 3600.0, "event", None),
        ("huge:64kb@bytes:7", 65_536, "bytes", 7),
        ("cut@1.5s", "clean", "seconds", 1.5),
        ("drop@p.5", None, "chance", 0.5),
        ("drop@p1", None, "chance", 1.0),
    ],
)
def test_a_fault_has_an_argument_and_a_moment(
    text: str, argument: object, member: str, value: object
) -> None:
    fault = read_fault(text)
    assert fault.argument == argument
    assert getattr(fault.when, member) == value


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("cutt@5", "did you mean cut?"),
        ("cut:hard", "clean, fin, rst"),
        ("cut@-1", "an event's number (5)"),
        ("cut@2h", "at most 1h"),
        ("drop@p0", "probability above 0"),
        ("drop@p1.5", "probability above 0"),
        ("drop*0", "an integer from 1"),
        ("drop:3", "with an argument; accepted: drop"),
        ("stall", "stall:<time>"),
        ("stall:2h", "at most 1h"),
        ("status:200", "an integer from 400 to 599"),
        ("flood:10001", "an integer from 1 to 10000"),
        ("huge:1", "at least 2"),
        ("status:503@3", "because it comes first"),
        ("bom@1", "because it comes first"),
        ("", "name[:argument]"),
        ("cut 5", "name[:argument]"),
        (",".join(["drop"] * 51), "51 faults; accepted: 1 to 50"),
        ({"Fault": "cut", "Fault2": 1}, "an object of Fault, Arg"),
        ({"Arg": 5}, "has no name"),
        ({"Fault": "cut", "When": True}, "text or an integer"),
        ({"Fault": "cut", "RetryAfter": 5}, "with status alone"),
        ({"Fault": "status", "Arg": 503, "RetryAfter": -1}, "0 to 86400"),
        ({"Fault": "status", "Arg": 503, "RetryAfter": "1"}, "whole seconds"),
        (5, "name[:argument]"),
    ],
)
def test_a_fault_that_is_none_is_told(given: Any, says: str) -> None:
    with pytest.raises(BadFault) as refused:
        read_faults(given)
    assert says in str(refused.value)


def test_a_huge_event_is_bounded_by_the_setting() -> None:
    with pytest.raises(BadFault, match="MaxEventBytes, which is 1024"):
        bounded(read_list("huge:1025"), 1024)


@given(st.text(alphabet="cutdrop:*@p.0123456789msh,", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        faults = read_list(text)
    except BadFault:
        return
    assert read_list(",".join(fault.text for fault in faults)) == faults


# -- when ---------------------------------------------------------------------------


def acting(text: str, *moments: tuple[int, int, float], seed: str = "") -> list[int]:
    """The indexes of the moments at which a fault acts."""
    player = Player(read_list(text), seed)
    return [
        index
        for index, moment in enumerate(moments)
        if player.on_event(Progress(*moment), is_last=False)
    ]


EVENTS = [(number, number * 100, number * 0.5) for number in range(8)]


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("drop", [0]),
        ("drop*3", [0, 1, 2]),
        ("drop@4", [4]),
        ("drop*2@4", [4, 5]),
        ("drop@bytes:250", [3]),
        ("drop@1s", [2]),
        ("drop@p1", list(range(8))),
        ("drop*2@p1", [0, 1]),
        ("crlf", list(range(8))),
        ("crlf@6", [6, 7]),
        ("crlf*2@3", [3, 4]),
        ("cut@3", [3]),
        ("status:503", []),
        ("cut@bytes:250", []),
        ("no-final-blank", []),
    ],
)
def test_a_fault_acts_at_its_moment(text: str, indexes: list[int]) -> None:
    assert acting(text, *EVENTS) == indexes


def test_a_chance_is_drawn_from_the_seed_alone() -> None:
    many = [(number, 0, 0.0) for number in range(400)]
    first = acting("drop@p0.1", *many, seed="7")
    assert first == acting("drop@p0.1", *many, seed="7")
    assert first != acting("drop@p0.1", *many, seed="8")
    assert 15 < len(first) < 75
    both = Player(read_list("duplicate@p0.9,drop@p0.1"), "7")
    found = [both.on_event(Progress(*each), is_last=False) for each in many]
    dropped = [i for i, faults in enumerate(found) if "drop" in str(faults)]
    assert dropped == first


def test_a_fault_of_the_last_event_waits_for_it() -> None:
    player = Player(read_list("no-final-blank"), "")
    assert not player.on_event(Progress(0, 0, 0), is_last=False)
    assert player.on_event(Progress(1, 0, 0), is_last=True)


def test_a_cut_falls_into_the_bytes_that_it_names() -> None:
    player = Player(read_list("cut:fin@bytes:250"), "")
    assert player.cut_before(200, 50) is None
    at, fault = player.cut_before(200, 51) or (0, None)
    assert at == 50 and fault is not None and fault.argument == "fin"


# -- how often ----------------------------------------------------------------------


def test_requests_are_counted_for_ten_minutes_each_by_themselves() -> None:
    clock = FakeClock()
    tallies = Tallies(clock.monotonic)
    faults = read_list("status:503*2")

    def names(*key: str) -> list[str]:
        return [fault.name for fault in tallies.take(key, faults)]

    assert [names("a", "/x", "q") for _ in range(3)] == [["status"], ["status"], []]
    assert names("b", "/x", "q") == names("a", "/y", "q") == ["status"]
    clock.time += 599
    assert names("a", "/x", "q") == []
    clock.time += 601
    assert names("a", "/x", "q") == ["status"]


def test_what_comes_after_a_replaced_response_is_not_counted() -> None:
    tallies = Tallies(FakeClock().monotonic)
    faults = read_list("slow-headers:1s,status:500*1,cut*1,drop")
    taken = [[f.name for f in tallies.take(("a",), faults)] for _ in range(3)]
    assert taken == [
        ["slow-headers", "status"],
        ["slow-headers", "cut", "drop"],
        ["slow-headers", "drop"],
    ]


# -- what becomes of a payload ------------------------------------------------------


def test_payloads_are_spoilt() -> None:
    assert truncated('{"a":"üü"}'.encode()) == b'{"a":"'
    assert broken(b'{"a":1}') == b'{"a":1,,}'
    assert misshapen(b'{"a":[true,null]}', None) == (
        b'{"a":["true",null]}',
        "/a/0 is a string in place of a boolean",
    )
    assert misshapen(b"no JSON", None)[0] == b'{"unexpected":true}'


def test_a_change_is_looked_for_that_misses_the_shape() -> None:
    def fits(value: Any) -> bool:
        return isinstance(value["b"], int)

    data, change = misshapen(b'{"data":{"a":1,"b":2},"done":false}', fits)
    assert data == b'{"data":{"a":1,"b":"2"},"done":false}'
    assert change == "/data/b is a string in place of a number"


# -- framings -----------------------------------------------------------------------

payloads = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.lists(payloads, max_size=4), st.sets(st.sampled_from(LEGAL_FRAMINGS)))
def test_every_mixture_of_framings_means_the_same(
    values: list[Any], names: set[str]
) -> None:
    frames, variant = Frames(SSE, StreamIds("a")), Variant()
    sent = b""
    for value in values:
        frame = frames.frame(Event(orjson.dumps(value)))
        sent += b"".join(pieces(variant.rewritten(frame, names), names))
    found = [event for event in SseParser().feed(sent) if event.data]
    assert [orjson.loads(event.data or b"") for event in found] == values
    if "nul-id" not in names:
        ids = [event.fields.id for event in found if event.fields is not None]
        assert ids == [b"a-%d" % number for number in range(len(values))]


def test_the_wait_of_a_fault_comes_in_place_of_the_events_own() -> None:
    frame = b"id: a-0\nretry: 2000\ndata: 1\n\n"
    told = Variant().rewritten(frame, {"retry"}, 77)
    assert told == b"retry: 77\nid: a-0\ndata: 1\n\n"


def test_every_framing_of_the_catalogue_has_a_variant() -> None:
    assert {*LEGAL_FRAMINGS} == NAMES


# -- who may ask --------------------------------------------------------------------

ASKED = "/api/mock/x?fault=status:503"


def asks(client: FlaskClient, listens_on: str, address: str = "127.0.0.1") -> Any:
    return client.get(
        ASKED, environ_overrides={"SERVER_NAME": listens_on, "REMOTE_ADDR": address}
    )


@pytest.mark.parametrize(
    ("permitted", "listens_on", "address", "status"),
    [
        (None, "127.0.0.1", "127.0.0.1", 503),
        (None, "::1", "::1", 503),
        (None, "0.0.0.0", "127.0.0.1", 400),
        (None, "192.0.2.1", "192.0.2.9", 400),
        (None, "localhost", "", 400),
        (True, "0.0.0.0", "192.0.2.9", 503),
        (False, "127.0.0.1", "127.0.0.1", 400),
    ],
)
def test_a_request_may_ask_for_faults_where_the_setting_says(
    permitted: bool | None, listens_on: str, address: str, status: int
) -> None:
    client = create_app(Settings(request_faults=permitted)).test_client()
    answer = asks(client, listens_on, address)
    assert answer.status_code == status
    if status == 400:
        assert "RequestFaults" in answer.json["detail"]
        assert answer.json["parameter"] == "fault"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("/api/mock/stream/x?fault=kut", "did you mean cut?"),
        ("/api/mock/stream/x?fault=huge:2mb", "MaxEventBytes"),
        ("/api/mock/x?fault=drop", "the response is no stream"),
    ],
)
def test_a_request_that_asks_for_none_is_told(target: str, says: str) -> None:
    answer = create_app().test_client().get(target)
    assert answer.status_code == 400
    assert answer.json is not None and says in answer.json["detail"]


@pytest.mark.parametrize(
    ("members", "pointer", "says"),
    [
        ({"Faults": ["cut", "kut"]}, "/Faults/1", "did you mean cut?"),
        ({"Faults": "kut"}, "/Faults", "did you mean cut?"),
        ({"Faults": ["drop"], "Body": 1}, "/Faults", "no stream"),
        (
            {"Faults": ["crlf"], "Stream": {"Framing": "ndjson"}},
            "/Faults",
            "Framing sse",
        ),
        (
            {"Stream": {"Script": [{"Fault": "status:500"}]}},
            "/Stream/Script/0/Fault",
            "in the route's Faults",
        ),
        (
            {"Stream": {"Framing": "ndjson", "Script": [{"Data": 1, "Fault": "cr"}]}},
            "/Stream/Script/0/Fault",
            "Framing sse",
        ),
        ({"Stream": {"Script": [{"AfterMs": 5}]}}, "/Stream/Script/0", "sends nothing"),
    ],
)
def test_a_route_with_faults_that_are_none_is_refused(
    members: dict[str, Any], pointer: str, says: str
) -> None:
    client = create_app().test_client()
    answer = client.post("/api/manage/routes", json={"Path": "/a", **members})
    assert answer.status_code == 400 and answer.json is not None
    assert answer.json["pointer"] == pointer
    assert says in answer.json["detail"]


def test_a_route_shows_its_faults_as_they_are_written() -> None:
    client = create_app().test_client()
    status = {"Fault": "status", "Arg": 503, "Times": 2, "RetryAfter": 3}
    route = {"Path": "/a", "Name": "a", "Faults": ["cut:fin@3", status], "Stream": {}}
    client.post("/api/manage/routes", json=route)
    shown = client.get("/api/manage/routes/a").json
    assert shown is not None
    assert shown["route"]["Faults"] == ["cut:fin@3", status]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_fault_is_documented(kind: Any) -> None:
    lasting = "on and on" if kind.lasts else "once"
    acts = "the response" if kind.ends else lasting
    row = f"| `{kind.form}` | {kind.summary} | {acts} |"
    if kind.group is not Group.FRAMING:
        legal = "yes" if kind.is_legal else "no"
        row += f" {legal} | {'yes' if kind.suits_answers else ''} |"
    assert row in PAGES["faults"].splitlines(), row
