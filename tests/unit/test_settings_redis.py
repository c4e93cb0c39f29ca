"""The address of a Redis as a setting: checked, and never shown."""

from __future__ import annotations

import pytest

from app.errors import SettingsError
from app.settings import Secret, load_settings

KEY = "MockLlmApi__Redis"


@pytest.mark.parametrize(
    "url",
    [
        "redis://localhost",
        "redis://localhost:6379/0",
        "redis://user:hush-hush@redis.example:6380/15",
        "rediss://:hush-hush@[::1]/3?ssl_cert_reqs=none",
        "unix:///run/redis.sock",
        "unix://:hush-hush@/run/redis.sock?db=1",
    ],
)
def test_every_usual_form_of_address_is_taken_as_it_is(url: str) -> None:
    assert load_settings(None, {KEY: url}).redis == Secret(url)


@pytest.mark.parametrize(
    "url",
    [
        "localhost:6379",
        "http://hush-hush@localhost:6379",
        "redis://",
        "redis://:hush-hush@:6379",
        "redis://hush-hush@localhost:99999",
        "redis://hush-hush@localhost:0",
        "redis://[::1",
        "redis://hush-hush@localhost/zero",
        "redis://hush-hush@localhost/0/1",
        "redis://hush-hush @localhost",
        "unix://hush-hush",
    ],
)
def test_what_is_no_address_of_a_redis_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(None, {KEY: url})
    assert f"{KEY}: MockLlmApi.Redis is ***; accepted: a redis, " in str(caught.value)
    assert "hush" not in str(caught.value)


def test_a_redis_without_its_package_is_refused_with_what_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.settings.load.find_spec", lambda name: None)
    with pytest.raises(
        SettingsError, match=r"pip install 'llmock-api\[redis\]'"
    ) as caught:
        load_settings(None, {KEY: "redis://:hush-hush@localhost"})
    assert "hush" not in str(caught.value)
