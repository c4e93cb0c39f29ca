"""OpenAI's own package beside our client, at the same scripted server.

It shows that the server speaks what that package accepts, and that our requests
are what it would send itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.llm.chat import ChatRequest, Message
from app.llm.client import make_client
from app.settings.model import BackendSettings, Provider, Settings
from app.settings.secret import Secret
from tests.upstream.scripted import (
    DONE,
    ScriptedUpstream,
    completion,
    event,
    refuses,
    says,
    sends,
)

openai = pytest.importorskip("openai")
pydantic = pytest.importorskip("pydantic")
chat = pytest.importorskip("openai.types.chat")
params = pytest.importorskip("openai.types.chat.completion_create_params")

SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
REQUEST = ChatRequest(
    (Message("system", "Be brief."), Message("user", "Häh?\u2028")),
    SCHEMA,
    seed=7,
    max_tokens=50,
    temperature=0.5,
)


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream() as server:
        yield server


def ours(upstream: ScriptedUpstream) -> str:
    backend = BackendSettings(
        name="ours",
        provider=Provider.OPENAI,
        base_url=upstream.url,
        model_name="gpt-x",
        api_key=Secret("sk-1"),
    )
    return "".join(make_client(backend, Settings()).stream(REQUEST))


def theirs(upstream: ScriptedUpstream) -> str:
    client = openai.OpenAI(base_url=upstream.url, api_key="sk-1", max_retries=0)
    chunks = client.chat.completions.create(
        model="gpt-x",
        messages=[
            {"role": message.role, "content": message.content}
            for message in REQUEST.messages
        ],
        stream=True,
        stream_options={"include_usage": True},
        temperature=0.5,
        seed=7,
        max_completion_tokens=50,
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
        },
    )
    return "".join(
        choice.delta.content or "" for chunk in chunks for choice in chunk.choices
    )


@pytest.mark.parametrize(
    "answer",
    [
        says('{"a":', " 1}", counted=True),
        says("a\u2028b\u0085", "€", framing="close"),
        says("one", framing="length"),
        sends(*(bytes([byte]) for byte in event("hi") + DONE)),
        sends(*(part.replace(b"\n", b"\r\n") for part in completion(["a", "b"]))),
    ],
    ids=["counted", "unframed", "by length", "byte by byte", "CRLF"],
)
def test_both_read_the_same_text(upstream, answer):
    upstream.script(answer)

    assert ours(upstream) == theirs(upstream) != ""


def test_both_send_the_same_request(upstream):
    ours(upstream)
    theirs(upstream)
    mine, witness = upstream.asked

    assert (mine.method, mine.path) == (witness.method, witness.path)
    for name in ("authorization", "content-type"):
        assert mine.headers[name] == witness.headers[name]
    assert mine.body == witness.body


def test_our_request_is_one_by_their_types(upstream):
    ours(upstream)

    kind = pydantic.TypeAdapter(params.CompletionCreateParamsStreaming)
    kind.validate_python(upstream.asked[0].body)


def test_the_scripted_refusal_is_one_that_they_understand(upstream):
    upstream.script(refuses(429, "slow down", retry_after="2"))

    with pytest.raises(openai.RateLimitError) as caught:
        theirs(upstream)
    assert caught.value.body["message"] == "slow down"
