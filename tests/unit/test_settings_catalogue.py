"""The catalogue, and config.yaml, which must say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from app.settings import Provider, Settings, catalogue, load_settings

CONFIG = Path(__file__).parents[2] / "config.yaml"


def comments() -> str:
    """All comments of config.yaml as one line."""
    lines = re.findall(r"^ *#(.*)$", CONFIG.read_text(), flags=re.MULTILINE)
    return " ".join(" ".join(lines).split())


def example() -> str:
    """The commented backends, as they are once the comment signs are gone."""
    text = CONFIG.read_text()
    lines = re.findall(
        r"^  # (LlmBackends:|  .*)$", text[text.index("One of each") :], re.M
    )
    return "\n  ".join(["MockLlmApi:", *lines])


def test_the_annotated_file_holds_every_default():
    assert load_settings(CONFIG, {}) == Settings()
    given = yaml.safe_load(CONFIG.read_text())["MockLlmApi"]
    expected = {
        entry.path: entry.default
        for entry in catalogue()
        if entry.path == entry.key  # not inside another
    }
    assert given == expected


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.path)
def test_the_annotated_file_says_what_the_catalogue_says(entry):
    assert f"{entry.doc} Accepted: {entry.accepted}." in comments()


def test_the_annotated_file_names_every_key_of_a_backend_with_its_default():
    for entry in catalogue():
        if "[]" in entry.path:
            default = "required" if entry.required else yaml.safe_dump(entry.default)
            default = default.splitlines()[0]
            assert f" {entry.key} [{default}]: {entry.doc}" in comments()


def test_the_example_of_each_provider_loads(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(example())
    backends = load_settings(path, {}).llm_backends
    assert {backend.provider for backend in backends} == set(Provider)


def test_every_key_has_a_sentence_and_a_variable():
    entries = {entry.path: entry for entry in catalogue()}
    assert len(entries) == len(catalogue())
    assert all(re.fullmatch(r"[A-Z].*\.", entry.doc) for entry in entries.values())
    assert all(re.fullmatch(r"([A-Z][a-z]*)+", entry.key) for entry in entries.values())
    weight = entries["LlmBackends[].Weight"]
    assert weight.variable == "MockLlmApi__LlmBackends__0__Weight"
    assert (weight.type, weight.default, weight.required) == ("integer", 1, False)
    assert entries["LlmBackends"].variable == "MockLlmApi__LlmBackends__0"
    assert entries["LlmBackends[].Name"].required


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.path)
def test_a_default_is_itself_accepted(entry, tmp_path):
    given: object = "a" if entry.required else entry.default
    for part in reversed(entry.path.split(".")):
        key = part.removesuffix("[]")
        if part != key:
            given = [{"Name": "a", **given}]
        given = {key: given}
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"MockLlmApi": given}))
    assert load_settings(path, {})
