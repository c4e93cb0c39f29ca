from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from app.contexts.remembering import RememberingBackend
from app.contexts.sessions import Contexts
from app.contexts.stores import make_stores
from app.embedded.backend import EmbeddedBackend
from app.errors import BackendFailed
from app.ports import Memory, Source
from app.schema.shapes import make_shape
from app.settings import BackendSettings, Provider, Settings
from app.shapes.backend import ShapingBackend
from app.words import MockRequest
from tests.unit import asking
from tests.unit.fake_chat import FakeChat, backends, model
from tests.unit.fakes import FakeClock, FakeSource, mock_request

ADA = {"id": 42, "name": "Ada"}


class FakeBackend:
    """Opens a new source each time, which makes the next of some values."""

    name = "fake"

    def __init__(self, *values: Any, blocking: bool = False) -> None:
        self.values = iter(values)
        self.blocking = blocking
        self.opened: list[MockRequest] = []
        self.memories: list[Memory | None] = []

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        self.opened.append(request)
        self.memories.append(memory)
        return FakeSource(lambda _: next(self.values), blocking=self.blocking)

    @property
    def shapes(self) -> list[Any]:
        return [each.shape and each.shape.given for each in self.opened]


class World:
    """A backend that remembers, on a clock that stands still."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        contexts, shapes = make_stores(Settings(), FakeClock(), None)
        self.contexts: Contexts = contexts
        shaping = ShapingBackend(backend, shapes)
        self.remembering = RememberingBackend(shaping, contexts=contexts)

    def open(self, path: str = "users/42", **changes: Any) -> Source:
        return self.remembering.open(mock_request(path=path, **changes))


def in_world(*values: Any, blocking: bool = False) -> World:
    return World(FakeBackend(*values, blocking=blocking))


def value(source: Source) -> Any:
    return orjson.loads(asking.whole(source, 0, 0))


def elements(source: Source) -> Any:
    name, items = asking.elements(source, 0, 0)
    return name, [orjson.loads(item) for item in items]


def tokens(source: Source) -> Any:
    return orjson.loads("".join(asking.pieces(source, 0, 0)))


# Contexts


def test_a_request_without_context_and_memory_gets_the_source_itself() -> None:
    world = in_world(ADA)
    assert type(world.open()) is FakeSource
    assert world.backend.memories == [None]


@pytest.mark.parametrize("ask", [value, elements, tokens])
def test_what_is_made_is_recorded_whole(ask: Callable[[Source], Any]) -> None:
    world = in_world({"total": 2, "users": [ADA, {"id": 1}]})
    source = world.open("users", context="s")
    ask(source)
    context = world.contexts.find("s")
    assert (
        context.recent[0].text
        == '{"total":2,"users":[{"id":42,"name":"Ada"},{"id":1}]}'
    )
    assert context.entities["user/42"] == ADA


def test_elements_are_cut_as_the_contract_says() -> None:
    made = [[1, 2], {"n": 1, "a": [3], "b": [4]}, {"n": 1}, 5, []]
    source = in_world(*made).open(context="s")
    assert [elements(source) for _ in made] == [
        (None, [1, 2]),
        ("a", [3]),
        (None, [{"n": 1}]),
        (None, [5]),
        (None, []),
    ]


def test_a_stream_is_one_call_of_its_context() -> None:
    world = in_world({"n": 1}, {"n": 2}, {"n": 3})
    source = world.open("gizmo", context="s")
    for _ in range(3):
        value(source)
    context = world.contexts.find("s")
    assert (context.calls, context.recent[0].text) == (1, '{"n":3}')


def test_contexts_are_kept_apart() -> None:
    world = in_world({"n": 1}, {"n": 2})
    value(world.open("gizmo", context="a"))
    value(world.open("gizmo", context="b"))
    assert world.contexts.find("a").fields == {"n": 1}
    assert world.contexts.find("b").fields == {"n": 2}


def test_a_failed_batch_is_not_recorded() -> None:
    world = in_world(BackendFailed("LLM failed"), ADA)
    source = world.open(context="s")
    with pytest.raises(BackendFailed):
        value(source)
    assert world.contexts.page(0, 9).total == 0
    value(source)
    assert world.contexts.find("s").calls == 1


def test_tokens_that_nobody_waits_for_are_not_recorded() -> None:
    world = in_world(ADA)
    pieces = asking.pieces(world.open(context="s"), 0, 0)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert world.contexts.page(0, 9).total == 0


def test_the_backend_sees_the_context_anew_for_every_batch() -> None:
    world = in_world(ADA, ADA)
    world.open("orders", context="s")
    memory = world.backend.memories[0]
    assert memory is not None and memory.view().text(100) == ""
    value(world.open(context="s"))
    assert memory.view().text(1000).startswith("user 42")


# Shapes of paths


@pytest.mark.parametrize("ask", [value, elements, tokens])
def test_a_model_keeps_to_the_structure_of_its_first_answer(
    ask: Callable[[Source], Any],
) -> None:
    world = in_world(ADA, ADA, blocking=True)
    source = world.open(auto_shape=True)
    ask(source)
    ask(source)
    ask_next = world.open("users/43", auto_shape=True)
    assert ask_next.blocking
    assert world.backend.shapes == [None, ADA, None, ADA]


@pytest.mark.parametrize("ask", [value, elements, tokens])
def test_a_source_that_computes_is_left_alone_while_it_fits(
    ask: Callable[[Source], Any],
) -> None:
    world = in_world(ADA, {"id": 43, "name": "Bo"}, {"id": 43, "name": "Bo"})
    ask(world.open(auto_shape=True))
    source = world.open("users/43", auto_shape=True)
    ask(source)
    ask(source)
    assert world.backend.shapes == [None, None]


@pytest.mark.parametrize("ask", [value, elements, tokens])
def test_a_source_that_computes_is_asked_for_the_shape_where_it_does_not_fit(
    ask: Callable[[Source], Any],
) -> None:
    world = in_world(ADA, {"other": 1}, {"id": 43, "name": "Bo"})
    ask(world.open(auto_shape=True))
    made = ask(world.open("users/43", auto_shape=True))
    assert made in ({"id": 43, "name": "Bo"}, (None, [{"id": 43, "name": "Bo"}]))
    assert world.backend.shapes == [None, None, ADA]


def test_the_option_off_neither_learns_nor_asks() -> None:
    world = in_world({"n": 1}, ADA, {"n": 1}, blocking=True)
    value(world.open(auto_shape=False))
    value(world.open(auto_shape=True))
    value(world.open(auto_shape=False))
    assert world.backend.shapes == [None, None, ADA, None]


def test_a_renewed_shape_replaces_the_one_before() -> None:
    world = in_world({"n": 1}, ADA, ADA, blocking=True)
    value(world.open(auto_shape=True))
    value(world.open(auto_shape=True, renew_shape=True))
    value(world.open(auto_shape=True))
    assert world.backend.shapes == [None, {"n": 1}, None, ADA, None, ADA]


def test_a_shape_of_ones_own_wins_and_is_not_learnt() -> None:
    world = in_world({"a": 1}, ADA, blocking=True)
    value(world.open(auto_shape=True, shape=make_shape({"a": 1})))
    value(world.open(auto_shape=True))
    assert world.backend.shapes == [{"a": 1}, None, ADA]


def test_an_answer_without_structure_is_no_shape() -> None:
    world = in_world("just text", ADA, blocking=True)
    value(world.open(auto_shape=True))
    value(world.open(auto_shape=True))
    assert world.backend.shapes == [None, None, ADA]


# Models


def test_a_model_is_told_what_the_session_knows_and_asked_for_the_paths_shape() -> None:
    chat = FakeChat({"id": 42, "name": "Ada"}, {"id": 43, "name": "Bo"})
    world = World(backends({"one": chat}))
    value(world.open("users/42", context="s", auto_shape=True))
    value(world.open("users/43", context="s", auto_shape=True))
    value(world.open("users/44", context="other", auto_shape=True))
    told = [
        "\n".join(message.content for message in asked.messages) for asked in chat.asked
    ]
    assert "Ada" not in told[0]
    assert 'GET users/42 -> {"id":42,"name":"Ada"}' in told[1]
    assert "Ada" not in told[2]
    wanted = [set((asked.schema or {}).get("properties", ())) for asked in chat.asked]
    assert wanted == [set(), {"id", "name"}, {"id", "name"}]


def test_a_model_and_the_embedded_generator_agree() -> None:
    chat = FakeChat({"id": 42, "name": "Ada", "email": "ada@example.org"})
    plain = BackendSettings(name="plain", provider=Provider.EMBEDDED)
    both = backends({"one": chat}, model("one"), plain, make_embedded=EmbeddedBackend)
    world = World(both)
    shape = make_shape({"id": 1, "name": "string", "email": "string"})
    value(world.open("users/42", context="s", shape=shape, backend="one"))
    order = make_shape({"orderId": 1, "userName": "string", "user": shape.given})
    made = value(world.open("orders", context="s", shape=order, backend="plain"))
    assert made["user"] == {"id": 42, "name": "Ada", "email": "ada@example.org"}
    assert made["userName"] == "Ada"
