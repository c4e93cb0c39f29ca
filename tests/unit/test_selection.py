"""What a management call is about."""

from __future__ import annotations

import pytest

from app.errors import BadRequest
from app.request.inputs import Inputs
from app.request.parsers import Limits
from app.request.selection import Selection, demand_selection, read_selection

LIMITS = Limits(
    max_items=1,
    max_shape_bytes=1,
    max_shape_depth=1,
    max_event_bytes=1024,
    backends=(),
)


def inputs(**query: str) -> Inputs:
    return Inputs(query=query, headers={})


@pytest.mark.parametrize(
    ("selection", "path", "route", "is_chosen"),
    [
        (Selection(), "/v1/a", None, True),
        (Selection(prefix="/v1"), "/v1/a", None, True),
        (Selection(prefix="/v1/"), "/v10", None, False),
        (Selection(route="prices"), "/v1", "prices", True),
        (Selection(route="prices"), "/v1", "news", False),
        (Selection(route="prices"), "/v1", None, False),
        (Selection(path="/v1/*/stream"), "/v1/AAPL/stream", None, True),
        (Selection(path="/v1/*/stream"), "/v1/a/b/stream", None, False),
        (Selection(path="/v1/**/stream"), "/v1/a/b/stream", None, True),
        (Selection(path="/v1/**"), "/v1/a\nb", None, True),
        (Selection(path="/v?/a.b"), "/v2/a.b", None, True),
        (Selection(path="/v?/a.b"), "/v2/a-b", None, False),
        (Selection(path="/v1/*"), "/v1/\N{SNOWMAN}", None, True),
        (Selection(prefix="/v1", route="news"), "/v1", "prices", False),
    ],
)
def test_what_is_chosen_fits_all_that_is_asked_for(
    selection: Selection, path: str, route: str | None, is_chosen: bool
) -> None:
    assert selection.matches(path, route) is is_chosen
    assert Selection(**selection.to_json()).matches(path, route) is is_chosen


def test_a_hostile_glob_costs_no_time() -> None:
    glob = "/" + "**a" * 600
    assert not Selection(path=glob).matches("/" + "a" * 500, None)


def test_the_query_says_what_a_call_is_about() -> None:
    given = inputs(prefix="/v1", path="/v1/*", route="r", timeoutMs="5")
    read = read_selection(given, LIMITS, also=("timeoutMs",))
    assert read == Selection(prefix="/v1", route="r", path="/v1/*")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"prefx": "/v1"}, "prefx"),
        ({"timeoutMs": "5"}, "timeoutMs"),
        ({"prefix": "v1"}, "prefix"),
        ({"path": "*"}, "path"),
        ({"route": "r" * 2001}, "route"),
        ({}, "prefix"),
    ],
)
def test_what_does_not_choose_is_refused(query: dict[str, str], parameter: str) -> None:
    with pytest.raises(BadRequest) as refused:
        demand_selection(inputs(**query), LIMITS)
    assert refused.value.parameter == parameter and refused.value.allowed


def test_a_call_may_be_about_everything() -> None:
    assert read_selection(inputs(), LIMITS).is_everything
    assert not demand_selection(inputs(prefix="/"), LIMITS).is_everything
