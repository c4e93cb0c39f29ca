"""No secret is in the journal, wherever it was sent."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.journal.masking import Mask, is_secret_name
from app.settings import Settings

MASK = Mask(b"k" * 32)
SECRET = "s3cr3t-v4lue"
MASKED = re.compile(r"\*\*\*[0-9a-f]{8}")


@pytest.mark.parametrize(
    "name",
    [
        *["token", "access_token", "refreshToken", "X-Auth-Token", "api_key", "apiKey"],
        *["apikey", "X-Api-Key", "key", "KEY", "secret", "clientSecret", "password"],
        *["passwd", "PGPASSWORD", "pwd", "keys", "credentials", "pass-phrase"],
    ],
)
def test_a_name_like_a_secrets_is_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["symbol", "keyboard", "passenger", "sseMode", "accept", "seed", "host"]
)
def test_another_name_is_not(name: str) -> None:
    assert not is_secret_name(name)


#: Texts with a secret in them, as bodies of unknown types come.
TEXTS = [
    json.dumps({"password": SECRET}),
    json.dumps({"user": {"auth": [{"token": {"value": SECRET, "kind": 1}}]}}),
    json.dumps({"key": [SECRET, SECRET]}),
    json.dumps({"note": f"see https://h/x?access_token={SECRET}&a=1"}),
    json.dumps({"inner": json.dumps({"password": f"{SECRET} and more"})}),
    json.dumps([f"postgres://user:{SECRET}@host/db"]),
    f'{{"pass\\u0077ord": "{SECRET}"}}',
    f'{{"pass\\u0077ord": "{SECRET}", "cut of',
    f'{{"secret": {{"deep": "{SECRET}", "cut of',
    f'{{"password": "{SECRET} with words"',
    f"a=1&password={SECRET}&b=2",
    f"password: {SECRET}",
    f"password: 'x {SECRET}'",
    f"Authorization: Bearer {SECRET}",
    f"token = {SECRET}",
    "[" * 300 + f'{{"token":"{SECRET}"}}' + "]" * 300,
    '{"token":' + "[" * 900 + f'"{SECRET}"' + "]" * 900 + "}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_kept_without_its_secrets(text: str) -> None:
    masked = MASK.body(text, "text/plain")
    assert masked is not None and SECRET not in masked
    assert MASKED.search(masked)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", f"pass%77ord={SECRET}&a=1"),
        (
            'multipart/form-data; boundary="B"',
            '--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n'
            f"{SECRET}\r\n--B--\r\n",
        ),
        (
            'multipart/form-data; boundary="B"',
            f'--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n{SECRET}',
        ),
    ],
)
def test_a_form_is_kept_without_its_secrets(content_type: str, body: str) -> None:
    assert SECRET not in (MASK.body(body, content_type) or "")


def test_what_is_no_secret_is_kept_as_it_was_sent() -> None:
    for text in ('{"a": 1,  "b":[ ]}', "symbol=AAPL&depth=2", "plain words", "%zz"):
        assert MASK.body(text, "application/json") == text
    assert MASK.query("a=1&b=%7B%22x%22%3A1%7D&c") == "a=1&b=%7B%22x%22%3A1%7D&c"


def test_equal_secrets_look_the_same_and_others_do_not() -> None:
    first, again, other = (MASK.value(text) for text in ("a", "a", "b"))
    assert first == again != other
    assert MASKED.fullmatch(first)
    assert Mask(b"x" * 32).value("a") != first


@given(st.text(max_size=200), st.sampled_from(["token", "apiKey", "X-Password"]))
def test_any_value_of_a_secret_name_is_masked(value: str, name: str) -> None:
    query = MASK.query(f"{quote(name)}={quote(value, errors='replace')}&a=1")
    assert re.fullmatch(rf"{name}=\*\*\*[0-9a-f]{{8}}&a=1", query)
    body = MASK.body(json.dumps({"x": [{name: value}]}), "application/json")
    assert body is not None
    assert MASKED.fullmatch(json.loads(body)["x"][0][name])


@given(st.text(max_size=300))
def test_any_text_can_be_masked(text: str) -> None:
    for content_type in ("", "application/json", "application/x-www-form-urlencoded"):
        MASK.body(text, content_type)
    MASK.query(text)


def test_a_secret_that_is_sent_everywhere_comes_out_nowhere() -> None:
    client = create_app(Settings(journal_bodies=True)).test_client()
    client.post(
        "/api/manage/routes",
        json={
            "path": "/v1/x",
            "methods": ["ANY"],
            "body": "ok",
            "headers": {"Set-Cookie": f"session={SECRET}", "X-Token": SECRET},
        },
    )
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "Proxy-Authorization": f"Basic {SECRET}",
        "Cookie": f"a={SECRET}; b=2",
        "X-Api-Key": SECRET,
        "X-Amz-Security-Token": SECRET,
        "Referer": f"https://page.example/?token={SECRET}",
        "X-Response-Shape": json.dumps({"apiKey": SECRET}),
    }
    query = f"api_key={SECRET}&shape={quote(json.dumps({'password': SECRET}))}"
    for path in ("/v1/x", "/api/mock/users", "/nothing"):
        for body in (
            {"json": {"token": SECRET, "a": {"client_secret": [SECRET]}}},
            {"data": {"password": SECRET}},
            {"data": f"password={SECRET}", "content_type": "text/plain"},
            {"data": f'{{"password":"{SECRET}', "content_type": "application/json"},
        ):
            client.post(f"{path}?{query}", headers=headers, **body)
    feed = client.get("/api/manage/events", buffered=False)
    outputs = [
        client.get("/api/manage/journal").text,
        client.get("/api/manage/journal/1").text,
        client.get("/api/manage/verdict").text,
        client.get("/api/manage/verdict?format=junit").text,
        next(feed.iter_encoded()).decode(),
        client.get("/metrics").text,
    ]
    feed.close()
    assert client.get("/api/manage/journal").get_json()["total"] == 12
    assert [SECRET in text for text in outputs] == [False] * len(outputs)


def test_the_log_has_no_secret_either(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client.get(f"/api/mock/stream/x?token={SECRET}", headers={"X-Api-Key": SECRET})
    assert SECRET not in caplog.text


@pytest.fixture
def app() -> object:
    return create_app(Settings())


def test_the_id_of_a_hubs_client_is_a_secret() -> None:
    client = create_app(Settings()).test_client()
    asked = client.post("/hub/mock/negotiate?negotiateVersion=1").json
    token = asked["connectionToken"]
    handshake = b'{"protocol":"json","version":1}\x1e'  # which the second get answers
    for _ in range(2):
        assert client.get("/hub/mock", query_string={"id": token}).status_code == 200
        client.post("/hub/mock", query_string={"id": token}, data=handshake)
        client.get("/api/mock/x?id=7")
    text = client.get("/api/manage/journal").text
    assert token not in text
    queries = [entry["query"] for entry in json.loads(text)["entries"]]
    assert queries.count("id=7") == 2
    assert len({each for each in queries if MASKED.fullmatch(each[3:])}) == 1
