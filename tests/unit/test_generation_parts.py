"""The pieces that values are made of, each against its own rule."""

from __future__ import annotations

import json
import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cuts import word_pieces
from app.generation.values.clocks import number_clock, text_clock
from app.generation.values.identifiers import series, ulid, uuid4
from app.schema.patterns import Pattern
from app.schema.refusal import Impossible

#: Wednesday, 5 February 2025, 06:07:08.009 UTC.
MOMENT = 1_738_735_628_009


@pytest.mark.parametrize(
    ("example", "written"),
    [
        ("2024-12-31T23:59:59.999Z", "2025-02-05T06:07:08.009Z"),
        ("2024-12-31T23:59:59Z", "2025-02-05T06:07:08Z"),
        ("2024-12-31T23:59:59.1Z", "2025-02-05T06:07:08.0Z"),
        ("2024-12-31T23:59:59.123456Z", "2025-02-05T06:07:08.009000Z"),
        ("2024-12-31T23:59Z", "2025-02-05T06:07Z"),
        ("2024-12-31T23:59:59+02:00", "2025-02-05T08:07:08+02:00"),
        ("2024-12-31T23:59:59-0500", "2025-02-05T01:07:08-0500"),
        ("2024-12-31 23:59:59", "2025-02-05 06:07:08"),
        ("2024-12-31 23:59:59,123", "2025-02-05 06:07:08,009"),
        ("2024-12-31 23:59:59 UTC", "2025-02-05 06:07:08 UTC"),
        ("2024-12-31T23:59:59", "2025-02-05T06:07:08"),
        ("2024-12-31", "2025-02-05"),
        ("2024-12", "2025-02"),
        ("2024/12/31", "2025/02/05"),
        ("12/31/2024", "02/05/2025"),
        ("31/12/2024", "05/02/2025"),
        ("31.12.2024", "05.02.2025"),
        ("23:59:59", "06:07:08"),
        ("23:59", "06:07"),
        ("11:59 PM", "06:07 AM"),
        ("Tue, 31 Dec 2024 23:59:59 GMT", "Wed, 05 Feb 2025 06:07:08 GMT"),
        ("Tue Dec 31 23:59:59 +0000 2024", "Wed Feb 05 06:07:08 +0000 2025"),
        ("20241231T235959Z", "20250205T060708Z"),
        ("1735689599", "1738735628"),
        ("1735689599999", "1738735628009"),
    ],
)
def test_a_clock_keeps_the_format_of_its_example(example: str, written: str) -> None:
    clock = text_clock(example)
    assert clock is not None
    assert clock(MOMENT) == written


@pytest.mark.parametrize(
    "text", ["", "AAPL", "s1", "2024-13-45", "99:99", "12:34:56:78", "1.2.3", "41"]
)
def test_other_texts_are_no_clocks(text: str) -> None:
    assert text_clock(text) is None


@pytest.mark.parametrize(
    ("example", "written"),
    [
        (1_735_689_599, "1738735628"),
        (1_735_689_599_999, "1738735628009"),
        (1_735_689_599_999_999, "1738735628009000"),
        (1_735_689_599.25, "1738735628.009"),
    ],
)
def test_a_number_of_seconds_keeps_its_unit(example: float, written: str) -> None:
    clock = number_clock(example)
    assert clock is not None
    assert clock(MOMENT) == written


@pytest.mark.parametrize("number", [0, 42, 1e6, -1_735_689_599])
def test_other_numbers_are_no_clocks(number: float) -> None:
    assert number_clock(number) is None


@pytest.mark.parametrize(
    ("example", "following"),
    [
        ("s1", ["s2", "s3"]),
        ("p-01", ["p-02", "p-03"]),
        ("item-099", ["item-100", "item-101"]),
        ("ORD-2025-0007", ["ORD-2025-0008", "ORD-2025-0009"]),
        ("room 9b", ["room 10b", "room 11b"]),
        ("41", ["42", "43"]),
    ],
)
def test_an_identifier_goes_on_as_its_example(
    example: str, following: list[str]
) -> None:
    go_on = series(example)
    assert go_on is not None
    draw = random.Random(1).random
    assert [go_on(draw, MOMENT, number) for number in (1, 2)] == following


@pytest.mark.parametrize(
    ("example", "pattern"),
    [
        ("3f2504e0-4f89-41d3-9a0c-0305e82c3301", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-.{12}"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", r"01JK[0-9A-HJKMNP-TV-Z]{22}"),
        ("9f86d081884c7d65", r"[0-9a-f]{16}"),
        ("0x52908400098527886e0f", r"0x[0-9a-f]{20}"),
        ("ch_3MmlLrLkdIwHu7ix0snN0B15", r"ch_[A-Za-z0-9]{24}"),
    ],
)
def test_an_identifier_without_an_order_keeps_its_form(
    example: str, pattern: str
) -> None:
    go_on = series(example)
    assert go_on is not None
    draw = random.Random(1).random
    found = {go_on(draw, MOMENT, number) for number in range(1, 20)}
    assert len(found) == 19
    assert all(re.fullmatch(pattern, text) for text in found)


def test_a_word_is_no_series() -> None:
    assert series("living-room") is None


def test_uuids_say_what_they_are() -> None:
    draw = random.Random(1).random
    for _ in range(50):
        assert re.fullmatch(
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            uuid4(draw),
        )


def test_ulids_sort_by_time() -> None:
    draw = random.Random(1).random
    found = [ulid(draw, MOMENT + number) for number in range(20)]
    assert found == sorted(found)
    assert {len(text) for text in found} == {26}


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{3}-\d{4}$",
        r"^(\+\d{1,3})?\s?\d{3,}$",
        r"((a*)*)*",
        r"^(?<year>\d{4})/(?<month>0[1-9]|1[0-2])$",
        r"[^a-z]+",
        r"[\x00-\x1f]+",
        r"^\w+@[\w.]+\.(com|org)$",
        r"^.{10,20}$",
        r"(a?){1000000}",
        r"\bfoo\b",
        r"^$",
    ],
)
def test_a_text_matches_its_pattern(pattern: str) -> None:
    draw = random.Random(1).random
    python = pattern.replace("(?<", "(?P<")
    made = Pattern(pattern)
    for extra in (0, 3, 12):
        assert re.search(python, made.text(draw, extra))


def test_classes_of_unicode_are_known() -> None:
    draw = random.Random(1).random
    made = Pattern(r"^\p{Lu}{2}[\p{L}\d]+$")
    assert re.fullmatch("[A-Z]{2}[A-Za-z0-9]+", made.text(draw, 5))


@pytest.mark.parametrize("pattern", ["(" * 50 + "a" + "*)" * 50, "((a*)*)*" * 300])
def test_a_hostile_pattern_makes_a_short_text(pattern: str) -> None:
    assert len(Pattern(pattern).text(random.Random(1).random, 12)) < 100_000


@pytest.mark.parametrize("pattern", ["(", "a{4000}{4000}", "x" * 5_000, "[z-a]"])
def test_a_pattern_that_cannot_be_read_is_impossible(pattern: str) -> None:
    with pytest.raises(Impossible):
        Pattern(pattern)


@given(st.text())
def test_pieces_make_the_text_again(text: str) -> None:
    assert "".join(word_pieces(text)) == text


def test_pieces_are_of_the_size_of_word_pieces() -> None:
    text = json.dumps(
        {"message": "Conditions are extraordinarily pleasant", "n": 12345}
    )
    pieces = list(word_pieces(text))
    assert max(map(len, pieces)) <= 7
    assert 15 < len(pieces) < len(text) / 2
