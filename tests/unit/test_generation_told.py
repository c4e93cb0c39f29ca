"""What is new in each event, and what goes on, in shapes that are told as events."""

from __future__ import annotations

from tests.unit.generated import NOW_MS, values

HASH = "7736fab79e05dc611604d22470dadad26f56fe494421b5b333de816ce1f25701"
BEFORE = "b3b20624f8f0f86eb50dd04688409e5cea4bd02d700bf6e79e9384d47d6a5a35"
UUID = "9f1c2a38-161a-49f9-a165-0f21d7a4e1c4"

WEEK_MS = 7 * 86_400_000


def test_a_block_in_hexadecimal_digits_goes_on_without_a_hash_of_its_own() -> None:
    block = {
        "gasLimit": "0x47e7c4",
        "gasUsed": "0x38658",
        "number": "0x1348c9",
        "parentHash": f"0x{HASH}",
        "stateRoot": f"0x{BEFORE}",
    }
    events = [event["result"] for event in values("heads", {"result": block}, 5)]
    assert [int(event["number"], 16) - 0x1348C9 for event in events] == [*range(5)]
    for name in ("gasUsed", "parentHash", "stateRoot"):
        assert len({event[name] for event in events}) == 5
    assert all(0 < int(event["gasUsed"], 16) <= 0x47E7C4 for event in events)


def test_the_time_of_an_event_is_the_present_beside_later_ones() -> None:
    event = {
        "event_timestamp_ms": 1658726378679,
        "purchased_at_ms": 1658726374000,
        "expiration_at_ms": 1658726374000 + WEEK_MS,
        "transaction_id": "123456789012345",
        "original_transaction_id": "123456789012345",
        "price": 4.99,
        "attributes": {"email": {"updated_at_ms": 1662955084635, "value": "a@b.io"}},
        "id": UUID,
    }
    events = [each["event"] for each in values("webhooks", {"event": event}, 4)]
    assert [each["event_timestamp_ms"] - NOW_MS for each in events][0] == 0
    assert len({each["transaction_id"] for each in events}) == 4
    assert len({str(each["attributes"]) for each in events}) == 1
    for each in events:
        assert each["event_timestamp_ms"] - each["purchased_at_ms"] == 4679
        assert each["expiration_at_ms"] - each["purchased_at_ms"] == WEEK_MS
        assert each["original_transaction_id"] == each["transaction_id"]


def test_an_update_in_a_list_is_a_new_one_about_the_same_thing() -> None:
    lamp = {"id": HASH[:32], "on": {"on": True}}
    update = {
        "creationtime": "2021-11-09T18:35:28Z",
        "data": [lamp],
        "id": UUID,
        "type": "update",
    }
    events = [event[0] for event in values("eventstream", [update], 4)]
    assert len({event["id"] for event in events}) == 4
    assert {event["data"][0]["id"] for event in events} == {HASH[:32]}
    assert all(event["creationtime"][:4] == "2025" for event in events)


def test_a_message_between_two_has_an_id_of_its_own() -> None:
    between = {"from": 3663987712, "to": 2**32 - 1, "id": 452664778}
    trip = {**between, "time": 1646832724}
    events = values("mesh", {**trip, "payload": {"battery": 87}}, 4)
    assert len({event["id"] for event in events}) == 4
    assert {event["from"] for event in events} == {3663987712}
    assert {event["id"] for event in values("trips", trip, 4)} == {452664778}


def test_a_request_with_answers_that_are_not_final_goes_on() -> None:
    answer = {"is_final": False, "metadata": {"request_id": UUID}}
    events = values("listen", answer, 4)
    assert {event["metadata"]["request_id"] for event in events} == {UUID}


def test_a_post_with_votes_was_posted_when_the_example_says() -> None:
    post = {"id": 8863, "score": 104, "time": 1735700000, "title": "A new app"}
    assert {event["time"] for event in values("item/8863", post, 4)} == {1735700000}


def test_a_notice_about_a_run_has_as_many_parts_as_its_example() -> None:
    part = {"message": "Run canceled", "run_updated_at": "2019-01-25T18:37:04.000Z"}
    notice = {
        "run_id": "run-FwnENkvDnrpyFC7M",
        "run_created_at": "2019-01-25T18:34:00.000Z",
        "notifications": [part],
    }
    events = values("notifications", notice, 4)
    assert len({event["run_created_at"] for event in events}) == 1
    for event in events:
        assert len(event["notifications"]) == 1
        assert event["run_created_at"] < event["notifications"][0]["run_updated_at"]


