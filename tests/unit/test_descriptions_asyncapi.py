"""Channels of AsyncAPI are streams at their addresses, and messages kinds of event."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from app.descriptions.description_formats import digest_text
from app.descriptions.description_text import BadDescription
from app.descriptions.digest import Digest, read_digest, written
from app.descriptions.operations import Credential, Medium, Named, Operation
from app.events.event import Event
from app.sse.parser import SseParser
from tests.unit.described import MANAGE, serving

QUOTES = """
asyncapi: 3.1.0
info: {title: Quotes, version: "2"}
servers:
  eu: {host: "quotes.example:{port}", pathname: "/{stage}/", protocol: wss,
       variables: {stage: {default: live}},
       security: [{$ref: "#/components/securitySchemes/key"}]}
channels:
  quotes:
    address: /quotes/{symbol}
    tags: [{name: prices}]
    x-llmock: {IntervalMs: 1, MaxEvents: 60}
    parameters: {symbol: {enum: [AAPL, MSFT]}}
    bindings: {ws: {query: {type: object, required: [depth],
                            properties: {depth: {type: integer}}}}}
    messages:
      quote: {$ref: "#/components/messages/quote"}
      halt:
        name: halt
        payload: {schemaFormat: application/schema+json;version=draft-07,
                  schema: {type: object, required: [reason],
                           properties: {reason: {enum: [news, volume]}}}}
      old: {payload: {schemaFormat: application/vnd.apache.avro;version=1.9.0,
                      schema: {type: record}}}
  notes:
    address: notes.{room}.text
    x-llmock: {IntervalMs: 1, MaxEvents: 9}
    messages:
      note: {traits: [{contentType: text/plain, name: other}], name: note,
             payload: {type: string, minLength: 3},
             examples: [{name: hello, payload: "Hello {{name}}"},
                        {name: bye, payload: Bye}]}
  orders: {address: orders, messages: {order: {payload: {type: object}}}}
  done: {address: "https://elsewhere.example/done?all=true",
         messages: {done: {contentType: application/cloudevents+json,
                           payload: {const: 1}}}}
  reply: {address: null, messages: {ok: {payload: true}}}
operations:
  watch: {action: send, channel: {$ref: "#/channels/quotes"},
          messages: [{$ref: "#/channels/quotes/messages/quote"},
                     {$ref: "#/channels/quotes/messages/halt"},
                     {$ref: "#/channels/quotes/messages/old"}]}
  read: {action: send, channel: {$ref: "#/channels/notes"},
         bindings: {http: {method: post}}}
  order: {action: receive, channel: {$ref: "#/channels/orders"},
          reply: {channel: {$ref: "#/channels/reply"}}}
  finish: {action: receive, channel: {$ref: "#/channels/orders"},
           reply: {channel: {$ref: "#/channels/done"}}}
components:
  messages:
    quote:
      name: quote
      payload: {$ref: "#/components/schemas/Quote"}
  schemas:
    Quote:
      type: object
      required: [symbol, price]
      additionalProperties: false
      properties:
        symbol: {type: string, minLength: 1}
        price: {type: number, minimum: 1}
        parent: {$ref: "#/components/schemas/Quote"}
  securitySchemes:
    key: {type: httpApiKey, in: query, name: api_key}
"""

LIGHTS = """
asyncapi: 2.6.0
info: {title: Lights, version: "1"}
defaultContentType: application/json
servers:
  broker: {url: "lights.example:{port}/v1", protocol: mqtt,
           security: [{login: []}, {bearer: []}]}
