"""How events and feeds stand in the log: what is written is read again."""

from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import given

from app.events.event import EndReason, Event, Fields
from app.feeds.shared.written import (
    Declared,
    Written,
    WrittenEnd,
    read,
    read_declared,
    write_declared,
    write_end,
    write_event,
)
from app.schema.shapes import example_schema
from app.words import FeedChoice, Mode, Shape
from tests.unit.fakes import mock_request

_BYTES = st.none() | st.binary(max_size=20)
_FIELDS = st.none() | st.builds(
    Fields,
    name=st.binary(max_size=9),
    id=_BYTES,
    retry=st.none() | st.integers(0, 9999),
    comment=_BYTES,
    raw=_BYTES,
    faults=st.just(()),
)


@given(
    data=st.binary(max_size=60),
    whole=st.booleans(),
    fields=_FIELDS,
    batch=st.integers(0, 2**60),
    begins=st.booleans(),
)
def test_an_event_is_read_as_it_was_written(
    data: bytes, whole: bool, fields: Fields | None, batch: int, begins: bool
) -> None:
    written = Written(Event(data, whole=whole, fields=fields), batch, begins)
    assert read(write_event(written)) == written


@pytest.mark.parametrize("reason", EndReason)
@pytest.mark.parametrize("message", [None, "", "Größe\n💥"])
def test_an_end_is_read_as_it_was_written(
    reason: EndReason, message: str | None
) -> None:
    end = WrittenEnd(reason, message)
    assert read(write_end(end)) == end


@given(garbage=st.binary(max_size=12))
def test_what_is_too_short_to_be_an_event_is_refused(garbage: bytes) -> None:
    with pytest.raises(ValueError):
        read(garbage)


def test_a_feed_is_read_as_it_was_made() -> None:
    example = {"price": 2**80, "name": "Größe"}
    request = mock_request(
        mode=Mode.ARRAY_ITEMS,
        interval_ms=7,
        shape=Shape(example, example_schema(example), True),
        feed=FeedChoice("ticker", frozenset()),
        fields={"symbol": "AAPL"},
        body={"symbol": "AAPL"},
        jitter_ms=3,
        vary_all=True,
        backends=("a", "b"),
    )
    for each in (request, replace(request, shape=None, seed=5)):
        declared = Declared(each, 99)
        again = read_declared(write_declared(declared))
        assert again == declared
        assert again.seeded.seed == (99 if each.seed is None else 5)


@pytest.mark.parametrize("garbage", [b"", b"[]", b"{}", b'{"request":{},"seed":1}'])
def test_a_feed_of_another_version_is_refused(garbage: bytes) -> None:
    with pytest.raises(ValueError):
        read_declared(garbage)
