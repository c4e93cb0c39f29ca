"""What a response that is not 200 means, and what is learned from it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from app.llm.negotiation import Negotiation, Refusals
from app.llm.refusals import blamed, quote, refusal, retry_after_s

NOW_S = 1_445_412_480.0  # Wed, 21 Oct 2015 07:28:00 GMT
OPTIONAL = {"temperature", "response_format"}


@pytest.mark.parametrize(
    "fields, seconds",
    [
        ({}, None),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": " 120 "}, 120),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT"}, 30),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:30 -0000"}, 30),
        ({"Retry-After": "Wed, 21 Oct 2015 07:27:00 GMT"}, 0),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "9" * 5000}, None),
        ({"Retry-After": "2", "Retry-After-Ms": "250"}, 0.25),
        ({"Retry-After": "2", "Retry-After-Ms": "x"}, 2),
    ],
)
def test_the_wait_that_is_asked_for_is_in_seconds(fields, seconds):
    assert retry_after_s(CaseInsensitiveDict(fields), NOW_S) == seconds


@given(st.text(max_size=40))
def test_no_wait_that_is_asked_for_is_negative_or_a_fault(value):
    assert (retry_after_s({"Retry-After": value}, NOW_S) or 0) >= 0


@given(st.text(), st.text("ab", min_size=1, max_size=3))
def test_a_quote_is_one_short_line_without_the_secret(text, secret):
    quoted = quote(f"{text}{secret}\r\n\x1b[31m\u2028{text}", secret)

    assert len(quoted) <= 203
    assert len(quoted.splitlines()) <= 1
    assert "\x1b" not in quoted
    assert secret not in quoted


def test_a_quote_keeps_what_was_said():
    assert quote(' {"error":\n\t"über 9000"} ') == '{"error": "über 9000"}'


@pytest.mark.parametrize("status", [401, 403])
def test_what_is_said_about_keys_is_not_repeated(status):
    found = refusal(status, {}, b"wrong key sk-12*", now_s=NOW_S, secret=None)

    assert (found.cause, found.retryable) == (f"status {status}", False)


def names(param: object) -> bytes:
    return json.dumps({"error": {"message": "no", "param": param}}).encode()


@pytest.mark.parametrize(
    "status, body, name",
    [
        (400, names("temperature"), "temperature"),
        (400, names("response_format.json_schema"), "response_format"),
        (400, names("messages"), "response_format"),
        (400, names(None), "response_format"),
        (422, b"not JSON", "response_format"),
        (422, b'{"detail":[{"loc":["body","temperature"]}]}', "temperature"),
        (422, b'{"detail":[{"loc":["body","x",0]},7]}', "response_format"),
        (400, b"Unrecognized request argument: temperature", "temperature"),
        (400, b'{"message":"\'temperature\' must be <= 1"}', "temperature"),
        (400, b"temperatures vary", "response_format"),
        (400, b'["error"]', "response_format"),
        (400, b'{"error": "no"}', "response_format"),
        (401, names("temperature"), None),
        (429, names("temperature"), None),
        (500, names("temperature"), None),
    ],
)
def test_a_refusal_blames_what_it_names_or_else_the_format(status, body, name):
    assert blamed(status, body, OPTIONAL) == name


def test_a_refusal_of_a_plain_request_blames_nothing():
    assert blamed(400, names("temperature"), set()) is None


def body(schema: object) -> dict[str, object]:
    return {"model": "m", "response_format": schema}


def test_a_refused_format_is_left_out_for_its_schema_alone():
    refusals = Refusals()
    refusals.taken(body("good"))
    for schema in range(Refusals.ENOUGH):
        refusals.learn("response_format", body(schema))

    assert refusals.of(body(0)) == {"response_format"}
    assert refusals.of(body("new")) == set()
    assert refusals.of({"model": "m"}) == set()


def test_formats_are_given_up_when_several_were_refused_and_none_was_taken():
    refusals = Refusals()
    for schema in range(Refusals.ENOUGH):
        assert refusals.of(body("new")) == set()
        refusals.learn("response_format", body(schema))
        refusals.taken({"model": "m"})

    assert refusals.of(body("new")) == {"response_format"}


def test_the_memory_of_refused_schemas_is_bounded():
    refusals = Refusals()
    refusals.taken(body("good"))
    for schema in range(Refusals.KEPT + 1):
        refusals.learn("response_format", body(schema))

    assert refusals.of(body(Refusals.KEPT)) == {"response_format"}
    assert refusals.of(body(0)) == set()


def negotiated(answers: list[tuple[str, str]], refusals: Refusals) -> list[set[str]]:
    """The parameters of each body sent to a server that refuses some of them.

    ``answers`` are what it refuses, with its messages; the first one counts.
    """
    whole = {name: 1 for name in ("model", "seed", "temperature", "max_tokens")}
    negotiation = Negotiation(refusals, whole)
    sent = []
    while True:
        sent.append(set(negotiation.body))
        message = next((said for name, said in answers if name in sent[-1]), None)
        if message is None:
            list(negotiation.taken())
            return sent
        if not negotiation.concede(400, message.encode()):
            return sent


def test_each_parameter_that_is_refused_is_learned_once():
    refusals = Refusals()
    answers = [("seed", "no seed"), ("temperature", "temperature is fixed")]
    assert len(negotiated(answers, refusals)) == 3
    assert negotiated(answers, refusals) == [{"model", "max_tokens"}]


def test_the_limit_of_tokens_is_given_by_the_name_that_a_server_knows():
    refusals = Refusals()
    message = "'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    negotiated([("max_tokens", message)], refusals)
    assert negotiated([("max_tokens", message)], refusals) == [
        {"model", "seed", "temperature", "max_completion_tokens"}
    ]


@pytest.mark.parametrize(
    "answers",
    [
        [("max_tokens", "max_tokens is too large: 2048. At most 1024.")],
        [("max_tokens", "max_tokens?"), ("max_completion_tokens", "no such thing")],
        [("max_tokens", "max_tokens?"), ("max_completion_tokens", "max_tokens?")],
    ],
)
def test_a_server_that_takes_no_limit_of_ours_is_asked_without(answers):
    refusals = Refusals()
    negotiated(answers, refusals)
    assert negotiated(answers, refusals) == [{"model", "seed", "temperature"}]


def test_a_parameter_that_a_message_only_mentions_is_not_held_guilty():
    refusals = Refusals()
    field = "the schema's field seed is too long"
    sent = negotiated([("model", field)], refusals)
    assert [body - {"model"} for body in sent] == [
        {"seed", "temperature", "max_tokens"},
        {"temperature", "max_tokens"},
    ]
    assert refusals.of({"seed": 1}) == set()
