from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.contexts.context import (
    MAX_VALUE_LENGTH,
    RECENT_CALLS,
    Call,
    Context,
    from_json,
    preset,
    record,
    to_json,
)
from app.resources.names import normalised


def call(path: str, value: Any, **changes: Any) -> Call:
    text = value if isinstance(value, bytes) else orjson.dumps(value)
    values = {"id": path, "method": "GET", "path": path, "value": text, "at_ms": 1}
    return Call(**{**values, **changes})


def after(*calls: Call) -> Context:
    context: Context | None = None
    for each in calls:
        context = record(context, each)
    assert context is not None
    return context


# Calls


def test_the_latest_calls_are_kept_whole_and_all_are_counted() -> None:
    context = after(
        *(call(f"users/{n}", {"id": n}, id=str(n), at_ms=n) for n in range(40))
    )
    assert [each.at_ms for each in context.recent] == [*range(40 - RECENT_CALLS, 40)]
    assert context.recent[-1].text == '{"id":39}'
    assert dict(context.paths) == {"users/{id}": (40, 39)}
    assert (context.calls, context.created_ms, context.used_ms) == (40, 0, 39)


def test_a_stream_is_one_call_with_its_latest_value() -> None:
    first = call("stocks", {"price": 1}, id="s")
    later = call("stocks", {"price": 2}, id="s", is_new=False, at_ms=9)
    context = after(first, call("users", {"id": 1}), later)
    assert context.calls == 2
    assert [each.path for each in context.recent] == ["users", "stocks"]
    assert context.recent[-1].text == '{"price":2}'


def test_a_stream_whose_call_was_pushed_out_is_not_counted_again() -> None:
    stream = call("stocks", {"price": 1}, id="s")
    others = [call("users", {}, id=str(n)) for n in range(RECENT_CALLS)]
    later = call("stocks", {"price": 2}, id="s", is_new=False)
    context = after(stream, *others, later)
    assert context.calls == 1 + RECENT_CALLS
    assert context.paths["stocks"].times == 1
    assert context.recent[-1].id == "s"


def test_a_call_that_is_written_twice_counts_once() -> None:
    once = call("stocks", {"price": 1})
    assert after(once, once).calls == 1


def test_a_long_value_is_cut() -> None:
    context = after(call("chat", {"text": "x" * 9000}))
    assert len(context.recent[0].text) == MAX_VALUE_LENGTH + 3
    assert context.recent[0].text.endswith("xxx...")


def test_a_text_that_is_no_json_is_a_call_without_fields() -> None:
    context = after(call("chat", b"Hello \xff there"))
    assert context.recent[0].text == "Hello \ufffd there"
    assert not context.fields


# Fields and entities


def test_fields_have_dotted_names_of_three_and_their_latest_value() -> None:
    value = {"a": {"b": {"c": 1, "d": {"e": 2}}}, "n": None, "list": [1, 2, 3]}
    context = after(call("gizmos", value), call("gizmos", {"n": "x"}, id="2"))
    assert dict(context.fields) == {"a.b.c": 1, "list[]": 3, "n": "x"}
    assert dict(context.lengths) == {"list": 3}


def test_the_members_of_listed_objects_are_fields_of_their_array() -> None:
    context = after(call("users", {"users": [{"id": 1}, {"id": 2}]}))
    assert dict(context.fields) == {"users[].id": 2}
    assert dict(context.lengths) == {"users": 2}


@pytest.mark.parametrize(
    ("path", "value", "entities"),
    [
        (
            "users/42",
            {"id": 42, "name": "Ada", "address": {"city": "Bath"}},
            {"user/42": {"id": 42, "name": "Ada", "addressCity": "Bath"}},
        ),
        ("users/42", {"name": "Ada"}, {"user/42": {"id": 42, "name": "Ada"}}),
        (
            "users/42",
            {"id": 1, "name": "A"},
            {"user/42": {"id": 42, "name": "A"}},
        ),
        (
            "users/ada",
            {"id": 7, "username": "ada"},
            {
                "user/ada": {"id": 7, "username": "ada"},
                "user/7": {"id": 7, "username": "ada"},
            },
        ),
        (
            "stocks/aapl",
            {"ticker": "AAPL"},
            {"stock/aapl": {"id": "AAPL", "ticker": "AAPL"}},
        ),
        (
            "weather/new-york",
            {"city": "New York"},
            {"weather/new-york": {"id": "New York", "city": "New York"}},
        ),
        (
            "users",
            {"data": [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]},
            {"user/1": {"id": 1, "name": "A"}, "user/2": {"id": 2, "name": "B"}},
        ),
        ("users/42", {"data": {"name": "A"}}, {"user/42": {"id": 42, "name": "A"}}),
        (
            "orders/7",
            {"orderId": 7, "user_id": 42, "user_full_name": "Ada L"},
            {
                "order/7": {
                    "id": 7,
                    "orderId": 7,
                    "userId": 42,
                    "userFullName": "Ada L",
                },
                "user/42": {"id": 42, "fullName": "Ada L"},
            },
        ),
        (
            "cart",
            {"user": {"id": 42, "name": "Ada"}},
            {"user/42": {"id": 42, "name": "Ada"}},
        ),
        ("orders", {"items": [{"qty": 2}]}, {}),
        ("weather", {"city": "Bath", "temperature": 9.5}, {"weather/bath": {}}),
    ],
)
def test_what_has_an_id_is_an_entity(path: str, value: Any, entities: Any) -> None:
    context = after(call(path, value))
    assert context.entities.keys() == entities.keys()
    for key, members in entities.items():
        if members:
            assert dict(context.entities[key]) == members


