"""What is sent in a body: options, data, or a refusal (contract, section 2)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ApiError, BadRequest, PayloadTooLarge
from app.request.parse import parse_request
from app.request.parsers import Limits
from app.settings import Settings
from app.words import MockRequest, SimulatedError

LIMITS = Limits(
    max_items=9,
    max_shape_bytes=999,
    max_shape_depth=9,
    max_event_bytes=9999,
    backends=(),
)
FORM = "application/x-www-form-urlencoded"
BOUNDARY = "--x7"
MULTIPART = f'multipart/form-data; boundary="{BOUNDARY}"'


def sent(body: bytes, content_type: str | None, query: str = "") -> MockRequest:
    return parse_request(
        method="POST",
        path="events",
        query=query.encode(),
        headers={} if content_type is None else {"Content-Type": content_type},
        body=body,
        settings=Settings(),
        limits=LIMITS,
    )


def multipart(*parts: tuple[str, bytes]) -> bytes:
    """Parts of a disposition (and further headers) and a content each."""
    return b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for head, content in parts
    ) + (f"--{BOUNDARY}--\r\n".encode())


#: Members of a JSON body that are data, though an option has their name.
DATA: list[dict[str, Any]] = [
    {"error": "TypeError"},
    {"error": "TypeError: x is not a function\n  at f (a.js:1:2)"},
    {"error": "404"},
    {"error": True},
    {"error": False},
    {"error": None},
    {"error": []},
    {"error": {}},
    {"error": 0.05},
    {"error": 0},
    {"error": {"message": "no code"}},
    {"error": {"code": "ECONNREFUSED", "message": "refused"}},
    {"error": {"code": -32600, "message": "Invalid Request"}},
    {"jsonrpc": "2.0", "id": 1, "error": {"code": 404, "message": "x", "data": {}}},
    {"context": {"ip": "10.0.0.1"}},
    {"context": ["a", "b"]},
    {"context": 7},
    {"context": None},
    {"context": {"library": {"name": "analytics.js"}}, "userId": "u1"},
]


@pytest.mark.parametrize("members", DATA, ids=str)
def test_context_and_error_in_another_form_are_data(members: dict[str, Any]) -> None:
    request = sent(orjson.dumps(members), "application/json")
    assert request.fields == members and request.body == members
    assert request.error is None and request.context is None


def test_context_and_error_in_their_form_are_options() -> None:
    request = sent(b'{"context":"abc","error":{"code":404,"message":"no"}}', None)
    assert request.context == "abc"
    assert request.error == SimulatedError(404, "no")
    assert request.fields == {}
    assert sent(b'{"error":503}', None).error == SimulatedError(
        503, "Service Unavailable"
    )


def test_a_query_still_wins_over_data_of_that_name() -> None:
    request = sent(b'{"context":{"ip":"::1"}}', None, "context=abc")
    assert request.context == "abc" and request.fields == {"context": {"ip": "::1"}}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"name=Ada&age=36", {"name": "Ada", "age": "36"}),
        (b"name=Ada+L%C3%A9a", {"name": "Ada Léa"}),
        (b"tag=a&tag=b&tag=", {"tag": ["a", "b", ""]}),
        (b"empty=", {"empty": ""}),
        (
            b"shape=1&error=404&context=c",
            {"shape": "1", "error": "404", "context": "c"},
        ),
        (b"metadata[order]=7", {"metadata[order]": "7"}),
        (b"bad=%FF", {"bad": "\ufffd"}),
    ],
)
def test_the_fields_of_a_form_are_data(body: bytes, fields: dict[str, Any]) -> None:
    for content_type in (FORM, f"{FORM}; charset=utf-8", FORM.upper()):
        request = sent(body, content_type)
        assert request.fields == fields and request.body == fields
        assert request.shape is None and request.error is None


def test_the_parts_of_a_multipart_form_are_data_and_of_a_file_what_it_is() -> None:
    file = 'name="avatar"; filename="a b.png"\r\nContent-Type: image/png'
    body = multipart(
        ('name="name"', "Léa".encode()),
        (file, b"\x89PNG\r\n\x00\xff"),
        ('name="tag"', b"a"),
        ('name="tag"', b"b"),
        ('name="raw"; filename="x"', b""),
    )
    assert sent(body, MULTIPART).fields == {
        "name": "Léa",
        "avatar": {"name": "a b.png", "type": "image/png", "size": 8},
        "tag": ["a", "b"],
        "raw": {"name": "x", "type": "application/octet-stream", "size": 0},
    }


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (b"hello\nthere", "text/plain", "hello\nthere"),
        (b"42", "text/plain; charset=utf-8", "42"),
        (b"name,age\nAda,36\n", "text/csv", "name,age\nAda,36\n"),
        ("Grüße".encode("latin-1"), "text/plain; charset=ISO-8859-1", "Grüße"),
        (b"\xff", "text/plain", "\ufffd"),
        (b"x", "text/plain; charset=nonsense", "x"),
        (b"<a/>", "application/xml", "<a/>"),
        (b"query { me }", "application/graphql", "query { me }"),
        (b"no parts at all", MULTIPART, "no parts at all"),
        (b"no boundary", "multipart/form-data", "no boundary"),
        (b"\x89PNG\r\n\xff", "image/png", None),
        (b"{not json", "text/plain", "{not json"),
    ],
)
def test_text_is_data_and_other_bytes_are_nothing(
    body: bytes, content_type: str, text: str | None
) -> None:
    request = sent(body, content_type)
    assert request.body == text and request.fields == {}


@pytest.mark.parametrize("subtype", ["x-ndjson", "ndjson", "jsonl", "JSONLines"])
def test_newline_delimited_json_is_a_list(subtype: str) -> None:
    request = sent(b'{"a":1}\r\n\n[2]\n"three"\n', f"application/{subtype}")
    assert request.body == [{"a": 1}, [2], "three"] and request.fields == {}


@pytest.mark.parametrize(
    "content_type",
    [None, "", "application/json", "application/vnd.api+json", FORM, "text/plain"],
)
def test_a_json_object_is_one_whatever_type_a_client_sends_by_default(
    content_type: str | None,
) -> None:
    request = sent(b' {"contextName":"c","name":"Ada"}', content_type)
    assert request.context == "c" and request.fields == {"name": "Ada"}


@pytest.mark.parametrize("content_type", [None, "application/json", "text/json"])
def test_a_byte_order_mark_before_json_is_no_part_of_it(
    content_type: str | None,
) -> None:
    assert sent(b'\xef\xbb\xbf{"a":1}', content_type).fields == {"a": 1}


@pytest.mark.parametrize(
    ("body", "content_type", "where"),
    [
        (b'{"a":', "application/json", "line 1, column 6"),
        (b"name=Ada", "application/json; charset=utf-8", "line 1"),
        (b"name=Ada", "application/problem+json", "line 1"),
        (b"name=Ada", None, "line 1"),
        (b'{"a":1}\n\n{"a":}', "application/x-ndjson", "line 3, column 6"),
    ],
)
def test_what_claims_to_be_json_or_nothing_and_is_none_is_refused(
    body: bytes, content_type: str | None, where: str
) -> None:
    with pytest.raises(BadRequest, match=where) as caught:
        sent(body, content_type)
    assert caught.value.problem()["parameter"] == "body"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"&".join([b"a=1"] * 1001), FORM),
        (multipart(*[('name="a"', b"1")] * 1001), MULTIPART),
    ],
)
def test_a_form_of_too_many_fields_is_too_large(body: bytes, content_type: str) -> None:
    with pytest.raises(PayloadTooLarge, match="1000 fields"):
        sent(body, content_type)


@given(
    st.binary(max_size=80)
    | st.lists(st.tuples(st.sampled_from(['name="a"', "x", ""]), st.binary())).map(
        lambda parts: multipart(*parts)
    ),
    st.sampled_from(["", FORM, MULTIPART, "text/plain", "application/x-ndjson"])
    | st.text(max_size=40),
)
def test_any_bytes_of_any_type_are_read_or_refused(body: bytes, kind: str) -> None:
    try:
        sent(body, kind)
    except ApiError as error:
        assert error.status in (400, 413)
