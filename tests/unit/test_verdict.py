"""Each rule of the verdict, on journals that show it kept, broken and not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from app import create_app
from app.journal.entry import Asked, Ended, Entry, Side
from app.journal.marks import Mark
from app.request.selection import Selection
from app.settings import Settings
from app.verdict.judging import Result, judge
from app.verdict.rules import RULES
from tests.unit.fakes import FakeSource, fake_services
from tests.unit.pages import PAGES

STREAM = "0123456789abcdef"
SSE = {"content-type": "text/event-stream; charset=utf-8"}
LATER = 60_000


def visit(
    at: int,
    until: int | None = None,
    *,
    by: Side = Side.SERVER,
    status: int = 200,
    sent: str | None = None,
    last: str | None = None,
    path: str = "/feed",
    query: str = "",
    headers: dict[str, str] = SSE,
    agent: str = "reader",
    method: str = "GET",
    feed: str | None = None,
    **more: Any,
) -> Entry:
    """A request at ``at``, whose response ended at ``until``; times in ms."""
    asked = Asked(
        at_ms=at,
        method=method,
        path=path,
        query=query,
        headers={"user-agent": agent, "accept": "text/event-stream"},
        body=None,
        body_bytes=0,
        client="10.0.0.1",
        route=None,
        why=None,
        last_event_id=sent,
        answered_ms=at,
        status=status,
        response_headers=headers,
        stream=STREAM,
        feed=feed,
    )
    told = {"retry_ms": 1000, "heartbeat_ms": 15_000, **more}
    ended = None
    if until is not None:
        ended = Ended(until, 1, 1, "complete", by, last_id=last, **told)
    return Entry(0, asked, ended)


def refused(at: int, status: int, **headers: str) -> Entry:
    """An answer that is no stream."""
    return visit(at, at, status=status, headers=headers, retry_ms=None)


def verdict(
    entries: Sequence[Entry], *, now: int = LATER, mark: int | None = None
) -> dict[str, tuple[Result, tuple[int, ...]]]:
    """The one client's results, with the requests that show them."""
    numbered = [replace(entry, seq=seq) for seq, entry in enumerate(entries, 1)]
    marks = [] if mark is None else [Mark(99, mark, Selection(prefix="/feed"))]
    (judged,) = judge(numbered, marks, now)
    return {each.rule.name: (each.result, each.seqs) for each in judged.judgements}


PASS, FAIL, NOT_SEEN = Result.PASS, Result.FAIL, Result.NOT_SEEN
END = f"{STREAM}-9-end"

