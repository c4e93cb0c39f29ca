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
