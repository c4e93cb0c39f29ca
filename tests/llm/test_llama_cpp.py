"""The client against a real model: what it promises, and what it depends on."""

from __future__ import annotations

import json
import time
from typing import Any

import gevent
import jsonschema
import pytest

from app.llm.chat import (
    ChatRequest,
    Message,
    UpstreamBroken,
    UpstreamRefused,
    UpstreamUnreachable,
)
from app.llm.client import ChatClient
from app.settings.model import BackendSettings, Provider, Settings
from tests.llm.model_server import ModelServer

pytestmark = [pytest.mark.needs_llm, pytest.mark.timeout(300)]


def client_of(server: ModelServer) -> ChatClient:
    backend = BackendSettings(
        name="local",
        provider=Provider.LLAMACPP,
        base_url=server.url,
        max_tokens=80,
        timeout_seconds=200.0,
    )
    return ChatClient(backend, Settings())


@pytest.fixture
def client(model: ModelServer) -> ChatClient:
    return client_of(model)


def ask(
    prompt: str, schema: dict[str, Any] | None = None, seed: int = 1, **more: Any
) -> ChatRequest:
    return ChatRequest((Message("user", prompt),), schema, seed, **more)


def test_the_text_comes_in_pieces_while_the_model_goes_on(client):
    started = time.monotonic()
    arrived = [
        (time.monotonic() - started, piece)
        for piece in client.stream(ask("Tell a story.", max_tokens=60))
    ]

    assert len(arrived) > 20
    assert arrived[0][0] < arrived[-1][0] / 2
    assert (client.usage.tokens, client.usage.cut) == (60, 1)


def integers(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most}


def shape(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


TEXT = {"type": "string", "maxLength": 20}

SHAPES: dict[str, dict[str, Any]] = {
    "an object": shape(ticker=TEXT, price={"type": "number"}),
    "nested": shape(user=shape(name=TEXT, city=TEXT), active={"type": "boolean"}),
    "an array": {
        "type": "array",
        "items": shape(id=integers(1, 99)),
        "minItems": 3,
        "maxItems": 3,
    },
    "an enumeration": shape(level={"enum": ["info", "warn", "error"]}),
    "a moment": shape(at={"type": "string", "format": "date-time"}),
    "a date": shape(on={"type": "string", "format": "date"}),
    "a UUID": shape(id={"type": "string", "format": "uuid"}),
    "a pattern": shape(code={"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2}$"}),
    "text or null": shape(note={"anyOf": [TEXT, {"type": "null"}]}),
    "a range": shape(percent=integers(0, 100)),
}


@pytest.mark.parametrize("schema", SHAPES.values(), ids=SHAPES.keys())
def test_an_answer_that_is_not_cut_has_the_shape(client, schema):
    for seed in range(10):
        text = "".join(client.stream(ask("Make up a JSON value.", schema, seed)))
        if client.usage.cut == seed:
            break

    jsonschema.validate(json.loads(text), schema)


def test_a_schema_that_the_server_cannot_take_is_left_out(client):
    schema = {"$ref": "http://127.0.0.1:9/elsewhere"}
    assert "".join(client.stream(ask("Say hello.", schema, max_tokens=5)))


def test_a_prompt_that_is_too_long_is_refused(client):
    with pytest.raises(UpstreamRefused) as caught:
        list(client.stream(ask("word " * 6000)))

    assert (caught.value.status, caught.value.retryable) == (400, False)


def test_a_closed_iterator_frees_the_slot_within_a_second(client, model):
    pieces = client.stream(ask("Tell a long story.", max_tokens=3000))
    next(pieces)
    assert model.busy_slots() == 1
    pieces.close()

    assert model.is_free_within(1)


@pytest.mark.parametrize("wait_s", [0, 1.0], ids=["at once", "in the middle"])
def test_a_killed_greenlet_frees_the_slot_within_a_second(client, model, wait_s):
    story = client.stream(ask("Tell a long story.", max_tokens=3000))
    greenlet = gevent.spawn(list, story)
    while not model.busy_slots():
        gevent.sleep(0.01)
    gevent.sleep(wait_s)
    greenlet.kill(block=False)

    assert model.is_free_within(1)


def test_requests_at_once_are_all_answered(client):
    asked = [ask("Count.", seed=seed, max_tokens=5) for seed in range(6)]
    greenlets = [gevent.spawn(list, client.stream(request)) for request in asked]
    gevent.joinall(greenlets, raise_error=True)

    assert all(greenlet.value for greenlet in greenlets)


def test_many_requests_in_a_row_all_arrive_although_the_server_closes_connections(
    client,
):
    for seed in range(20):
        assert list(client.stream(ask("Hi.", seed=seed, max_tokens=2)))


@pytest.mark.alone
def test_a_killed_server_breaks_its_streams_and_is_unreachable_at_once(start_model):
    server = start_model()
    client = client_of(server)
    pieces = client.stream(ask("Tell a long story.", max_tokens=3000))
    next(pieces)
    server.kill()
    killed_at = time.monotonic()

    with pytest.raises(UpstreamBroken):
        list(pieces)
    with pytest.raises(UpstreamUnreachable):
        list(client.stream(ask("Anybody there?")))
    assert time.monotonic() - killed_at < 1
