"""What a configuration file may hold, and the one line that refuses the rest."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import (
    BackendSettings,
    LogFormat,
    Provider,
    Secret,
    Settings,
    load_settings,
)
from app.words import Mode

# As they are published for the .NET original, comments included.
BLOCKS = {
    "global": (
        """{
  "MockLlmApi": {
    "EnableContinuousStreaming": false,  // Default: disabled for backward compatibility
    "ContinuousStreamingIntervalMs": 2000,  // 2 seconds between events
    "ContinuousStreamingMaxDurationSeconds": 300  // 5 minutes max duration
  }
}
""",
        Settings(),
    ),
    "stock ticker": (
        """{
  "MockLlmApi": {
    "EnableContinuousStreaming": true,
    "ContinuousStreamingIntervalMs": 1000,
    "ContinuousStreamingMaxDurationSeconds": 3600,
    "SseMode": "CompleteObjects"
  }
}
""",
        Settings(
            enable_continuous_streaming=True,
            continuous_streaming_interval_ms=1000,
            continuous_streaming_max_duration_seconds=3600,
            sse_mode=Mode.COMPLETE_OBJECTS,
        ),
    ),
    "sensors": (
        """{
  "MockLlmApi": {
    "EnableContinuousStreaming": false,  // Opt-in per request
    "ContinuousStreamingIntervalMs": 5000,
    "SseMode": "ArrayItems"
  }
}
""",
        Settings(continuous_streaming_interval_ms=5000, sse_mode=Mode.ARRAY_ITEMS),
    ),
    "logs": (
        """{
  "MockLlmApi": {
    "EnableContinuousStreaming": true,
    "ContinuousStreamingIntervalMs": 2000,
    "ContinuousStreamingMaxDurationSeconds": 600,
    "SseMode": "ArrayItems"
  }
}
""",
        Settings(
            enable_continuous_streaming=True,
            continuous_streaming_max_duration_seconds=600,
            sse_mode=Mode.ARRAY_ITEMS,
        ),
    ),
    "scaling": (
        """{
  "MockLlmApi": {
    "LlmBackends": [
      { "Name": "ollama-1", "Provider": "ollama", "Weight": 3 },
      { "Name": "ollama-2", "Provider": "ollama", "Weight": 3 },
      { "Name": "ollama-3", "Provider": "ollama", "Weight": 3 }
    ],
    "EnableContinuousStreaming": true,
    "ContinuousStreamingIntervalMs": 2000,
    "ContinuousStreamingMaxDurationSeconds": 600
  }
}
""",
        Settings(
            llm_backends=tuple(
                BackendSettings(name=f"ollama-{n}", provider=Provider.OLLAMA, weight=3)
                for n in (1, 2, 3)
            ),
            enable_continuous_streaming=True,
            continuous_streaming_max_duration_seconds=600,
        ),
    ),
}


def load(tmp_path: Path, text: str, name: str = "config.yaml") -> Settings:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return load_settings(path, {})


def refusal(tmp_path: Path, text: str, name: str = "config.yaml") -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text, name)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.startswith(str(tmp_path / name))
    return message


def section(**keys: object) -> str:
    return json.dumps({"MockLlmApi": keys})


def backend(**keys: object) -> str:
    return section(LlmBackends=[{"Name": "a", **keys}])


@pytest.mark.parametrize("name", ["appsettings.json", "config.yaml", "config.yml", "c"])
@pytest.mark.parametrize("block", BLOCKS)
def test_a_published_block_loads_under_any_name(tmp_path, block, name):
    text, expected = BLOCKS[block]
    assert load(tmp_path, text, name) == expected


@pytest.mark.parametrize("name", ["config.json", "config.yaml"])
@pytest.mark.parametrize(
    "text", ["", "\n", "{}", '{"MockLlmApi": null}', '{"MockLlmApi": {}}', "// nothing"]
)
def test_a_file_that_says_nothing_gives_the_defaults(tmp_path, text, name):
    assert load(tmp_path, text, name) == Settings()


def test_without_a_file_there_are_the_defaults():
    assert load_settings(None, {}) == Settings()


@pytest.mark.parametrize(
    ("key", "given", "field", "value"),
    [
        ("SseMode", "completeobjects", "sse_mode", Mode.COMPLETE_OBJECTS),
        ("ssemode", "ArrayItems", "sse_mode", Mode.ARRAY_ITEMS),
        ("LOGFORMAT", "JSON", "log_format", LogFormat.JSON),
        ("Locale", "DE-at", "locale", "de-at"),
        ("Locale", "en_US.UTF-8", "locale", "en"),
        ("Locale", "nb-NO", "locale", "no"),
        ("ContinuousStreamingIntervalMs", 1, "continuous_streaming_interval_ms", 1),
        ("HeartbeatSeconds", 0.5, "heartbeat_seconds", 0.5),
        ("Temperature", 2, "temperature", 2.0),
        ("BaseUrl", "http://h:1/v1/", "base_url", "http://h:1/v1/"),
        ("BaseUrl", "HTTPS://[::1]:8080", "base_url", "HTTPS://[::1]:8080"),
        ("BaseUrl", None, "base_url", None),
        ("BaseUrl", "", "base_url", None),
        ("CustomPromptTemplate", "a\n// b\n", "custom_prompt_template", "a\n// b\n"),
        ("LlmBackends", None, "llm_backends", ()),
    ],
)
def test_a_key_is_read_to_its_type(tmp_path, key, given, field, value):
    assert load(tmp_path, section(**{key: given})) == dataclasses.replace(
        Settings(), **{field: value}
    )


def test_a_shortest_pause_may_equal_the_longest(tmp_path):
    given = section(StreamingChunkDelayMinMs=9, StreamingChunkDelayMaxMs=9)
    assert load(tmp_path, given).streaming_chunk_delay_min_ms == 9


def test_a_backend_is_read_with_every_key(tmp_path):
    given = backend(
        Provider="LlamaCpp",
        BaseUrl="http://localhost:8080/v1",
        ModelName="gemma",
        ApiKey="sk-1",
        Weight=2,
        Enabled=False,
        MaxTokens=100,
        Temperature=0.1,
        TimeoutSeconds=5,
        MaxConcurrentRequests=3,
        Priority=-1,
    )
    assert load(tmp_path, given).llm_backends == (
        BackendSettings(
            name="a",
            provider=Provider.LLAMACPP,
            base_url="http://localhost:8080/v1",
            model_name="gemma",
            api_key=Secret("sk-1"),
            weight=2,
            enabled=False,
            max_tokens=100,
            temperature=0.1,
            timeout_seconds=5.0,
            max_concurrent_requests=3,
            priority=-1,
        ),
    )


WHOLE = "an integer from 1 to 86400000"
MODES = "LlmTokens, CompleteObjects or ArrayItems"
KEY = "MockLlmApi"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        # wrong type or out of range: the key's path, the value, what is accepted
        (
            section(ContinuousStreamingIntervalMs="2000"),
            [f'{KEY}.ContinuousStreamingIntervalMs is "2000"', WHOLE],
        ),
        (
            section(ContinuousStreamingIntervalMs=True),
            [f"{KEY}.ContinuousStreamingIntervalMs is true", WHOLE],
        ),
        (
            section(ContinuousStreamingIntervalMs=0),
            [f"{KEY}.ContinuousStreamingIntervalMs is 0", WHOLE],
        ),
        (section(ContinuousStreamingIntervalMs=86_400_001), ["86400001", WHOLE]),
        (section(ContinuousStreamingIntervalMs=1.5), ["is 1.5", WHOLE]),
        (section(ContinuousStreamingIntervalMs=None), ["is null", WHOLE]),
        (section(ContinuousStreamingIntervalMs=[1]), ["is a list", WHOLE]),
        (section(EnableContinuousStreaming="yes"), ['"yes"', "true or false"]),
        (section(EnableContinuousStreaming=1), ["is 1", "true or false"]),
        (section(SseMode="Tokens"), [f'{KEY}.SseMode is "Tokens"', MODES]),
        (section(SseMode=3), ["is 3", MODES]),
        (section(Temperature=2.01), ["is 2.01", "a number from 0 to 2"]),
        (section(Temperature=True), ["is true", "a number from 0 to 2"]),
        (section(Locale="xx"), ['"xx"', "en, en-au"]),
        (section(ModelName=7), ["is 7", "text"]),
        (section(ModelName="  "), ["text"]),
        (section(CustomPromptTemplate="\ud800"), [r"\ud800", "text"]),
        (section(LlmBackends={"Name": "a"}), ["is a mapping", "a list of backends"]),
        (section(LlmBackends=["a"]), [f'{KEY}.LlmBackends[0] is "a"', "a mapping"]),
        (backend(Weight=0), [f"{KEY}.LlmBackends[0].Weight is 0", "from 1 to"]),
        (backend(Provider="gpt"), ["[0].Provider", "ollama, openai, lmstudio"]),
        (backend(Name="a\nb"), ["[0].Name", r"a\nb", "printable"]),
        (section(LlmBackends=[{}]), ["LlmBackends[0].Name is missing", "text"]),
        # unknown keys: the nearest known one, or all of them
        (
            section(SseMod="ArrayItems"),
            [f'{KEY}.SseMod is "ArrayItems"', "did you mean SseMode?", MODES],
        ),
        (backend(Wieght=3), ["LlmBackends[0].Wieght is 3", "did you mean Weight?"]),
        (backend(Qqq=[]), ["[0].Qqq is a list", "Name, Provider, BaseUrl"]),
        # one value against another
        (
            section(ContinuousStreamingIntervalMs=9, ContinuousStreamingJitterMs=10),
            ["JitterMs is 10", "at most ContinuousStreamingIntervalMs, which is 9"],
        ),
        (
            section(Cors={"AllowCredentials": True}),
            [f"{KEY}.Cors.AllowCredentials is true", "AllowedOrigins that are named"],
        ),
        (
            section(Cors={"AllowedOrigins": ["*"], "AllowCredentials": True}),
            [f"{KEY}.Cors.AllowCredentials is true", "AllowedOrigins that are named"],
        ),
        (
            section(StreamingChunkDelayMinMs=9, StreamingChunkDelayMaxMs=8),
            [
                f"{KEY}.StreamingChunkDelayMinMs is 9",
                "at most StreamingChunkDelayMaxMs, which is 8",
            ],
        ),
        (
            section(RandomRequestDelayMinMs=1),
            [f"{KEY}.RandomRequestDelayMinMs is 1", "RandomRequestDelayMaxMs", "is 0"],
        ),
        (
            section(LlmBackends=[{"Name": "one"}, {"Name": "b"}, {"Name": "ONE"}]),
            [f'{KEY}.LlmBackends[2].Name is "ONE"', "item [0]"],
        ),
        # the same key twice
        ('{"MockLlmApi": {"MaxItems": 1, "maxitems": 2}}', ["MaxItems", "again"]),
        ('{"MockLlmApi": {"MaxItems": 1, "MaxItems": 2}}', ["MaxItems", "twice"]),
        ("MockLlmApi:\n  MaxItems: 1\n  MaxItems: 2\n", ["line 3", "twice"]),
        # the file as a whole
        ("2000", ["no mapping", "MockLlmApi"]),
        ("MockLlmApi: [1]", ["MockLlmApi is a list", "a mapping"]),
        ("MockLlmApis:\n  MaxItems: 1\n", ["MockLlmApis", "did you mean MockLlmApi?"]),
        ("MaxItems: 1\n", ["MaxItems belongs inside", "MockLlmApi"]),
        ("MockLlmApi:\nLogging: {a: 1}\n", ["Logging", "accepted: MockLlmApi"]),
        ('{"MockLlmApi": {}, "mockllmapi": {}}', ["twice"]),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path, text, parts):
    message = refusal(tmp_path, text)
    assert [part for part in parts if part not in message] == []


def test_other_sections_of_a_json_file_belong_to_other_programs(tmp_path):
    given = {
        "Logging": {"LogLevel": {"Default": "Information"}},
        "AllowedHosts": "*",
        "MockLlmApi": {"MaxItems": 7},
    }
    loaded = load(tmp_path, json.dumps(given), "appsettings.json")
    assert loaded == Settings(max_items=7)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"MockLlmApis": {"MaxItems": 7}}, "did you mean MockLlmApi?"),
        ({"Logging": {}, "MockLLMAPi_": {}}, "did you mean MockLlmApi?"),
        ({"Logging": {}}, "accepted: MockLlmApi"),
        ({"sseMode": "ArrayItems"}, "sseMode belongs inside the section MockLlmApi"),
    ],
)
def test_a_json_file_without_our_section_is_refused(tmp_path, given, said):
    assert said in refusal(tmp_path, json.dumps(given), "appsettings.json")


@pytest.mark.parametrize(
    "text",
    [
        backend(ApiKey=["hush-hush"]),
        backend(ApiKey="hush-hush\n"),
        backend(ApiKey="hush-hush é"),
        backend(ApiKye="hush-hush"),
        backend(ApiToken="hush-hush"),
        backend(Token="hush-hush"),
        backend(Credential="hush-hush"),
        backend(BaseUrl="http://hush-hush:x@localhost/v1"),
        backend(BaseUrl="http://x:hush-hush@localhost/v1"),
        backend(BaseUrl="http://x:hush@hush-hush@localhost/v1"),
        backend(BaseUrl="x:hush-hush@localhost"),
        backend(BaseUrl="http://localhost/v1?key=hush-hush"),
        backend(BaseUrl="http://localhost/v1#hush-hush"),
        backend(BaseUlr="http://x:hush-hush@localhost/v1"),
        section(LlmBackends={"Name": "a", "ApiKey": "hush-hush"}),
        "MockLlmApi:\n  LlmBackends:\n  - ApiKey: *hush-hush\n",
        "MockLlmApi:\n  LlmBackends:\n  - ApiKey: !hush-hush\n",
        "MockLlmApi:\n  LlmBackends:\n  - ApiKey: !hush-hush!x y\n",
    ],
)
def test_no_refusal_shows_a_secret(tmp_path, text):
    assert "hush" not in refusal(tmp_path, text)


@pytest.mark.parametrize(
    "url",
    [
        "localhost:11434",
        "ftp://localhost/",
        "http://",
        "http:///v1",
        "http://localhost:99999/",
        "http://localhost:0/",
        "http://local host/",
        "http://localhost/\n",
        "http://[::1/",
        "http://user@localhost/",
        "http://localhost\\@evil/",
        5,
    ],
)
def test_an_address_must_be_a_plain_http_url(tmp_path, url):
    message = refusal(tmp_path, backend(BaseUrl=url))
    assert "MockLlmApi.LlmBackends[0].BaseUrl is " in message
    assert "an http or https URL" in message


def test_a_secret_shows_a_mask_in_every_way_but_one():
    settings = Settings(
        llm_backends=(BackendSettings(name="a", api_key=Secret("hush-hush")),)
    )
    key = settings.llm_backends[0].api_key
    assert key is not None
    texts = [repr(settings), str(settings), repr(key), str(key), f"{key}", "%s" % key]
    assert not any("hush" in text for text in texts)
    with pytest.raises(TypeError):
        json.dumps(key)
    assert key.reveal() == "hush-hush"
    assert key == Secret("hush-hush") != Secret("other")


EMBEDDED = BackendSettings(name="embedded", provider=Provider.EMBEDDED)
LISTED = BackendSettings(name="a", provider=Provider.OPENAI)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Settings(), [EMBEDDED]),
        (
            Settings(base_url="http://h/v1"),
            [BackendSettings(name="ollama", base_url="http://h/v1")],
        ),
        (
            Settings(model_name="m"),
            [BackendSettings(name="ollama", model_name="m")],
        ),
        (Settings(llm_backends=(LISTED,), base_url="http://h/v1"), [LISTED]),
        (
            Settings(
                llm_backends=(LISTED, dataclasses.replace(EMBEDDED, enabled=False))
            ),
            [LISTED],
        ),
        (
            Settings(llm_backends=(dataclasses.replace(LISTED, enabled=False),)),
            [EMBEDDED],
        ),
    ],
)
def test_some_backend_always_serves(settings, expected):
    assert list(settings.effective_backends()) == expected


def test_a_backend_that_must_name_its_model_is_refused_without_one() -> None:
    variables = {
        "MockLlmApi__LlmBackends__0__Name": "gpt",
        "MockLlmApi__LlmBackends__0__Provider": "openai",
    }
    with pytest.raises(SettingsError, match=r"LlmBackends\[0\]\.ModelName is missing"):
        load_settings(None, variables)
    variables["MockLlmApi__LlmBackends__0__ModelName"] = "gpt-4.1-mini"
    load_settings(None, variables)
