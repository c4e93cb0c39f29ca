"""The journal as its readers see it: what is in it, what it forgets, what it hides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.errors import Unavailable
from app.journal.entry import Asked, Ended, Side
from app.journal.journal import MAX_WAITING, Journal
from app.journal.store import MemoryJournalStore, Record
from app.settings import Secret, Settings
from tests.unit.fakes import EPOCH_MS, FakeSource, fake_services

JOURNAL = "/api/manage/journal"
ROUTES = "/api/manage/routes"
TICKS = {
    "name": "ticks",
    "path": "/v1/ticks/{symbol}",
    "stream": {
        "events": [{"event": "tick", "data": {"p": 1}}],
        "intervalMs": 10,
        "maxEvents": 3,
        "retryMs": 500,
    },
}


def make(settings: Settings = Settings()) -> Flask:
    return create_app(
        services=fake_services(FakeSource(lambda _: {"a": 1}), settings=settings)
    )


@pytest.fixture
def app() -> Flask:
    return make()


def entries(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(JOURNAL + query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["entries"]
    return found


def read(client: FlaskClient, path: str, **how: Any) -> bytes:
    """All of a response, and its end."""
    answer = client.get(path, **how)
    body = answer.get_data()
    answer.close()
    return body


def test_an_entry_tells_what_was_asked_and_what_went_out(client: FlaskClient) -> None:
    client.post(ROUTES, json=TICKS)
    body = read(
        client,
        "/v1/ticks/AAPL?depth=2",
        headers={"Last-Event-ID": "mine-7", "User-Agent": "a reader"},
    )
    (entry,) = entries(client)
    ids = [line[4:].decode() for line in body.splitlines() if line[:4] == b"id: "]
    assert (entry["method"], entry["path"]) == ("GET", "/v1/ticks/AAPL")
    assert (entry["query"], entry["lastEventId"]) == ("depth=2", "mine-7")
    assert (entry["route"], entry["why"], entry["client"]) == (
        "ticks",
        None,
        "127.0.0.1",
    )
    assert entry["headers"]["user-agent"] == "a reader"
    assert entry["responseHeaders"]["x-stream-id"] == entry["stream"]
    assert (entry["status"], entry["events"], entry["bytes"]) == (200, 3, len(body))
    assert (entry["firstId"], entry["lastId"]) == (ids[0], ids[-1])
    assert (entry["retryMs"], entry["heartbeatMs"]) == (500, 15_000)
    assert (entry["outcome"], entry["endedBy"]) == ("max_events", "server")
    assert entry["open"] is False and entry["faults"] == []
    assert entry["atMs"] == EPOCH_MS and entry["endedMs"] >= entry["answeredMs"]


def test_a_stream_is_in_the_journal_from_its_first_byte_on(client: FlaskClient) -> None:
    answer = client.get("/api/mock/stream/x?continuous=true", buffered=False)
    frames = answer.iter_encoded()
    next(frames)
    next(frames)  # so that the one before counts as sent
    (entry,) = entries(client)
    assert entry["open"] is True and "lastId" not in entry
    answer.close()
    (entry,) = entries(client)
    assert entry["open"] is False
    assert (entry["outcome"], entry["endedBy"]) == ("client_gone", "client")
    assert entry["lastId"] == f"{entry['stream']}-0"


def test_an_entry_says_why_no_route_has_served_it(client: FlaskClient) -> None:
    client.get("/api/mock/users")
    client.get("/nothing")
    client.options("/api/mock/users")
    client.post(ROUTES, json=TICKS)
    client.post("/v1/ticks/AAPL")
    assert [(each["status"], each["why"]) for each in entries(client)] == [
        (200, "a built-in endpoint"),
        (404, "no route, and no built-in endpoint"),
        (204, "a preflight"),
        (405, "a route, but not for this method"),
    ]


def test_what_catch_all_answers_is_said() -> None:
    client = make(Settings(catch_all=True)).test_client()
    client.get("/anything")
    (entry,) = entries(client)
    assert (entry["route"], entry["why"]) == (None, "CatchAll answers any other path")


def test_requests_to_the_service_itself_are_not_in_the_journal(
    client: FlaskClient,
) -> None:
    for path in ("/", "/docs", "/healthz", "/metrics", JOURNAL):
        client.get(path)
    assert entries(client) == []


@pytest.mark.parametrize("keeps", [False, True])
def test_bodies_are_kept_of_routes_and_of_others_where_it_is_asked_for(
    keeps: bool,
) -> None:
    client = make(Settings(journal_bodies=keeps)).test_client()
    client.post(
        ROUTES, json={"path": "/v1/orders", "methods": ["POST"], "body": "done"}
    )
    client.post("/v1/orders", json={"n": 1})
    client.post("/api/mock/orders", json={"n": 2})
    mine, built_in = entries(client)
    assert json.loads(mine["body"]) == {"n": 1}
    assert built_in["body"] is None if not keeps else json.loads(built_in["body"])
    assert built_in["bodyBytes"] > 5


def test_of_a_long_body_the_beginning_is_kept(client: FlaskClient) -> None:
    client.post(ROUTES, json={"path": "/v1/logs", "methods": ["POST"], "body": ""})
    client.post("/v1/logs", data="é" * 100_000, content_type="text/plain")
    (entry,) = entries(client)
    assert len(entry["body"].encode()) <= 65_536 + 3
    assert entry["bodyBytes"] == 200_000


def test_entries_are_listed_chosen_shown_and_forgotten(client: FlaskClient) -> None:
    client.post(ROUTES, json={"name": "one", "path": "/v1/one", "body": 1})
    for path in ("/v1/one", "/v2/two", "/v1/three/four", "/v1/one"):
        client.get(path)
    assert [each["seq"] for each in entries(client)] == [1, 2, 3, 4]
    assert [each["seq"] for each in entries(client, "?prefix=/v1/")] == [1, 3, 4]
    assert [each["seq"] for each in entries(client, "?route=one")] == [1, 4]
    assert [each["seq"] for each in entries(client, "?path=/*/t*")] == [2]
    assert [each["seq"] for each in entries(client, "?client=10.0.0.1")] == []
    assert [each["seq"] for each in entries(client, "?limit=2")] == [3, 4]
    page = client.get(f"{JOURNAL}?since=1&limit=2").get_json()
    assert [each["seq"] for each in page["entries"]] == [2, 3]
    assert (page["total"], page["last"]) == (3, 3)
    assert client.get(f"{JOURNAL}?since=3").get_json()["last"] == 4
    assert client.get(f"{JOURNAL}/2").get_json()["path"] == "/v2/two"
    assert client.delete(f"{JOURNAL}?route=one").get_json() == {"forgotten": 2}
    assert client.get(f"{JOURNAL}/1").status_code == 404
    assert client.delete(JOURNAL).get_json() == {"forgotten": 2}
    client.get("/v1/one")
    assert [each["seq"] for each in entries(client)] == [5]


@pytest.mark.parametrize("query", ["?limit=0", "?since=x", "?pref=/v1", "?path=v1"])
def test_a_parameter_that_is_not_accepted_is_refused(
    client: FlaskClient, query: str
) -> None:
    assert client.get(JOURNAL + query).status_code == 400


@pytest.mark.parametrize("name", ["0", "x", "-1", "9" * 30, "%C2%B2"])
def test_an_entry_that_is_not_there_is_a_404(client: FlaskClient, name: str) -> None:
    assert client.get(f"{JOURNAL}/{name}").status_code == 404


def test_it_is_for_those_who_may_manage() -> None:
    client = make(Settings(management_api_key=Secret("the key"))).test_client()
    for call in (client.get, client.delete):
        assert call(JOURNAL).status_code == 401
    assert client.get("/api/manage/verdict").status_code == 401


def test_the_latest_entries_are_in_the_feed_of_the_service(app: Flask) -> None:
    client = app.test_client()
    client.get("/api/mock/users")
    client.get("/nothing")
    feed = client.get("/api/manage/events", buffered=False)
    frame = next(feed.iter_encoded()).decode()
    journal = json.loads(frame.split("data: ")[1])["journal"]
    feed.close()
    assert [row["path"] for row in journal["rows"]] == ["/nothing", "/api/mock/users"]
    assert journal["total"] == 2 and journal["rows"][0]["status"] == 404


@pytest.mark.parametrize(
    ("fault", "status", "legal"),
    [
        ("status:503", 503, True),
        ("redirect", 307, True),
        ("no-content", 204, True),
        ("login", 200, True),
    ],
)
def test_a_fault_in_place_of_the_response_has_ended_it(
    client: FlaskClient, fault: str, status: int, legal: bool
) -> None:
    read(client, f"/api/mock/stream/x?fault={fault}")
    (entry,) = entries(client)
    assert (entry["status"], entry["endedBy"]) == (status, "fault")
    assert entry["faults"] == [
        {"fault": fault, "legal": legal, "event": None, "how": None}
    ]


def test_a_refused_connection_has_no_status(client: FlaskClient) -> None:
    with pytest.raises(BrokenPipeError):
        client.get("/api/mock/stream/x?fault=refuse")
    (entry,) = entries(client)
    assert (entry["status"], entry["outcome"], entry["endedBy"]) == (0, "cut", "fault")


def test_the_faults_of_a_stream_are_told_with_their_events(
    client: FlaskClient,
) -> None:
    route = {
        "path": "/v1/broken",
        "faults": ["wrong-shape@1", "cut@2"],
        "stream": {"events": [{"shape": {"p": 1.5}}], "intervalMs": 5},
    }
    client.post(ROUTES, json=route)
    read(client, "/v1/broken")
    (entry,) = entries(client)
    spoilt, cut = entry["faults"]
    assert (spoilt["fault"], spoilt["event"], spoilt["legal"]) == (
        "wrong-shape@1",
        1,
        False,
    )
    assert spoilt["how"]
    assert (cut["fault"], cut["event"]) == ("cut@2", 2)
    assert (entry["outcome"], entry["endedBy"]) == ("cut", "fault")
    assert entry["events"] == 2


@pytest.mark.parametrize(
    ("fault", "size", "ended"),
    [
        ("cut", 0, ("cut", "fault")),
        ("stall:10ms", 7, ("complete", "server")),
        ("invalid-json", 9, ("complete", "server")),
        ("wrong-shape", 9, ("complete", "server")),
    ],
)
def test_the_faults_of_an_answer_are_told_with_what_went_out(
    client: FlaskClient, fault: str, size: int, ended: tuple[str, str]
) -> None:
    route = {"path": "/v1/broken", "body": {"p": 1}, "faults": [fault]}
    client.post(ROUTES, json=route)
    read(client, "/v1/broken")
    (entry,) = entries(client)
    assert entry["stream"] is None and entry["events"] == 0
    assert (entry["bytes"], entry["outcome"], entry["endedBy"]) == (size, *ended)
    (played,) = entry["faults"]
    assert (played["fault"], played["event"]) == (fault, None)
    assert bool(played["how"]) is (fault == "wrong-shape")


def test_the_subscribers_of_a_feed_are_chosen_by_its_name(client: FlaskClient) -> None:
    for query in ("feed=ticker&maxEvents=1", "maxEvents=1"):
        read(client, f"/api/mock/stream/x?continuous=true&interval=5&{query}")
    found = entries(client, "?feed=ticker")
    assert [each["feed"] for each in found] == ["ticker"]
    assert [each["feed"] for each in entries(client)] == ["ticker", None]
    verdict = client.get("/api/manage/verdict?feed=ticker").get_json()
    assert verdict["clients"][0]["requests"] == [found[0]["seq"]]


# -- bounds ---------------------------------------------------------------------


def test_it_holds_its_bound_under_ten_thousand_requests() -> None:
    journal = Journal(MemoryJournalStore(1000), size=1000, on_drop=pytest.fail)
    for number in range(10_000):
        journal.end(journal.begin(asked(f"/{number}")), ended())
    contents = journal.contents()
    assert len(contents.entries) == 1000
    assert contents.entries[-1].asked.path == "/9999"
    assert contents.entries[-1].seq == 10_000
    assert all(entry.ended is not None for entry in contents.entries)


def test_it_holds_its_bound_in_bytes() -> None:
    store = MemoryJournalStore(1000, max_bytes=10_000)
    for number in range(1000):
        key = str(number)
        store.append([Record(key, b"x" * 90, False), Record(key, b"y" * 10, True)])
    assert len(store.read(0)) == 100
    store.append([Record("large", b"x" * 20_000, False), Record("large", b"", True)])
    assert store.read(0) == []
    assert store.standing().seq == 1001


def test_a_server_without_a_journal_keeps_nothing() -> None:
    client = make(Settings(journal_size=0)).test_client()
    client.get("/api/mock/users")
    assert entries(client) == []


class AwayStore(MemoryJournalStore):
    """A store that can be out of reach."""

    def __init__(self) -> None:
        super().__init__(10_000)
        self.is_away = True

    def append(self, records: Any) -> None:
        if self.is_away:
            raise Unavailable("away", retry_after=1)
        super().append(records)


def test_records_wait_while_the_store_is_away_and_then_are_dropped() -> None:
    store, dropped = AwayStore(), []
    journal = Journal(store, size=10_000, on_drop=lambda: dropped.append(1))
    for number in range(MAX_WAITING):
        journal.begin(asked(f"/{number}"))
    assert not dropped
    for _ in range(7):
        journal.begin(asked("/late"))
    assert len(dropped) == 7
    with pytest.raises(Unavailable):
        journal.contents()
    store.is_away = False
    paths = [entry.asked.path for entry in journal.contents().entries]
    assert paths == [f"/{number}" for number in range(MAX_WAITING)]


def asked(path: str) -> Asked:
    return Asked(
        at_ms=EPOCH_MS,
        method="GET",
        path=path,
        query="",
        headers={"accept": "*/*"},
        body=None,
        body_bytes=0,
        client="10.0.0.1",
        route=None,
        why=None,
        last_event_id=None,
        answered_ms=EPOCH_MS,
        status=200,
        response_headers={},
        stream=None,
    )


def ended() -> Ended:
    return Ended(EPOCH_MS, 1, 10, "complete", Side.SERVER)