#: A rule, what happened, and what comes of it.
CASES: list[tuple[str, list[Entry], Result]] = [
    ("reconnects", [visit(0, 500), visit(1500)], PASS),
    ("reconnects", [visit(0, 500, by=Side.FAULT), visit(1500)], PASS),
    ("reconnects", [visit(0, 500)], FAIL),
    ("reconnects", [visit(LATER - 5000, LATER - 3000)], NOT_SEEN),
    ("reconnects", [visit(0, 500, by=Side.CLIENT)], NOT_SEEN),
    ("reconnects", [visit(0, 500, last=END)], NOT_SEEN),
    ("reconnects", [visit(0)], NOT_SEEN),
    ("sends-last-id", [visit(0, 500, last="a"), visit(1500, sent="a")], PASS),
    ("sends-last-id", [visit(0, 500), visit(1500)], PASS),
    ("sends-last-id", [visit(0, 500, last=""), visit(1500)], PASS),
    ("sends-last-id", [visit(0, 500, last="a"), visit(1500)], FAIL),
    ("sends-last-id", [visit(0, 500, last="a"), visit(1500, sent="b")], FAIL),
    ("sends-last-id", [visit(0, 500), visit(1500, sent="b")], FAIL),
    (
        "sends-last-id",
        [visit(0, 500, last="a"), visit(1500, 1600, sent="a"), visit(3000, sent="a")],
        PASS,
    ),
    (
        "sends-last-id",
        [visit(0, 500, last="a"), refused(1500, 503), visit(3000)],
        FAIL,
    ),
    (
        "sends-last-id",
        [visit(0, 500, last="a", by=Side.CLIENT), visit(1500)],
        NOT_SEEN,
    ),
    (
        "ignores-half-event",
        [visit(0, 500, last="a", half_id="b"), visit(1500, sent="a")],
        PASS,
    ),
    (
        "ignores-half-event",
        [visit(0, 500, last="a", half_id="b"), visit(1500, sent="b")],
        FAIL,
    ),
    ("ignores-half-event", [visit(0, 500, last="a"), visit(1500)], NOT_SEEN),
    ("waits-retry", [visit(0, 500), visit(1500)], PASS),
    ("waits-retry", [visit(0, 500), visit(1310)], PASS),
    ("waits-retry", [visit(0, 500), visit(1290)], FAIL),
    ("waits-retry", [visit(0, 500, retry_ms=None), visit(510)], NOT_SEEN),
    (
        "waits-retry",
        [visit(0, 500), visit(1600, 1700, retry_ms=None), visit(1800)],
        FAIL,
    ),
    ("does-not-hammer", [visit(0, 500), visit(1500)], PASS),
    ("does-not-hammer", [refused(0, 503), refused(50, 503)], FAIL),
    ("does-not-hammer", [visit(0, 5, retry_ms=10), visit(20)], NOT_SEEN),
    ("does-not-hammer", [visit(0, 500)], NOT_SEEN),
    ("heeds-retry-after", [refused(0, 503, **{"retry-after": "2"}), visit(1900)], PASS),
    ("heeds-retry-after", [refused(0, 503, **{"retry-after": "2"}), visit(900)], FAIL),
    ("heeds-retry-after", [refused(0, 503, **{"retry-after": "2"})], NOT_SEEN),
    ("stops-after-204", [refused(0, 204)], PASS),
    ("stops-after-204", [refused(0, 204), refused(2000, 204)], FAIL),
    ("stops-after-204", [refused(LATER - 100, 204)], NOT_SEEN),
    (
        "stops-after-wrong-type",
        [refused(0, 200, **{"content-type": "text/html"})],
        PASS,
    ),
    (
        "stops-after-wrong-type",
        [refused(0, 200, **{"content-type": "text/html"}), visit(2000)],
        FAIL,
    ),
    ("stops-after-wrong-type", [visit(0)], NOT_SEEN),
    ("stops-after-status", [refused(0, 404)], PASS),
    ("stops-after-status", [refused(0, 404), visit(2000)], FAIL),
    ("stops-after-status", [refused(0, 503), visit(2000)], PASS),
    ("stops-after-status", [refused(0, 503)], PASS),
    ("stops-after-status", [visit(0)], NOT_SEEN),
    ("stops-after-end", [visit(0, 500, last=END)], PASS),
    ("stops-after-end", [visit(0, 500, last=END), refused(1500, 204)], FAIL),
    ("stops-after-end", [visit(0, 500, last="order-end")], NOT_SEEN),
    (
        "stops-after-end",
        [visit(0, 500, last="a-0123abcd-9-end", feed="a"), refused(1500, 204)],
        FAIL,
    ),
    ("reconnects", [visit(0, 500, last="a-0123abcd-9-end", feed="a")], NOT_SEEN),
    (
        "follows-redirect",
        [refused(0, 307, location="/other"), visit(20, path="/other")],
        PASS,
    ),
    (
        "follows-redirect",
        [refused(0, 307, location="http://h:1/feed"), visit(20)],
        PASS,
    ),
    ("follows-redirect", [refused(0, 301, location="/other")], FAIL),
    ("follows-redirect", [refused(0, 301, location="/other"), visit(3000)], FAIL),
    ("follows-redirect", [visit(0)], NOT_SEEN),
    ("notices-silence", [visit(0, 40_000, by=Side.CLIENT, silence_ms=20_000)], PASS),
    ("notices-silence", [visit(0, 50_000, silence_ms=50_000)], FAIL),
    ("notices-silence", [visit(0, 90_000, stall_ms=50_000)], FAIL),
    ("notices-silence", [visit(0, 20_000, silence_ms=20_000)], NOT_SEEN),
    ("notices-silence", [visit(0, 50_000, by=Side.CLIENT, silence_ms=9)], NOT_SEEN),
    (
        "notices-silence",
        [visit(0, 50_000, silence_ms=50_000, heartbeat_ms=None)],
        NOT_SEEN,
    ),
    ("one-connection", [visit(0, 500), visit(1500)], PASS),
    ("one-connection", [visit(0, 900, by=Side.CLIENT), visit(400)], PASS),
    ("one-connection", [visit(0, 5000), visit(1500)], FAIL),
    ("one-connection", [visit(0), visit(1500)], FAIL),
    ("one-connection", [visit(0), visit(100, path="/feed", query="a=2")], PASS),
    ("one-connection", [refused(0, 404)], NOT_SEEN),
]


@pytest.mark.parametrize(("rule", "entries", "result"), CASES)
def test_a_rule_is_kept_broken_or_not_seen(
    rule: str, entries: list[Entry], result: Result
) -> None:
    assert verdict(entries)[rule][0] is result


@pytest.mark.parametrize(
    ("entries", "result"),
    [
        ([visit(0, 10_500, by=Side.CLIENT)], PASS),
        ([visit(0)], FAIL),
        ([visit(0, 12_000, by=Side.CLIENT)], FAIL),
        ([visit(0, 500), visit(20_000)], FAIL),
    ],
)
def test_a_client_is_gone_a_second_after_the_mark(
    entries: list[Entry], result: Result
) -> None:
    assert verdict(entries, mark=10_000)["gone-at-mark"][0] is result
    assert verdict(entries)["gone-at-mark"][0] is NOT_SEEN
    assert verdict(entries[:1], now=10_900, mark=10_000)["gone-at-mark"][0] is NOT_SEEN


