"""Verbs that are about a shared feed: what all of its subscribers see of them."""

from __future__ import annotations

import json
from typing import Any

import gevent
import pytest
from flask.testing import FlaskClient

from tests.unit.test_feeds import Reader, client_of

_FEED = (
    "/api/mock/stream/stocks?feed=ticker&interval=20&sseMode=CompleteObjects"
    '&shape={"price":1.5}'
)


def steer(
    client: FlaskClient, verb: str, body: Any = None, name: str = "ticker"
) -> Any:
    answer = client.post(
        f"/api/manage/streams/{verb}?feed={name}&timeoutMs=3000", json=body or {}
    )
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["streams"]


def number_of(last: str | None) -> int:
    return int((last or "").rsplit("-", 1)[1])


def test_what_is_pushed_is_the_next_event_of_every_subscriber() -> None:
    client = client_of()
    readers = [Reader(client, _FEED) for _ in range(2)]
    for reader in readers:
        reader.take(2)
    (told,) = steer(client, "push", {"event": "halt", "data": {"price": 99.5}})
    assert told["id"] == "ticker" and told["done"]
    pushed = []
    for reader in readers:
        seen = reader.take(1)
        while seen[-1][1] != {"price": 99.5}:
            seen += reader.take(1)
        pushed.append(seen[-1])
        assert number_of(reader.next()[0]) == number_of(seen[-1][0]) + 1
    assert pushed[0] == pushed[1]
    assert b"event: halt\n" in pushed[0][2]


def test_a_paused_feed_stands_still_for_all_and_is_stepped_and_resumed() -> None:
    client = client_of()
    reader = Reader(client, _FEED)
    reader.take(2)
    (paused,) = steer(client, "pause")
    assert client.get("/api/manage/feeds/ticker").get_json()["paused"]
    gevent.sleep(0.2)
    events = client.get("/api/manage/feeds/ticker").get_json()["events"]
    assert events == number_of(paused["lastEventId"]) + 1
    (stepped,) = steer(client, "step", {"batches": 3})
    assert number_of(stepped["lastEventId"]) == events + 2
    gevent.sleep(0.1)
    assert client.get("/api/manage/feeds/ticker").get_json()["events"] == events + 3
    steer(client, "resume")
    numbers = [number_of(last) for last, _, _ in reader.take(events + 10)]
    assert numbers == [*range(numbers[0], numbers[0] + len(numbers))]


def test_a_feed_is_ended_with_a_message() -> None:
    client = client_of()
    readers = [Reader(client, _FEED) for _ in range(2)]
    for reader in readers:
        reader.take(2)
    assert len(steer(client, "end", {"message": "Enough"})) == 1
    for reader in readers:
        last, end, _ = reader.rest()[-1]
        assert (end["reason"], end["message"]) == ("stopped", "Enough")
        assert last is not None and last.endswith("-end")


def test_a_cut_is_about_the_subscribers_of_the_feed_alone() -> None:
    client = client_of()
    reader = Reader(client, _FEED)
    other = Reader(client, _FEED.replace("ticker", "other"))
    reader.take(2)
    other.take(2)
    answer = client.post("/api/manage/streams/cut?feed=ticker&timeoutMs=0", json={})
    assert len(answer.get_json()["streams"]) == 1
    assert all(data.get("type") != "end" for _, data, _ in reader.rest())
    other.take(5)
    waited = client.get("/api/manage/streams/wait?feed=other&timeoutMs=0").get_json()
    assert (waited["met"], waited["clients"]) == (True, 1)


@pytest.mark.parametrize(
    "event", [{"data": 1, "id": "x"}, {"raw": "data: x\n\n"}, {"comment": "x"}]
)
def test_what_would_break_the_ids_of_a_feed_is_refused(event: Any) -> None:
    client = client_of()
    Reader(client, _FEED).take(2)
    answer = client.post("/api/manage/streams/push?feed=ticker", json=event)
    assert answer.status_code == 409
    assert "ids" in answer.get_json()["detail"]


def test_a_feed_that_nobody_has_is_no_stream() -> None:
    assert steer(client_of(), "pause", name="nobody") == []


def test_a_fault_is_of_one_subscriber_and_the_others_see_nothing_of_it() -> None:
    client = client_of()
    keeper = Reader(client, _FEED)
    faulty = Reader(client, f"{_FEED}&fault=truncate-json@2,old-id*1@3,no-id*1@4")
    ours = [faulty.next_block() for _ in range(8)]
    theirs = {last: data for last, data, _ in keeper.take(12)}
    ids = [(fields.id or b"").decode() for _, _, _, fields in ours]
    first = number_of(ids[1])
    assert [number_of(each) for each in ids[1:4]] == [first, first + 1, first]
    assert ids[4] == "" and number_of(ids[5]) == first + 4
    for (data, _, _, _), last in zip(ours[5:], ids[5:], strict=True):
        assert data is not None and json.loads(data) == theirs[last]
    with pytest.raises(ValueError, match="delimiter|Expecting|Unterminated"):
        json.loads(ours[2].data)


def test_a_fault_that_is_ordered_acts_on_every_subscriber() -> None:
    client = client_of()
    readers = [Reader(client, _FEED) for _ in range(2)]
    other = Reader(client, _FEED.replace("ticker", "other"))
    for reader in (*readers, other):
        reader.take(2)
    fault = {"fault": "no-id*1"}
    path = "/api/manage/streams/fault?feed=ticker&timeoutMs=0"
    assert len(client.post(path, json=fault).get_json()["streams"]) == 2
    for reader in readers:
        last, data, _ = reader.next()
        assert last is None and "data" in data
        numbers = [number_of(last) for last, _, _ in reader.take(9)]
        assert numbers == [*range(numbers[0], numbers[0] + 9)]
    assert all(last for last, _, _ in other.take(10))


def test_the_journal_and_the_verdict_know_the_feed_of_a_request() -> None:
    client = client_of()
    for target in (_FEED, _FEED.replace("feed=ticker", "shared=true"), "/api/mock/x"):
        if "stream" in target:
            reader = Reader(client, target)
            reader.take(2)
            reader.close()
        else:
            client.get(target)
    client.get(_FEED.replace("interval=20", "interval=30"))  # refused
    found = client.get("/api/manage/journal").get_json()["entries"]
    names = [entry["feed"] for entry in found]
    assert [names[0], names[2], names[3]] == ["ticker", None, "ticker"]
    assert str(names[1]).startswith("shared-")
    chosen = client.get("/api/manage/journal?feed=ticker").get_json()
    assert [entry["status"] for entry in chosen["entries"]] == [200, 409]
    (judged,) = client.get("/api/manage/verdict?feed=ticker").get_json()["clients"]
    assert judged["requests"] == [1]
    assert client.get("/api/manage/verdict?feed=other").get_json()["clients"] == []
    listed = client.delete("/api/manage/journal?feed=ticker").get_json()
    assert listed == {"forgotten": 2}


def test_streams_are_listed_by_their_feed() -> None:
    client = client_of()
    readers = [Reader(client, _FEED.replace("ticker", each)) for each in ("a", "other")]
    for reader in readers:
        reader.take(1)
    (stream,) = client.get("/api/manage/streams?feed=other").get_json()["streams"]
    assert stream["feed"] == "other"
