"""What services tell of themselves: notices of changes, lines of logs, metrics."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.generated import NOW_MS, values

UUID = "9f1c2a38-161a-49f9-a165-0f21d7a4e1c4"
HASH = "7736fab79e05dc611604d22470dadad26f56fe49"
BEFORE = "b3b20624f8f0f86eb50dd04688409e5cea4bd02d"


def at(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


# Times


@pytest.mark.parametrize(
    "example",
    [1718705472312.4, "2024-03-10 12:41:09.163311+00", "2024-03-10 12:41:09.16+0000"],
)
def test_a_time_in_any_form_is_that_of_the_event(example: object) -> None:
    found = [event["timestamp"] for event in values("events", {"timestamp": example})]
    assert len(set(found)) == len(found)
    if isinstance(example, float):
        assert found[0] == NOW_MS
    else:
        assert found[0].endswith(str(example)[-3:])


@pytest.mark.parametrize(
    ("stamp", "line"),
    [
        ("2024-02-27T10:15:32Z", "Feb 27 10:15:31 web sshd[24]: no such user"),
        ("2024-02-27T10:15:32Z", '10.0.0.7 - [27/Feb/2024:10:15:32 +0000] "GET /"'),
        ("2024-02-27T10:15:32Z", "2024-02-27 10:15:32 ERROR no such user"),
        ("2024-02-27T10:15:32.417Z", "10:15:32.417: no such user"),
    ],
)
def test_a_line_of_a_log_has_the_time_of_its_event(stamp: str, line: str) -> None:
    shape = {"id": UUID, "timestamp": stamp, "full_log": line}
    lines = [event["full_log"] for event in values("hooks", shape)]
    assert len(set(lines)) == len(lines)
    assert all("no such user" in each or "GET" in each for each in lines)
    assert not any("10:15:3" in each for each in lines)


def test_the_seconds_of_a_programs_own_clock_go_on() -> None:
    shape = {"method": "Page.loaded", "params": {"timestamp": 94863.128321}}
    found = [event["params"]["timestamp"] for event in values("devtools", shape, 3)]
    assert [later - first for first, later in pairwise(found)] == [1.0, 1.0]


def test_what_came_in_after_it_happened_has_come_in_now() -> None:
    shape = {
        "insert_id": UUID,
        "event_time": "2024-04-01 19:42:58.123",
        "server_upload_time": "2024-04-01 19:43:01.501",
    }
    for number, event in enumerate(values("export", shape)):
        came = at(event["server_upload_time"] + "Z")
        assert came == pytest.approx(NOW_MS / 1000 + number, abs=0.01)
        assert came - at(event["event_time"] + "Z") == pytest.approx(3.378)


def test_the_end_of_what_began_earlier_stays_with_its_beginning() -> None:
    shape = {
        "version": "17765",
        "resourceVersion": "17765",
        "reconciledAt": "2024-06-10T08:15:30Z",
        "operation": {
            "startedAt": "2024-06-10T08:15:20Z",
            "finishedAt": "2024-06-10T08:15:24Z",
        },
    }
    found = [event["operation"] for event in values("applications", shape)]
    assert found[0] == found[-1]


def test_a_notice_of_a_change_and_the_change_are_of_now() -> None:
    shape = {
        "action": "update",
        "type": "Issue",
        "createdAt": "2024-05-23T21:05:40.523Z",
        "data": {"id": UUID, "updatedAt": "2024-05-23T21:05:40.432Z", "title": "Fix"},
        "webhookTimestamp": 1716498340614,
    }
    for number, event in enumerate(values("tracker/webhooks", shape)):
        now = NOW_MS / 1000 + number
        assert at(event["createdAt"]) == pytest.approx(now, abs=0.2)
        assert at(event["data"]["updatedAt"]) == pytest.approx(now, abs=0.2)
        assert event["data"]["id"] == UUID


def test_who_was_created_has_signed_in_when_the_example_says() -> None:
    user = {"created_at": 1654012591514, "last_sign_in_at": 1654012591514}
    shape = {
        "type": "user.created",
        "data": {
            "id": "user_29w83sxmDNGwOuEthce5gg56FcC",
            **user,
            "updated_at": 1654012591835,
        },
        "timestamp": 1654012591835,
    }
    for event in values("webhooks", shape):
        assert event["data"]["last_sign_in_at"] == event["data"]["created_at"]


def test_a_new_record_came_to_be_as_long_before_as_in_the_example() -> None:
    shape = {
        "id": "5f0e1a8a1fc16d00072d7a1b",
        "created_at": "2024-07-14T20:49:14.317Z",
        "updated_at": "2024-07-14T20:50:02.880Z",
    }
    for event in values("hooks", shape):
        age = at(event["updated_at"]) - at(event["created_at"])
        assert age == pytest.approx(48.563)


def test_the_same_time_in_several_readings_stays_the_same() -> None:
    stamp = "1544712660300000000"
    shape = {
        "metrics": [
            {
                "name": "load",
                "gauge": {"points": [{"asDouble": 10.5, "timeUnixNano": stamp}]},
            },
            {
                "name": "sizes",
                "histogram": {"points": [{"count": 2, "timeUnixNano": stamp}]},
            },
        ]
    }
    for event in values("v1/export", shape):
        first, second = event["metrics"]
        point, other = first["gauge"]["points"][0], second["histogram"]["points"][0]
        assert point["timeUnixNano"] == other["timeUnixNano"]
        assert other["count"] == 2


def test_a_line_with_its_nanoseconds_is_one_of_now() -> None:
    shape = {
        "streams": [
            {"stream": {"job": "web"}, "values": [["1700000000000000001", "Started."]]}
        ]
    }
    found = [
        event["streams"][0]["values"][0] for event in values("logs/api/tail", shape)
    ]
    assert found[0][0] == str(NOW_MS * 10**6)
    assert len({stamp for stamp, _ in found}) == len(found)
    assert {line for _, line in found} == {"Started."}


# Identifiers and places in logs


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        (
            "sequenceNumber",
            "4421584500000000017450439092",
            "4421584500000000017450439093",
        ),
        ("sequencer", "15CA9CF4B0D1D4B7", "15CA9CF4B0D1D4B8"),
        ("nextlsn", "0/16B3E98", "0/16B3F30"),
    ],
)
def test_places_in_a_log_rise(name: str, first: str, second: str) -> None:
    found = [event[name] for event in values("changes", {name: first, "table": "a"}, 2)]
    assert found == [first, second]


def test_an_id_in_base64_is_that_of_the_record() -> None:
    code = b64encode(b"08:CheckRun128620228").decode()
    run = {"id": 128620228, "node_id": code, "started_at": "2024-05-15T15:21:12Z"}
    shape = {"action": "created", "sender": {"id": 7}, "check_run": run}
    for event in values("webhooks", shape):
        run = event["check_run"]
        assert b64decode(run["node_id"]).decode() == f"08:CheckRun{run['id']}"


def test_what_has_acted_keeps_its_id() -> None:
    own = HASH + BEFORE[:24]
    shape = {"status": "start", "id": own, "Actor": {"ID": own}, "time": 1461943101}
    assert {event["id"] for event in values("docker/events", shape)} == {own}


def test_the_realm_of_an_event_stays() -> None:
    shape = {"time": 1699360421234, "type": "LOGIN", "realmId": UUID, "clientId": "web"}
    assert {event["realmId"] for event in values("idp/events", shape)} == {UUID}


def test_what_a_user_did_is_a_new_event() -> None:
    shape = {
        "uuid": UUID,
        "event": "signed up",
        "timestamp": "2024-07-11T12:01:45.123Z",
        "properties": {"plan": "free"},
    }
    assert len({event["uuid"] for event in values("batch", shape)}) > 1


def test_a_change_goes_on_from_the_state_before() -> None:
    shape = {
        "push": {
            "new": {
                "target": {"type": "commit", "hash": HASH, "message": "Add a test"}
            },
            "old": {"target": {"type": "commit", "hash": BEFORE}},
        }
    }
    events = [event["push"] for event in values("repo/webhooks", shape)]
    assert events[0]["old"]["target"]["hash"] == BEFORE
    for first, later in pairwise(events):
        assert later["old"]["target"]["hash"] == first["new"]["target"]["hash"]


def test_what_an_event_says_in_short_is_no_chat() -> None:
    text = "Build consumer_20150407.2 succeeded"
    shape = {"id": UUID, "eventType": "build.complete", "message": {"text": text}}
    found = [event["message"]["text"] for event in values("devops/hooks", shape)]
    assert set(found) == {text}


# Measures


def test_a_capacity_stays_and_what_is_free_is_the_rest() -> None:
    shape = {
        "bytes_used": 2183420313600,
        "bytes_avail": 9812330123264,
        "bytes_total": 11995750436864,
    }
    events = values("cluster/status", shape)
    for event in events:
        assert event["bytes_total"] == shape["bytes_total"]
        assert event["bytes_used"] + event["bytes_avail"] == shape["bytes_total"]
        assert event["bytes_used"] == pytest.approx(shape["bytes_used"], rel=0.02)
    assert len({event["bytes_used"] for event in events}) > 1


def test_a_total_of_connections_only_rises() -> None:
    shape = {"connections": 12, "total_connections": 120, "now": "2024-06-24T14:24:46Z"}
    found = [event["total_connections"] for event in values("varz", shape, 15)]
    assert found == sorted(found) and found[0] < found[-1]


def test_a_rate_is_no_counter() -> None:
    shape = {"read_bytes_sec": 1342177, "read_op_per_sec": 120, "max_op_per_sec": 900}
    events = values("status", shape, 15)
    found = [event["read_bytes_sec"] for event in events]
    assert found != sorted(found)
    assert len({event["read_op_per_sec"] for event in events}) > 1
    assert {event["max_op_per_sec"] for event in events} == {900}


def test_a_sum_that_is_monotonic_rises() -> None:
    shape = {"sum": {"isMonotonic": True, "points": [{"asInt": 5000}, {"asInt": 70}]}}
    found = [event["sum"]["points"][0]["asInt"] for event in values("metrics", shape)]
    assert found == sorted(found) and found[0] < found[-1]


def test_the_time_that_something_is_up_goes_by_in_words_of_units() -> None:
    found = [event["uptime"] for event in values("varz", {"uptime": "1h59m59s"}, 2)]
    assert found == ["1h59m59s", "2h0m0s"]


@pytest.mark.parametrize(
    ("shape", "falls"),
    [
        ({"prompt_tokens_total": 182913}, False),
        ({"total_net_input_bytes": 6128391}, False),
        ({"opcounters": {"insert": 82731}}, False),
        ({"load_average": {"1m": 2.35}}, True),
        ({"cpu": {"percent": 42.5}}, True),
        ({"heap_used_in_bytes": 327155712}, True),
    ],
)
def test_counters_of_a_service_rise_and_its_loads_move(shape: Any, falls: bool) -> None:
    def number(value: Any) -> float:
        while isinstance(value, dict):
            (value,) = value.values()
        return float(value)

    shape = {"now": "2024-06-24T14:24:46Z", "state": shape}
    found = [number(event["state"]) for event in values("node/stats", shape, 20)]
    assert len(set(found)) > 1
    assert (found != sorted(found)) is falls


def test_a_disk_fills_slowly() -> None:
    shape = {"now": "2024-06-24T14:24:46Z", "disk_usage": 83.4127}
    for event in values("stats", shape, 15):
        assert event["disk_usage"] == pytest.approx(83.4127, rel=0.02)


def test_an_interval_that_is_over_is_a_fact() -> None:
    shape = {"bytes": 117440512, "seconds": 0.999966, "bits_per_second": 939555982.4}
    shapes = {"sum": shape, "cpu": 41.5}
    found = [event["sum"] for event in values("stream", shapes)]
    assert found == [shape] * len(found)


def test_what_a_path_names_and_is_over_stays() -> None:
    shape = {
        "id": "nzGzfAGL7sZfUs3c",
        "status": "finished",
        "updatedAt": "2024-05-11T09:10:12.456Z",
        "rtt": 5.521,
    }
    found = values("v1/measurements/nzGzfAGL7sZfUs3c", shape)
    assert found == [found[0]] * len(found)


def test_a_report_about_orders_is_no_order() -> None:
    shape = {"connectedSince": "2024-05-02T10:00:02.371Z", "msgRateIn": 57.85538}
    found = values("topics/orders/stats", shape)
    assert len({event["connectedSince"] for event in found}) == 1
    assert len({event["msgRateIn"] for event in found}) > 1


def test_a_change_is_of_what_was_there_before() -> None:
    shape = {
        "action": "update",
        "id": UUID,
        "data": {
            "id": UUID.replace("9", "8"),
            "created_at": "2024-06-24T20:24:46Z",
            "updated_at": "2024-06-24T20:24:47Z",
        },
        "published_at": "2024-06-24T20:24:48Z",
    }
    found = values("platform/webhooks", shape)
    assert len({event["id"] for event in found}) == len(found)
    for name in ("id", "created_at"):
        assert len({event["data"][name] for event in found}) == 1
    assert len({event["data"]["updated_at"] for event in found}) == len(found)


def test_what_came_with_an_event_is_new_with_it() -> None:
    noted = {"id": 48, "notes": "Done", "created_on": "2024-04-02T09:11:43Z"}
    issue = {"id": 191, "updated_on": "2024-04-02T09:11:43Z"}
    shape = {"payload": {"action": "noted", "issue": issue, "journal": noted}}
    found = [event["payload"] for event in values("tracker/hooks", shape)]
    assert [event["journal"]["id"] for event in found] == [48, 49, 50, 51, 52]
    assert {event["issue"]["id"] for event in found} == {191}
    for event in found:
        assert event["journal"]["created_on"] == event["issue"]["updated_on"]


def test_all_times_of_a_new_record_go_with_its_id() -> None:
    summary = {
        "sentDateTime": "2024-02-26T23:04:23.147Z",
        "completedDateTime": "2024-02-26T23:08:07.267Z",
    }
    shape = {
        "event": "envelope.completed",
        "generatedDateTime": "2024-02-26T23:08:08.047Z",
        "data": {"envelopeId": UUID, "envelopeSummary": summary},
    }
    for event in values("connect", shape):
        times = [at(text) for text in event["data"]["envelopeSummary"].values()]
        assert times[1] - times[0] == pytest.approx(224.12)


def test_when_a_project_was_made_is_not_when_the_notice_was() -> None:
    made = "2018-10-29T09:50:54.014Z"
    shape = {"project": {"name": "goof", "created": made}, "newIssues": []}
    assert values("scanner/webhooks", shape, 1)[0]["project"]["created"] == made


@pytest.mark.parametrize("text", ["CPU is over 90 on web-01", "START Version: 91"])
def test_limits_and_versions_in_a_text_stay(text: str) -> None:
    shape = {"id": UUID, "timestamp": NOW_MS, "host": "web-01", "message": text}
    assert {event["message"] for event in values("logs", shape)} == {text}


@pytest.mark.parametrize(
    "text", ["Wed May  1 10:45:12 2024", "1659039316123456789.0000000000"]
)
def test_times_of_programs_and_databases_are_of_now(text: str) -> None:
    found = [event["updated"] for event in values("feed", {"updated": text})]
    assert len(set(found)) == len(found)
    assert all(len(each) == len(text) and each != text for each in found)


def test_ids_of_letters_and_of_revisions_are_new() -> None:
    shape = {
        "event": "signed up",
        "properties": {
            "insert_id": "hpuDqcvpltpCjBsebtxwadtEBDnAdycabFyl",
            "time": 1602611311,
        },
    }
    ids = {event["properties"]["insert_id"] for event in values("track", shape)}
    assert len(ids) == 5 and all(each.isalpha() for each in ids)
    change = {"id": HASH[:32], "changes": [{"rev": f"2-{HASH[:32]}"}]}
    found = [event["changes"] for event in values("db/_changes", change)]
    assert all(len(each) == 1 and each[0]["rev"][:2] == "2-" for each in found)
    assert len({each[0]["rev"] for each in found}) == len(found)


@pytest.mark.parametrize(
    ("path", "shape", "route"),
    [
        (
            "intake",
            {"@timestamp": "2024-03-11T10:20:30Z", "trace": {"id": HASH[:32]}},
            ("trace", "id"),
        ),
        (
            "logs/authentication",
            {"txid": UUID, "timestamp": 1707850580, "user": "ana"},
            ("txid",),
        ),
        ("stream", {"train/loss": 0.2371, "_step": 1204}, ("train/loss",)),
        ("stream", {"train/loss": 0.2371, "_step": 1204}, ("_step",)),
        (
            "audit_logs",
            {"id": UUID, "when": "2024-04-26T17:31:07Z", "owner": {"id": HASH}},
            ("when",),
        ),
        (
            "generate",
            {"model": "m", "created_at": "2023-08-04T19:22:45Z", "done": True},
            ("created_at",),
        ),
    ],
)
def test_what_each_event_has_of_its_own_changes(
    path: str, shape: Any, route: tuple[str, ...]
) -> None:
    def told(event: Any) -> Any:
        for step in route:
            event = event[step]
        return event

    assert len(set(map(told, values(path, shape)))) > 2


def test_an_alert_that_was_just_made_has_another_number() -> None:
    alert = {"number": 6, "created_at": "2024-06-14T15:21:30Z", "url": "/alerts/6"}
    shape = {"action": "created", "alert": alert, "sender": {"id": 1}}
    for number, event in enumerate(values("webhooks", shape), 6):
        assert event["alert"]["number"] == number


def test_an_id_ends_in_the_number_beside_it() -> None:
    shape = {
        "id": "reports/daily.csv/1587627537231057",
        "generation": "1587627537231057",
        "updated": "2024-04-23T07:38:57.230Z",
    }
    found = values("storage/notifications", shape)
    assert len({event["id"] for event in found}) == len(found)
    for event in found:
        assert event["id"].endswith("/" + event["generation"])


def test_when_a_thing_of_an_event_came_to_be_stays() -> None:
    task = {"taskArn": "arn:aws:ecs:task/c13b", "createdAt": "2024-01-23T17:57:34Z"}
    shape = {
        "id": UUID,
        "time": "2024-01-23T17:57:58Z",
        "detail": {**task, "cpu": "256"},
    }
    found = values("aws/events", shape)
    assert len({event["time"] for event in found}) == len(found)
    assert len({event["detail"]["createdAt"] for event in found}) == 1
    assert {event["detail"]["cpu"] for event in found} == {"256"}


def test_a_step_of_what_goes_on_was_taken_once() -> None:
    shape = {
        "id": "batch_abc123",
        "status": "in_progress",
        "created_at": 1711471533,
        "in_progress_at": 1711471538,
        "counts": {"total": 100, "completed": 42},
    }
    found = values("v1/batches/batch_abc123", shape)
    for event in found:
        assert event["in_progress_at"] - event["created_at"] == 5


def test_texts_that_belong_to_a_commit_or_an_answer_stay_with_it() -> None:
    build = {"id": 130392, "commit": HASH, "branch": "main", "message": "Fix README"}
    build |= {"author": "Ana", "finished_at": "2024-02-14T15:21:13Z"}
    assert {event["message"] for event in values("webhook", build)} == {"Fix README"}
    answer = {"finish_reason": "COMPLETE", "response": {"text": "It is Paris."}}
    answer |= {"timestamp": NOW_MS}
    texts = [event["response"]["text"] for event in values("v1/chat", answer)]
    assert set(texts) == {"It is Paris."}


@pytest.mark.parametrize(
    "shape",
    [
        {"events": {"in": 293658, "filtered": 293658, "out": 293658}},
        {"search": {"query_time_in_millis": 219034}},
        {"broker": {"EnqueueCount": 82341, "DequeueCount": 82341}},
        {"container": {"NetInput": 12839123}},
    ],
)
def test_what_came_and_went_adds_up(shape: Any) -> None:
    shape = {**shape, "now": "2024-06-24T14:24:46Z"}
    (name,) = shape.keys() - {"now"}
    found = [[*event[name].values()] for event in values("node/stats", shape, 12)]
    assert found == sorted(found) and found[0] < found[-1]
    assert all(len({*counts}) == 1 for counts in found)


def test_a_time_in_american_words_is_of_now() -> None:
    shape = {"id": UUID, "phase-start": "Sep 1, 2024 4:14:16 PM"}
    found = [event["phase-start"] for event in values("build/events", shape)]
    assert len(set(found)) == len(found)
    assert all(
        re.fullmatch(r"[A-Z][a-z]{2} \d+, 2025 \d+:\d\d:\d\d [AP]M", t) for t in found
    )


def test_the_temperature_of_a_model_is_set() -> None:
    shape = {"id": "run_1", "model": "small", "temperature": 1.0, "now": NOW_MS}
    assert {event["temperature"] for event in values("runs/run_1", shape)} == {1.0}


def test_an_id_that_has_another_one_in_it_goes_with_that() -> None:
    shape = {
        "id": f"/events/{UUID}/ticks/638489601650000000",
        "eventDataId": UUID,
        "eventTimestamp": "2024-04-17T12:16:05Z",
    }
    found = values("activity/logs", shape)
    assert len({event["eventDataId"] for event in found}) == len(found)
    for event in found:
        assert event["eventDataId"] in event["id"]


def test_what_a_path_names_inside_its_example_keeps_its_id() -> None:
    span = {"traceID": HASH[:16], "spanID": HASH[:16], "duration": 7123}
    shape = {"data": [{"traceID": HASH[:16], "spans": [span]}]}
    found = values(f"api/traces/{HASH[:16]}", shape)
    assert {event["data"][0]["spans"][0]["spanID"] for event in found} == {HASH[:16]}


def test_milliseconds_behind_a_comma_stay_so() -> None:
    shape = {"timestamp": "2024-04-11T12:13:14,123Z", "took": 7}
    for event in values("slow/logs", shape):
        assert re.fullmatch(r"2025-01-06T12:3[45]:\d\d,\d{3}Z", event["timestamp"])


def test_what_a_log_says_of_one_place_keeps_its_level_and_its_cluster() -> None:
    shape = {
        "timestamp": "2024-04-11T12:13:14Z",
        "level": "WARN",
        "cluster.uuid": "3JwHn1T1SbOaGVJ2mGBj3Q",
        "message": "[my-index][0]",
    }
    for event in values("search/logs", shape):
        assert {**event, "timestamp": shape["timestamp"]} == shape


def test_the_code_of_a_message_is_no_id_of_it() -> None:
    told = {"EventId": "2241", "MessageId": "BMC.2.9.CPU0001", "Time": NOW_MS}
    shape = {"Id": "12", "Name": "Event Array", "Events": [told]}
    events = values("redfish/v1/SSE", shape)
    assert {(event["Id"], event["Name"]) for event in events} == {("12", "Event Array")}
    found = [event["Events"][0] for event in events]
    assert {each["MessageId"] for each in found} == {"BMC.2.9.CPU0001"}
    assert [each["EventId"] for each in found][:2] == ["2241", "2242"]


def test_what_happened_for_the_first_time_before_keeps_its_id() -> None:
    error = {
        "id": "518031bcd775355c48a1cd4e",
        "firstReceived": "2024-04-30T21:03:56Z",
        "receivedAt": "2024-05-01T10:12:31Z",
    }
    shape = {"trigger": {"type": "exception"}, "error": error}
    found = [event["error"] for event in values("errors/webhooks", shape)]
    assert len({each["id"] for each in found}) == 1
    assert len({each["receivedAt"] for each in found}) == len(found)


def test_a_service_began_as_long_ago_as_it_is_up() -> None:
    shape = {"uptime_seconds": 86412.5, "start_time": "2024-03-01T08:00:00Z"}
    began = at(values("cache/stats", shape, 1)[0]["start_time"])
    assert NOW_MS / 1000 - began == pytest.approx(86412.5, abs=1)


def test_totals_beside_the_time_of_a_service_rise() -> None:
    shape = {"uptime_seconds": 3612.4, "total_events": 182731, "depth": 12}
    found = [event["total_events"] for event in values("bus", shape)]
    assert found == sorted(found) and found[0] < found[-1]


def test_the_page_about_a_kind_of_event_is_no_id() -> None:
    page = "https://docs.example.com/events.html#EVENT-0006"
    shape = {"Event Time": "2024-06-12 08:30:12.345", "Event ID": page}
    assert {event["Event ID"] for event in values("db/events", shape)} == {page}
    hook = {"webhookTimestamp": 1716498340614, "webhookId": UUID, "action": "update"}
    assert {event["webhookId"] for event in values("webhooks", hook)} == {UUID}


def test_how_long_answers_take_in_the_mean_moves_a_little() -> None:
    shape = {"requests_total": 1547, "avg_response_time": 45.2, "max_latency": 312}
    events = values("ws/metrics", shape, 15)
    found = [event["avg_response_time"] for event in events]
    assert len(set(found)) > 3
    assert all(each == pytest.approx(45.2, rel=0.1) for each in found)
    assert {event["max_latency"] for event in events} == {312}


def test_an_issue_that_was_just_opened_is_a_new_one() -> None:
    issue = {"id": 444500041, "number": 1, "created_at": "2024-05-15T15:20:18Z"}
    issue |= {"title": "Spelling error", "updated_at": issue["created_at"]}
    shape = {"action": "opened", "issue": issue, "sender": {"id": 21031067}}
    found = [event["issue"] for event in values("webhooks", shape)]
    assert [each["number"] for each in found] == [1, 2, 3, 4, 5]
    assert len({each["id"] for each in found}) == len(found)


def test_the_signature_of_a_message_is_its_own() -> None:
    shape = {
        "MessageId": UUID,
        "Timestamp": "2024-05-02T00:54:06.655Z",
        "Signature": "GxLEw6JRNwm1LFQL4ICB0bnXrdB8ClRMTQFGBqwLpGbM78tJ4etT" * 3
        + "TnR=",
    }
    found = values("topics", shape)
    assert len({event["Signature"] for event in found}) == len(found)


def test_peers_of_a_tunnel_count_what_they_transfer() -> None:
    shape = [{"latest_handshake": 1709200101, "transfer_rx": 1489203, "keepalive": 25}]
    found = [peer for (peer,) in values("tunnel/peers", shape)]
    assert {peer["keepalive"] for peer in found} == {25}
    rates = [peer["transfer_rx"] for peer in found]
    assert rates == sorted(rates) and rates[0] < rates[-1]
    assert all(abs(peer["latest_handshake"] - NOW_MS / 1000) < 9 for peer in found)


def test_what_a_text_says_of_machines_beside_it_is_no_chat() -> None:
    mac = "fc:ec:da:12:34:56"
    told = {"user": mac, "msg": f"User[{mac}] has connected", "time": 1717590412345}
    found = [
        event["data"][0]["msg"] for event in values("net/events", {"data": [told]})
    ]
    assert set(found) == {told["msg"]}


def test_a_counted_event_goes_on_and_the_kind_of_a_record_stays() -> None:
    counted = {"eventId": "5", "eventTime": "2024-03-01T12:00:00Z", "kind": "started"}
    found = [event["eventId"] for event in values("history", counted)]
    assert found == ["5", "6", "7", "8", "9"]
    record = {
        "EventID": 4624,
        "EventRecordID": 812734,
        "EventTime": "2024-03-01T12:00:00Z",
    }
    events = values("winlog/events", record)
    assert {event["EventID"] for event in events} == {4624}
    assert len({event["EventRecordID"] for event in events}) == len(events)


def test_what_is_unknown_is_no_wish_for_a_text() -> None:
    shape = {"job_id": "<unknown>", "timestamp": "2020-05-20T11:35:11.117Z"}
    assert {event["job_id"] for event in values("notifications", shape)} == {
        "<unknown>"
    }


def test_what_came_in_later_inside_a_notice_has_come_in_now() -> None:
    log = {
        "eventTimestamp": "2024-03-29T15:43:08Z",
        "submissionTimestamp": "2024-03-29T15:43:20Z",
    }
    for number, event in enumerate(values("webhook", {"data": {"log": log}})):
        came = at(event["data"]["log"]["submissionTimestamp"])
        assert came == pytest.approx(NOW_MS / 1000 + number, abs=1)
