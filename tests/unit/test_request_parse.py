"""Section 2 of the contract: every option, every place, every refusal."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ApiError, BadRequest, PayloadTooLarge
from app.request.parse import parse_request
from app.request.parsers import Limits
from app.settings import Settings
from app.words import MockRequest, Mode, SimulatedError

LIMITS = Limits(
    max_items=1000,
    max_shape_bytes=65536,
    max_shape_depth=64,
    max_event_bytes=1 << 20,
    backends=("Big", "small"),
)


def parse(
    query: str | bytes = "",
    *,
    headers: dict[str, str] | None = None,
    body: object = None,
    settings: Settings | None = None,
) -> MockRequest:
    """A request of these parts, its body as JSON where it is not bytes."""
    return parse_request(
        method="GET",
        path="stocks/AAPL",
        query=query if isinstance(query, bytes) else query.encode(),
        headers=headers or {},
        body=body if isinstance(body, bytes) else b"" if body is None else dump(body),
        settings=settings or Settings(),
        limits=LIMITS,
    )


def dump(value: object) -> bytes:
    return orjson.dumps(value)


Q, H, S, B, C = "query", "header", "shape", "body", "config"

#: option, its places in order with a value for each, and what each comes out as
PRECEDENCE: list[tuple[str, list[tuple[str, str, Any, Any]]]] = [
    (
        "continuous",
        [
            (Q, "continuous", "1", True),
            (H, "X-Continuous-Streaming", "false", False),
            (S, "$continuous", True, True),
            (C, "enable_continuous_streaming", False, False),
        ],
    ),
    (
        "interval_ms",
        [
            (Q, "interval", "100", 100),
            (C, "continuous_streaming_interval_ms", 7, 7),
        ],
    ),
    (
        "max_duration_s",
        [
            (Q, "maxDuration", "0", 0),
            (C, "continuous_streaming_max_duration_seconds", 9, 9),
        ],
    ),
    (
        "mode",
        [
            (Q, "sseMode", "arrayitems", Mode.ARRAY_ITEMS),
            (C, "sse_mode", Mode.COMPLETE_OBJECTS, Mode.COMPLETE_OBJECTS),
        ],
    ),
    (
        "context",
        [
            (Q, "contextName", "a", "a"),
            (Q, "context", "b", "b"),
            (Q, "api-context", "c", "c"),
            (H, "X-Api-Context", "d", "d"),
            (B, "contextName", "e", "e"),
            (B, "context", "f", "f"),
            (B, "apiContext", "g", "g"),
        ],
    ),
    ("backend", [(H, "X-LLM-Backend", "BIG", "Big"), (Q, "backend", "Small", "small")]),
    (
        "error",
        [
            (Q, "error", "404", SimulatedError(404, "Not Found")),
            (H, "X-Error-Code", "503", SimulatedError(503, "Service Unavailable")),
            (S, "$error", 418, SimulatedError(418, "I'm a Teapot")),
            (
                B,
                "error",
                {"code": 500, "message": "no", "details": [1]},
                SimulatedError(500, "no", [1]),
            ),
        ],
    ),
    (
        "include_schema",
        [
            (Q, "includeSchema", "TRUE", True),
            (C, "include_shape_in_response", False, False),
        ],
    ),
    ("count", [(Q, "count", "12", 12)]),
    ("seed", [(Q, "seed", "-5", -5)]),
    ("max_events", [(Q, "maxEvents", "5", 5)]),
    (
        "jitter_ms",
        [(Q, "jitter", "80", 80), (C, "continuous_streaming_jitter_ms", 7, 7)],
    ),
    ("delay_ms", [(Q, "delay", "1500", 1500)]),
    ("vary_all", [(Q, "vary", "ALL", True)]),
    ("blend", [(Q, "blend", "true", True)]),
    ("locale", [(Q, "locale", "PT_br", "pt-br"), (C, "locale", "de", "de")]),
]


def ask(places: list[tuple[str, str, Any, Any]]) -> MockRequest:
    sent: dict[str, dict[str, Any]] = {Q: {}, H: {}, S: {"a": 1}, B: {}, C: {}}
    for place, name, value, _ in places:
        sent[place][name] = value
    sent[B]["shape"] = sent[S]
    return parse(
        urlencode(sent[Q]),
        headers=sent[H],
        body=sent[B],
        settings=Settings(**sent[C]),
    )


@pytest.mark.parametrize(
    ("option", "places", "first"),
    [(o, places, n) for o, places in PRECEDENCE for n in range(len(places))],
)
def test_the_first_place_that_holds_a_value_wins(
    option: str, places: list[tuple[str, str, Any, Any]], first: int
) -> None:
    assert getattr(ask(places[first:]), option) == places[first][3]


@pytest.mark.parametrize(
    ("query", "headers", "body", "given"),
    [
        ('shape={"a":1}', {"X-Response-Shape": '{"b":1}'}, {"shape": {"c": 1}}, "a"),
        ("", {"X-Response-Shape": '{"b":1}'}, {"shape": {"c": 1}}, "b"),
        ("shape=", {"X-Response-Shape": " "}, {"shape": {"c": 1}}, "c"),
    ],
)
def test_the_shape_has_its_places_too(
    query: str, headers: dict[str, str], body: Any, given: str
) -> None:
    shape = parse(query, headers=headers, body=body).shape
    assert shape is not None and list(shape.given) == [given]


@pytest.mark.parametrize(
    "query",
    [
        'shape={"ticker":"AAPL"}',
        "shape=" + quote('{"ticker":"AAPL"}'),
        'shape={"ticker":"Zürich ☃"}',
        "shape=" + quote('{"ticker":"Zürich ☃"}'),
    ],
)
def test_a_query_is_read_encoded_and_raw(query: str) -> None:
    shape = parse(query).shape
    assert shape is not None and shape.given["ticker"][0] in "AZ"


def test_an_empty_value_counts_as_absent() -> None:
    request = parse(
        "continuous=&interval=&sseMode=&contextName=&context=x&error=",
        headers={"X-Continuous-Streaming": "true", "X-Error-Code": ""},
    )
    assert request.continuous and request.interval_ms == 2000
    assert request.mode is Mode.LLM_TOKENS and request.context == "x"
    assert request.error is None


def test_message_and_details_go_with_the_code_of_their_place() -> None:
    headers = {"X-Error-Message": "from the header", "X-Error-Details": "h"}
    error = parse("error=429&errorMessage=slow+down", headers=headers).error
    assert error == SimulatedError(429, "slow down", None)
    headers["X-Error-Code"] = "500"
    error = parse("errorMessage=ignored", headers=headers).error
    assert error == SimulatedError(500, "from the header", "h")


def test_a_configured_jitter_is_cut_to_a_shorter_interval() -> None:
    settings = Settings(continuous_streaming_jitter_ms=1500)
    assert parse("interval=100", settings=settings).jitter_ms == 100


def test_no_delay_is_asked_for_where_none_is_given_and_none_where_it_is_0() -> None:
    assert parse().delay_ms is None
    assert parse("delay=0").delay_ms == 0


def test_control_keys_steer_and_are_no_data() -> None:
    request = parse('shape={"$continuous":true,"ticker":"AAPL","cache":1}')
    assert request.continuous
    assert request.shape is not None
    assert request.shape.given == {"ticker": "AAPL", "cache": 1}


def test_a_shape_of_control_keys_alone_asks_for_no_structure() -> None:
    request = parse('shape={"$continuous":true}')
    assert request.continuous and request.shape is None


def test_what_is_no_option_is_a_field_of_the_data() -> None:
    request = parse(
        "userId=42&interval=5", body={"name": "Ada", "shape": {"a": 1}, "userId": 1}
    )
    assert request.fields == {"userId": "42", "name": "Ada"}


@pytest.mark.parametrize(
    ("given", "locale"),
    [
        ("en-US", "en"),
        ("en_US", "en"),
        ("en_US.UTF-8", "en"),
        ("de-DE", "de"),
        ("de_DE@euro", "de"),
        ("de-AT", "de-at"),
        ("pt-PT", "pt"),
        ("zh-Hans-CN", "zh"),
        ("en-GB-oed", "en-gb"),
        ("nb-NO", "no"),
        ("es-419", "es"),
    ],
)
def test_a_region_falls_back_to_its_language(given: str, locale: str) -> None:
    assert parse(f"locale={given}").locale == locale


#: query, headers, body; the parameter that the error names; a part of `allowed`
REFUSED: list[tuple[str | bytes, dict[str, str], Any, str, str]] = [
    ("sseMode=Tokens", {}, None, "sseMode", "LlmTokens"),
    ("interval=abc", {}, None, "interval", "1 to 86400000"),
    ("interval=0", {}, None, "interval", "1 to 86400000"),
    ("interval=86400001", {}, None, "interval", "1 to 86400000"),
    ("interval=1.5", {}, None, "interval", "1 to 86400000"),
    ("interval=" + "9" * 5000, {}, None, "interval", "1 to 86400000"),
    ("interval=٣", {}, None, "interval", "1 to 86400000"),
    ("maxDuration=-1", {}, None, "maxDuration", "0 to 31536000"),
    ("continuous=yes", {}, None, "continuous", "true, false, 1 or 0"),
    ("", {"X-Continuous-Streaming": "on"}, None, "X-Continuous-Streaming", "true"),
    ("", {}, {"shape": {"$continuous": 2, "a": 1}}, "$continuous", "true"),
    ("includeSchema=2", {}, None, "includeSchema", "true"),
    ("count=0", {}, None, "count", "1 to 1000"),
    ("count=1001", {}, None, "count", "1 to 1000"),
    ("maxEvents=0", {}, None, "maxEvents", "1 to 1000000000"),
    ("maxEvents=1000000001", {}, None, "maxEvents", "1 to 1000000000"),
    ("jitter=-1", {}, None, "jitter", "0 to 2000"),
    ("jitter=2001", {}, None, "jitter", "0 to 2000 (milliseconds, at most the int"),
    ("jitter=101&interval=100", {}, None, "jitter", "0 to 100"),
    ("delay=-1", {}, None, "delay", "0 to 86400000"),
    ("delay=86400001", {}, None, "delay", "0 to 86400000"),
    ("vary=some", {}, None, "vary", "all"),
    ("blend=some", {}, None, "blend", "true, false, 1 or 0"),
    ("locale=ar-zz", {}, None, "locale", "ar-ae"),
    ("locale=xx-US", {}, None, "locale", "pt-br"),
    ("locale=-en", {}, None, "locale", "pt-br"),
    ("locale=klingon", {}, None, "locale", "pt-br"),
    ("seed=x", {}, None, "seed", "integer"),
    ("seed=9223372036854775808", {}, None, "seed", "integer"),
    ("backend=none", {}, None, "backend", "Big"),
    ("", {"X-LLM-Backend": "none"}, None, "X-LLM-Backend", "small"),
    ("contextName=" + "x" * 201, {}, None, "contextName", "1 to 200"),
    ("contextName=a%00b", {}, None, "contextName", "printable"),
    ("contextName=a%0Ab", {}, None, "contextName", "printable"),
    ("", {}, {"contextName": 5}, "contextName", "printable"),
    ("error=399", {}, None, "error", "400 to 599"),
    ("error=600", {}, None, "error", "400 to 599"),
    ("error=oops", {}, None, "error", "400 to 599"),
    ("", {"X-Error-Code": "200"}, None, "X-Error-Code", "400 to 599"),
    ("", {}, {"error": {"code": 600}}, "error", "400 to 599"),
    ("", {}, {"error": {"code": 404, "massage": "typo"}}, "error", "details"),
    ("", {}, {"error": {"code": 404, "message": 5}}, "error", "message (text)"),
    ("", {}, {"error": 399}, "error", "400 to 599"),
    ("", {}, {"shape": {"$error": 200, "a": 1}}, "$error", "400 to 599"),
    ("", {}, {"shape": {"$cache": -1, "a": 1}}, "$cache", "0 to"),
    ('shape={"a":', {}, None, "shape", "JSON"),
    ("shape=NaN", {}, None, "shape", "JSON"),
    ('shape="%5Cud800"', {}, None, "shape", "JSON"),
    ("shape=1e400", {}, None, "shape", "JSON"),
    ("shape=" + "[" * 2000 + "]" * 2000, {}, None, "shape", "JSON"),
    ("shape=" + "[" * 65 + "]" * 65, {}, None, "shape", "64 levels"),
    ("", {"X-Response-Shape": "{'a':1}"}, None, "X-Response-Shape", "JSON"),
    ('shape={"type":"string","minLength":"3","enum":[]}', {}, None, "shape", "integer"),
    ('shape={"type":"string","pattern":"["}', {}, None, "shape", "regular exp"),
    ('shape={"type":"object","$ref":"http://x/y"}', {}, None, "shape", "inside"),
    ("interval=%FF", {}, None, "interval", "UTF-8"),
    (b"interval=\xff", {}, None, "interval", "UTF-8"),
    ("interval=5&interval=6", {}, None, "interval", "once"),
    ("", {}, b'{"shape":', "body", "JSON"),
    ("", {}, b"shape=1", "body", "JSON"),
    ("", {}, b"\xff", "body", "JSON"),
]


@pytest.mark.parametrize(("query", "headers", "body", "parameter", "allowed"), REFUSED)
def test_bad_input_is_refused_by_name(
    query: str | bytes, headers: dict[str, str], body: Any, parameter: str, allowed: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        parse(query, headers=headers, body=body)
    problem = caught.value.problem()
    assert problem["status"] == 400
    assert problem["parameter"] == parameter
    assert allowed in str(problem["allowed"])
    assert problem["value"] not in ("", None)
    assert parameter in str(problem["detail"])[:60] or "shape" in str(problem["detail"])
    assert len(orjson.dumps(problem)) < 1500


def test_a_shape_that_does_not_parse_names_the_position() -> None:
    with pytest.raises(BadRequest, match="line 1, column 6"):
        parse('shape={"a":}')


D4 = "http://json-schema.org/draft-04/schema#"
A_SCHEMA = "a schema: an object, true or false"
A_REFERENCE = "a reference inside the schema, such as #/$defs/name"
TYPES = "array, boolean, integer, null, number, object or string, or a list of "
#: a part of a schema that is wrong: keyword, value and what is accepted
FAULTS: list[tuple[Any, str | None, Any, str]] = [
    ({"type": "strin"}, "type", "strin", TYPES),
    ({"type": ["string", "strin"]}, "type", ["string", "strin"], TYPES),
    ({"type": []}, "type", [], TYPES),
    ({"minLength": -1}, "minLength", -1, "an integer from 0"),
    ({"minItems": 1.5}, "minItems", 1.5, "an integer from 0"),
    ({"multipleOf": 0}, "multipleOf", 0, "a number greater than 0"),
    ({"maximum": "9"}, "maximum", "9", "a number"),
    ({"exclusiveMinimum": True}, "exclusiveMinimum", True, "a number"),
    ({"required": "a"}, "required", "a", "a list of different texts"),
    ({"required": ["a", 1]}, "required", 1, "a list of different texts"),
    ({"enum": "a"}, "enum", "a", "a list of values"),
    ({"format": 3}, "format", 3, "text"),
    ({"uniqueItems": 1}, "uniqueItems", 1, "true or false"),
    ({"properties": [1]}, "properties", [1], "an object of schemas"),
    ({"additionalProperties": "no"}, "additionalProperties", "no", A_SCHEMA),
    ({"anyOf": []}, "anyOf", [], "a list of at least one schema"),
    ({"pattern": "("}, "pattern", "(", "a regular expression (ECMA-262)"),
    ({"pattern": ["a"]}, "pattern", ["a"], "a regular expression (ECMA-262)"),
    ({"$ref": "http://x/y"}, "$ref", "http://x/y", A_REFERENCE),
    ({"$ref": "other.json#/a"}, "$ref", "other.json#/a", A_REFERENCE),
    ({"$ref": "#/$defs/none"}, "$ref", "#/$defs/none", A_REFERENCE),
    ({"$ref": "#none"}, "$ref", "#none", A_REFERENCE),
    ({"$dynamicRef": "#none"}, "$dynamicRef", "#none", A_REFERENCE),
    ({"$ref": 5}, "$ref", 5, A_REFERENCE),
    ({"$anchor": "5"}, "$anchor", "5", "a letter or _"),
    (5, None, 5, A_SCHEMA),
]


@pytest.mark.parametrize(("part", "keyword", "value", "accepted"), FAULTS)
@pytest.mark.parametrize("pointer", ["/properties/a~1b", "/$defs/enum", "/anyOf/1"])
def test_a_fault_in_a_schema_is_named_with_its_place(
    part: Any, keyword: str | None, value: Any, accepted: str, pointer: str
) -> None:
    shape: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"x": {"type": "null"}},
    }
    if pointer.startswith("/anyOf"):
        shape["anyOf"] = [{}, part]
    elif pointer.startswith("/$defs"):
        shape["$defs"] = {"enum": part}
        shape["properties"]["x"] = {"$ref": "#/$defs/enum"}
    else:
        shape["properties"]["a/b"] = part
    with pytest.raises(BadRequest) as caught:
        parse(body={"shape": shape})
    problem = caught.value.problem()
    assert problem.get("keyword") == keyword
    assert (problem["pointer"], problem["value"]) == (pointer, value)
    assert str(problem["allowed"]).startswith(accepted)
    detail = str(problem["detail"])
    assert f" at {pointer} is " in detail and dump(value).decode() in detail
    assert not re.search("anyOf' keyword|is not of type|registry|valid under", detail)


@pytest.mark.parametrize(
    ("part", "keyword", "accepted"),
    [
        ({"minimum": 1, "exclusiveMinimum": 3}, "exclusiveMinimum", "true or false"),
        ({"exclusiveMinimum": True}, "minimum", "a number"),
    ],
)
def test_a_bound_of_draft_4_is_a_flag_beside_a_number(
    part: Any, keyword: str, accepted: str
) -> None:
    with pytest.raises(BadRequest, match=keyword) as caught:
        parse(body={"shape": {"$schema": D4, "type": "integer", **part}})
    problem = caught.value.problem()
    assert (problem["keyword"], problem["allowed"]) == (keyword, accepted)


def test_a_long_value_at_fault_is_cut() -> None:
    with pytest.raises(BadRequest) as caught:
        parse(body={"shape": {"type": "object", "required": [["a" * 500]] * 9}})
    assert len(str(caught.value.problem()["value"])) == 123


@pytest.mark.parametrize("place", ["query", "body"])
def test_a_shape_over_the_size_limit_is_too_large(place: str) -> None:
    shape = {"a": "x" * 70000}
    with pytest.raises(PayloadTooLarge, match="65536 bytes"):
        if place == "query":
            parse("shape=" + dump(shape).decode())
        else:
            parse(body={"shape": shape})


@given(
    name=st.sampled_from(
        [name for _, places in PRECEDENCE for p, name, _, _ in places if p == Q]
        + ["shape"]
    ),
    value=st.text(st.characters(codec="utf-8")),
)
def test_any_text_as_any_option_is_a_value_or_an_error_that_names_it(
    name: str, value: str
) -> None:
    try:
        parse(urlencode({name: value}))
    except ApiError as error:
        assert error.status == 400 and error.problem()["parameter"] == name


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_as_query_and_body_are_parsed_or_refused(
    query: bytes, body: bytes
) -> None:
    try:
        parse(query, body=body)
    except BadRequest:
        pass
