"""What is new in notices of payments, orders and bookings, and when they are from."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.unit.generated import NOW_MS, values

UUID = "9f1c2a38-161a-49f9-a165-0f21d7a4e1c4"
HASH = "8f7c1c2b3a4d5e6f7081929394a5b6c7"
DAY = timedelta(days=1)


def distinct(events: list[dict[str, object]], name: str) -> int:
    return len({str(event[name]) for event in events})


@pytest.mark.parametrize("path", ["webhooks/acme", "webhook/address-activity"])
def test_a_word_behind_webhooks_says_whose_they_are(path: str) -> None:
    shape = {"id": UUID, "type": "A_B", "createdAt": "2024-01-23T07:42:26Z"}
    events = values(path, shape, 4)
    assert {event["type"] for event in events} == {"A_B"}
    assert distinct(events, "id") == distinct(events, "createdAt") == 4


def test_what_proves_a_notice_and_identifies_it_is_new() -> None:
    shape = {
        "hash": "7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca",
        "notificationId": UUID,
        "hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=",
        "entropy": "S0m3r4Nd0mt3xt",
        "createdAt": "2024-01-23T07:42:26Z",
    }
    events = values("webhooks", shape, 4)
    assert all(distinct(events, name) == 4 for name in shape)
    assert {len(str(event["hmacSignature"])) for event in events} == {44}


def test_a_reference_stands_for_a_notice_beside_what_proves_it() -> None:
    item = {
        "signature": "7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca",
        "pspReference": "7914073381342284",
        "eventDate": "2021-06-28T16:40:10+02:00",
    }
    events = [event["item"] for event in values("webhooks", {"item": item}, 4)]
    assert distinct(events, "pspReference") == 4


def test_what_is_bought_is_new_in_an_event_that_happens_once() -> None:
    entity = {
        "id": "pay_DESlfW9H8K9uqM",
        "auth_code": "643381",
        "receipt_id": "rcp_01h8bz8fxkxrbqe7d81zpmz3yq",
        "email": "ada@example.com",
        "created_at": 1567674599,
    }
    shape = {
        "event": "payment.captured",
        "payload": {"payment": {"entity": entity}},
        "created_at": 1567674606,
    }
    events = [event["payload"]["payment"]["entity"] for event in values("hook", shape)]
    for name in ("id", "auth_code", "receipt_id", "created_at"):
        assert distinct(events, name) == 5
    assert distinct(events, "email") == 1


def test_the_kind_of_an_event_may_be_in_its_head() -> None:
    shape = {
        "metadata": {"event_name": "submission_created"},
        "body": {"submission_id": "21070000000012345", "text": "Of whales"},
    }
    events = [event["body"] for event in values("live-events", shape)]
    assert distinct(events, "submission_id") == 5
    assert distinct(events, "text") == 1


def test_an_object_of_the_type_event_has_a_new_id_also_in_its_attributes() -> None:
    data = {"type": "event", "id": "4xZC3dEfRka", "attributes": {"uuid": UUID}}
    events = values("api/events", {"data": [data]})
    assert len({event["data"][0]["id"] for event in events}) == 5
    assert len({event["data"][0]["attributes"]["uuid"] for event in events}) == 5


def test_a_request_with_a_driver_goes_on() -> None:
    shape = {"request_id": UUID, "status": "accepted", "driver": {"name": "Bo"}}
    assert {e["request_id"] for e in values("requests/current", shape)} == {UUID}


def test_a_list_of_requests_has_new_ones_by_a_longer_name() -> None:
    shape = [{"service_request_id": 638344, "requested_at": "2010-04-14T06:37:38Z"}]
    ids = [event[0]["service_request_id"] for event in values("requests", shape)]
    assert ids == sorted(set(ids)) and len(ids) == 5


def test_ids_are_of_the_form_of_the_example() -> None:
    shape = {
        "event_id": "evt_01h8bzakzx3hm2fmen703n5q45",
        "order_key": "wc_order_58d2d042d1d",
    }
    events = values("orders", {"id": 727, **shape})
    assert all(event["event_id"].startswith("evt_01") for event in events)
    assert distinct(events, "event_id") == distinct(events, "order_key") == 5
    assert {len(event["order_key"]) for event in events} == {20}


def test_a_notice_of_one_event_stays_one_and_numbers_it() -> None:
    shape = {
        "events": [{"resourceId": UUID, "eventDateUtc": "2017-06-21T01:15:39.902"}],
        "firstEventSequence": 1,
        "lastEventSequence": 1,
    }
    events = values("webhooks", shape)
    assert [len(event["events"]) for event in events] == [1] * 5
    assert [event["lastEventSequence"] for event in events] == [1, 2, 3, 4, 5]


def test_nothing_is_published_or_sent_in_the_future() -> None:
    shape = {
        "id": UUID,
        "EventTime": "2020-01-11T00:09:53Z",
        "TransmissionTime": "2020-01-11T00:09:55Z",
        "PublishTime": "2020-07-13T19:42:04Z",
    }
    for number, event in enumerate(values("webhooks", shape)):
        times = [datetime.fromisoformat(event[name]) for name in [*shape][1:]]
        now = NOW_MS // 1000 + number
        assert [int(time.timestamp()) - now for time in times] == [-2, 0, 0]


def test_what_an_order_was_before_a_notice_stays() -> None:
    order = {"Order": "903-16", "PurchaseDate": "2020-01-10T21:13:21Z"}
    shape = {"id": UUID, "EventTime": "2020-01-11T00:09:53Z", "Summary": order}
    events = values("webhooks", shape)
    assert len({str(event["Summary"]) for event in events}) == 1


def test_the_only_time_of_a_notice_is_the_present() -> None:
    application = {"id": 265277, "last_activity_at": "2015-02-09T16:38:36Z"}
    events = values("webhooks", {"action": "moved", "application": application})
    assert len({event["application"]["last_activity_at"] for event in events}) == 5


def test_a_version_may_be_the_time_of_a_change() -> None:
    content = {"updated_at": 1702645580, "resource_version": 1702645580741}
    shape = {"id": UUID, "occurred_at": 1702645601, "content": content}
    for event in values("webhooks", shape):
        content = event["content"]
        assert event["occurred_at"] - content["updated_at"] == 21
        assert 0 <= content["resource_version"] - 1000 * content["updated_at"] < 2000


def test_what_ends_in_some_years_ends_in_as_many() -> None:
    shape = {"created_at": "2021-08-11T13:47:27Z", "renews_at": "2022-11-12T00:00:00Z"}
    event = values("subscriptions", {"id": 1, **shape}, 1)[0]
    created, renews = (datetime.fromisoformat(event[name]) for name in shape)
    assert 457 * DAY < renews - created < 459 * DAY


def test_a_delivery_is_to_come() -> None:
    shape = {
        "pickupTime": "2023-09-21T10:10:36Z",
        "deliveryTime": "2023-09-21T10:30:36Z",
    }
    event = values("orders/webhook", {**shape, "note": "Please hurry, I am hungry"})[0]
    for name in shape:
        assert datetime.fromisoformat(event[name]).timestamp() * 1000 > NOW_MS
    assert event["note"] == "Please hurry, I am hungry"


def test_a_time_on_the_hour_is_the_next_one() -> None:
    shape = {"price": 17216.5, "nextFundingTime": 1673280000000, "ts": 1673272861686}
    for event in values("ws/ticker", {"symbol": "X", **shape}):
        assert event["nextFundingTime"] % 3_600_000 == 0
        assert event["nextFundingTime"] >= event["ts"] + 7_100_000


def test_a_description_in_brackets_is_none_of_a_text() -> None:
    shape = {
        "MessageID": UUID,
        "From": "a@b.io",
        "Content": "<Full dump of the bounce>",
    }
    assert len({event["Content"] for event in values("webhooks/bounce", shape)}) == 1


def test_one_number_for_many_kinds_of_things_is_no_id_to_repeat() -> None:
    number = "123456789"
    others = {f"{noun}_id": number for noun in ("user", "survey", "collector")}
    events = values("webhooks", {"event_id": number, "resources": others})
    assert distinct(events, "event_id") == 5
    assert {str(event["resources"]) for event in events} == {str(others)}


def test_what_a_notice_is_created_for_is_new_also_below_the_head_of_an_event() -> None:
    data = {"id": "oppo_8H7sjNso7FyBFaeR3R", "date_created": "2019-01-15T12:48:23Z"}
    head = {"id": "ev_2sYKRjcrA79yKxi3S4", "date_created": "2019-01-15T12:48:23Z"}
    shape = {"event": {**head, "action": "created", "data": data}}
    events = [event["event"]["data"] for event in values("webhooks", shape)]
    assert distinct(events, "id") == 5


def test_what_only_has_an_id_is_new_in_an_event_that_happens_once() -> None:
    shape = {"id": 12345, "action": "payment.created", "data": {"id": "999999999"}}
    assert distinct(values("notifications", shape), "data") == 5


def test_a_kind_beside_a_time_may_say_that_it_is_to_come() -> None:
    times = [{"type": "ESTIMATED_DELIVERY", "dateTime": "2021-10-01T20:00:00Z"}]
    shape = {"times": times, "scan": {"date": "2021-09-29T04:33:00Z"}}
    event = values("track", shape, 1)[0]
    scan = datetime.fromisoformat(event["scan"]["date"])
    assert datetime.fromisoformat(event["times"][0]["dateTime"]) > scan + 2 * DAY


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("timePlaced", "20231001 13:45"),
        ("biddate", "1696167900000"),
    ],
)
def test_times_are_read_in_the_forms_of_traders_and_kitchens(
    name: str, example: str
) -> None:
    shape = {"id": UUID, "timestamp": "2023-10-01T13:45:00Z", name: example}
    assert values("webhooks", shape, 1)[0][name] != example


def test_a_long_number_is_no_time_but_by_its_name_or_a_neighbour() -> None:
    shape = {"circulation": 1926543212345678, "time": "2023-01-17 10:21:34"}
    assert {e["circulation"] for e in values("stats", shape)} == {1926543212345678}


def test_a_card_has_its_token_for_good() -> None:
    card = {"token": "7ef7d65c-9023-4da3-b113-3b8583fd7951", "last_four": "1234"}
    shape = {"token": UUID, "created": "2024-03-11T16:24:51Z", "card": card}
    events = values("webhooks/card-authorizations", shape)
    assert distinct(events, "token") == 5
    assert distinct(events, "card") == 1


def test_an_amount_with_its_fee_stays_and_its_references_are_new() -> None:
    data = {
        "id": 285959875,
        "tx_ref": "Links-616626414629",
        "transfer_code": "TRF_wpl1dem4967avzm",
        "amount": 100,
        "app_fee": 1.4,
        "created_at": "2020-07-06T19:17:04.000Z",
    }
    shape = {"event": "charge.completed", "data": data}
    events = [event["data"] for event in values("webhook", shape)]
    assert {(event["amount"], event["app_fee"]) for event in events} == {(100, 1.4)}
    for name in ("id", "tx_ref", "transfer_code"):
        assert distinct(events, name) == 5


def test_an_empty_text_asks_for_no_other() -> None:
    recipient = {"id": 8690817, "note": "", "updated_at": "2020-09-03T12:11:25Z"}
    shape = {"id": UUID, "created_at": "2020-10-26T12:28:57Z", "recipient": recipient}
    assert distinct(values("webhooks", shape), "recipient") == 1


def test_what_is_listed_of_tickets_and_tasks_goes_on() -> None:
    ticket = {
        "id": 20,
        "subject": "Support needed",
        "created_at": "2015-08-24T11:56:51Z",
        "updated_at": "2015-08-24T11:59:05Z",
    }
    events = values("api/v2/tickets", [ticket, {**ticket, "id": 21}])
    assert {str(event) for event in events} == {str(events[0])}


def test_a_list_of_events_has_as_many_as_the_example() -> None:
    shape = {"Events": [{"Id": UUID, "Type": "Reservation"}]}
    assert {len(event["Events"]) for event in values("ws/connector", shape)} == {1}


def test_an_event_inside_another_object_is_one_by_its_type() -> None:
    inner = {
        "type": "users.updated",
        "created": "2021-07-01T17:20:17.325Z",
        "id": "58b1d6d2f6f29b3f3d4a9c11",
        "data": {"object": {"id": "58da8a43cc70ab00017a1a87"}},
    }
    shape = {"data": [{"data": inner, "uri": "/events/58b1d6d2f6f29b3f3d4a9c11"}]}
    events = [event["data"][0] for event in values("v3.0/events", shape)]
    assert len({event["data"]["id"] for event in events}) == 5
    assert len({event["data"]["created"] for event in events}) == 5
    assert len({str(event["data"]["data"]) for event in events}) == 1
    assert all(event["uri"].endswith(event["data"]["id"]) for event in events)


def test_an_event_of_what_was_sent_does_not_say_anything_else() -> None:
    message = {"id": "MTIzNDU2Nzg5MA", "text": "Still thinking?", "channel": "TEXT"}
    shape = {"type": "sms.link_click", "timestamp": 1628111880000, "message": message}
    texts = {event["message"]["text"] for event in values("webhooks", shape)}
    assert texts == {"Still thinking?"}


def test_a_word_behind_callbacks_is_no_id() -> None:
    shape = {"id": UUID, "status": "delivered", "sent_at": "2017-05-14T12:15:30Z"}
    events = values("callbacks/notify", shape)
    assert distinct(events, "id") == distinct(events, "sent_at") == 5


def test_a_sale_with_a_time_of_its_own_is_a_new_one() -> None:
    shape = {
        "seller_id": "G_-mnBf9b1j9A7a4ub4nFQ==",
        "sale_id": "FO8TXN-dvxYabdavG97Y-Q==",
        "sale_timestamp": "2021-01-05T19:38:56Z",
    }
    events = values("webhooks/acme", shape)
    assert distinct(events, "sale_id") == 5
    assert distinct(events, "seller_id") == 1
    assert {len(event["sale_id"]) for event in events} == {24}


def test_deadlines_are_whole_minutes_and_couriers_are_on_their_way() -> None:
    courier = {"name": "Jo", "location": {"lat": 40.7482, "lng": -73.9857}}
    data = {"courier": courier, "dropoff_deadline": "2023-05-20T15:00:00Z"}
    shape = {"id": UUID, "created": "2023-05-20T14:07:25.251Z", "data": data}
    events = [event["data"] for event in values("webhooks/courier", shape)]
    assert distinct(events, "courier") == 5
    assert distinct(events, "dropoff_deadline") == 1
    assert all(event["dropoff_deadline"].endswith(":00Z") for event in events)


def test_what_was_submitted_is_new() -> None:
    made = "2022-06-21T16:37:29.144Z"
    application = {"id": UUID, "createdAt": made, "status": "Active"}
    shape = {"action": "applicationSubmit", "data": {"application": application}}
    events = [event["data"]["application"] for event in values("webhooks", shape)]
    assert distinct(events, "id") == distinct(events, "createdAt") == 5


def test_an_event_is_told_by_its_name_and_a_message_by_its_type() -> None:
    data = {"type": "message", "id": "5f8a1c2b3d4e5f60718293aa"}
    shape = {
        "id": "5f8a1c2b3d4e5f6071829304",
        "name": "acme.message.create",
        "data": data,
    }
    events = values("hooks/acme", shape)
    assert distinct(events, "id") == distinct(events, "data") == 5


def test_the_ids_of_whose_a_notice_is_stay() -> None:
    shape = {
        "EnterpriseId": UUID,
        "webhook_id": UUID[::-1],
        "events": [{"event_type": "record.updated", "id": {"record_id": HASH}}],
    }
    events = values("webhooks", {**shape, "timestamp": "2024-01-23T07:42:26Z"})
    for name in shape:
        assert distinct(events, name) == 1


def test_a_number_of_an_order_goes_with_the_order_and_not_with_the_event() -> None:
    shape = {"webhookEventId": 88213, "shipmentId": 4412, "orderNumber": "SO-20231"}
    events = values("webhooks/shipments", shape)
    assert distinct(events, "webhookEventId") == 5
    assert distinct(events, "orderNumber") == 1


def test_a_submission_and_a_notification_of_a_payment_are_new() -> None:
    shape = {"formID": "200073456789012", "submissionID": "4532123456789012345"}
    assert distinct(values("webhooks/acme", shape), "submissionID") == 5
    ipn = {"ipn_id": HASH, "ipn_type": "deposit", "txn_id": HASH[::-1]}
    events = values("ipn/coins", ipn)
    assert distinct(events, "ipn_id") == distinct(events, "txn_id") == 5


def test_the_steps_of_a_history_stay() -> None:
    history = [
        {"status": "completed", "time": "2016-04-26T19:36:32.000Z"},
        {"status": "in_transit", "time": "2016-04-26T17:36:32.000Z"},
    ]
    events = values("webhooks/parcels", {"number": "PPYv", "history": history})
    assert distinct(events, "history") == 1


def test_a_hook_of_orders_is_no_order() -> None:
    shape = {"OrderId": "v40484048naf-01", "State": "payment-approved"}
    for event in values("orders/hook", shape):
        assert event["OrderId"].startswith("v40484048naf-")


def test_the_time_of_a_line_may_run_into_a_word() -> None:
    shape = {"eventname": "viewed", "courseid": 14, "timecreated": 1614602399}
    assert distinct(values("logs/campus", shape), "timecreated") == 5


def test_an_event_may_be_told_by_its_name_alone_behind_a_path_of_words() -> None:
    shape = {
        "id": UUID,
        "name": "users.messages.email.Open",
        "time": 1477502783,
        "user": {"user_id": "user-1"},
    }
    events = values("currents/email-open", shape)
    assert distinct(events, "id") == distinct(events, "time") == 5
    assert distinct(events, "name") == 1


def test_ids_of_events_may_end_in_uid() -> None:
    shape = {"webhookEventUid": UUID, "holderUid": UUID[::-1]}
    events = values("webhooks", {**shape, "eventTimestamp": "2021-03-05T11:02:13.120Z"})
    assert distinct(events, "webhookEventUid") == 5
    assert distinct(events, "holderUid") == 1


def test_the_resource_that_was_created_is_a_new_one() -> None:
    meta = {"event_type": "contract.created"}
    shape = {"data": {"meta": meta, "resource": {"id": "m4xk8d2", "status": "new"}}}
    events = [event["data"]["resource"] for event in values("webhooks", shape)]
    assert distinct(events, "id") == 5


def test_the_time_of_a_reservation_is_to_come() -> None:
    reservation = {
        "id": "4711203",
        "dateTime": "2023-10-14T19:30:00",
        "createdTimestampMillis": "1696350123456",
    }
    events = values("reservations/hook", {"reservation": reservation})
    found = [event["reservation"] for event in events]
    assert distinct(found, "dateTime") == 1
    assert distinct(found, "createdTimestampMillis") == 5
    assert datetime.fromisoformat(found[0]["dateTime"]).timestamp() * 1000 > NOW_MS


def test_who_made_something_is_the_same_one() -> None:
    author = {"type": "user", "id": "5310d8e7598c9a0b24000002", "name": "Bo"}
    shape = {"id": UUID, "topic": "conversation.user.created", "author": author}
    assert distinct(values("webhooks", shape), "author") == 1


def test_the_code_of_a_booking_is_as_long_as_any() -> None:
    booking = {"id": UUID, "booking_reference": "RZPNX8", "created_at": "2020-04-11"}
    shape = {"type": "booking.created", "created_at": "2020-04-11T15:48:11Z"}
    events = values("webhooks", {**shape, "id": HASH, "data": {"booking": booking}}, 12)
    codes = {event["data"]["booking"]["booking_reference"] for event in events}
    assert len(codes) > 6 and {len(code) for code in codes} == {6}


def test_a_payload_that_was_created_is_new_with_its_keys() -> None:
    shape = {"eventType": "payment.capture.created", "payload": {"id": "60020981676"}}
    assert distinct(values("webhooks", shape), "payload") == 5
    booking = {"pk": 12345678, "uuid": UUID, "created_at": "2024-08-11T17:42:10Z"}
    shape = {"type": "booking.created", "booking": booking}
    events = [event["booking"] for event in values("webhooks", shape)]
    assert distinct(events, "pk") == distinct(events, "uuid") == 5


def test_nothing_is_issued_in_the_future() -> None:
    shape = {
        "applied_date": "2024-04-30T00:00:00",
        "issued_date": "2024-05-06T00:00:00",
    }
    event = values("permits", [{"status": "ISSUED", **shape}], 1)[0][0]
    assert datetime.fromisoformat(event["issued_date"]).timestamp() * 1000 <= NOW_MS
