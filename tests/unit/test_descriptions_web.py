"""The operations of a description answer as it says."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path

import gevent
import orjson
import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator

from app import create_app
from app.errors import SettingsError
from app.settings import Settings, load_settings
from app.sse.parser import SseParser
from tests.unit.described import DOCUMENT, MANAGE, SHOP, serving

PET = OAS31Validator(
    {**DOCUMENT, "$ref": "#/components/schemas/Pet"},
)


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return serving(tmp_path)


def test_an_example_is_answered_and_generated_data_where_it_is_asked_for(
    client: FlaskClient,
) -> None:
    usual = client.get("/v1/pets/3")
    assert (usual.status_code, usual.get_json()) == (200, {"id": 1, "name": "Tom"})
    assert int(usual.headers["X-Left"]) >= 3
    named = client.get("/v1/pets/3", headers={"Prefer": "example=dog"})
    assert named.get_json() == {"id": 2, "name": "{{rex}}"}
    made = client.get("/v1/pets/3", headers={"Prefer": 'x="y", dynamic=true'})
    assert made.get_json() != usual.get_json()
    PET.validate(made.get_json())


def test_a_response_is_chosen_by_prefer(client: FlaskClient) -> None:
    gone = client.get("/v1/pets/3", headers={"Prefer": "code=404"})
    assert gone.status_code == 404
    assert gone.content_type == "application/problem+json"
    assert [*gone.get_json()] == ["title"]
    teapot = client.put("/v1/pets/3", headers={"Prefer": "code=418"})
    assert (teapot.status_code, teapot.data) == (418, b"")
    for preference, reason in (
        ("code=302", "it has 200, 404"),
        ("example=bird", "it has cat, dog"),
    ):
        answer = client.get("/v1/pets/3", headers={"Prefer": preference})
        assert answer.status_code == 404
        assert reason in answer.get_json()["detail"]
    assert client.get("/v1/pets/3", headers={"Prefer": "code=9"}).status_code == 400


def test_the_media_type_is_chosen_by_accept(client: FlaskClient) -> None:
    text = client.get("/v1/pets/3", headers={"Accept": "text/*, application/json;q=0"})
    assert text.content_type == "text/plain"
    assert len(text.get_data(as_text=True)) >= 3
    assert client.get("/v1/pets/3", headers={"Accept": "a/b"}).status_code == 406
    any_type = client.get("/v1/pets/3", headers={"Accept": "a/b, */*;q=0.1"})
    assert any_type.content_type == "application/json"


def test_a_segment_may_mix_text_and_parameters(client: FlaskClient) -> None:
    answer = client.post("/v1/pets/3:cancel")
    assert (answer.status_code, answer.headers["Deprecation"]) == (200, "true")
    assert client.post("/v1/pets/:cancel").status_code == 405


def test_kinds_of_events_are_streamed_by_their_schemas(client: FlaskClient) -> None:
    answer = client.get("/v1/born")
    assert answer.content_type == "text/event-stream"
    names = set()
    for event in SseParser().feed(answer.data):
        if event.data is None:
            continue  # the first line, which says when to reconnect
        assert event.fields is not None
        names.add(event.fields.name)
        if event.fields.name == b"born":
            PET.validate(orjson.loads(event.data))
        else:
            assert event.data in (b"fish", b"meat")
    assert names == {b"born", b"fed"}


def test_items_are_streamed_as_lines_or_as_a_sequence(client: FlaskClient) -> None:
    lines = client.get("/v1/lines")
    assert lines.content_type == "application/jsonl"
    values = [orjson.loads(line) for line in lines.data.splitlines() if line]
    assert len(values) == 3
    for value in values:
        PET.validate(value)
    sequence = client.get("/v1/lines", headers={"Accept": "application/json-seq"})
    assert sequence.data.startswith(b"\x1e{")


def test_what_the_service_needs_itself_is_listed_and_the_others_are_served(
    client: FlaskClient,
) -> None:
    told = client.get(f"{MANAGE}/shop").get_json()
    assert (told["format"], told["served"], told["unserved"]) == ("OpenAPI 3.2.0", 5, 3)
    reasons = {each["operation"]: each["reason"] for each in told["unservedOperations"]}
    assert "a path of the service itself" in reasons["GET /docs"]
    assert told["operations"][0]["route"] == "shop.getPet"


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "violation"),
    [
        ("GET", "/v1/pets/x", {}, 422, {"in": "path", "name": "pet-id"}),
        ("GET", "/v1/pets/1?part=none", {}, 422, {"in": "query", "name": "part"}),
        ("GET", "/v1/pets/1?since[year]=x", {}, 422, {"in": "query", "name": "since"}),
        ("PUT", "/v1/pets/1", {}, 401, {"in": "header", "name": "X-Key"}),
        ("PUT", "/v1/pets/1", {"key": True}, 422, {"in": "body", "pointer": ""}),
        (
            "PUT",
            "/v1/pets/1",
            {"key": True, "json": {"id": 0, "name": "A"}},
            422,
            {"in": "body", "pointer": "/id"},
        ),
        (
            "PUT",
            "/v1/pets/1",
            {"key": True, "data": "{", "content_type": "application/json"},
            422,
            {"in": "body", "pointer": "", "reason": "is null, or no JSON"},
        ),
        (
            "PUT",
            "/v1/pets/1",
            {"key": True, "data": "id=1", "content_type": "text/css"},
            415,
            {"in": "header", "name": "Content-Type"},
        ),
    ],
)
def test_a_request_that_the_description_forbids_is_refused_with_its_place(
    tmp_path: Path,
    method: str,
    path: str,
    sent: dict[str, object],
    status: int,
    violation: dict[str, object],
) -> None:
    client = serving(tmp_path, ValidateRequests=True)
    headers = {"X-Key": "k"} if sent.pop("key", False) else {}
    answer = client.open(path, method=method, headers=headers, **sent)
    assert (answer.status_code, answer.content_type) == (
        status,
        "application/problem+json",
    )
    first = answer.get_json()["violations"][0]
    assert first["reason"]
    assert violation.items() <= first.items()


def test_a_request_that_the_description_allows_is_served(tmp_path: Path) -> None:
    client = serving(tmp_path, ValidateRequests=True)
    path = "/v1/pets/1?part=all&part=name&since[year]=2026"
    assert client.get(path).status_code == 200
    body = {"id": 1, "name": "A", "friends": [{"id": 2, "name": "B"}]}
    login = {"Authorization": "Basic eDp5"}
    assert client.put("/v1/pets/1", json=body, headers=login).status_code == 204


def test_a_base_path_and_a_choice_of_operations_are_configured(tmp_path: Path) -> None:
    client = serving(tmp_path, Name="s", BasePath="/x", Only=["pets"])
    assert client.get("/x/pets/1").status_code == 200
    assert client.get("/x/lines").status_code == 404
    assert client.get(f"{MANAGE}/s").get_json()["served"] == 1


def test_a_description_is_sent_shown_served_and_deleted() -> None:
    client = create_app(Settings()).test_client()
    body = {"name": "sent", "document": DOCUMENT, "basePath": "/"}
    made = client.post(MANAGE, json=body)
    assert made.status_code == 201, made.text
    assert client.post(MANAGE, json=body).status_code == 409
    assert client.get("/pets/1").get_json() == {"id": 1, "name": "Tom"}
    shown = client.get(f"{MANAGE}/sent").get_json()
    hits = {each["operationId"]: each["hits"] for each in shown["operations"]}
    assert (hits["getPet"], hits["putPet"]) == (1, 0)
    assert client.get(MANAGE).get_json()["total"] == 1
    assert client.delete("/api/manage/routes/sent.getPet").status_code == 409
    assert client.delete(f"{MANAGE}/sent").status_code == 204
    assert client.get("/pets/1").status_code == 404
    assert client.get(f"{MANAGE}/sent").status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"document": SHOP}, "/Name"),
        ({"name": "a"}, "/document"),
        ({"name": "a", "document": 1}, "/document"),
        ({"name": "a", "document": SHOP, "file": "x.yaml"}, "/file"),
        ({"name": "a", "document": SHOP, "basepath": "x"}, "/basepath"),
        ({"name": "a", "document": "openapi: 3.1.0"}, "/paths"),
        ({"name": "a", "document": SHOP, "onli": []}, "/onli"),
        ({"name": "a", "document": SHOP, "expiresSeconds": 0}, "/expiresSeconds"),
    ],
)
def test_what_is_sent_is_refused_with_its_place(
    body: dict[str, object], pointer: str
) -> None:
    client = create_app(Settings()).test_client()
    answer = client.post(MANAGE, json=body)
    assert (answer.status_code, answer.get_json()["pointer"]) == (400, pointer)


def test_a_description_that_was_sent_expires() -> None:
    app = create_app(Settings())
    app.extensions["llmock"].start()
    client = app.test_client()
    body = {"name": "brief", "document": DOCUMENT, "expiresSeconds": 1}
    assert client.post(MANAGE, json=body).get_json()["expiresSeconds"] == 1
    body = {"name": "again", "document": DOCUMENT, "basePath": "/again"}
    assert client.post(MANAGE, json={**body, "expiresSeconds": 1}).status_code == 201
    assert client.delete(f"{MANAGE}/again").status_code == 204
    assert client.post(MANAGE, json={**body, "expiresSeconds": 3600}).status_code == 201
    until = time.monotonic() + 20
    while client.get("/v1/pets/1").status_code != 404 and time.monotonic() < until:
        gevent.sleep(0.05)
    assert client.get("/v1/pets/1").status_code == 404
    (left,) = client.get(MANAGE).get_json()["specs"]
    assert left["name"] == "again"
    app.extensions["llmock"].close()


def test_a_description_of_the_configuration_does_not_expire(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Specs\[0\].ExpiresSeconds is given"):
        serving(tmp_path, ExpiresSeconds=60)


ORDERS = """
openapi: 3.1.0
info: {title: Orders, version: "1"}
paths:
  /orders:
    post:
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded: &form
            schema: {$ref: "#/components/schemas/Order"}
          multipart/form-data: *form
      responses: {"204": {description: Done}}
