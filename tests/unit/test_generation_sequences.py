"""What comes one after another: numbers of events, and the times that they have."""

from __future__ import annotations

import pytest

from app.words import Json
from tests.unit.generated import NOW_MS, values


def _column(path: str, shape: dict[str, Json], name: str, count: int = 4) -> list[Json]:
    return [event[name] for event in values(path, shape, count)]


@pytest.mark.parametrize(
    ("shape", "name", "step"),
    [
        ({"ledger_index": 7125358}, "ledger_index", 1),
        ({"parent": 75, "root": 44, "slot": 76}, "slot", 1),
        ({"parent": 75, "root": 44, "slot": 76}, "root", 1),
        ({"prevSeqId": 123450, "seqId": 123456}, "seqId", 6),
        ({"prevSeqId": 123450, "seqId": 123456}, "prevSeqId", 6),
        ({"last-round": 33741012, "next-version-round": 33741013}, "last-round", 1),
        ({"last-round": 33741, "next-version-round": 33742}, "next-version-round", 1),
    ],
)
def test_numbers_of_one_sequence_rise_together(
    shape: dict[str, Json], name: str, step: int
) -> None:
    first = shape[name]
    assert isinstance(first, int)
    found = _column("status", shape, name)
    assert found == [first + step * number for number in range(4)]


def test_each_number_of_an_object_of_sequences_rises() -> None:
    found = _column(
        "orders/messages", {"seq": {"stream": 9021, "consumer": 377}}, "seq"
    )
    assert found[1] == {"stream": 9022, "consumer": 378}


def test_a_large_revision_rises_also_as_a_text_and_a_small_one_stays() -> None:
    shape: dict[str, Json] = {"header": {"revision": "2145"}, "temperature": 20.5}
    assert _column("watch", shape, "header")[1] == {"revision": "2146"}
    small: dict[str, Json] = {"revision": 3, "temperature": 20.5}
    assert _column("watch", small, "revision") == [3] * 4


def test_the_id_of_an_entry_of_a_stream_is_the_time_of_the_event() -> None:
    shape: dict[str, Json] = {"id": "1526919030474-55", "fields": {"temperature": 19.8}}
    assert _column("streams/telemetry", shape, "id")[0] == f"{NOW_MS}-0"


def test_times_in_the_form_of_fix_are_those_of_the_event() -> None:
    shape: dict[str, Json] = {"MsgSeqNum": 2041, "SendingTime": "20231114-22:13:20.123"}
    found = _column("fix/executions", shape, "SendingTime")
    assert len({*found}) == 4
    assert all(str(each)[8] == "-" and str(each)[17] == "." for each in found)


def test_a_token_is_valid_from_before_the_present_until_after_it() -> None:
    shape: dict[str, Json] = {"iat": 1700000000, "nbf": 1700000000, "exp": 1700003600}
    for event in values("oauth/introspect", shape, 4):
        assert event["iat"] == event["nbf"] == event["exp"] - 3600
        assert event["iat"] * 1000 <= NOW_MS + 4_000 < event["exp"] * 1000


def test_the_time_since_something_is_no_time() -> None:
    shape: dict[str, Json] = {"time-since-last-round": 1204554100, "last-round": 33741}
    for event in values("status", shape, 4):
        assert event["time-since-last-round"] == 1204554100


def test_a_transaction_that_was_first_seen_now_has_a_hash_of_its_own() -> None:
    shape: dict[str, Json] = {"txid": "15e1" * 16, "firstSeen": 1700000000}
    assert len({*_column("mempool/transactions", shape, "txid")}) == 4


def test_a_text_of_parts_follows_the_numbers_of_sequences_in_it() -> None:
    shape: dict[str, Json] = {"ledger_index": 7125358, "range": "32570-7125358"}
    found = _column("ledgers/status", shape, "range")
    assert found == [f"32570-{7125358 + number}" for number in range(4)]


def test_a_hash_beside_its_number_is_another_one_with_each() -> None:
    shape: dict[str, Json] = {"ledger_index": 7125358, "ledger_hash": "687F604E" * 8}
    assert len({*_column("ledgers", shape, "ledger_hash")}) == 4


def test_seconds_since_2000_go_by_as_seconds() -> None:
    shape: dict[str, Json] = {"ledger_time": 455751310, "ledger_index": 7125358}
    found = _column("ledgers", shape, "ledger_time")
    assert found[-1] in range(455751310, 455751310 + 60)


def test_prices_and_sizes_of_one_order_stay() -> None:
    order: dict[str, Json] = {
        "orderId": "5cf98598-39a7-459e-97bf-76ca765ee020",
        "orderStatus": "Filled",
        "price": "72.5",
        "qty": "1",
        "side": "Sell",
        "cumExecQty": "1",
        "updatedTime": "1672364262457",
    }
    for event in values("private/order", {"data": [order]}, 4):
        assert (event["data"][0]["price"], event["data"][0]["qty"]) == ("72.5", "1")


def test_the_elements_of_a_new_record_are_as_new_as_that() -> None:
    check: dict[str, Json] = {
        "guid": "bb1f2ad0-0d8b-4a8a-8f38-6b6f0f6e7a22",
        "openedDate": "2023-11-14T22:01:12.412Z",
        "amount": 38.5,
    }
    order: dict[str, Json] = {
        "guid": "a9c5e8f0-9d0f-4c37-9d4a-6f0f7b2a1c55",
        "openedDate": "2023-11-14T22:01:12.412Z",
        "modifiedDate": "2023-11-14T22:13:20.123Z",
        "businessDate": 20231114,
        "checks": [check],
    }
    events = values("orders", order, 4)
    assert len({event["checks"][0]["guid"] for event in events}) == 4
    assert len({event["businessDate"] for event in events} - {20231114}) == 1
    for event in events:
        assert event["checks"][0]["openedDate"] == event["openedDate"]


def test_what_has_a_type_is_told_apart_by_the_id_that_is_named_by_it() -> None:
    item: dict[str, Json] = {
        "type": "FEED_ITEM",
        "feedItemUid": "7d8b1a52-9c1e-4a53-9f0e-0e7f3c1d2b4a",
        "transactionTime": "2023-11-14T22:13:20.882Z",
    }
    notice: dict[str, Json] = {
        "webhookEventUid": "ddb38d24-0b2a-4e2e-8c9f-7c5a2c3d1e10",
        "eventTimestamp": "2023-11-14T22:13:21.203Z",
        "content": item,
    }
    found = _column("webhooks", notice, "content")
    assert len({str(each) for each in found}) == 4
    ids = {each["feedItemUid"] for each in found if isinstance(each, dict)}
    assert len(ids) == 4


def test_a_game_of_two_teams_is_the_same_in_every_event() -> None:
    game: dict[str, Json] = {
        "id": "e912304de2b2ce35b473ce2ecd3d1502",
        "commence_time": "2023-11-14T22:00:00Z",
        "home_team": "Houston",
        "away_team": "Kansas City",
        "last_update": "2023-11-14T22:13:18Z",
    }
    assert len({*_column("odds/events", game, "id")}) == 1
    assert len({*_column("odds/events", game, "commence_time")}) == 1


def test_the_number_since_which_changes_are_told_goes_on_with_theirs() -> None:
    shape: dict[str, Json] = {"changeNumber": 21044122, "since": 21044121}
    assert _column("changes", shape, "since") == [21044121 + n for n in range(4)]
