"""Log lines: whole, parsable, and not to be broken by what clients send."""

from __future__ import annotations

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.event import EndReason
from app.logs import FORMATTERS
from app.settings import LogFormat
from app.streams import log_lines
from app.words import Shape
from tests.unit.fakes import FakeClock, FakeSource, fake_services, mock_request

TEXTS = st.text() | st.text(st.characters(categories=["C", "Z"])) | st.just("a\nb")
FIELDS = st.dictionaries(
    st.sampled_from(["id", "path", "client", "seconds", "context"]),
    TEXTS | st.integers(-(2**53), 2**53) | st.booleans() | st.none(),
)


class Log:
    """A logger whose lines are kept."""

    def __init__(self, form: LogFormat) -> None:
        self._stream = io.StringIO()
        handler = logging.StreamHandler(self._stream)
        handler.setFormatter(FORMATTERS[form]())
        self.logger = logging.Logger("app.test")
        self.logger.addHandler(handler)

    def lines(self) -> list[str]:
        # Not splitlines(), which splits where a log's reader may not.
        return self._stream.getvalue().removesuffix("\n").split("\n")


@given(TEXTS, FIELDS)
def test_a_text_line_is_one_line_whatever_is_in_it(
    message: str, fields: dict[str, object]
) -> None:
    log = Log(LogFormat.TEXT)
    log.logger.info("%s", message, extra={"fields": fields})
    (line,) = log.lines()
    assert line.isprintable()


@given(TEXTS, FIELDS)
def test_a_json_line_gives_back_what_was_logged(
    message: str, fields: dict[str, object]
) -> None:
    log = Log(LogFormat.JSON)
    log.logger.warning("%s", message, extra={"fields": fields})
    (line,) = log.lines()
    assert line.isprintable()
    read = json.loads(line)
    assert (read["message"], read["level"]) == (message, "warning")
    assert {name: read[name] for name in fields} == fields


@given(TEXTS)
def test_a_line_of_a_traceback_cannot_pass_for_a_line_of_the_log(text: str) -> None:
    log = Log(LogFormat.TEXT)
    try:
        raise ValueError(text)
    except ValueError:
        log.logger.exception("it failed")
    first, *further = log.lines()
    assert first.endswith(f"error [{os.getpid()}] app.test: it failed")
    assert further[0] == "    Traceback (most recent call last):"
    assert all(line.startswith("    ") and line.isprintable() for line in further)


def test_a_traceback_is_a_member_of_its_json_line() -> None:
    log = Log(LogFormat.JSON)
    try:
        raise ValueError("a\nb")
    except ValueError:
        log.logger.exception("it failed")
    (line,) = log.lines()
    assert json.loads(line)["exception"].endswith("ValueError: a\nb")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("stocks/AAPL", "stocks/AAPL"),
        ("bücher", "bücher"),
        ("", '""'),
        ("two words", '"two words"'),
        ("a=b", '"a=b"'),
        ('say "no"', '"say \\"no\\""'),
        ("a\nb", '"a\\nb"'),
        ("\x1b[31mred", '"\\u001b[31mred"'),
        ("\u202ereversed", '"\\u202ereversed"'),
        (True, "true"),
        (1.5, "1.5"),
    ],
)
def test_a_field_is_quoted_where_it_would_be_misread(
    value: object, written: str
) -> None:
    log = Log(LogFormat.TEXT)
    log.logger.info("x", extra={"fields": {"name": value, "absent": None}})
    (line,) = log.lines()
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    found = re.fullmatch(rf"{time} info \[\d+\] app\.test: x name=(.*)", line)
    assert found is not None and found[1] == written


SECRET_SHAPE = {"hidden": "content-of-a-shape"}


@pytest.fixture
def stream_lines(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    caplog.set_level(logging.DEBUG)
    yield lambda: [
        (record.getMessage(), record.fields)  # type: ignore[attr-defined]
        for record in caplog.records
        if record.name == log_lines.__name__
    ]


def test_a_stream_has_a_line_at_its_start_and_one_at_its_end(
    stream_lines: Any,
) -> None:
    clock = FakeClock()
    services = fake_services(FakeSource(lambda n: {"n": n}), clock=clock)
    request = mock_request(
        method="POST",
        path="stocks/AAPL",
        context="c1",
        shape=Shape(SECRET_SHAPE, {}, is_example=True),
        body={"hidden": "content-of-a-body"},
    )
    stream = services.streams.open(request, path="/", client="10.0.0.9", sock=None)
    asked = {
        "id": stream.id,
        "method": "POST",
        "path": "stocks/AAPL",
        "mode": "CompleteObjects",
        "continuous": True,
        "client": "10.0.0.9",
        "backend": "fake",
        "context": "c1",
    }
    assert stream_lines() == [("stream started", asked)]
    frames = stream.frames()
    sent = [next(frames) for _ in range(4)]
    stream.stop(EndReason.STOPPED)
    sent += list(frames)
    sums = {
        "reason": "stopped",
        "batches": 3,
        "events": 5,
        "bytes": sum(map(len, sent)),
        "seconds": 2.0,
    }
    assert stream_lines()[1:] == [("stream ended", {**asked, **sums})]
    stream.close()
    assert len(stream_lines()) == 2


def test_nothing_of_a_shape_or_a_body_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    def broken(number: int) -> object:
        raise ZeroDivisionError("a bug")

    for make in (broken, lambda n: {"hidden": "content-of-a-value"}):
        services = fake_services(FakeSource(make))
        request = mock_request(
            shape=Shape(SECRET_SHAPE, {}, is_example=True),
            body=SECRET_SHAPE,
            continuous=False,
        )
        list(services.streams.open(request, path="/", client="x", sock=None).frames())
    assert "a bug" in caplog.text
    everything = caplog.text + repr([vars(record) for record in caplog.records])
    assert "content-of" not in everything


def test_an_answer_that_is_no_stream_has_no_lines(stream_lines: Any) -> None:
    services = fake_services(FakeSource(lambda n: {"n": n}))
    assert services.streams.answer(mock_request(), sock=None) == b'{"n":0}'
    assert stream_lines() == []