components:
  schemas:
    Order:
      type: object
      required: [amount]
      properties:
        amount: {type: integer, minimum: 1}
        urgent: {type: boolean}
        size: {enum: ["1", "2"]}
        tags: {type: array, maxItems: 2, items: {type: string}}
        lines: {type: array, items: {$ref: "#/components/schemas/Line"}}
        address: {$ref: "#/components/schemas/Address"}
        receipt: {type: string, minLength: 1, contentMediaType: image/png}
      additionalProperties: false
    Line: {type: object, required: [n], properties: {n: {type: integer}}}
    Address:
      type: object
      properties: {city: {type: string, minLength: 2}, floor: {type: number}}
"""


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"amount": "3", "urgent": "true", "size": "2", "tags": ["a", "b"]}, []),
        ({"amount": "3", "tags": "a", "address[city]": "Rom"}, []),
        ({"amount": "3", "address": '{"city":"Rom","floor":1.5}'}, []),
        ({"amount": "3", "lines[0][n]": "1", "lines[1][n]": "2"}, []),
        ({"amount": "3", "tags[]": ["a", "b"]}, []),
        ({"urgent": "true"}, [""]),
        ({"amount": "0"}, ["/amount"]),
        ({"amount": ["1", "2"]}, ["/amount"]),
        ({"amount": "1", "size": "3"}, ["/size"]),
        ({"amount": "1", "tags": ["a", "b", "c"]}, ["/tags"]),
        ({"amount": "1", "lines[0][n]": "x"}, ["/lines/0/n"]),
        ({"amount": "1", "address[floor]": "top"}, ["/address/floor"]),
        ({"amount": "1", "note": "x"}, [""]),
        ({"amount": "1", "address[city][x]": "1"}, ["/address/city"]),
    ],
)
@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_form_is_held_against_its_schema(
    tmp_path: Path, content_type: str, fields: dict[str, object], pointers: list[str]
) -> None:
    client = serving(tmp_path, ORDERS, ValidateRequests=True)
    answer = client.post("/orders", data=fields, content_type=content_type)
    found = answer.get_json()["violations"] if answer.data else []
    assert [each["pointer"] for each in found] == pointers
    assert answer.status_code == (422 if pointers else 204)


def test_what_is_in_a_file_of_a_form_is_not_looked_at(tmp_path: Path) -> None:
    client = serving(tmp_path, ORDERS, ValidateRequests=True)
    sent = {"amount": "1", "receipt": (BytesIO(b"\x89PNG"), "a.png", "image/png")}
    assert client.post("/orders", data=sent).status_code == 204
    broken = client.post("/orders", data="x", content_type="multipart/form-data")
    assert broken.get_json()["violations"] == [
        {"in": "body", "pointer": "", "reason": "is no form"}
    ]


def test_a_description_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Specs\[0\].File is .*: it is no object"):
        serving(tmp_path, "")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("type: string")
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(outside)
    text = SHOP.replace('"#/components/responses/Gone"', "link.yaml")
    told = serving(folder, text).get(f"{MANAGE}/shop").get_json()
    reasons = [each["reason"] for each in told["unservedOperations"]]
    assert any("a link out of the description's folder" in each for each in reasons)


def test_the_command_line_names_descriptions(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SHOP)
    settings = load_settings(None, {"LLMOCK_SPECS": str(tmp_path / "a.yaml")})
    assert create_app(settings).test_client().get("/v1/lines").status_code == 200


IMPOSSIBLE = "{type: object, required: [a], properties: {a: false}}"


def test_operations_are_tried_out_and_those_that_cannot_be_made_are_listed(
    tmp_path: Path,
) -> None:
    text = SHOP.replace(
        '"204": {description: Done}',
        '"200": {description: A, content: {application/json: {schema: '
        f"{IMPOSSIBLE}}}}}}}",
    )
    client = serving(tmp_path, text)
    refused = client.put("/v1/pets/1")
    assert refused.status_code == 404
    assert "cannot be made" in refused.get_json()["detail"]
    assert client.put("/v1/pets/1", headers={"Prefer": "code=400"}).status_code == 400
    descriptions = client.application.extensions["llmock"].descriptions
    descriptions.start()
    try:
        with gevent.Timeout(60):
            while not client.get(f"{MANAGE}/shop").get_json()["triedOut"]:
                gevent.sleep(0.05)
        told = client.get(f"{MANAGE}/shop").get_json()
    finally:
        descriptions.close()
    assert (told["served"], told["unserved"]) == (4, 4)
    (found,) = [
        each
        for each in told["unservedOperations"]
        if each["operation"] == "PUT /pets/{pet-id}"
    ]
    assert "no value can be generated" in found["reason"]
    assert "putPet" not in [each["operationId"] for each in told["operations"]]


def test_an_extension_may_say_itself_what_is_sent(tmp_path: Path) -> None:
    script = "{Script: [{Event: one, Data: 1}, {Event: two, Data: 2, AfterMs: 1}]}"
    text = SHOP.replace("{IntervalMs: 1, MaxEvents: 40}", script)
    answer = serving(tmp_path, text).get("/v1/born")
    assert b"event: one\n" in answer.data and b"event: two\n" in answer.data
    assert b"born" not in answer.data


def test_an_extension_makes_a_stream_of_an_operation_that_has_none(
    tmp_path: Path,
) -> None:
    text = SHOP.replace(
        "operationId: getPet", "operationId: getPet\n      x-llmock: {MaxEvents: 1}"
    )
    answer = serving(tmp_path, text).get("/v1/pets/1")
    assert answer.mimetype == "text/event-stream"
    (event,) = [each for each in SseParser().feed(answer.data) if each.data is not None]
    PET.validate(orjson.loads(event.data))
