"""Tables in columns, maps, frames and pairs, and texts with times of other fields."""

from __future__ import annotations

from tests.unit.generated import NOW_MS, values

HASH = "7736fab79e05dc611604d22470dadad26f56fe494421b5b333de816ce1f25701"
DAY_MS = 86_400_000


def test_the_columns_of_a_table_are_facts_on_the_hours_of_today() -> None:
    hourly = {
        "time": ["2025-06-01T00:00", "2025-06-01T01:00", "2025-06-01T02:00"],
        "temperature": [13.2, 12.7, 12.3],
    }
    now = {"time": "2025-06-01T12:15", "interval": 900, "temperature": 18.4}
    events = values("forecast", {"current": now, "hourly": hourly}, 4)
    assert {str(event["hourly"]["temperature"]) for event in events} == {
        "[13.2, 12.7, 12.3]"
    }
    for event in events:
        day = event["current"]["time"][:10]
        assert event["hourly"]["time"] == [f"{day}T0{hour}:00" for hour in range(3)]


def test_the_prices_of_a_map_all_move() -> None:
    coin = {"usd": 3512.91, "usd_market_cap": 421876543210.11}
    events = values("price", {"bitcoin": coin, "ethereum": {**coin, "usd": 9.5}}, 4)
    for name in ("bitcoin", "ethereum"):
        assert len({event[name]["usd"] for event in events}) > 1


def test_a_frame_is_a_message_of_its_own() -> None:
    note = {"id": HASH, "pubkey": HASH[::-1], "created_at": 1748779200, "kind": 1}
    events = values("relay", ["EVENT", "sub_4f1a", note], 4)
    assert {(event[0], event[1]) for event in events} == {("EVENT", "sub_4f1a")}
    assert len({event[2]["id"] for event in events}) == 4
    assert len({event[2]["pubkey"] for event in events}) == 1
    assert events[0][2]["created_at"] == NOW_MS // 1000


def test_what_a_pair_is_called_says_how_its_text_changes() -> None:
    headers = [
        {"name": "Subject", "value": "Meeting moved"},
        {"name": "Date", "value": "Sun, 1 Jun 2025 12:00:00 +0000"},
    ]
    mail = {"id": HASH[:16], "internalDate": "1748779200000", "headers": headers}
    events = values("messages", mail, 3)
    assert len({event["headers"][1]["value"] for event in events}) == 3
    assert {event["headers"][0]["value"] for event in events} == {"Meeting moved"}


def test_a_text_tells_the_time_of_another_field_in_its_own_form() -> None:
    entry = {
        "index": "logs-2025.06.01",
        "message": "2025-06-01T14:42:58,999 INFO [main][20081] Hello World",
        "timestamp": 1748788978999,
    }
    for event in values("logs", [entry], 4):
        (told,) = event
        message = told["message"]
        assert int(message[20:23]) == told["timestamp"] % 1000
        assert told["index"] == "logs-" + message[:10].replace("-", ".")


def test_an_id_that_begins_with_a_time_moves_with_it() -> None:
    seen = {
        "id": "1607123955.475377-mxklsc",
        "start_time": 1607123955.475377,
        "frame_time": 1607123961.837752,
        "label": "person",
    }
    for event in values("camera/events", {"type": "update", "after": seen}, 3):
        after = event["after"]
        assert after["id"] == f"{after['start_time']:.3f}377-mxklsc"


def test_how_likely_the_classes_of_a_list_are_stays() -> None:
    labels = [{"label": "good", "score": 0.9987}, {"label": "bad", "score": 0.0013}]
    assert values("models", [labels], 3) == [[labels]] * 3


def test_columns_inside_the_object_of_their_times_are_facts() -> None:
    chart = {
        "meta": {"symbol": "AAPL", "firstTradeDate": 345479400, "price": 200.85},
        "timestamp": [1748611800, 1748611860, 1748611920],
        "quote": [
            {"close": [199.8, 199.6, 199.7], "volume": [1780321, 241000, 198233]}
        ],
    }
    events = values("chart/AAPL", chart, 4)
    assert len({str(event["quote"]) for event in events}) == 1
    assert len({event["meta"]["firstTradeDate"] for event in events}) == 1
    assert len({event["meta"]["price"] for event in events}) > 1


def test_an_event_of_a_kind_keeps_its_level() -> None:
    event = {"uuid": HASH[:32], "eventType": "user.session.start", "severity": "INFO"}
    assert {each[0]["severity"] for each in values("logs", [event], 9)} == {"INFO"}


def test_what_a_change_is_about_is_another_in_each() -> None:
    lead = {
        "leadgen_id": "881239934127",
        "page_id": "123123",
        "created_time": 1748779200,
    }
    changes = [{"field": "leadgen", "value": lead}]
    page = {"id": "1531", "time": 1748779203, "changes": changes}
    found = [e["entry"][0] for e in values("webhooks", {"entry": [page]}, 4)]
    leads = [each["changes"][0]["value"] for each in found]
    assert len({each["leadgen_id"] for each in leads}) == 4
    assert len({each["page_id"] for each in leads}) == 1


def test_the_events_of_a_batch_are_new() -> None:
    event = {
        "id": "8f1a6d1e-0d7c-4a7a-9a1f-2f6e0c4b7a11",
        "timestamp": "2025-06-01T12:00:07.000Z",
        "type": "trace-create",
        "body": {"name": "chat"},
    }
    events = [each["batch"][0] for each in values("ingestion", {"batch": [event]}, 4)]
    assert len({each["id"] for each in events}) == 4
    assert len({each["timestamp"] for each in events}) == 4


def test_what_a_map_has_by_days_are_facts_of_those_days() -> None:
    rock = {"id": "2465633", "close_approach_date": "2025-06-01", "velocity": 18.12}
    feed = {"element_count": 1, "objects": {"2025-06-01": [rock]}}
    for event in values("feed", feed, 3):
        assert event["objects"] == feed["objects"]


def test_a_session_that_is_told_by_its_beginning_stays() -> None:
    event = {"time": 1748779200123, "session_id": 1748778000000, "event_id": 23}
    events = [each["events"][0] for each in values("api", {"events": [event]}, 4)]
    assert {each["session_id"] for each in events} == {NOW_MS - 1200123}
    assert len({each["time"] for each in events}) == 4


def test_a_new_text_is_the_same_in_all_fields_that_have_it() -> None:
    text = "Is it everything a river should be?"
    said = {
        "user": "U061F7AUR",
        "text": f"<@U0LAN0Z89> {text}",
        "ts": "1748779200.000200",
        "blocks": [{"type": "text", "text": f" {text}"}],
        "html": f"<p>{text}</p>",
    }
    hook = {"event": said, "event_id": "Ev08MFMKH6", "event_time": 1748779200}
    events = [each["event"] for each in values("slack/events", hook, 8)]
    assert len({event["text"] for event in events}) > 3
    for event in events:
        core = event["text"].removeprefix("<@U0LAN0Z89> ")
        assert event["blocks"][0]["text"] == f" {core}"
        assert event["html"] == f"<p>{core}</p>"


def test_a_text_keeps_what_other_fields_say_that_it_mentions() -> None:
    text = "Just landed in Lisbon, unreal #travel"
    post = {"id": "1928812345678901234", "author": "ana", "text": text, "likes": 0}
    post |= {"hashtags": [{"start": 30, "end": 37, "tag": "travel"}]}
    assert {each["text"] for each in values("posts", post, 4)} == {text}
