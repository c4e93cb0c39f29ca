"""Which route a request finds."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.routes.conditions import Conditions, Received, TextCondition
from app.routes.table import RouteTable
from app.routes.template import BadTemplate, Template, read_template, split


@dataclass(frozen=True)
class Plain:
    """A route that is only matched."""

    name: str
    template: Template
    methods: frozenset[str] = frozenset({"GET"})
    conditions: Conditions = field(default_factory=lambda: Conditions({}, {}))


def route(path: str, *methods: str, name: str = "", **conditions: object) -> Plain:
    return Plain(
        name or path,
        read_template(path),
        frozenset(methods or {"GET"}),
        Conditions(**{"query": {}, "headers": {}, **conditions}),  # type: ignore
    )


def request(
    path: str, method: str = "GET", body: object = None, **query: str
) -> Received:
    values = {name: [value] for name, value in query.items()}
    return Received(method, path, values, {}, lambda: body)


def table_of(*sources: tuple[Plain, ...]) -> RouteTable[Plain]:
    table: RouteTable[Plain] = RouteTable(len(sources))
    for source, routes in enumerate(sources):
        for order, each in enumerate(routes):
            table.add(each, source, order)
    return table


def found(table: RouteTable[Plain], path: str, method: str = "GET") -> str | None:
    route = table.find(request(path, method))
    return None if route is None else route.name


def test_a_literal_comes_before_a_parameter_and_that_before_the_rest() -> None:
    paths = ["/v1/{rest*}", "/v1/{id}/stream", "/v1/prices/{any}", "/v1/prices/stream"]
    for order in itertools.permutations(paths):
        table = table_of(tuple(map(route, order)))
        assert found(table, "/v1/prices/stream") == "/v1/prices/stream"
        assert found(table, "/v1/prices/x") == "/v1/prices/{any}"
        assert found(table, "/v1/x/stream") == "/v1/{id}/stream"
        assert found(table, "/v1/x/y") == "/v1/{rest*}"
        assert found(table, "/v1") == "/v1/{rest*}"
        assert found(table, "/v2") is None


def test_a_more_important_source_comes_before_a_more_specific_path() -> None:
    table = table_of((route("/{rest*}"),), (route("/a"),))
    assert found(table, "/a") == "/{rest*}"


def test_more_conditions_come_first_and_then_what_was_written_first() -> None:
    one = {"a": TextCondition(equals="1")}
    table = table_of(
        (
            route("/a", name="bare"),
            route("/a", name="late"),
            route("/a", name="asked", query=one),
        )
    )
    assert found(table, "/a") == "bare"
    assert table.find(request("/a", a="1")).name == "asked"  # type: ignore[union-attr]


def test_a_route_that_is_used_up_is_passed_over() -> None:
    table = table_of((route("/a", name="first"), route("/a", name="second")))
    left = table.find(request("/a"), lambda route: route.name != "first")
    assert left is not None and left.name == "second"


def test_head_fits_where_get_does_and_any_fits_all() -> None:
    table = table_of((route("/a"), route("/b", "ANY"), route("/c", "POST")))
    assert found(table, "/a", "HEAD") == "/a"
    assert found(table, "/b", "PATCH") == "/b"
    assert found(table, "/c", "HEAD") is None


def test_another_method_is_named_where_none_fits() -> None:
    table = table_of((route("/a", "POST"), route("/a", "PUT")))
    assert table.explain(request("/a")).allowed == {"POST", "PUT"}
    assert table.explain(request("/b")).allowed == set()


def test_the_nearest_routes_are_named_with_what_differs() -> None:
    table = table_of(
        (
            route("/v1/prices", query={"q": TextCondition(equals="x")}),
            route("/v1/price"),
            route("/other/thing"),
            route("/v2/orders"),
        )
    )
    nearest = table.explain(request("/v1/prices", q="y")).nearest
    assert [near.name for near in nearest][:2] == ["/v1/prices", "/v1/price"]
    assert nearest[0].reason == "query parameter q is not 'x'"
    assert nearest[1].reason == "its path is /v1/price"
    assert len(nearest) == 3


@pytest.mark.parametrize(
    "text",
    [
        "v1",
        "/a?b",
        "/a#b",
        "/a\nb",
        "/{a}/{a}",
        "/{a*}/b",
        "/x{a*}",
        "/{a}{b}",
        "/" + "-".join(f"{{a{n}}}" for n in range(9)),
        "/{1a}",
        "/{}",
        "/a}",
        "/" + "a/" * 64,
    ],
)
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(BadTemplate):
        read_template(text)


@given(st.lists(st.text(min_size=1).filter(lambda part: "/" not in part), min_size=2))
def test_parameters_are_the_path_again(parts: list[str]) -> None:
    template = read_template("/{a}/{rest*}")
    values = template.values(split("/" + "/".join(parts)))
    assert [values["a"], *values["rest"].split("/")] == parts


def test_a_route_that_was_removed_is_found_no_more() -> None:
    table = table_of((route("/a", name="first"), route("/a", name="second")))
    table.remove("first", 0)
    assert found(table, "/a") == "second"
    assert table.get("first") is None
    assert [each.name for each in table] == ["second"]
