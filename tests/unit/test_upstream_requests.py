"""What a backend is sent: its address, the body, and the schema in it."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.errors import SettingsError
from app.llm.chat import ChatRequest, Message
from app.llm.providers import PROVIDERS, Defaults, chat_url, model_name, request_body
from app.llm.response_format import response_format
from app.schema.shapes import make_shape
from app.settings.model import BackendSettings, Provider

DEFAULTS = Defaults(model="m", max_tokens=100, temperature=1.2)
OBJECT = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    "base, url",
    [
        ("http://h:1", "http://h:1/v1/chat/completions"),
        ("http://h:1/", "http://h:1/v1/chat/completions"),
        ("http://h:1/v1", "http://h:1/v1/chat/completions"),
        ("http://h:1/v1/", "http://h:1/v1/chat/completions"),
        ("http://h:1/v1//", "http://h:1/v1/chat/completions"),
        ("http://h:1/v1/chat/completions", "http://h:1/v1/chat/completions"),
        ("https://h/llm", "https://h/llm/v1/chat/completions"),
        ("https://h/api/v3", "https://h/api/v3/chat/completions"),
        ("https://h/v1beta/openai/", "https://h/v1beta/openai/chat/completions"),
        ("http://v1.example", "http://v1.example/v1/chat/completions"),
    ],
)
def test_an_address_works_with_or_without_its_version(base, url):
    assert chat_url(base) == url


def test_every_provider_with_a_server_is_in_the_table_and_has_a_usable_address():
    assert {*PROVIDERS, Provider.EMBEDDED} == set(Provider)
    assert all(
        chat_url(dialect.base_url) == dialect.base_url + "/chat/completions"
        for dialect in PROVIDERS.values()
    )


def test_openai_needs_the_name_of_a_model():
    with pytest.raises(SettingsError) as caught:
        model_name(BackendSettings(name="big", provider=Provider.OPENAI))

    assert "'big'" in str(caught.value) and "ModelName" in str(caught.value)


@pytest.mark.parametrize(
    "provider", [Provider.OLLAMA, Provider.LMSTUDIO, Provider.LLAMACPP]
)
def test_a_server_of_ones_own_is_asked_for_some_model(provider):
    assert model_name(BackendSettings(name="one", provider=provider))


def test_a_configured_model_is_the_one_that_is_asked_for():
    backend = BackendSettings(name="x", provider=Provider.LLAMACPP, model_name="gemma")
    assert model_name(backend) == "gemma"


@pytest.mark.parametrize(
    "provider, key",
    [
        (Provider.OPENAI, "max_completion_tokens"),
        (Provider.OLLAMA, "max_tokens"),
        (Provider.LMSTUDIO, "max_tokens"),
        (Provider.LLAMACPP, "max_tokens"),
    ],
)
def test_each_provider_is_told_the_limit_of_tokens_in_its_own_words(provider, key):
    request = ChatRequest((Message("user", "x"),), None, seed=1, max_tokens=9)
    body = request_body(PROVIDERS[provider], DEFAULTS, request)

    assert body[key] == 9
    assert len({"max_completion_tokens", "max_tokens"} & body.keys()) == 1


def test_what_a_request_leaves_open_is_as_configured():
    request = ChatRequest((Message("user", "x"),), None, seed=1)
    body = request_body(PROVIDERS[Provider.LLAMACPP], DEFAULTS, request)

    assert (body["max_tokens"], body["temperature"]) == (100, 1.2)
    assert "response_format" not in body


@given(st.integers())
def test_every_seed_fits_every_server(seed):
    request = ChatRequest((), None, seed=seed, temperature=0.0)
    body = request_body(PROVIDERS[Provider.LLAMACPP], DEFAULTS, request)

    assert 0 <= body["seed"] < 2**31
    assert body["temperature"] == 0.0


def wire_schema(schema):
    return response_format(schema, strict_subset=False)["json_schema"]["schema"]


def test_a_schema_goes_out_without_its_examples_but_with_fields_of_that_name():
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "examples": {"type": "string", "examples": ["e"]},
            "default": {"type": "array", "items": {"type": "null", "default": None}},
        },
        "$defs": {"$id": {"anyOf": [{"const": {"examples": 1}}, True]}},
        "additionalProperties": {"not": {"examples": []}},
    }

    assert wire_schema(schema) == {
        "type": "object",
        "properties": {
            "examples": {"type": "string"},
            "default": {"type": "array", "items": {"type": "null"}},
        },
        "$defs": {"$id": {"anyOf": [{"const": {"examples": 1}}, True]}},
        "additionalProperties": {"not": {}},
    }


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc$", max_size=3),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["a", "examples", "default"]), inner),
    max_leaves=6,
)


@given(JSON_VALUES, JSON_VALUES)
def test_what_goes_out_allows_just_what_the_schema_allows(example, value):
    schema = make_shape(example).schema
    assume(schema)
    sent = jsonschema.Draft202012Validator(wire_schema(schema))

    assert sent.is_valid(example)
    assert sent.is_valid(value) is jsonschema.Draft202012Validator(schema).is_valid(
        value
    )


STRICT = {
    "an object": OBJECT,
    "an example": make_shape({"a": [{"b": "x", "at": "2025-01-06T12:34:56Z"}]}).schema,
    "a choice": {**OBJECT, "properties": {"a": {"anyOf": [OBJECT, {"type": "null"}]}}},
    "a reference": {
        **OBJECT,
        "properties": {"a": {"$ref": "#/$defs/a"}},
        "$defs": {"a": {"enum": [1, 2]}},
    },
}

LOOSE = {
    "open": {"type": "object", "properties": {}},
    "with an optional field": {**OBJECT, "required": []},
    "with anything": {**OBJECT, "properties": {"a": {}}},
    "with a foreign format": {
        **OBJECT,
        "properties": {"a": {"type": "string", "format": "iri"}},
    },
    "loose inside": {
        **OBJECT,
        "properties": {"a": {"type": "array", "items": {"type": ["object", "null"]}}},
    },
    "with a composition": {**OBJECT, "properties": {"a": {"allOf": [OBJECT]}}},
    "with false": {**OBJECT, "properties": {"a": False}},
}


@pytest.mark.parametrize("schema", STRICT.values(), ids=STRICT.keys())
def test_openai_is_strict_with_what_its_subset_knows(schema):
    found = response_format(schema, strict_subset=True)

    assert found is not None and found["json_schema"]["strict"] is True


@pytest.mark.parametrize("schema", LOOSE.values(), ids=LOOSE.keys())
def test_openai_is_not_strict_with_what_its_subset_does_not_know(schema):
    found = response_format(schema, strict_subset=True)

    assert found is not None and found["json_schema"]["strict"] is False
    elsewhere = response_format(schema, strict_subset=False)
    assert elsewhere is not None and elsewhere["json_schema"]["strict"] is True


def test_openai_is_not_sent_a_root_that_is_no_object():
    array = {"type": "array", "items": OBJECT}

    assert response_format(array, strict_subset=True) is None
    assert wire_schema(array) == array
