"""Broken routes: each is refused with its place and a sentence, wherever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from app import create_app
from app.errors import SettingsError
from app.router.building import check_routes
from app.settings import Settings, load_settings

#: A route, the pointer of what is wrong with it, and words of the sentence.
BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/Path", "is missing"),
    ({"Path": "v1"}, "/Path", "does not begin with a slash"),
    ({"Path": "/a?b=1"}, "/Path", "Match.Query"),
    ({"Path": "/{rest*}/a"}, "/Path", "before its end"),
    ({"Path": "/{a}/{a}"}, "/Path", "twice"),
    ({"Path": "/{b}{a}"}, "/Path", "text between two of them"),
    ({"Path": "/docs"}, "/Path", "a path of the service itself"),
    ({"Path": "/a", "Pth": 1}, "/Pth", "Path"),
    ({"Path": "/a", "Name": "a/b"}, "/Name", "A-Z a-z 0-9"),
    ({"Path": "/a", "Methods": ["OPTIONS"]}, "/Methods/0", "GET or POST"),
    ({"Path": "/a", "Status": 99}, "/Status", "200 to 599"),
    ({"Path": "/a", "Headers": {"Content-Length": "1"}}, "/Headers/Content-Length", ""),
    ({"Path": "/a", "Headers": {"X": "a\nb"}}, "/Headers/X", "control characters"),
    (
        {"Path": "/a", "Match": {"Query": {"q": {"Matches": "("}}}},
        "/Match/Query/q/Matches",
        "RE2",
    ),
    ({"Path": "/a", "Shape": {"$ref": "#/x"}}, "/Shape", "leads nowhere"),
    ({"Path": "/a", "Schema": {"type": "nope"}}, "/Schema", "no usable shape"),
    ({"Path": "/a", "Schema": 3}, "/Schema", "an object, true or false"),
    ({"Path": "/a", "Schema": False}, "/Schema", "no value can be generated"),
    (
        {"Path": "/a", "Schema": {"type": "integer", "minimum": 3, "maximum": 2}},
        "/Schema",
        "no value can be generated",
    ),
    (
        {
            "Path": "/a",
            "Schema": {
                "type": "object",
                "properties": {"temp": {"type": "number", "minimum": 2, "maximum": 1}},
                "required": ["temp"],
            },
        },
        "/Schema",
        "no number fits its bounds, at /properties/temp",
    ),
    (
        {
            "Path": "/a",
            "Stream": {
                "Events": [{"Data": 1}, {"Schema": {"type": "string", "enum": [1]}}]
            },
        },
        "/Stream/Events/1/Schema",
        "no value can be generated",
    ),
    (
        {"Path": "/a", "Count": 1000, "Shape": [[[{"a": 1}]]]},
        "/Shape",
        "no value can be generated",
    ),
    ({"Path": "/a", "Shape": {"a": 1}, "Body": "b"}, "/Body", "one of"),
    ({"Path": "/a", "Body": {"a": ["{{who}}"]}}, "/Body", "{{who}}"),
    ({"Path": "/a", "Body": {"a": "{{path.b}}"}}, "/Body/a", "parameters of the path"),
    ({"Path": "/a", "Body": "b", "Stream": {}}, "/Body", "beside Stream"),
    ({"Path": "/a", "Backend": "gpt"}, "/Backend", "accepted: "),
    ({"Path": "/a", "Locale": "xx"}, "/Locale", "de or pt-br"),
    ({"Path": "/a", "Count": 100_000}, "/Count", "MaxItems"),
    ({"Path": "/a", "Context": "{b}"}, "/Context", "parameters of the path"),
    (
        {"Path": "/a", "Stream": {"Events": [{"Event": "a\nb"}]}},
        "/Stream/Events/0/Event",
        "without CR, LF or NUL",
    ),
    (
        {"Path": "/a", "Stream": {"Framing": "ndjson", "Opening": [{"Comment": "x"}]}},
        "/Stream/Opening/0/Comment",
        "accepted: Framing sse",
    ),
    ({"Path": "/a", "Stream": {"Repeat": True}}, "/Stream/Repeat", "without Script"),
    ({"Path": "/a", "Stream": {"Script": [{}]}}, "/Stream/Script/0", "sends nothing"),
    ({"Path": "/a", "Stream": {"Feeds": "x"}}, "/Stream/Feeds", "no such key"),
    (
        {"Path": "/a", "Stream": {}, "IntervalMs": 5},
        "/IntervalMs",
        "is 5, but there is no such key; it belongs into Stream",
    ),
    (
        {"Path": "/a", "Stream": {"Speed": 10, "Replay": {}}},
        "/Stream/Speed",
        "is 10, but there is no such key; it belongs into Replay",
    ),
    (
        {"Path": "/a", "Loop": True},
        "/Loop",
        "it belongs into Stream.Replay",
    ),
    (
        {"Path": "/a", "Stream": {"Events": [{"Name": "price"}]}},
        "/Stream/Events/0/Name",
        'is "price", but there is no such key; did you mean Event?',
    ),
    ({"Path": "/a", "Zzz": "seen"}, "/Zzz", 'is "seen", but'),
    ({"Path": "/a", "AccessToken": "hush"}, "/AccessToken", "is ***, but"),
    (
        {"Path": "/a", "Stream": {"IntervalMs": 10, "JitterMs": 20}},
        "/Stream/JitterMs",
        "at most the interval",
    ),
]


def name(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith("/") else None


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    client = create_app(Settings()).test_client()
    made = client.post("/api/manage/routes", json={"Path": "/old", "Body": "old"})
    assert made.status_code == 201
    return client


@pytest.mark.parametrize(("route", "pointer", "words"), BROKEN, ids=name)
def test_over_http_it_is_a_400_with_its_pointer_and_the_old_routes_stay(
    client: FlaskClient, route: dict[str, Any], pointer: str, words: str
) -> None:
    before = client.get("/api/manage/routes").json
    answer = client.post("/api/manage/routes", json=route)
    assert answer.status_code == 400, answer.json
    assert answer.content_type == "application/problem+json"
    assert answer.json["pointer"] == pointer
    assert words in answer.json["detail"]
    assert client.get("/api/manage/routes").json == before
    assert client.get("/old").text == "old"


@pytest.mark.parametrize(("route", "pointer", "words"), BROKEN, ids=name)
def test_in_a_list_the_pointer_begins_with_its_number_and_none_is_made(
    client: FlaskClient, route: dict[str, Any], pointer: str, words: str
) -> None:
    routes = [{"Name": "good", "Path": "/good"}, route]
    answer = client.post("/api/manage/routes", json=routes)
    assert (answer.status_code, answer.json["pointer"]) == (400, f"/1{pointer}")
    assert client.get("/api/manage/routes/good").status_code == 404


@pytest.mark.parametrize(("route", "pointer", "words"), BROKEN, ids=name)
def test_in_a_file_it_is_one_line_with_file_and_place(
    tmp_path: Path, route: dict[str, Any], pointer: str, words: str
) -> None:
    file = tmp_path / "config.json"
    file.write_bytes(orjson.dumps({"MockLlmApi": {"Routes": [route]}}))
    with pytest.raises(SettingsError) as refused:
        check_routes(load_settings(file, {}))
    line = str(refused.value)
    assert line.startswith(f"{file}: MockLlmApi.Routes[0]")
    assert words in line
    assert len(line.splitlines()) == 1
    assert refused.value.pointer == f"/Routes/0{pointer}"


def test_the_pointer_has_the_names_as_they_were_sent(client: FlaskClient) -> None:
    kinds = [{"event": "a"}, {"event": "b", "weight": 0}]
    route = {"path": "/a", "stream": {"EVENTS": kinds}}
    for given, before in ((route, ""), ([{"path": "/b"}, route], "/1")):
        answer = client.post("/api/manage/routes", json=given).json
        assert answer["pointer"] == f"{before}/stream/EVENTS/1/weight"
        assert answer["value"] == 0


def test_two_routes_of_one_name_are_refused(client: FlaskClient) -> None:
    route = {"Name": "twin", "Path": "/a"}
    answer = client.post("/api/manage/routes", json=[route, route])
    assert answer.status_code == 409
    assert "'twin'" in answer.json["detail"]


def test_a_file_is_named_in_a_configuration_only(client: FlaskClient) -> None:
    route = {"Path": "/a", "ShapeFile": "/etc/passwd"}
    answer = client.post("/api/manage/routes", json=route)
    assert (answer.status_code, answer.json["pointer"]) == (400, "/ShapeFile")
