from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.contexts.context import Call, Context, preset, record
from app.contexts.view import View, focus_of
from app.embedded.agreement import identifies
from app.schema.shapes import make_shape
from tests.unit.fakes import mock_request
from tests.unit.test_contexts_model import json_values


def known(**answers: Any) -> Context | None:
    """A context after answers by path, ``__`` for a slash."""
    context: Context | None = None
    for number, (name, value) in enumerate(answers.items()):
        path = name.replace("__", "/")
        text = orjson.dumps(value)
        context = record(context, Call(str(number), "GET", path, text, number))
    return context


ADA = {"id": 42, "name": "Ada", "email": "ada@x.org", "address": {"city": "Bath"}}
SESSION = known(users__42=ADA, users=[{"id": 1, "name": "Bo"}], config={"plan": "pro"})


def view(path: str, context: Context | None = SESSION, **changes: Any) -> View:
    return View(context, focus_of(mock_request(path=path, **changes)))


@pytest.mark.parametrize(
    ("path", "field", "expected"),
    [
        # the user that the path names
        ("users/42", "name", "Ada"),
        ("users/42", "address.city", "Bath"),
        ("users/42", "userId", 42),
        ("users/1", "name", "Bo"),
        ("users/7", "name", None),
        ("users/7", "id", 7),
        ("users/7", "userId", 7),
        # the current one, from inside another resource
        ("orders", "userId", 42),
        ("orders", "user_id", 42),
        ("orders", "userName", "Ada"),
        ("orders", "user.name", "Ada"),
        ("orders", "user.address.city", "Bath"),
        ("orders", "data.user.email", "ada@x.org"),
        ("orders", "author.name", "Ada"),
        ("orders", "[].userId", 42),
        ("orders", "orders.[].user.name", "Ada"),
        ("users/1/orders", "userName", "Bo"),
        # what belongs to the order itself
        ("orders", "id", None),
        ("orders", "name", None),
        ("orders", "customer.name", None),
        ("orders", "[].id", None),
        ("orders", "[].name", None),
        # what is shared
        ("orders", "plan", "pro"),
        ("orders", "[].plan", "pro"),
        ("orders", "config.plan", "pro"),
    ],
)
def test_a_field_takes_what_is_known_of_whom_it_belongs_to(
    path: str, field: str, expected: Any
) -> None:
    assert view(path).take(field.split(".")) == expected


def test_a_request_says_whom_it_means() -> None:
    bo = view("orders", fields={"userId": "1"})
    assert bo.take(["userName"]) == "Bo"
    assert bo.take(["user", "id"]) == 1
    bo = view("orders", fields={"user": {"id": 1}})
    assert bo.take(["userName"]) == "Bo"
    nobody = view("orders", None, fields={"userId": "8"})
    assert nobody.take(["user", "id"]) == "8"
    assert nobody.take(["user", "name"]) is None


def test_what_a_request_decides_itself_stays() -> None:
    made = {"userId": 42, "userName": "Zed", "plan": "free"}
    about = view("orders", fields={"user_name": "Zed", "plan": "free"})
    assert not about.agree(made, identifies)


def test_the_id_of_a_shape_is_whom_it_means() -> None:
    bo = view("users", shape=make_shape({"id": 1, "name": "string"}))
    assert bo.take(["name"]) == "Bo"
    anyone = view("users", shape=make_shape({"id": 0, "name": "string"}))
    assert anyone.take(["name"]) == "Ada"


def test_a_new_order_is_not_the_one_before() -> None:
    context = known(orders__7={"orderId": 7, "note": "fragile"})
    assert view("orders", context).take(["note"]) is None
    assert view("orders/7", context).take(["note"]) == "fragile"
    assert view("invoices", context).take(["orderId"]) == 7


def test_fields_set_beforehand_are_taken() -> None:
    fields = {"user": {"id": 5, "name": "Eve"}, "currency": "EUR", "name": "Any"}
    context = preset(None, fields, 1)
    orders = view("orders", context)
    assert orders.take(["userName"]) == "Eve"
    assert orders.take(["total", "currency"]) == "EUR"
    assert orders.take(["name"]) == "Any"
    assert orders.take(["items", "[]", "name"]) is None