def test_a_mark_is_about_what_it_selects() -> None:
    marks = [Mark(9, 10_000, Selection(prefix="/other"))]
    (judged,) = judge([visit(0)], marks, LATER)
    assert judged.result is PASS
    marks = [Mark(9, 10_000, Selection(feed="prices"))]
    for feed, result in (("prices", FAIL), ("other", PASS)):
        (judged,) = judge([visit(0, feed=feed)], marks, LATER)
        assert judged.result is result


def test_a_client_that_is_told_to_stop_is_not_blamed_for_staying_away() -> None:
    entries = [visit(0, 500), visit(1500, 2000)]
    assert verdict(entries, mark=2500)["reconnects"][0] is PASS


def test_a_rule_names_the_requests_that_show_it() -> None:
    found = verdict([visit(0, 500, last="a"), visit(1500, 1600), visit(5000, sent="a")])
    assert found["sends-last-id"] == (FAIL, (1, 2))
    assert found["reconnects"] == (PASS, (1, 2, 3))


def test_clients_are_told_apart_by_address_and_agent() -> None:
    entries = [visit(0, 500), visit(1500, agent="other")]
    first, second = judge(entries, [], LATER)
    assert (first.client.agent, second.client.agent) == ("reader", "other")
    assert first.result is FAIL and second.result is PASS


def test_a_redirect_and_where_it_leads_are_one_feed() -> None:
    hop = {"status": 307, "headers": {"location": "/other"}, "retry_ms": None}
    found = verdict(
        [
            visit(0, 0, **hop),
            visit(10, 500, path="/other", last="a"),
            visit(1500, 1500, sent="a", **hop),
            visit(1510, path="/other", sent="a"),
        ]
    )
    names = ("follows-redirect", "reconnects", "sends-last-id", "does-not-hammer")
    assert [found[name][0] for name in names] == [PASS] * 4


def test_the_last_id_in_the_query_makes_no_other_feed() -> None:
    entries = [visit(0, 500, last="a"), visit(1500, query="lastEventId=a", sent="a")]
    assert verdict(entries)["reconnects"][0] is PASS


@pytest.mark.parametrize(
    "entry",
    [
        visit(0, 0, method="OPTIONS", status=204, headers={}),
        visit(0, 0, method="HEAD"),
        replace(
            visit(0, 0, headers={"content-type": "application/json"}),
            asked=replace(visit(0, 0, headers={}).asked, headers={"accept": "*/*"}),
        ),
    ],
)
def test_what_reads_no_event_stream_is_not_judged(entry: Entry) -> None:
    assert judge([entry], [], LATER) == []


def test_every_rule_is_documented_with_its_basis() -> None:
    for rule in RULES:
        row = f"| `{rule.name}` | {rule.title} | {rule.basis} |"
        assert row in PAGES["verdict"], row


def test_the_verdict_of_the_api_names_rules_requests_and_why() -> None:
    source = FakeSource(lambda _: {"a": 1})
    services = fake_services(source, settings=Settings())
    client = create_app(services=services).test_client()
    path = "/api/mock/stream/x?continuous=true&interval=5&maxEvents=2"
    for _ in range(2):
        answer = client.get(path, headers={"User-Agent": "page\x7f"})
        answer.get_data()
        answer.close()
    marked = client.post("/api/manage/verdict/mark?prefix=/api", json={})
    assert marked.status_code == 201 and marked.get_json()["at"].endswith("Z")
    assert client.post("/api/manage/verdict/mark").status_code == 415
    told = client.get("/api/manage/verdict?prefix=/api/mock/").get_json()
    (judged,) = told["clients"]
    assert (told["result"], judged["userAgent"]) == ("fail", "page\x7f")
    rules = {each["rule"]: each for each in judged["rules"]}
    assert list(rules) == [rule.name for rule in RULES]
    assert rules["stops-after-end"]["result"] == "fail"
    assert rules["stops-after-end"]["requests"] == [1, 2]
    assert rules["stops-after-end"]["basis"] == "custom"
    assert client.get("/api/manage/verdict?prefix=/v9").get_json()["clients"] == []
    assert client.get("/api/manage/verdict?format=html").status_code == 400


def test_the_verdict_is_also_a_report_of_tests() -> None:
    client = create_app(Settings()).test_client()
    read = {"User-Agent": "a <reader> & more", "Accept": "text/event-stream"}
    client.get("/nothing", headers=read)
    client.get("/nothing", headers=read)
    answer = client.get("/api/manage/verdict?format=junit")
    assert answer.content_type == "application/xml"
    (suite,) = Xml.fromstring(answer.data)
    assert suite.get("name") == "127.0.0.1 a <reader> & more"
    assert suite.get("tests") == str(len(RULES)) == str(len(suite))
    cases = {case.get("name"): case for case in suite}
    failure = cases["does-not-hammer"].find("failure")
    assert failure is not None and "Requests: 1, 2" in (failure.text or "")
    assert cases["reconnects"].find("skipped") is not None
    failed = [case for case in suite if case.find("failure") is not None]
    assert suite.get("failures") == str(len(failed))
