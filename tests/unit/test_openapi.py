"""The API's description: valid, complete, and true of what is sent."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import jsonschema
import orjson
import pytest
from openapi_spec_validator import validate

from app import create_app
from app.errors import BadRequest
from app.request.inputs import Place
from app.request.options import ERROR_TEXTS, OPTIONS
from app.settings import Settings
from app.words import Mode
from tests.unit.fakes import FakeSource, fake_services


@pytest.fixture(scope="module")
def description() -> Any:
    return create_app().test_client().get("/openapi.json").json


def test_it_is_valid_openapi(description: Any) -> None:
    validate(description)


@pytest.mark.parametrize(
    "rule",
    sorted(
        re.sub("<(?:path:)?(?:stream_)?([a-z]+)>", r"{\1}", rule.rule)
        for rule in create_app().url_map.iter_rules()
        if rule.rule != "/" and "name>" not in rule.rule
    ),
)
def test_every_route_is_described(description: Any, rule: str) -> None:
    assert rule in description["paths"]


@pytest.mark.parametrize("path", ["/api/mock/stream/{path}", "/api/mock/{path}"])
def test_every_place_of_an_option_is_described(description: Any, path: str) -> None:
    operation = description["paths"][path]["post"]
    described = {(p["in"], p["name"]) for p in operation["parameters"]}
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    described |= {("body", name) for name in schema["properties"]}
    kinds = {Place.QUERY: "query", Place.HEADER: "header", Place.BODY: "body"}
    places = {
        (kinds[where.place], where.name)
        for places in (*(option.places for option in OPTIONS), *ERROR_TEXTS.values())
        for where in places
        if where.place in kinds
    }
    assert places <= described


@pytest.mark.parametrize("continuous", ["true", "false"])
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("value", [{"a": [1, 2]}, {"a": []}, [], {"b": 1}])
def test_every_event_is_one_of_those_described(
    description: Any, continuous: str, mode: Mode, value: object
) -> None:
    source = FakeSource(lambda _: value)
    client = create_app(
        services=fake_services(source, settings=Settings(max_items=5))
    ).test_client()
    body = client.get(
        f"/api/mock/stream/x?continuous={continuous}&sseMode={mode.value}"
        "&interval=400&maxDuration=1&includeSchema=true&shape={%22a%22:[1]}"
    ).data
    kinds = description["components"]["schemas"]
    events = [orjson.loads(line) for line in re.findall(rb"data: (.*)", body)]
    for event in events:
        fitting = [
            name
            for name, schema in kinds.items()
            if set(event) <= set(schema["properties"])
            and jsonschema.Draft202012Validator(schema).is_valid(event)
        ]
        assert fitting, event


def test_every_member_of_a_problem_is_described(description: Any) -> None:
    worst = BadRequest(
        "?", parameter="?", value=1, allowed="?", pointer="", keyword="?", limit=1
    )
    problem = description["components"]["schemas"]["Problem"]
    assert set(worst.problem()) <= set(problem["properties"])
    jsonschema.Draft202012Validator(problem).validate(worst.problem())


def links(description: Any) -> list[str]:
    found: list[str] = re.findall(r"\[Try it\]\(/#stream=([^)]*)\)", str(description))
    return sorted({unquote(link) for link in found})


def test_every_option_and_every_event_has_a_link_to_try_it(description: Any) -> None:
    stream = description["paths"]["/api/mock/stream/{path}"]["get"]
    texts = [parameter["description"] for parameter in stream["parameters"]]
    kinds = description["components"]["schemas"]
    texts += [kinds[name]["description"] for name in kinds if name != "Problem"]
    extras = ("of the simulated error", "the last event received")
    assert [t for t in texts if "[Try it]" not in t and not t.endswith(extras)] == []


def test_every_link_to_try_is_a_request_that_works(description: Any) -> None:
    client = create_app().test_client()
    for link in links(description):
        response = client.get(link)
        # A feed's own first event has no id.
        assert next(iter(response.response)).startswith((b"id: ", b"retry: ")), link
        response.close()


def test_the_reference_is_served_without_anything_from_elsewhere() -> None:
    client = create_app().test_client()
    page = client.get("/docs")
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert address.startswith("/")
        if address != "/":
            assert client.get(address).status_code == 200, address
    assert "<script>" not in page.text
    assert client.get("/docs/viewer/../__init__.py").status_code == 404
    assert client.get("/docs/viewer/index.css").status_code == 404