def agreed(path: str, value: Any, context: Context | None = SESSION) -> Any:
    is_changed = view(path, context).agree(value, identifies)
    assert isinstance(is_changed, bool)
    return value


def test_a_value_agrees_where_it_identifies_and_moves_where_it_does_not() -> None:
    context = known(sensors__s1={"id": "s1", "location": "attic", "temperature": 20.5})
    made = {"id": "s1", "location": "cellar", "temperature": 21.0}
    assert agreed("sensors/s1", made, context) == {
        "id": "s1",
        "location": "attic",
        "temperature": 21.0,
    }


def test_the_elements_of_a_list_are_entities_of_their_own() -> None:
    made = [{"id": 1, "name": "Zed"}, {"id": 42, "name": "Zed"}, {"id": 9, "name": "Q"}]
    assert [each["name"] for each in agreed("users", made)] == ["Bo", "Ada", "Q"]


def test_an_element_keeps_its_own_reference_where_that_is_known() -> None:
    context = known(
        users__42=ADA, orders=[{"orderId": 1, "userId": 1, "userName": "Bo"}]
    )
    made = [
        {"orderId": 1, "userId": 9, "userName": "Zed"},
        {"orderId": 2, "userId": 9, "userName": "Zed"},
    ]
    assert agreed("orders", made, context) == [
        {"orderId": 1, "userId": 1, "userName": "Bo"},
        {"orderId": 2, "userId": 42, "userName": "Ada"},
    ]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ({"userId": 1}, {"userId": 42}),
        ({"userId": "u"}, {"userId": "42"}),
        ({"userId": None}, {"userId": None}),
        ({"userId": True}, {"userId": True}),
        ({"userName": 3}, {"userName": 3}),
    ],
)
def test_a_member_keeps_its_type(made: Any, expected: Any) -> None:
    assert agreed("orders", made) == expected


@settings(deadline=None)  # other processes share the machine
@given(st.text(max_size=20), json_values, json_values)
def test_agreeing_adds_and_drops_nothing_and_is_settled_at_once(
    path: str, answer: Any, made: Any
) -> None:
    context = record(None, Call("1", "GET", path, orjson.dumps(answer), 1))
    about = View(context, focus_of(mock_request(path=path)))
    shape = _skeleton(made)
    about.agree(made, lambda name, value: True)
    assert _skeleton(made) == shape
    once = orjson.dumps(made)
    about.agree(made, lambda name, value: True)
    assert orjson.dumps(made) == once


def _skeleton(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _skeleton(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_skeleton(each) for each in value]
    return type(value)


# For a prompt


def test_a_prompt_has_the_newest_at_its_end() -> None:
    context = preset(
        known(users__42={"id": 42, "name": "Ada"}, orders={"orderId": 7}),
        {"currency": "EUR"},
        9,
    )
    assert view("orders", context).text(10_000).splitlines() == [
        'GET users/42 -> {"id":42,"name":"Ada"}',
        'Known fields: {"currency":"EUR"}',
        'user 42: {"name":"Ada","id":42}',
        'order 7: {"orderId":7,"id":7}',
        'GET orders -> {"orderId":7}',
    ]


def test_a_prompt_keeps_to_its_budget_and_leaves_out_the_oldest() -> None:
    context = known(**{f"users__{n}": {"id": n, "name": "x" * n} for n in range(60)})
    whole = view("users", context).text(100_000)
    assert whole.splitlines()[0] == "Called so far: users/{id} 60 times"
    for budget in (0, 10, 100, 500, 3000):
        text = view("users", context).text(budget)
        assert len(text) <= budget
        assert whole.endswith(text)
    assert view("users", context).text(500)


def test_nothing_is_known_of_a_new_context() -> None:
    new = view("users/42", None)
    assert new.text(1000) == ""
    assert new.take(["name"]) is None
    assert not new.agree({"name": "x", "id": 42}, identifies)
