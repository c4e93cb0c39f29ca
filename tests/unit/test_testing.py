"""What the client for tests makes of durations, of a journal and of a verdict."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

from app import testing
from app.testing import Entry, Journal, Judgement, Verdict
from app.testing.api import Duration, milliseconds

ENTRY = {
    "seq": 4,
    "method": "GET",
    "path": "/v1/prices",
    "query": "",
    "status": 200,
    "lastEventId": "a-3",
    "open": False,
    "events": 2,
    "outcome": "cut",
    "endedBy": "fault",
    "faults": [{"fault": "cut@2"}],
}
JOURNAL = Journal([ENTRY])


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("10m", 600_000),
        ("1.5s", 1_500),
        ("250ms", 250),
        ("1h", 3_600_000),
        (2, 2_000),
        (0.25, 250),
        (datetime.timedelta(minutes=1), 60_000),
    ],
)
def test_a_duration_is_text_seconds_or_a_timedelta(
    duration: Duration, expected: int
) -> None:
    assert milliseconds(duration) == expected


@pytest.mark.parametrize("text", ["", "10", "10 m", "-1s", "1d", "m"])
def test_another_text_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="no duration; accepted: text such as 250ms"):
        milliseconds(text)


def verdict(**results: str) -> Verdict:
    """A verdict on one client, by rules with these results."""
    rules: list[dict[str, Any]] = [
        {"rule": rule, "result": result, "says": f"so it is {result}", "requests": [4]}
        for rule, result in results.items()
    ]
    client = {"client": "127.0.0.1", "userAgent": "dashboard", "rules": rules}
    return Verdict({"clients": [client] if rules else []}, JOURNAL)


def test_rules_that_pass_are_passed_over() -> None:
    verdict(reconnects="pass", waits="not-seen").check("reconnects")
    verdict(reconnects="pass", waits="not-seen").check()


def test_a_rule_that_fails_tells_the_story() -> None:
    with pytest.raises(AssertionError) as raised:
        verdict(reconnects="fail", waits="pass").check("reconnects", "waits")
    assert str(raised.value).splitlines() == [
        "reconnects: fail: so it is fail (127.0.0.1 dashboard; #4)",
        "",
        "The journal:",
        "#4 GET /v1/prices: 200, Last-Event-ID a-3, 2 events,"
        " cut, ended by the fault, fault cut@2",
    ]
    with pytest.raises(AssertionError):
        verdict(reconnects="fail").check()


def test_a_rule_that_was_not_seen_does_not_pass() -> None:
    with pytest.raises(AssertionError, match="not-seen"):
        verdict(reconnects="not-seen").check("reconnects")


def test_a_rule_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="'recconnects' is no rule; accepted: reconn"):
        verdict(reconnects="pass").check("recconnects")


def test_where_no_client_came_nothing_passes() -> None:
    with pytest.raises(AssertionError, match="no client read a stream"):
        verdict().check()


def test_a_verdict_is_printed_as_a_line_a_judgement() -> None:
    assert str(verdict(reconnects="pass", waits="not-seen")).splitlines() == [
        "reconnects: pass: so it is pass (127.0.0.1 dashboard; #4)",
        "waits: not-seen: so it is not-seen (127.0.0.1 dashboard; #4)",
    ]
    assert str(verdict()) == "no client read a stream"


def members(of: type[object]) -> set[str]:
    """What a test reads of an object, in Python."""
    public = {name for name in vars(of) if not name.startswith("_")}
    return public | set(getattr(of, "__annotations__", {}))


@pytest.mark.parametrize("of", [Entry, Judgement])
def test_the_page_describes_each_member(of: type[object]) -> None:
    page = Path(testing.__file__).parents[1] / "web" / "pages" / "testing.md"
    _, _, told = page.read_text("utf-8").partition("### What a test reads")
    described = set(re.findall(r"`(?:entry|judgement|error)\.(\w+)`", told))
    missing = members(of) - described
    assert not missing