channels:
  lights/{id}/measured:
    parameters: {id: {schema: {type: string, pattern: "^[a-z]+$"}}}
    subscribe:
      operationId: onMeasured
      tags: [{name: lights}]
      message:
        oneOf:
        - {name: lumens, contentType: text/plain,
           traits: [{contentType: application/json}],
           payload: {type: object, required: [lumens],
                     properties: {lumens: {type: integer, minimum: 0}}},
           examples: [{payload: {lumens: 7}}]}
        - {name: "two\\nlines", payload: {type: object}}
  lights/{id}/turn: {publish: {message: {payload: {type: boolean}}}}
  log:
    subscribe: {message: {contentType: application/x-ndjson,
                          payload: {type: object, required: [level],
                                    properties: {level: {enum: [info]}}}}}
  picture: {subscribe: {message: {contentType: image/png}}}
  anything: {subscribe: {}}
components:
  securitySchemes:
    login: {type: http, scheme: Basic}
    bearer: {type: oauth2}
"""


def digest(text: str, **how: Any) -> Digest:
    return digest_text(text.encode(), most=1 << 20, **how)


def operations(found: Digest) -> dict[str, tuple[Named, Operation]]:
    return {named.name: (named, found.read(text)) for named, text in found.operations}


def media(operation: Operation) -> dict[str, Medium]:
    (answer,) = operation.answers
    return {medium.type: medium for medium in answer.media}


def test_what_an_application_sends_and_replies_is_served_where_it_is() -> None:
    found = digest(QUOTES)
    assert read_digest(written(found)) == found
    assert found.about.format == "AsyncAPI 3.1.0"
    at = {
        name: f"{named.method} {named.base}{named.path}"
        for name, (named, _) in operations(found).items()
    }
    assert at == {
        "watch": "GET /live/quotes/{symbol}",
        "read": "POST /live/notes.{room}.text",
        "finish": "GET /done?all=true",
    }
    told = {each.operation: each.reason for each in found.about.unserved}
    assert told == {
        "a message of /quotes/{symbol}": "its schema is in application/vnd.apache"
        ".avro;version=1.9.0; accepted: JSON Schema",
        "orders": "no operation sends to it, so clients only send",
        "reply": "its address is known at run time only",
    }


def test_what_clients_subscribe_to_is_served_where_it_is() -> None:
    found = digest(LIGHTS, base_path="/mock/")
    at = {name: named.path for name, (named, _) in operations(found).items()}
    assert at == {
        "onMeasured": "/lights/{id}/measured",
        "log": "/log",
        "anything": "/anything",
    }
    assert {named.base for named, _ in found.operations} == {"/mock"}
    assert operations(digest(LIGHTS))["log"][0].base == "/v1"
    told = {each.operation: each.reason for each in found.about.unserved}
    assert told == {
        "a message of lights/{id}/measured": "its name is no text of one line",
        "lights/{id}/turn": "clients only publish to it",
        "picture": "its content type is image/png; accepted: JSON or text",
    }


def test_what_a_request_shows_is_that_of_the_server_and_of_bindings() -> None:
    _, watch = operations(digest(QUOTES))["watch"]
    assert watch.credentials == ((Credential("query", "api_key"),),)
    asked = {(each.where, each.name): each.required for each in watch.parameters}
    assert asked == {("path", "symbol"): True, ("query", "depth"): True}
    _, measured = operations(digest(LIGHTS))["onMeasured"]
    assert [each.scheme for (each,) in measured.credentials] == ["basic", "bearer"]


def test_messages_are_kinds_and_lines_have_no_names() -> None:
    _, watch = operations(digest(QUOTES))["watch"]
    kinds = {name: medium.kinds for name, medium in media(watch).items()}
    assert [kind.event for kind in kinds["text/event-stream"]] == ["quote", "halt"]
    assert [kind.event for kind in kinds["application/x-ndjson"]] == [None, None]
    _, read = operations(digest(QUOTES))["read"]
    assert [*media(read)] == ["text/event-stream"]
    _, log = operations(digest(LIGHTS))["log"]
    assert [*media(log)] == ["application/x-ndjson"]


@pytest.mark.parametrize(
    ("only", "served"), [(["prices"], ["watch"]), (["notes"], ["read"]), (["x"], [])]
)
def test_only_some_are_served_by_channel_operation_or_tag(
    only: list[str], served: list[str]
) -> None:
    assert [*operations(digest(QUOTES, only=only))] == served


@pytest.mark.parametrize("version", ["2", "3"])
def test_of_an_application_that_only_receives_that_is_served(version: str) -> None:
    """It is a client itself, which wants something to read."""
    if version == "2":
        text = 'asyncapi: "2.0.0"\nchannels: {a: {publish: {message: {}}}}'
    else:
        text = (
            'asyncapi: "3.0.0"\nchannels: {a: {address: a}}\n'
            "operations: {b: {action: receive, channel: {$ref: '#/channels/a'}}}"
        )
    assert [named.path for named, _ in digest(text).operations] == ["/a"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("asyncapi: 1.2.0", "accepted: OpenAPI 3.0, 3.1 or 3.2, or AsyncAPI 2 or 3"),
        ("asyncapi: 2.0.0", "it has no channels"),
        ("asyncapi: 3.0.0\nchannels: [a]", "it is no object of channels"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, reason: str) -> None:
    with pytest.raises(BadDescription, match=reason):
        digest(text)


def test_channels_of_one_address_are_one_stream() -> None:
    text = """
