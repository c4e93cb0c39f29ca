"""Which records are new in every event, and which facts of a record stay."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.generated import NOW_MS, values

UUID = "2c6bb8f5-6c9e-4f32-9d8b-1e0a6f0c9c53"


def moment(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def column(events: list[Any], *route: str | int) -> list[Any]:
    found = []
    for event in events:
        for step in route:
            event = event[step]
        found.append(event)
    return found


# New records


@pytest.mark.parametrize("path", ["v1/observations", "streaming/public", "x"])
def test_a_record_that_was_just_made_is_another_one_in_every_event(path: str) -> None:
    shape = {"id": UUID, "kind": "needs_id", "created_at": "2024-05-04T19:03:41-07:00"}
    events = values(path, shape)
    assert len(set(column(events, "id"))) == len(events)
    for number, created in enumerate(column(events, "created_at")):
        assert moment(created) == pytest.approx(NOW_MS / 1000 + number, abs=1)


def test_a_booking_that_was_just_made_has_a_new_number() -> None:
    shape = {"reservationId": "4705950059", "bookedAt": "2024-04-02T09:14:55Z"}
    assert len(set(column(values("bookings", shape), "reservationId"))) == 5


@pytest.mark.parametrize(
    "more",
    [
        {"name": "Hall"},
        {"temperature": 21.5},
        {"updated_at": "2024-05-09T10:00:00Z"},
    ],
    ids=["a name", "a reading", "a later change"],
)
def test_what_lasts_keeps_its_id(more: dict[str, Any]) -> None:
    shape = {"id": UUID, "created_at": "2024-05-04T19:03:41Z", **more}
    assert set(column(values("x", shape), "id")) == {UUID}


def test_an_order_that_was_changed_days_later_is_the_same_one() -> None:
    shape = {
        "id": 820982911,
        "created_at": "2024-05-04T19:03:41Z",
        "updated_at": "2024-05-06T08:00:00Z",
    }
    assert set(column(values("orders", shape), "id")) == {820982911}


def test_pieces_of_one_answer_have_its_id() -> None:
    shape = {"id": UUID, "created": 1694268190, "delta": {"content": "Hello"}}
    assert set(column(values("v1/answers", shape), "id")) == {UUID}


PAYMENT = {
    "id": "evt_3MtwBwLkdIwHu7ix1KXLGw0E",
    "created": 1680800506,
    "type": "payment_intent.succeeded",
    "data": {
        "object": {
            "id": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
            "object": "payment_intent",
            "amount": 2000,
            "amount_received": 2000,
            "created": 1680800504,
            "latest_charge": "ch_3MtwBwLkdIwHu7ix2xP3Jc8n",
            "client_secret": "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJ",
        }
    },
}


def test_what_was_made_with_an_event_is_as_new_as_the_event() -> None:
    payments = column(values("x", PAYMENT), "data", "object")
    for name in ("id", "amount", "latest_charge"):
        assert len(set(column(payments, name))) == len(payments)
    for payment in payments:
        assert payment["amount_received"] == payment["amount"]
        assert payment["client_secret"] == payment["id"] + "_secret_YrKJ"
        assert payment["latest_charge"].startswith("ch_")


def test_a_run_that_goes_on_is_the_same_one_in_every_event() -> None:
    run = {
        "id": 9571683121,
        "head_sha": "acb5820ced9479c074f688cc328bf03f341a511d",
        "created_at": "2024-06-18T19:33:08Z",
        "updated_at": "2024-06-18T19:33:21Z",
        "head_commit": {
            "id": "acb5820ced9479c074f688cc328bf03f341a511d",
            "message": "Create linter.yaml",
            "timestamp": "2024-06-18T19:33:05Z",
            "author": {"name": "Octo Cat"},
        },
    }
    shape = {"action": "in_progress", "workflow_run": run}
    runs = column(values("webhooks/ci/workflow_run", shape), "workflow_run")
    for name in ("id", "head_sha", "created_at"):
        assert len(set(column(runs, name))) == 1
    commits = column(runs, "head_commit")
    assert all(commit == commits[0] for commit in commits)
    assert commits[0]["message"] == "Create linter.yaml"
    assert len(set(column(runs, "updated_at"))) == len(runs)


# Ids


def test_an_id_that_is_made_of_two_fields_follows_them() -> None:
    shape = {
        "id": "nc75023956",
        "created": "2024-05-04T19:03:41Z",
        "net": "nc",
        "code": "75023956",
        "ids": ",nc75023956,",
    }
    events = values("earthquakes", shape)
    assert len(set(column(events, "code"))) == len(events)
    for event in events:
        assert event["id"] == event["net"] + event["code"]
        assert event["ids"] == f",{event['id']},"


def test_an_id_that_comes_twice_is_one_in_every_event() -> None:
    shape = {"event_id": UUID, "copy": {"event_id": UUID}}
    events = values("x", shape)
    assert len(set(column(events, "event_id"))) == len(events)
    for event in events:
        assert event["event_id"] == event["copy"]["event_id"]


def test_a_word_of_a_path_that_is_no_resource_is_followed_by_no_id() -> None:
    shape = {"id": UUID, "source": "aws.s3", "time": "2021-11-12T00:00:00Z"}
    assert "s3" not in column(values("eventbridge/s3", shape), "id")
    assert set(column(values("buckets/s3", shape), "id")) == {"s3"}


def test_a_word_of_a_path_says_nothing_of_the_objects_inside() -> None:
    shape = {"owner": {"login": "ada", "type": "User"}}
    assert set(column(values("webhooks/git/push", shape), "owner", "type")) == {"User"}


def test_letters_of_an_extended_hex_id_go_to_v() -> None:
    shape = {"id": "4eahs9ghkhrvkld72hogu9ph3e", "created": "2024-05-04T19:03:41Z"}
    for event in values("x", shape, 20):
        assert max(event["id"]) <= "v"


# Times


def test_an_alert_is_of_now_and_keeps_its_times() -> None:
    shape = {
        "properties": {
            "id": "urn:oid:2.49.0.1",
            "sent": "2024-06-18T16:05:10-05:00",
            "expires": "2024-06-18T16:45:10-05:00",
            "event": "Severe Thunderstorm Warning",
            "areas": ["A", "B", "C", "D", "E", "F"],
        }
    }
    alerts = column(values("alerts/active", shape), "properties")
    assert all(alert == alerts[0] for alert in alerts)
    sent = moment(alerts[0]["sent"])
    assert sent == pytest.approx(NOW_MS / 1000, abs=1)
    assert moment(alerts[0]["expires"]) - sent == 2400


def test_the_times_of_an_element_in_which_nothing_changes_are_facts() -> None:
    quakes = [
        {"id": f"nc750239{n}", "mag": 1.3, "time": 1719228731210 + n, "net": "nc"}
        for n in (51, 52, 53)
    ]
    shape = {"generated": 1719230400000, "features": quakes}
    events = values("all_hour", shape)
    assert len(set(column(events, "generated"))) == len(events)
    assert len({str(event["features"]) for event in events}) == 1


def test_a_candle_is_of_the_minute_of_the_event() -> None:
    shape = {"E": 1672515782136, "k": {"t": 1672515780000, "T": 1672515839999}}
    for number, event in enumerate(values("klines/btcusdt", shape)):
        now = NOW_MS + 1000 * number
        assert event["k"]["t"] == now // 60_000 * 60_000
        assert event["k"]["T"] == event["k"]["t"] + 59_999
        assert abs(event["E"] - now) < 2_000


def test_a_date_is_that_of_the_time_beside_it_in_its_zone() -> None:
    shape = {
        "id": 213847281,
        "observed_on": "2024-05-03",
        "observed_at": "2024-05-03T23:50:00-07:00",
    }
    for event in values("v1/observations", shape):
        assert event["observed_on"] == event["observed_at"][:10]


def test_a_start_in_an_object_of_its_own_stays_ahead() -> None:
    shape = {
        "updated": "2020-05-27T12:01:32Z",
        "temperature": 20.5,
        "start": {"dateTime": "2020-05-28T09:00:00-07:00"},
        "end": {"dateTime": "2020-05-28T10:00:00-07:00"},
    }
    for event in values("x", shape):
        start, end = (moment(event[name]["dateTime"]) for name in ("start", "end"))
        assert start > NOW_MS / 1000 + 3600
        assert end - start == 3600


def test_a_song_began_as_long_ago_as_it_has_played() -> None:
    shape = {"played_at": 1700000000, "duration": 241, "elapsed": 25, "remaining": 216}
    for number, event in enumerate(values("x", {"now_playing": shape}, 10)):
        song = event["now_playing"]
        assert song["elapsed"] == 25 + number
        assert song["remaining"] == 241 - song["elapsed"]
        began = NOW_MS / 1000 + number - song["elapsed"]
        assert song["played_at"] == pytest.approx(began, abs=1)


# Texts


def test_a_new_message_keeps_to_its_subject_where_it_has_numbers() -> None:
    text = "Your appointment is confirmed for 3:00 PM tomorrow"
    shape = {"sid": "SM1f0e8ae6ade43cb3c0ce4525424e404f", "from": "+1", "body": text}
    bodies = column(values("Messages", shape, 12), "body")
    assert len(set(bodies)) > 3
    for body in bodies:
        assert body.startswith("Your appointment is confirmed for ")
        assert body.endswith(" PM tomorrow")


@pytest.mark.parametrize(
    "shape",
    [
        {"message": "GET /search HTTP/1.1 200 1070000", "user": "kimchy"},
        {"id": UUID, "message": "The lambs were moved uphill", "created": 1694268190},
    ],
    ids=["a request", "another subject"],
)
def test_a_text_on_another_subject_than_ours_is_kept(shape: Any) -> None:
    assert {event["message"] for event in values("alerts", shape)} == {shape["message"]}


def test_the_message_of_a_commit_is_of_commits() -> None:
    commit = {
        "id": "0d1a26e67d",
        "message": "Update README.md",
        "author": {"name": "A"},
    }
    events = values("webhooks/push", {"after": "x", "commits": [commit]}, 12)
    messages = set(column(events, "commits", 0, "message"))
    assert len(messages) > 3
    assert not any(" you " in message or "!" in message for message in messages)


def test_a_post_that_others_like_is_one_of_people() -> None:
    shape = {
        "id": "112553498210445870",
        "created_at": "2024-06-03T16:26:43.000Z",
        "favourites_count": 0,
        "content": "<p>Lovely light over the harbour this evening.</p>",
    }
    events = values("api/v1/streaming/public", shape, 10)
    assert all(one["content"] != two["content"] for one, two in pairwise(events))
    assert all(event["content"].startswith("<p>") for event in events)


# Ids that belong to an event


def test_an_object_of_the_type_that_its_holder_names_is_as_new_as_it() -> None:
    payment = {"id": "hYy9pRFVxpDsO1FB05SunFWUe9JZY", "created_at": 1581024454}
    data = {"type": "payment", "id": "KkAkhdMsgzn59SM8A89WgKwekxLZY"}
    shape = {
        "type": "payment.created",
        "event_id": UUID,
        "created_at": 1581024454,
        "data": {**data, "object": {"payment": payment}},
    }
    events = values("x", shape)
    assert len(set(column(events, "data", "id"))) == len(events)
    assert len(set(column(events, "data", "object", "payment", "id"))) == len(events)


def test_an_event_that_made_something_says_what_is_new() -> None:
    shape = {"object_id": 1360128428, "event_time": 1516126040, "aspect": "create"}
    assert len(set(column(values("sport/webhook", shape), "object_id"))) == 5
    shape["aspect"] = "update"
    assert set(column(values("sport/webhook", shape), "object_id")) == {1360128428}


def test_a_signature_is_of_its_event() -> None:
    signature = {"timestamp": "1529006854", "signature": "d2271d12299f6592d9d44cd9d250"}
    events = values("mail/webhook", {"signature": signature, "event": "opened"})
    assert len(set(column(events, "signature", "signature"))) == len(events)


def test_a_commit_of_a_feed_is_another_one_in_every_event() -> None:
    commit = {"rev": "3l3qo2vutsw2b", "operation": "create"}
    events = values("jetstream", {"time_us": 1725911162329308, "commit": commit})
    revisions = column(events, "commit", "rev")
    assert len(set(revisions)) == len(events)
    assert all(set(rev) <= set("abcdefghijklmnopqrstuvwxyz234567") for rev in revisions)
    assert {rev[:3] for rev in revisions} == {"3l3"}


def test_an_address_that_ends_in_a_short_id_follows_it() -> None:
    shape = {
        "id": 1,
        "url": "https://api.example.com/comments/1",
        "created_at": "2011-04-14T16:00:49Z",
    }
    for event in values("comments", shape):
        assert event["url"] == f"https://api.example.com/comments/{event['id']}"


def test_an_id_of_zeros_is_none() -> None:
    shape = {"nonce": "0x0000000000000000", "temperature": 20.5}
    assert set(column(values("x", shape), "nonce")) == {"0x0000000000000000"}


# Which time is the present


def test_the_time_of_the_document_is_the_present_and_not_a_later_one() -> None:
    shape = {
        "id": "WH-2WR32451HC0233532-67976317FL4543714",
        "create_time": "2014-10-23T17:23:52Z",
        "event_type": "PAYMENT.SALE.COMPLETED",
        "resource": {"clearing_time": "2014-10-30T07:00:00Z"},
    }
    event = values("pay/webhooks", shape, 1)[0]
    assert moment(event["create_time"]) == pytest.approx(NOW_MS / 1000, abs=1)
    ahead = moment(event["resource"]["clearing_time"]) - NOW_MS / 1000
    assert ahead == pytest.approx(6.57 * 86400, rel=0.01)


def test_what_has_been_created_lies_never_ahead() -> None:
    shape = {
        "timestamp": "2022-11-16T10:11:12Z",
        "temperature": 20.5,
        "event": {"followed_at": "2023-07-15T18:16:11Z"},
    }
    for number, event in enumerate(values("x", shape)):
        assert moment(event["event"]["followed_at"]) <= NOW_MS / 1000 + number


def test_the_start_of_a_match_is_no_time_of_the_document() -> None:
    shape = {"gameId": "7", "gameTimeUTC": "2023-10-24T23:30:00Z", "score": 78}
    shape |= {name: name for name in "abcdef"}
    assert len(set(column(values("scoreboard", shape), "gameTimeUTC"))) == 1


def test_elements_of_the_same_time_as_others_go_on_with_them() -> None:
    found = [
        {"metric": {"name": name}, "value": [1435781451.781, v]}
        for name, v in (("up", "1"), ("temperature", "20.5"))
    ]
    for event in values("api/v1/query", {"data": {"result": found}}):
        first, second = column(event["data"]["result"], "value")
        assert first[0] == second[0]


def test_periods_that_follow_one_another_stay_in_a_row() -> None:
    hours = [
        {"start": 1428591600000 + h, "end": 1428595200000 + h} for h in (0, 3_600_000)
    ]
    event = values("prices", {"data": hours}, 1)[0]
    first, second = event["data"]
    assert first["start"] == NOW_MS // 3_600_000 * 3_600_000
    assert first["end"] == second["start"] == first["start"] + 3_600_000


def test_a_day_is_written_as_its_midnight() -> None:
    shape = {"symbol": "AAPL", "close": 132.9, "open": 1.5}
    shape["date"] = "2021-04-09T00:00:00+0000"
    assert set(column(values("eod", shape), "date")) == {"2025-01-06T00:00:00+0000"}


def test_an_hour_of_one_digit_is_a_time() -> None:
    shape = {"localtime": "2021-02-21 8:42", "temp_c": 11.5}
    found = column(values("x", shape), "localtime")
    assert set(found) <= {"2025-01-06 12:34", "2025-01-06 12:35"}
    shape["localtime"] = "2021-02-21 18:42"
    assert column(values("x", shape), "localtime") == found


def test_the_facts_of_an_older_record_stay_beside_a_new_event() -> None:
    workflow = {"id": UUID, "name": "build", "created_at": "2021-09-01T22:49:03.616Z"}
    shape = {
        "id": "3888f21b-eaa7-38e3-8f3d-75a63bba8895",
        "happened_at": "2021-09-01T22:49:34.317Z",
        "workflow": workflow,
    }
    events = values("ci/webhooks", shape)
    assert len(set(column(events, "id"))) == len(events)
    assert len({str(event["workflow"]) for event in events}) == 1


def test_what_a_reaction_is_to_was_said_once() -> None:
    shape = {
        "event": {"item": {"ts": "1360782400.498405"}, "event_ts": "1360782804.083113"},
        "event_id": "Ev123ABC456",
        "event_time": 1360782804,
    }
    events = values("slack/reactions", shape)
    assert len(set(column(events, "event", "item", "ts"))) == 1
    assert len(set(column(events, "event", "event_ts"))) == len(events)


def test_a_notice_is_of_now_also_where_it_only_says_since_when() -> None:
    alert = {"status": "firing", "startsAt": "2021-10-12T09:51:03Z"}
    events = values("grafana/webhook", {"receiver": "me", "alerts": [alert]})
    for number, event in enumerate(events):
        starts = moment(event["alerts"][0]["startsAt"])
        assert starts == pytest.approx(NOW_MS / 1000 + number, abs=1)


def test_what_runs_began_a_while_ago() -> None:
    shape = {"jobId": "J-7", "startedAt": "2024-03-01T07:40:00Z", "etaSeconds": 910}
    events = values("queue/jobs/J-7/progress", shape)
    assert len(set(column(events, "startedAt"))) == 1
    began = moment(events[0]["startedAt"])
    assert NOW_MS / 1000 - 3600 < began < NOW_MS / 1000 - 60


def test_an_end_is_never_before_the_present_of_the_example() -> None:
    shape = {
        "placedAt": "2024-03-01T07:45:00Z",
        "endsAt": "2024-03-01T08:00:00Z",
        "temperature": 20.5,
    }
    for number, event in enumerate(values("auction/lots", shape)):
        assert moment(event["endsAt"]) > NOW_MS / 1000 + number + 600


def test_a_date_goes_with_a_time_in_seconds() -> None:
    shape = {"calendarDate": "2016-01-11", "startTimeInSeconds": 1452470400}
    shape |= {name: name for name in "abcdefgh"}
    event = values("dailies", shape, 1)[0]
    assert event["calendarDate"] == "2025-01-06"
    assert abs(event["startTimeInSeconds"] - NOW_MS / 1000) < 86_400


def test_a_message_whose_text_comes_twice_says_the_same_in_both() -> None:
    content = {"body": "This is an example", "html": "<b>This is an example</b>"}
    shape = {"sender": "@a", "content": {**content, "sender": "@a"}, "event_id": UUID}
    events = values("sync/events", shape)
    assert len({event["content"]["body"] for event in events}) > 1
    for event in events:
        assert event["content"]["html"] == f"<b>{event['content']['body']}</b>"


def test_an_id_that_looks_like_a_time_is_an_id() -> None:
    message = {"messageId": "2070443601311540", "publishTime": "2021-02-26T19:13:55Z"}
    events = values("pubsub/push", {"message": message})
    assert len(set(column(events, "message", "messageId"))) == len(events)


@pytest.mark.parametrize(
    ("path", "name"), [("traffic/segments", "segmentId"), ("card/tokens", "tokenId")]
)
def test_a_plural_at_the_end_of_a_path_is_no_id(path: str, name: str) -> None:
    found = column(values(path, {name: "A9-112", "road": "A9"}), name)
    assert set(found) == {"A9-112"}


def test_the_last_word_of_a_path_names_the_record() -> None:
    shape = {"strikeId": "a81f2c", "time": "2024-07-01T18:22:10.512Z", "sensors": 12}
    assert len(set(column(values("weather/lightning/strikes", shape), "strikeId"))) == 5


# Events in a list


@pytest.mark.parametrize(
    ("path", "shape", "route"),
    [
        (
            "pay/webhook",
            {"events": [{"id": "EV123", "created_at": "2014-08-04T12:00:00Z"}]},
            ("events", 0),
        ),
        (
            "pay/webhook",
            {"items": [{"Item": {"reference": "QFQTPCQ8HXSK", "date": 1577836800}}]},
            ("items", 0, "Item"),
        ),
        (
            "x",
            [{"eventType": "a.b", "id": UUID, "eventTime": 1577836800, "data": {}}],
            (0,),
        ),
    ],
    ids=["a list", "wrapped", "the whole"],
)
def test_an_element_that_is_an_event_is_a_new_one(
    path: str, shape: Any, route: tuple[str | int, ...]
) -> None:
    found = column(values(path, shape), *route)
    for name in [*found[0]][:3]:
        if name not in ("eventType", "data"):
            assert len({element[name] for element in found}) == len(found)


def test_a_build_of_a_notice_about_a_pipeline_is_the_same_one() -> None:
    builds = [
        {"id": 380, "finished_at": "2016-08-12 15:26:29 UTC", "n": n} for n in "ab"
    ]
    shape = {"kind": "pipeline", "builds": builds, "project": {"id": 1, "name": "Test"}}
    shape |= {name: name for name in "cdefgh"}
    found = column(values("git/webhooks/pipeline", shape), "builds")
    assert all(each == found[0] for each in found)


def test_a_thing_with_a_name_and_a_date_keeps_it() -> None:
    shape = {"id": "5eb87d46ffd8", "name": "CRS-26", "date_unix": 1669062000}
    shape |= {name: name for name in "cdefgh"}
    assert len(set(column(values("launches", shape), "date_unix"))) == 1


def test_a_commit_in_an_event_is_another_one_each_time() -> None:
    commits = [{"hash": "03f4a7270240708834de475bcf21532d6134777e", "type": "commit"}]
    events = values("repo/push", {"push": {"commits": commits}, "n": "x"})
    hashes = [event["push"]["commits"][0]["hash"] for event in events]
    assert len(set(hashes)) == len(events)


def test_a_uuid_in_braces_is_no_placeholder() -> None:
    shape = {"repository": {"name": "repo", "uuid": "{673a6070-3421-46c9}"}}
    events = values("repo/push", shape)
    assert all(event == shape for event in events)


def test_what_somebody_did_to_something_is_an_event() -> None:
    shape = {"action": "created", "starred_at": "2019-05-15T15:20:40Z"}
    shape |= {"sender": {"login": "ada"}, **{name: name for name in "abcdefgh"}}
    events = values("git/star", shape)
    assert len(set(column(events, "starred_at"))) == len(events)


def test_a_headline_says_the_times_that_its_alert_has() -> None:
    shape = {
        "id": "urn:oid:2.49.0.1",
        "sent": "2024-06-18T16:05:00-05:00",
        "ends": "2024-06-18T16:45:00-05:00",
        "headline": "Warning issued June 18 at 4:05PM CDT until June 18 at 4:45PM CDT",
    }
    for alert in column(values("alerts/active", {"properties": shape}), "properties"):
        times = [datetime.fromisoformat(alert[name]) for name in ("sent", "ends")]
        first, last = (f"{t:%B} {t.day} at {t.hour % 12 or 12}:{t:%M%p}" for t in times)
        assert alert["headline"] == f"Warning issued {first} CDT until {last} CDT"


def test_ids_that_are_alike_by_their_form_alone_are_not_new_together() -> None:
    shape = {
        "id": "Y2lzY29zcGFyazovL3VzL1dFQkhPT0svMQ",
        "roomId": "Y2lzY29zcGFyazovL3VzL1JPT00vMQ",
        "created": "2023-01-26T21:43:22.345Z",
    }
    assert set(column(values("x", shape), "roomId")) == {shape["roomId"]}


def test_what_is_paid_once_is_another_one_in_every_event() -> None:
    invoice = {"id": "in_1MtHbELkdIwHu7ixl4OzzPMv", "created": 1680644467}
    invoice |= {"number": "2C4D1F9A-0003", "total": 1099}
    shape = {"id": "evt_1MzQ2cLkdIwHu7ix", "created": 1681999999}
    shape |= {"type": "invoice.paid", "data": {"object": invoice}}
    invoices = column(values("x", shape), "data", "object")
    assert len(set(column(invoices, "id"))) == len(invoices)
    assert len(set(column(invoices, "number"))) == len(invoices)
    shape["type"] = "invoice.updated"
    assert len(set(column(values("x", shape), "data", "object", "id"))) == 1