def test_an_entity_is_the_same_whatever_its_id_is_written_like() -> None:
    context = after(
        call("users/42", {"id": "42", "name": "Ada"}),
        call("orders/1", {"id": 1, "userId": 42, "userEmail": "a@b.c"}),
    )
    assert context.entities["user/42"] == {"id": 42, "name": "Ada", "email": "a@b.c"}


def test_one_of_a_list_is_not_the_current_one() -> None:
    context = after(call("users/42", {"id": 42}), call("users", [{"id": 1}, {"id": 2}]))
    assert dict(context.current) == {"user": "42"}


def test_a_friend_is_a_user_but_not_the_one_that_it_is_about() -> None:
    context = after(call("users/42", {"id": 42, "friend": {"id": 7, "name": "Bo"}}))
    assert context.entities["user/7"] == {"id": 7, "name": "Bo"}
    assert dict(context.current) == {"user": "42"}


def test_only_what_belongs_to_no_entity_is_shared() -> None:
    context = after(
        call("users/42", {"id": 42, "plan": "pro"}),
        call("gizmo", {"region": "eu", "name": "core", "owner": {"name": "Bo"}}),
    )
    assert dict(context.shared) == {
        "gizmoRegion": "eu",
        "region": "eu",
        "gizmoName": "core",
        "ownerName": "Bo",
    }


def test_fields_set_beforehand_are_shared_and_make_entities() -> None:
    context = preset(
        after(call("users/42", {"id": 42, "name": "Bo", "email": "x@y.z"})),
        {"user": {"id": 42, "name": "Ada"}, "currency": "EUR", "name": "any"},
        99,
    )
    assert context.entities["user/42"] == {"id": 42, "name": "Ada", "email": "x@y.z"}
    assert dict(context.current) == {"user": "42"}
    assert dict(context.shared) == {"currency": "EUR", "name": "any"}
    assert (context.calls, context.used_ms) == (1, 99)


def test_what_an_answer_took_from_its_context_is_no_news() -> None:
    seen = after(call("users/42", {"id": 42, "name": "Ada", "level": 1}))
    seen = preset(seen, {"tenant": "old"}, 2)
    told = preset(seen, {"user": {"id": 42, "name": "Grace"}, "tenant": "new"}, 3)
    told = record(told, call("users/7", {"id": 7}, at_ms=4))
    value = {"user": {"id": 42, "name": "Ada", "level": 2}, "tenant": "old"}
    context = record(told, call("gizmos", value, seen=seen))
    assert context.entities["user/42"] == {"name": "Grace", "level": 2, "id": 42}
    assert context.shared["tenant"] == "new"
    assert context.current["user"] == "7"


def test_what_was_forgotten_since_is_news_again() -> None:
    seen = after(call("users/42", {"id": 42, "name": "Ada"}))
    context = record(None, call("users/42", {"id": 42, "name": "Ada"}, seen=seen))
    assert context.entities["user/42"] == {"id": 42, "name": "Ada"}


# Bounds


def test_what_was_touched_last_is_kept() -> None:
    calls = [call(f"gizmos/{n}", {"id": n, f"f{n}": n}, id=str(n)) for n in range(900)]
    context = after(*calls, call("gizmos/0", {"id": 0}, id="again"))
    assert "gizmo/0" in context.entities and "gizmo/1" not in context.entities
    assert "f899" in context.fields and "f1" not in context.fields
    assert context.size < 250_000


def test_the_current_entity_stays_whatever_passes_by_in_lists() -> None:
    logs = [
        call("logs", [{"id": f"l{n}-{k}"} for k in range(10)], id=str(n))
        for n in range(30)
    ]
    context = after(call("users/42", {"id": 42, "name": "Ada"}), *logs)
    assert context.entities["user/42"] == {"id": 42, "name": "Ada"}


def test_an_entity_of_many_members_keeps_its_id() -> None:
    value = {"id": 1, **{f"m{n}": n for n in range(200)}}
    context = after(call("gizmos/1", value))
    assert context.entities["gizmo/1"]["id"] == 1
    assert len(context.entities["gizmo/1"]) < 50


def test_an_answer_that_is_too_large_is_not_looked_into() -> None:
    context = after(call("gizmos/1", {"id": 1, "text": "x" * 300_000}))
    assert not context.fields and context.calls == 1


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "userId", "user", "name", "items", "userName", "_", ""])
        | st.text(max_size=120),
        inner,
        max_size=5,
    ),
    max_leaves=25,
)


@settings(deadline=None)  # other processes share the machine
@given(
    st.lists(st.tuples(st.text(max_size=30), json_values), min_size=1, max_size=3),
    json_values,
)
def test_any_answers_make_a_bounded_context_that_survives_being_written(
    answers: list[tuple[str, Any]], fields: Any
) -> None:
    context = after(
        *(call(path, value, id=str(n)) for n, (path, value) in enumerate(answers))
    )
    if isinstance(fields, dict):
        context = preset(context, fields, 5)
    assert from_json(to_json(context)) == context
    assert context.calls == len(answers)
    assert context.size < 250_000
    assert all("id" in members for members in context.entities.values())


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"recent":[]}', b"null", b"{"])
def test_what_is_no_context_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):
        from_json(text)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("users", "users"),
        ("users/42", "users/{id}"),
        ("/users//42/", "users/{id}"),
        ("users/42/orders/7", "users/{id}/orders/{id}"),
        ("users/42/profile", "users/{id}/profile"),
        ("v1/stocks/AAPL", "v1/stocks/{id}"),
        ("users/42.json", "users/{id}"),
        ("sensor-12", "sensor/{id}"),
        ("a/b/7", "a/b/{id}"),
    ],
)
def test_a_path_is_known_without_its_ids(path: str, expected: str) -> None:
    assert normalised(path) == expected