asyncapi: 3.0.0
channels:
  ping: {address: /, messages: {ping: {name: ping}}}
  pong: {address: /, messages: {pong: {name: pong}}}
  tick: {address: /, messages: {tick: {name: tick}}}
operations:
  onPing: {action: receive, channel: {$ref: "#/channels/ping"},
           reply: {channel: {$ref: "#/channels/pong"}}}
  ticks: {action: send, channel: {$ref: "#/channels/tick"}}
"""
    found = digest(text)
    ((named, operation),) = operations(found).values()
    kinds = media(operation)["text/event-stream"].kinds
    assert named.path == "/" and [kind.event for kind in kinds] == ["pong", "tick"]
    assert operations(digest(text, only=["ticks"])).keys() == {named.name}
    assert [each.operation for each in found.about.unserved] == ["ping"]


def test_a_reference_to_the_network_leaves_out_its_channel_alone() -> None:
    text = LIGHTS.replace("payload: {type: boolean}", "payload: {$ref: 'http://h/x'}")
    text = text.replace("publish", "subscribe")
    told = {each.operation: each.reason for each in digest(text).about.unserved}
    assert "leads to the network" in told["lights/{id}/turn"]


# -- served -----------------------------------------------------------------------


def stream(client: FlaskClient, target: str, **how: Any) -> list[Event]:
    """The events with data of a stream, to its end."""
    response = client.open(target, **how)
    assert response.status_code == 200, response.text
    return [each for each in SseParser().feed(response.data) if each.data is not None]


def name(event: Event) -> str:
    assert event.fields is not None
    return event.fields.name.decode()


def test_a_channel_is_a_stream_of_its_messages_which_fit_their_schemas(
    tmp_path: Path,
) -> None:
    client = serving(tmp_path, QUOTES)
    found = stream(client, "/live/quotes/AAPL?depth=1")
    quote = {
        "$ref": "#/components/schemas/Quote",
        "components": {"schemas": {"Quote": QUOTE}},
    }
    schemas = {"quote": quote, "halt": {"required": ["reason"]}}
    assert {name(each) for each in found} == {"quote", "halt"}
    for each in found:
        Draft202012Validator(schemas[name(each)]).validate(
            orjson.loads(each.data or b"")
        )
    lines = client.get(
        "/live/quotes/AAPL", headers={"Accept": "application/x-ndjson"}
    ).data.splitlines()
    assert len(lines) == 60 and all(
        isinstance(orjson.loads(each), dict) for each in lines
    )


QUOTE: Any = {
    "type": "object",
    "required": ["symbol", "price"],
    "additionalProperties": False,
    "properties": {
        "symbol": {"type": "string", "minLength": 1},
        "price": {"type": "number", "minimum": 1},
        "parent": {"$ref": "#/components/schemas/Quote"},
    },
}


def test_examples_of_messages_are_sent_unless_other_data_is_asked_for(
    tmp_path: Path,
) -> None:
    client = serving(tmp_path, QUOTES)
    target = "/live/notes.lobby.text"
    usual = stream(client, target, method="POST")
    assert {each.data for each in usual} == {b"Hello {{name}}", b"Bye"}
    assert {name(each) for each in usual} == {"note"}
    made = stream(client, target, method="POST", headers={"Prefer": "dynamic=true"})
    assert not {b"Hello {{name}}", b"Bye"} & {each.data for each in made}
    named = stream(client, target, method="POST", headers={"Prefer": "example=bye"})
    assert [(name(each), each.data) for each in named] == [("note", b"Bye")]


def test_a_request_that_a_channel_forbids_is_refused_with_its_place(
    tmp_path: Path,
) -> None:
    client = serving(tmp_path, QUOTES, ValidateRequests=True)
    assert client.get("/live/quotes/AAPL?depth=1").status_code == 401
    answer = client.get("/live/quotes/TSLA?depth=x&api_key=k")
    assert answer.status_code == 422
    places = [(each["in"], each["name"]) for each in answer.get_json()["violations"]]
    assert sorted(places) == [("path", "symbol"), ("query", "depth")]
    assert client.get("/live/quotes/AAPL?depth=1&api_key=k").status_code == 200


def test_channels_are_listed_beside_those_that_are_not_served(tmp_path: Path) -> None:
    client = serving(tmp_path, LIGHTS, Name="lights")
    shown = client.get(f"{MANAGE}/lights").get_json()
    assert shown["format"] == "AsyncAPI 2.6.0"
    paths = [each["path"] for each in shown["operations"]]
    assert paths == ["/v1/lights/{id}/measured", "/v1/log", "/v1/anything"]
    assert len(shown["unservedOperations"]) == 3


# -- broken -----------------------------------------------------------------------

#: What has no business in most places.
JUNK: list[Any] = [None, True, -1, "", "a\nb", [], {}, [1], {"a": 1}, {"$ref": "#"}]
JUNK += [{"$ref": "#/channels"}, {"$ref": 1}, {"$ref": "http://h/x"}, {"": ""}]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Each place in a document: what holds it, and its name or index."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[Any, Any]] = []
    for key, each in list(inner):
        found.append((value, key))
        if isinstance(each, (dict, list)):
            found += places(each)
    return found


@pytest.mark.parametrize("text", [QUOTES, LIGHTS])
def test_junk_in_any_place_is_refused_or_left_out(text: str) -> None:
    whole = orjson.dumps(yaml.load(text, yaml.CSafeLoader))
    for number in range(len(places(orjson.loads(whole)))):
        for junk in JUNK[number % 5 :: 5]:
            document = orjson.loads(whole)
            holder, key = places(document)[number]
            if key != "asyncapi":
                holder[key] = junk
            with suppress(BadDescription):
                digest_text(orjson.dumps(document), most=1 << 20)


def test_messages_may_be_in_files_beside_it() -> None:
    text = """
asyncapi: 2.5.0
channels:
  liked: {subscribe: {message: {$ref: "./common/messages.yaml#/liked"}}}
"""
    files: dict[str, Any] = {
        "common/messages.yaml": {
            "liked": {"name": "liked", "payload": {"$ref": "./schemas.yaml#/liked"}}
        },
        "common/schemas.yaml": {"liked": {"type": "integer"}},
    }
    found = digest(text, read_file=files.__getitem__)
    ((_, operation),) = operations(found).values()
    (kind,) = media(operation)["text/event-stream"].kinds
    assert kind.event == "liked" and kind.schema is not None
    whole = found.whole(kind.schema.value)
    assert {"type": "integer"} in whole["components"]["schemas"].values()