def test_a_long_number_that_tells_an_event_apart_begins_alike() -> None:
    number = "90020231020161037131000000000000000001223372061311523769"
    entry = {"log_id": number, "date": "2023-10-20T16:10:32.131Z"}
    events = values("logs", entry, 4)
    assert len({event["log_id"] for event in events}) == 4
    for event in events:
        assert event["log_id"][:3] == "900" and len(event["log_id"]) == len(number)


def test_a_run_that_has_started_is_another_one_in_every_event() -> None:
    shape = {"eventType": "job.run.started", "data": {"jobId": "123", "runId": "12345"}}
    events = [event["data"] for event in values("webhooks", shape, 4)]
    assert len({event["runId"] for event in events}) == 4
    assert {event["jobId"] for event in events} == {"123"}


def test_what_has_ended_took_as_long_as_its_times_say() -> None:
    details = {
        "initiatedAt": 1697818231998,
        "completedAt": 1697818232130,
        "elapsedTime": 132,
    }
    for event in values("logs", {"date": 1697818232131, "details": details}, 8):
        found = event["details"]
        assert found["completedAt"] - found["initiatedAt"] == found["elapsedTime"]


def test_the_clocks_of_a_journal_go_on_together() -> None:
    entry = {
        "__REALTIME_TIMESTAMP": "1342540861416409",
        "__MONOTONIC_TIMESTAMP": "21415215982",
        "_PID": "587",
    }
    events = values("journal/entries", entry, 4)
    times = [int(event["__REALTIME_TIMESTAMP"]) for event in events]
    ticks = [int(event["__MONOTONIC_TIMESTAMP"]) for event in events]
    assert len({time - tick for time, tick in zip(times, ticks)}) == 1
    assert times[0] < times[-1] and {event["_PID"] for event in events} == {"587"}


def test_what_a_notice_is_about_was_changed_before_it() -> None:
    order = {"id": "o-1", "updated_at": "2026-01-06T09:00:00Z"}
    shape = {"id": "n-100234", "created_at": "2026-01-06T10:00:00Z", "order": order}
    for event in values("notifications", shape, 4):
        assert event["order"]["updated_at"] < event["created_at"]


def test_a_link_repeats_an_id_without_its_kind() -> None:
    made = {"id": "dpl_89qyp1cskzkLrVicDaZoDbjyHuDJ", "name": "site"}
    link = "https://example.com/site/89qyp1cskzkLrVicDaZoDbjyHuDJ"
    shape = {"type": "deployment.succeeded", "createdAt": 1687361285412}
    shape |= {"payload": {"deployment": made, "link": link}}
    events = [event["payload"] for event in values("webhooks", shape, 4)]
    assert len({event["deployment"]["id"] for event in events}) == 4
    for event in events:
        assert event["link"].endswith("/" + event["deployment"]["id"][4:])


def test_short_forms_and_directories_repeat_new_numbers() -> None:
    sha = "5f9b4e1c2d0a7e36b8c4f1a29d7e60b3c8a51f42"
    shape = {"type": "comment-added", "eventCreatedOn": 1536938401}
    shape |= {"change": {"number": 12510, "revision": sha}, "short": sha[:8]}
    shape |= {"ref": "refs/changes/10/12510/2"}
    events = values("stream-events", shape, 4)
    assert len({event["change"]["number"] for event in events}) == 4
    for event in events:
        number = str(event["change"]["number"])
        assert event["ref"] == f"refs/changes/{number[-2:]}/{number}/2"
        assert event["change"]["revision"].startswith(event["short"])


def test_each_request_has_a_trace_of_its_own() -> None:
    header = (
        "Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1"
    )
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    shape = {"time": "2022-10-12T00:01:15Z", "trace": header, "traceparent": parent}
    events = values("logs", shape, 4)
    assert len({event["trace"] for event in events}) == 4
    assert len({event["traceparent"] for event in events}) == 4
    assert all(event["trace"].endswith(";Sampled=1") for event in events)


