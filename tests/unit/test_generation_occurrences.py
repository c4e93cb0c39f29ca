"""What happens once is another one in each event: how long it took, where, which."""

from __future__ import annotations

from typing import Any

from tests.unit.generated import values

UUID = "8f14e45f-ceea-467f-a8d3-0d9a1f7f0a01"
TIME = "2025-03-10T13:15:30.250Z"


def column(events: list[Any], *names: str) -> list[Any]:
    found = events
    for name in names:
        found = [each[name] for each in found]
    return found


def distinct(events: list[Any], *names: str) -> int:
    return len(set(column(events, *names)))


def test_each_request_takes_a_time_of_its_own_whose_parts_agree() -> None:
    shape = {"time": TIME, "status": 200, "Tq": 12, "Tr": 87, "Tt": 100, "Tc": 1}
    events = values("proxy/logs", shape, 8)
    assert distinct(events, "Tt") > 4
    assert all(event["Tq"] < event["Tr"] < event["Tt"] for event in events)


def test_the_answer_to_one_request_is_as_large_each_time() -> None:
    shape = {"time": TIME, "url": "/a.css", "bytes_sent": 5231, "latency": "12.5ms"}
    events = values("edge/logs", shape, 8)
    assert distinct(events, "bytes_sent") == 1
    assert distinct(events, "latency") > 4


def test_each_connection_is_from_another_port_and_sends_as_much_as_it_does() -> None:
    shape = {
        "ts": 1741612530.25,
        "src_port": 51234,
        "dst_port": 53,
        "client_addr": "10.0.0.9:51234",
        "proto": "udp",
        "orig_bytes": 620,
    }
    events = values("sensor/flows", shape, 8)
    assert distinct(events, "src_port") > 4
    assert distinct(events, "orig_bytes") > 4
    assert distinct(events, "dst_port") == 1
    for event in events:
        assert event["client_addr"] == f"10.0.0.9:{event['src_port']}"


def test_how_long_something_lasts_by_its_own_times_stays() -> None:
    shape = {
        "start": "2025-03-10 13:14:02",
        "answer": "2025-03-10 13:14:10",
        "end": "2025-03-10 13:15:30",
        "duration": 88,
        "disposition": "ANSWERED",
        "src": "1001",
    }
    events = values("pbx/cdr", shape, 5)
    assert distinct(events, "duration") == 1
    assert distinct(events, "start") == distinct(events, "answer") == 5


def test_a_length_that_somebody_has_planned_stays() -> None:
    shape = {"event": "meeting.ended", "event_ts": 1741612530250, "duration": 60}
    assert distinct(values("webhooks", shape), "duration") == 1


def test_things_of_nature_happen_near_each_other() -> None:
    shape = {
        "time": TIME,
        "geometry": {"type": "Point", "coordinates": [142.51, 37.88, -35.0]},
        "properties": {"lat": 37.88, "lon": 142.51, "depth": 35.0, "mag": 4.6},
    }
    events = values("quakes/events", shape, 8)
    for event in events:
        own = event["properties"]
        place = [own["lon"], own["lat"], -own["depth"]]
        assert event["geometry"]["coordinates"] == place
        assert abs(own["lat"] - 37.88) <= 0.1
        assert 4 <= own["mag"] <= 5.2
    assert len(set(column(events, "properties", "lat"))) > 4


def test_what_happens_once_has_an_id_of_its_own_by_any_name() -> None:
    shape = {"taskId": "AVh21JS2JepAEhwQ-b3u", "status": "SUCCESS", "analysedAt": TIME}
    tasks = column(values("webhooks/quality", shape), "taskId")
    assert len(set(tasks)) == 5
    assert all(len(task) == 20 and task[16] == "-" for task in tasks)
    shape = {"time": TIME, "trace_id": "Root=1-58337281-1d84f3d73c47ec4e58577259"}
    assert len(set(column(values("access", shape), "trace_id"))) == 5


def test_what_an_event_is_about_is_another_where_a_state_was_left_behind() -> None:
    shape = {
        "resource": {"type": "transfer", "id": 111, "account_id": 333},
        "current_state": "processing",
        "previous_state": "waiting",
        "occurred_at": TIME,
    }
    events = values("webhooks", shape)
    assert len(set(column(events, "resource", "id"))) == 5
    assert set(column(events, "resource", "account_id")) == {333}


