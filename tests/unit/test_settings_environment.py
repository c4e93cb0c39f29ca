"""Environment variables over the file, key by key."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import SettingsError
from app.settings import BackendSettings, Provider, Secret, Settings, load_settings
from app.words import Mode

FILE = """
MockLlmApi:
  SseMode: ArrayItems
  MaxItems: 50
  LlmBackends:
  - Name: first
    Weight: 2
"""
BACKEND = "MockLlmApi__LlmBackends"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(FILE)
    return path


def refusal(path: Path | None, environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(path, environ)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def test_a_variable_overrides_its_key_alone(config):
    environ = {
        "MockLlmApi__SseMode": "completeobjects",
        f"{BACKEND}__0__ApiKey": "sk-1",
        "PATH": "/bin",
        "MOCKLLMAPI_PORT": "tcp://10.0.0.1:80",  # as Kubernetes sets it
    }
    assert load_settings(config, environ) == Settings(
        sse_mode=Mode.COMPLETE_OBJECTS,
        max_items=50,
        llm_backends=(BackendSettings(name="first", weight=2, api_key=Secret("sk-1")),),
    )


def test_an_index_may_extend_the_list(config):
    environ = {
        f"{BACKEND}__2__Name": "third",
        f"{BACKEND}__1__Name": "second",
        f"{BACKEND}__1__Provider": "lmstudio",
    }
    assert load_settings(config, environ).llm_backends == (
        BackendSettings(name="first", weight=2),
        BackendSettings(name="second", provider=Provider.LMSTUDIO),
        BackendSettings(name="third"),
    )


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("EnableContinuousStreaming", "TRUE", "enable_continuous_streaming", True),
        ("EnableContinuousStreaming", "1", "enable_continuous_streaming", True),
        ("EnableRetryPolicy", "0", "enable_retry_policy", False),
        ("MAXITEMS", " 12 ", "max_items", 12),
        ("Temperature", "0.5", "temperature", 0.5),
        ("HeartbeatSeconds", "3", "heartbeat_seconds", 3.0),
        ("ModelName", "7", "model_name", "7"),
        ("BaseUrl", "http://h/v1", "base_url", "http://h/v1"),
        ("SseMode", "", "sse_mode", Mode.LLM_TOKENS),
    ],
)
@pytest.mark.parametrize("prefix", ["MockLlmApi__", "MOCKLLMAPI__"])
def test_a_text_is_read_to_its_keys_type(prefix, name, text, field, value):
    assert getattr(load_settings(None, {prefix + name: text}), field) == value


@pytest.mark.parametrize(
    ("environ", "parts"),
    [
        (
            {"MockLlmApi__SseMode": "Tokens"},
            ["MockLlmApi__SseMode", 'MockLlmApi.SseMode is "Tokens"', "ArrayItems"],
        ),
        ({"MockLlmApi__MaxItems": "1e3"}, ['"1e3"', "an integer"]),
        ({"MockLlmApi__MaxItems": "9" * 5000}, ["99...", "an integer"]),
        ({"MockLlmApi__MaxItems": "0"}, ['"0"', "an integer from 1"]),
        ({"MockLlmApi__Temperature": "nan"}, ['"nan"', "a number"]),
        ({"MockLlmApi__HeartbeatSeconds": "1_0"}, ['"1_0"', "a number"]),
        ({"MockLlmApi__EnableRetryPolicy": "yes"}, ['"yes"', "true or false"]),
        ({"MockLlmApi__SseMod": "ArrayItems"}, ["SseMod is", "did you mean SseMode?"]),
        ({"MockLlmApi__Qqq": "s3cret"}, ["Qqq is ***", "SseMode"]),
        ({"MockLlmApi__": "1"}, ["MockLlmApi__", "no such key"]),
        ({"MockLlmApi__SseMode__0": "x"}, ["SseMode has no part 0"]),
        ({BACKEND: "[]"}, ["a list of backends", f"as in {BACKEND}__0"]),
        ({f"{BACKEND}__x__Name": "a"}, ["an index from 0 on", f"as in {BACKEND}__0"]),
        ({f"{BACKEND}__1": "a"}, ["is a section", f"{BACKEND}__1__Name"]),
        ({f"{BACKEND}__2__Name": "a"}, ["LlmBackends[2] leaves a gap", "1 as the"]),
        ({f"{BACKEND}__1__Weight": "3"}, ["LlmBackends[1].Name is missing"]),
        ({f"{BACKEND}__1__Name": "FIRST"}, ["[1].Name", "item [0]"]),
        ({f"{BACKEND}__0__ApiKey": "s3cret key"}, ["ApiKey is ***"]),
        ({f"{BACKEND}__0__BaseUrl": "http://u:s3cret@h/"}, ["http://***@h/"]),
        (
            {"MockLlmApi__StreamingChunkDelayMinMs": "5"},
            ["StreamingChunkDelayMinMs is 5", "MaxMs, which is 0"],
        ),
        (
            {"MOCKLLMAPI__MAXITEMS": "5", "MockLlmApi__MaxItems": "6"},
            ["MockLlmApi.MaxItems is given again by MockLlmApi__MaxItems"],
        ),
    ],
)
def test_a_bad_variable_is_named_instead_of_the_file(config, environ, parts):
    message = refusal(config, environ)
    assert message.startswith(f"environment variable {min(environ)}: MockLlmApi")
    assert str(config) not in message
    assert "s3cret" not in message
    assert [part for part in parts if part not in message] == []


def test_a_good_variable_does_not_hide_what_is_wrong_in_the_file(config):
    config.write_text("MockLlmApi: {LlmBackends: nonsense}")
    message = refusal(config, {f"{BACKEND}__0__Name": "a"})
    assert message.startswith(f"{config}: MockLlmApi.LlmBackends is ")


@given(
    st.dictionaries(
        st.lists(
            st.sampled_from(["LlmBackends", "0", "1", "Name", "SseMode", "MaxItems"])
            | st.text(max_size=5),
            max_size=4,
        ).map(lambda parts: "__".join(["MockLlmApi", *parts])),
        st.text(max_size=10),
        max_size=4,
    )
)
def test_any_environment_loads_or_is_refused_in_one_line(environ):
    try:
        assert isinstance(load_settings(None, environ), Settings)
    except SettingsError as failure:
        assert str(failure).isprintable()
        assert str(failure).startswith("environment variable MockLlmApi")
