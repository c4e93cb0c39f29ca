"""The two forms of a configuration file, and texts that are neither."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import SettingsError
from app.settings import Settings, catalogue, load_settings
from app.settings.files import read_document


def write(tmp_path: Path, text: str, name: str) -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ('{"a": "http://x/*y*/"} // end', {"a": "http://x/*y*/"}),
        ('{"a": "\\"//b"}', {"a": '"//b'}),
        ('{/* "a": 1,\n */ "b": 2}', {"b": 2}),
        ('// "\n{"a": 1}', {"a": 1}),
        ('{"a": 1 /* // */, "b": 2}', {"a": 1, "b": 2}),
        ('\ufeff{"a": 1}', {"a": 1}),
    ],
)
@pytest.mark.parametrize("name", ["c.json", "c.yaml", "c"])
def test_comments_in_json_are_white_space(tmp_path, text, root, name):
    document = read_document(write(tmp_path, text, name))
    assert document.root == root
    assert document.is_json


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("010", 10),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("off", "off"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("2025-01-06", "2025-01-06"),
        ("2025-99-99", "2025-99-99"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("|-\n  null", "null"),
        ("sk-a#b", "sk-a#b"),
        ("http://x/ # why", "http://x/"),
        ("[1, a]", [1, "a"]),
        ("{b: 1}", {"b": 1}),
    ],
)
def test_a_yaml_scalar_means_what_it_does_in_json(tmp_path, scalar, value):
    document = read_document(write(tmp_path, f"a: {scalar}\n", "c.yaml"))
    assert document.root == {"a": value}
    assert type(document.root["a"]) is type(value)


def test_an_anchor_repeats_a_value(tmp_path):
    text = "a: &x {b: 1}\nc: *x\n"
    assert read_document(write(tmp_path, text, "c.yaml")).root["c"] == {"b": 1}


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("c.json", '{\n  "a": 1,\nb}', ["is not JSON", "line 3, column 1"]),
        ("c.json", '{"a": 1, // x\n "b" 2}', ["line 2, column 6"]),
        ("c.json", '{/* x\n */ "a" 2}', ["line 2, column 9"]),
        ("c.json", '{"a": /* x\n 2}', ["line 1, column 7"]),
        ("c.json", "a: 1\n", ["is not JSON", "line 1, column 1"]),
        ("c.json", '{"a": NaN}', ["NaN is no number"]),
        ("c.json", '{"a": {"b": 1, "b": 2}}', ["b is given twice"]),
        ("c.json", "[" * 100_000, ["nested too deeply"]),
        ("c.json", '{"a": %s}' % ("9" * 5000), ["is not JSON"]),
        ("c.yaml", "a: 1\n\tb: 2\n", ["is not YAML", "line 2, column 1"]),
        ("c.yaml", "a: [1\nb: 2\n", ["line 2"]),
        ("c.yaml", "a: 'x\n", ["line 2"]),
        ("c.yaml", "a: 1\nb:\n  c: 1\n  c: 2\n", ["line 4, column 3", "c is given"]),
        ("c.yaml", "a: !!int 1\n", ["line 1, column 4", "tags"]),
        ("c.yaml", "a: !!python/name:os.system x\n", ["line 1, column 4", "tags"]),
        ("c.yaml", "[a]: 1\n", ["line 1, column 1", "a key must be text"]),
        ("c.yaml", "a: 1\n---\nb: 2\n", ["line 2, column 1"]),
        ("c.yaml", "a: 1\nb: x\x07y\n", ["line 2, column 5"]),
        ("c.yaml", "a: &x [*x]\n", ["line 1, column 8", "its own alias"]),
        ("c.yaml", "a: " + "[" * 10_000, ["nested too deeply"]),
        ("c.yaml", f"a: {'9' * 5000}\n", ["line 1, column 4", "too long"]),
        # what begins like JSON was meant as JSON
        ("c.yaml", '{"a": 1, // x\n "b": }', ["is not JSON", "line 2, column 7"]),
        ("c", '{"a": 1, // x\n "b": }', ["is not JSON", "line 2, column 7"]),
    ],
)
def test_a_syntax_error_names_its_line_and_column(tmp_path, name, text, parts):
    path = write(tmp_path, text, name)
    with pytest.raises(SettingsError) as caught:
        load_settings(path, {})
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    assert [part for part in parts if part not in message] == []


def test_a_file_that_is_not_there_or_cannot_be_read_is_named(tmp_path):
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"a: \xe9\n")
    for path, part in (
        (tmp_path / "no.yaml", "no such file"),
        (tmp_path, "cannot be read"),
        (latin, "not UTF-8 at byte 3"),
    ):
        with pytest.raises(SettingsError) as caught:
            load_settings(path, {})
        assert str(path) in str(caught.value)
        assert part in str(caught.value)


KEYS = [entry.key for entry in catalogue()]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["ArrayItems", "ollama", "json", "http://localhost/v1"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
sections = st.dictionaries(
    st.sampled_from([*KEYS, "LlmBackends"]) | st.text(max_size=9), values, max_size=5
)
roots = st.fixed_dictionaries({"MockLlmApi": sections}) | sections
texts = st.one_of(
    st.text(),
    st.text(alphabet="{}[]:,-\"'#/*&!|>% \n\tMaxItems10"),
    roots.map(json.dumps),
    roots.map(lambda root: yaml.safe_dump(root, allow_unicode=True)),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts, name=st.sampled_from(["c.json", "c.yaml", "c.conf"]))
def test_any_text_loads_or_is_refused_in_one_line(tmp_path, text, name):
    path = write(tmp_path, text, name)
    try:
        loaded = load_settings(path, {})
    except SettingsError as refusal:
        assert len(str(refusal).splitlines()) == 1
        assert str(refusal).isprintable()
        assert str(refusal).startswith(f"{path}: ")
    else:
        assert isinstance(loaded, Settings)
        assert loaded.effective_backends()