def test_the_status_of_an_answer_is_kept_before_its_phrase() -> None:
    beat = {"status": 1, "time": "2024-09-24 23:51:35.527", "msg": "200 - OK"}
    shape = {"heartbeat": beat, "msg": "[Test] [Up] 200 - OK"}
    events = values("uptime/webhook", shape, 4)
    assert {event["msg"] for event in events} == {"[Test] [Up] 200 - OK"}


def test_a_message_is_received_when_its_clock_says() -> None:
    envelope = {
        "source": "+33123456789",
        "timestamp": 1631458508784,
        "serverReceivedTimestamp": 1631458508912,
        "serverDeliveredTimestamp": 1631458508931,
    }
    for event in values("receive", {"params": {"envelope": envelope}}, 4):
        found = event["params"]["envelope"]
        assert found["serverReceivedTimestamp"] - found["timestamp"] == 128
        assert found["serverDeliveredTimestamp"] - found["timestamp"] == 147


def test_who_is_on_duty_was_seen_just_now() -> None:
    worker = {"id": "1LjhGUWdxFbvdsTAAXs0TFos", "timeLastSeen": 1455156649007}
    on_duty = values("workers/1LjhGUWdxFbvdsTAAXs0TFos", worker | {"onDuty": True}, 3)
    assert len({event["timeLastSeen"] for event in on_duty}) == 3
    lost = values("workers/1LjhGUWdxFbvdsTAAXs0TFos", worker | {"online": False}, 3)
    assert len({event["timeLastSeen"] for event in lost}) == 1


def test_a_board_of_one_time_is_of_now() -> None:
    rides = [
        {"id": number, "wait_time": 15, "last_updated": "2021-02-26T17:17:20.000Z"}
        for number in (160, 158, 829)
    ]
    events = values("parks/5/queue_times", {"rides": rides}, 3)
    told = [{ride["last_updated"] for ride in event["rides"]} for event in events]
    assert len(set.union(*told)) == len(told)


def test_an_answer_with_a_list_was_updated_now() -> None:
    groups = [{"grpid": 3415696183, "created": 1646027958, "category": 1}]
    shape = {"updatetime": 1646027990, "timezone": "UTC", "measuregrps": groups}
    events = values("getmeas", shape, 3)
    assert len({event["updatetime"] for event in events}) == 3
    assert len({event["measuregrps"][0]["created"] for event in events}) == 1


def test_a_message_of_a_kind_is_a_new_one() -> None:
    shape = {
        "EventType": "onMessageAdded",
        "ConversationSid": "CH8f7e6d5c4b3a29180716253443526170",
        "MessageSid": "IM0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "DateCreated": "2024-05-13T20:12:30.123Z",
    }
    events = values("conversations/added", shape, 4)
    assert len({event["MessageSid"] for event in events}) == 4
    assert len({event["DateCreated"] for event in events}) == 4
    assert {event["ConversationSid"] for event in events} == {shape["ConversationSid"]}


def test_a_log_of_certificates_has_others_each_time() -> None:
    leaf = {
        "serial_number": "33980d1bef9b6a76cfc708e3139f55f33c5",
        "extensions": {"subjectKeyIdentifier": ":".join(["01", "BE"] * 10)},
    }
    data = {"leaf_cert": leaf, "cert_index": 27910635, "seen": 1509912803.959279}
    shape = {"message_type": "certificate_update", "data": data}
    events = [event["data"]["leaf_cert"] for event in values("certificates", shape, 4)]
    assert len({event["serial_number"] for event in events}) == 4
    assert len({str(event["extensions"]) for event in events}) == 4


def test_the_kind_of_an_event_in_its_path_is_no_id() -> None:
    shape = {
        "id": "4a5d99d6-1c75-4e53-91b9-ee80057d4ce3",
        "eventType": "build.complete",
        "createdDate": "2016-09-19T13:03:27.281Z",
    }
    events = values("azuredevops/hooks/build.complete", shape, 4)
    assert len({event["id"] for event in events}) == 4
    assert {event["eventType"] for event in events} == {"build.complete"}


def test_an_id_around_a_hash_has_another_hash() -> None:
    digits = "8f3c2a1b5d7e9f0a1b2c3d4e5f6a7b8c9d0e1f2a"
    shape = {"id": f"urn:oid:2.49.0.1.{digits}.001.1", "sent": "2024-05-16T18:12:00Z"}
    ids = [event["id"] for event in values("alerts/stream", shape, 4)]
    assert len(set(ids)) == 4 and all(each.endswith(".001.1") for each in ids)
