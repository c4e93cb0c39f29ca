"""Whatever route is accepted serves, and whatever a client sends to it is data."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app import create_app
from app.request.options import OPTIONS
from app.settings import Settings

WORDS = st.text("abcxyz_", min_size=1, max_size=6)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
#: Text in which a place may stand; some of them are refused.
PLACED = st.builds(
    "{}{}{}".format,
    TEXTS,
    st.sampled_from(
        ["{{now}}", "{{uuid}}", "{{index}}", "{{path.a}}", "{{query.q}}", "{{{{"]
        + ["{{header.x}}", "{{body.a.b}}", "{{body}}", "{{", "}}", ""]
    ),
    TEXTS,
)
EXACT = VALUES | PLACED | st.dictionaries(WORDS, PLACED, max_size=3)
NAMES = st.none() | WORDS
EVENTS = st.fixed_dictionaries(
    {"Data": EXACT},
    optional={"Event": NAMES, "Id": WORDS, "Comment": TEXTS, "Retry": st.just(5)},
)
KINDS = st.fixed_dictionaries(
    {},
    optional={
        "Event": NAMES,
        "Id": st.sampled_from(["a", "{{uuid}}", "x-{{index}}"]),
        "Weight": st.integers(1, 5),
        "EveryMs": st.integers(1, 3),
    },
).flatmap(
    lambda kind: st.sampled_from(["Shape", "Data"]).flatmap(
        lambda key: EXACT.map(lambda value: {**kind, key: value})
    )
)
STREAMS = st.fixed_dictionaries(
    {"IntervalMs": st.just(1), "MaxEvents": st.integers(1, 3)},
    optional={
        "Events": st.lists(KINDS, max_size=3),
        "Opening": st.lists(EVENTS, max_size=2),
        "Closing": st.lists(EVENTS, max_size=2),
        "Script": st.lists(EVENTS, max_size=3),
        "Repeat": st.integers(0, 2),
        "Continuous": st.booleans(),
        "Mode": st.sampled_from(["CompleteObjects", "ArrayItems", "LlmTokens"]),
        "Framing": st.sampled_from(["sse", "ndjson", "json-seq", "json-array"]),
        "Envelope": st.sampled_from(["bare", "contract"]),
        "Ids": st.sampled_from(["stream", "counter", "uuid", "none"]),
        "Gaps": st.sampled_from(["fixed", "uniform", "poisson"]),
    },
)
ROUTES = st.fixed_dictionaries(
    {"Path": st.sampled_from(["/r", "/r/{a}", "/r/{a*}", "/users/{id}"])},
    optional={
        "Status": st.sampled_from([200, 201, 204, 404, 418, 500, 503]),
        "Headers": st.dictionaries(WORDS.map("X-{}".format), WORDS, max_size=2),
        "Methods": st.just(["ANY"]),
        "Seed": st.integers(0, 9),
        "Count": st.integers(1, 3),
        "Variety": st.sampled_from(["known", "all"]),
        "Context": st.just("c"),
        "Shape": VALUES,
        "Stream": STREAMS,
    },
) | st.fixed_dictionaries({"Path": st.just("/r/{a*}"), "Body": EXACT})

#: What the service's own endpoints take for options.
OPTION_NAMES = sorted(
    {place.name for option in OPTIONS for place in option.places} | {"errorMessage"}
)
QUERIES = st.dictionaries(st.sampled_from(OPTION_NAMES) | WORDS, TEXTS, max_size=3)
HEADERS = st.dictionaries(
    st.sampled_from(["X-Error-Code", "X-LLM-Backend", "X-Response-Shape", "X-A"]),
    st.sampled_from(["500", "nope", '{"a":', "true", ""]),
    max_size=3,
)
BODIES = VALUES | st.dictionaries(st.sampled_from(OPTION_NAMES), VALUES, max_size=3)
#: Bodies of any kind, also such as say that they are JSON and are not.
RAW = st.tuples(
    st.binary(max_size=20) | BODIES.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(
        ["application/json", "text/plain", "application/x-www-form-urlencoded"]
        + ["multipart/form-data; boundary=b", "application/x-ndjson", "a/b", ""]
    ),
)


def ask(client: FlaskClient, route: dict[str, Any], **request: Any) -> Any:
    path = route["Path"].replace("{a}", "b").replace("{a*}", "b/c")
    return client.open(path.replace("{id}", "42"), **request)


@settings(max_examples=60, deadline=None)
@given(
    ROUTES, st.sampled_from(["GET", "POST", "HEAD", "PUT"]), QUERIES, HEADERS, BODIES
)
def test_an_accepted_route_answers_any_request_as_it_says(
    route: dict[str, Any],
    method: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: Any,
) -> None:
    client = create_app(Settings()).test_client()
    made = client.post("/api/manage/routes", json=route)
    assert made.status_code in (201, 400), made.text
    if made.status_code == 400:
        assert made.json["pointer"].startswith("/")
        return
    answer = ask(
        client, route, method=method, query_string=query, headers=headers, json=body
    )
    serves = method in ("GET", "HEAD") or "Methods" in route
    assert answer.status_code == (route.get("Status", 200) if serves else 405)
    for name, value in route.get("Headers", {}).items():
        assert not serves or answer.headers[name] == value
    assert answer.data is not None  # a stream is read to its end


@settings(max_examples=60, deadline=None)
@given(QUERIES, HEADERS, BODIES)
def test_what_a_client_sends_never_becomes_an_option(
    query: dict[str, str], headers: dict[str, str], body: Any
) -> None:
    client = create_app(Settings()).test_client()
    route = {
        "Path": "/r",
        "Methods": ["POST"],
        "Shape": {"p": 1.5},
        "Seed": 7,
        "Stream": {"IntervalMs": 1, "MaxEvents": 2, "Framing": "ndjson"},
    }
    assert client.post("/api/manage/routes", json=route).status_code == 201
    plain = client.post("/r")
    steered = client.post("/r", query_string=query, headers=headers, json=body)
    assert steered.status_code == plain.status_code == 200
    sent = [json.loads(line) for line in steered.text.splitlines() if line]
    assert [list(event) for event in sent] == [["p"], ["p"]]
    if "p" not in query and not (isinstance(body, dict) and "p" in body):
        assert steered.data == plain.data


@settings(max_examples=60, deadline=None)
@given(
    st.text(min_size=1, max_size=8),
    st.text(st.characters(codec="ascii"), max_size=20),
    RAW,
    st.sampled_from(["/r/{a}", "/r/{a*}"]),
    st.none()
    | st.fixed_dictionaries({"IntervalMs": st.just(1), "MaxEvents": st.just(2)}),
)
def test_no_path_query_or_body_is_too_strange_for_a_route(
    segment: str, query: str, body: tuple[bytes, str], path: str, stream: object
) -> None:
    assume(path.endswith("*}") or "/" not in segment)
    client = create_app(Settings()).test_client()
    shape = {"a": "x", "b": 1, "q": [{"c": 1.5}]}
    route = {"Path": path, "Methods": ["POST"], "Shape": shape, "Context": "c-{a}"}
    if stream is not None:
        route["Stream"] = stream
    else:
        route["Body"] = {"a": "{{path.a}}", "b": "{{body.a}}", "q": "{{query.q}}"}
        del route["Shape"]
    assert client.post("/api/manage/routes", json=route).status_code == 201
    answer = client.post(
        f"/r/{quote(segment, safe='')}?{quote(query, safe='&=%')}",
        data=body[0],
        headers={"Content-Type": body[1]},
    )
    assert answer.status_code == 200, answer.text
    if stream is None and path == "/r/{a*}":
        assert answer.json["a"] == segment