def test_a_job_with_a_name_stays_when_it_has_ended() -> None:
    shape = {"jobId": 12345, "jobName": "Daily", "status": "success", "time": TIME}
    assert distinct(values("webhooks", shape), "jobId") == 1


def test_a_confidence_is_of_one_detection() -> None:
    shape = {"id": UUID, "time": TIME, "confidence": 0.93}
    found = column(values("camera/detections", shape, 8), "confidence")
    assert len(set(found)) > 4
    assert all(0.8 <= share < 1 for share in found)


def test_a_trade_is_between_other_orders_each_time() -> None:
    shape = {"event": "trade", "data": {"id": 372182591, "buy_order_id": 18537290166}}
    events = values("live/trades", shape)
    assert len(set(column(events, "data", "buy_order_id"))) == 5


def test_a_flat_event_is_told_by_its_type_and_its_time() -> None:
    shape = {"timestamp": TIME, "event_type": "alert", "flow_id": 1811639466293851}
    shape["flow"] = {"bytes_toserver": 512, "proto": "TCP"}
    events = values("sensor/eve", shape, 8)
    assert distinct(events, "flow_id") == 8
    assert len(set(column(events, "flow", "bytes_toserver"))) > 4


def test_what_comes_by_has_another_plate_of_the_same_form() -> None:
    shape = {"eventType": "seen", "dateTime": TIME, "licensePlate": "AB123CD"}
    plates = column(values("gate/notification", shape, 8), "licensePlate")
    assert len(set(plates)) > 4
    assert all(plate[:2].isalpha() and plate[2:5].isdigit() for plate in plates)


def test_what_was_made_may_have_a_short_number_in_a_text() -> None:
    shape = {"timestamp": TIME, "kind": "x", "webhookEvent": "worklog_created"}
    shape["worklog"] = {"id": "10044", "issueId": "10002", "created": TIME}
    events = values("webhooks", shape)
    assert len(set(column(events, "worklog", "id"))) == 5
    assert set(column(events, "worklog", "issueId")) == {"10002"}


def test_how_long_by_two_times_is_as_long_each_time() -> None:
    shape = {"event": "opened", "sent_at": "2025-03-10T13:12:02Z", "latency_ms": 208000}
    shape["opened_at"] = "2025-03-10T13:15:30Z"
    assert distinct(values("push/receipts", shape), "latency_ms") == 1


def test_a_build_that_has_ended_is_the_next_one_each_time() -> None:
    build = {"number": 182, "status": "SUCCESS", "url": "job/app/182/"}
    events = values("ci/webhook", {"name": "app", "timestamp": TIME, "build": build})
    assert column(events, "build", "number") == [*range(182, 187)]
    assert events[1]["build"]["url"] == "job/app/183/"


def test_a_new_order_has_new_lines_of_the_same_product() -> None:
    line = {"id": 866550311766, "product_id": 632910392, "title": "Player"}
    shape = {"id": 820982911946, "created_at": TIME, "line_items": [line]}
    lines = [event["line_items"][0] for event in values("webhooks/orders", shape)]
    assert len({line["id"] for line in lines}) == 5
    assert {line["product_id"] for line in lines} == {632910392}


def test_a_reported_size_of_hail_is_kept_beside_its_place() -> None:
    shape = {"valid": TIME, "magnitude": "1.00", "coordinates": [-95.65, 39.08]}
    events = values("storm/reports/stream", shape, 8)
    assert distinct(events, "magnitude") == 1
    assert len({tuple(event["coordinates"]) for event in events}) > 4


def test_what_has_ended_began_as_long_before_each_time() -> None:
    session = {
        "id": "PS-20250310-00412",
        "startedAt": "2025-03-10T11:05:12Z",
        "endedAt": "2025-03-10T13:15:30Z",
        "status": "ended",
    }
    events = values("parking/webhook", {"event": "session.ended", "session": session})
    assert len(set(column(events, "session", "startedAt"))) == 5
