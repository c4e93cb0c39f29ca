"""What the client for tests makes of durations, of a journal and of a verdict."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from app.testing import Journal, Verdict
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
