"""A recording says what came and when; what is no recording is refused by its line."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.recorder.echoes import Secrets, masked_url
from app.recordings.recording import (
    NDJSON,
    SSE,
    BadRecording,
    Entry,
    Header,
    Recording,
    entry_line,
    header_line,
    read_recording,
)
from app.recordings.replay import Timeline, likenesses, mean_gap_ms

HEADER = Header("http://example.com/feed", SSE, "2026-01-06T12:00:00.000Z")
FIRST = header_line(HEADER)

ONE_LINE = st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"))
ENTRIES = st.builds(
    Entry,
    st.integers(0, 10**6).map(float),
    st.none() | ONE_LINE,
    st.none() | ONE_LINE,
    st.none() | st.integers(0, 10**6),
    st.text(st.characters(codec="utf-8")),
    st.none() | ONE_LINE,
)


def recording(*entries: Entry) -> Recording:
    return Recording(HEADER, entries)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ENTRIES, min_size=1, max_size=6), st.sampled_from([SSE, NDJSON]))
def test_what_is_written_is_read_back(entries: list[Entry], kind: str) -> None:
    entries.sort(key=lambda entry: entry.at_ms)
    header = Header("http://h/p?q=1", kind, "2026-01-06T12:00:00.000Z")
    text = header_line(header) + b"".join(map(entry_line, entries))
    assert read_recording(text) == Recording(header, tuple(entries))


@given(st.integers(0, 200))
def test_a_file_that_was_cut_off_is_a_recording_of_what_came_before(cut: int) -> None:
    lines = [entry_line(Entry(float(at), data=f"d{at}")) for at in range(3)]
    whole = FIRST + b"".join(lines)
    text = whole[: min(len(FIRST + lines[0]) + cut, len(whole))]
    entries = read_recording(text).entries
    assert [entry.data for entry in entries] == ["d0", "d1", "d2"][: len(entries)]
    assert len(entries) >= 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "line 1 is missing"),
        (b"data: x\n\n", "line 1 is not JSON"),
        (b'{"at_ms":1}\n', "line 1 is no header"),
        (b'{"recording":2}\n', "line 1 is no header"),
        (b'{"recording":1,"url":1}\n', "line 1 has no url or no started"),
        (
            b'{"recording":1,"url":"u","started":"s","content_type":"text/html"}\n',
            "line 1 has a content_type",
        ),
        (FIRST, "line 1 is followed by no event with data"),
        (FIRST + b"[]\n", "line 2 is no object"),
        (FIRST + b'{"data":"x"}\n', "line 2 has no at_ms"),
        (FIRST + b'{"at_ms":-1,"data":"x"}\n', "line 2 has no at_ms"),
        (FIRST + b'{"at_ms":true,"data":"x"}\n', "line 2 has no at_ms"),
        (FIRST + b'{"at_ms":1}\n', "line 2 says nothing but a time"),
        (FIRST + b'{"at_ms":1,"dat":"x"}\n', "unknown member 'dat'"),
        (
            FIRST + b'{"at_ms":1,"data":{}}\n',
            "line 2 has a member data that is no text",
        ),
        (
            FIRST + b'{"at_ms":1,"id":"a\\nb"}\n',
            "line 2 has a member id of several lines",
        ),
        (FIRST + b'{"at_ms":1,"id":"a\\u0000b"}\n', "line 2 has a member id with NUL"),
        (FIRST + b'{"at_ms":1,"retry":1.5,"data":""}\n', "line 2 has a bad retry"),
        (
            FIRST + b'{"at_ms":2,"data":"x"}\n{"at_ms":1,"data":"x"}\n',
            "line 3 is earlier",
        ),
        (FIRST + b'{"at_ms":2,"da\n{"at_ms":1,"data":"x"}\n', "line 2 is not JSON"),
    ],
)
def test_what_is_no_recording_is_refused_with_line_and_reason(
    text: bytes, reason: str
) -> None:
    with pytest.raises(BadRecording, match=reason):
        read_recording(text)


def test_a_long_file_lets_others_have_their_turn() -> None:
    turns: list[None] = []
    line = entry_line(Entry(1.0, data="x"))
    read_recording(FIRST + line * 5_000, lambda: turns.append(None))
    assert len(turns) == 10


@pytest.mark.parametrize(("speed", "gaps"), [(1.0, [5, 10, 0]), (10.0, [0.5, 1, 0])])
def test_gaps_are_those_of_the_recording_by_its_speed(
    speed: float, gaps: list[float]
) -> None:
    line = Timeline([Entry(at, data="x") for at in (5.0, 15.0, 15.0)], speed)
    assert [line[index].after_ms for index in range(len(line))] == gaps


def test_likenesses_are_the_latest_of_each_name_with_their_number() -> None:
    made = recording(
        Entry(0, "a", data='{"n":1}'),
        Entry(10, None, data="5"),
        Entry(20, "a", data='{"n":2}'),
        Entry(30, comment="still here"),
        Entry(40, "a", data='{"n":3}'),
    )
    found = [(each.event, each.example, each.count) for each in likenesses(made)]
    assert found == [("a", {"n": 3}, 3), (None, 5, 1)]
    assert mean_gap_ms(made) == 13


def test_text_is_like_nothing_that_can_be_generated() -> None:
    with pytest.raises(ValueError, match="at 7 ms is not JSON"):
        likenesses(recording(Entry(7, data="[DONE]")))


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://h/p?a=1&b=2", "https://h/p?a=1&b=2"),
        ("https://user:pass@h:8/p#x", "https://h:8/p"),
        ("https://h/p?api_key=abc&q=1", "https://h/p?api_key=***&q=1"),
        ("https://h/p?X-Token=abc", "https://h/p?X-Token=***"),
        ("https://h/p?to%6Ben=abc", "https://h/p?to%6Ben=***"),
        ("https://h/p?sig=abc&design=1", "https://h/p?sig=***&design=1"),
    ],
)
def test_an_address_is_written_without_its_secrets(url: str, masked: str) -> None:
    assert masked_url(url) == masked


@pytest.mark.parametrize(
    "echoed",
    [
        "s3cr3t-one",
        "Bearer s3cr3t-one",
        "a%20b%2Fc-d",
        "a b/c-d",
        "hunter22",
        "dTpodW50ZXIyMg==",
        '{"session":"k0-k1-k2"}',
        "YW5uYTpwYXNzd29yZA==",
        "passw\\u00f6rd",
        "1234",
    ],
)
def test_what_the_source_repeats_of_a_secret_is_masked(echoed: str) -> None:
    headers = [
        ("Authorization", "Bearer s3cr3t-one"),
        ("Proxy-Authorization", "Basic YW5uYTpwYXNzd29yZA=="),
        ("Cookie", "theme=dark; id=k0-k1-k2"),
        ("X-Api-Key", "passwörd"),
        ("Accept", "text/plain"),
    ]
    url = "https://u:hunter22@h/?token=a%20b%2Fc-d&sig=1234"
    text = Secrets(url, headers).without(f"<{echoed}> text/plain")
    assert echoed not in text and "***" in text
    assert text.endswith("text/plain")


def test_a_short_secret_is_masked_where_it_is_a_word() -> None:
    secrets = Secrets("https://h/?pin_token=abcd", [])
    assert secrets.without("abcd, abcde, x-abcd") == "***, abcde, x-***"


def test_secrets_of_an_address_that_was_redirected_to_are_known_then() -> None:
    secrets = Secrets("https://h/", [])
    assert secrets.without("signed-so") == "signed-so"
    secrets.learn("https://other/?X-Amz-Signature=signed-so")
    assert secrets.without("signed-so") == "***"
