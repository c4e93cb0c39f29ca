"""Sections inside sections, and lists of plain values."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.errors import SettingsError
from app.settings.environment import variables_of
from app.settings.kinds import Flag, Password, Text
from app.settings.place import Place, overlaid
from app.settings.secret import Secret
from app.settings.sections import ListOf, Section, required, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    origins: tuple[str, ...] = setting(
        "Origins", ListOf(Text(), of="origins"), ("*",), "Who may ask."
    )
    strict: bool = setting("Strict", Flag(), False, "Whether it is meant.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    name: str = required("Name", Text(), "What it is called.")
    inner: Inner = setting("Inner", Section(Inner), Inner(), "The rest.")
    keys: tuple[Secret, ...] = setting(
        "Keys", ListOf(Password(), of="keys"), (), "What opens it."
    )


OUTER = Section(Outer)
FILE = {"Name": "a", "Inner": {"Origins": ["x", "y"]}, "Keys": ["one"]}


def from_both(environ: dict[str, str]) -> Outer:
    tree = OUTER.from_file(FILE, Place("file", "S"))
    return OUTER.build(
        overlaid(tree, OUTER.from_environment(variables_of("S", environ), "S"))
    )


def test_sections_and_lists_nest_in_both_sources():
    environ = {
        "S__Inner__Origins__1": "z",
        "S__Inner__Strict": "1",
        "S__Keys__1": "two",
    }
    assert from_both(environ) == Outer(
        name="a",
        inner=Inner(origins=("x", "z"), strict=True),
        keys=(Secret("one"), Secret("two")),
    )


@pytest.mark.parametrize("key", ["Keys", "Key"])
def test_a_secret_that_should_have_been_in_a_list_is_not_shown(key):
    with pytest.raises(SettingsError) as caught:
        OUTER.from_file({key: "hush"}, Place("file", "S"))
    assert f"S.{key} is ***" in str(caught.value)


def test_a_section_is_written_as_a_file_holds_it_with_secrets_masked():
    assert OUTER.written(from_both({"S__Name": "b"})) == {
        "Name": "b",
        "Inner": {"Origins": ["x", "y"], "Strict": False},
        "Keys": ["***"],
    }


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"S__Inner": "x"}, "S.Inner is a section; accepted: one of its keys"),
        ({"S__Keys__1": "a b"}, "S.Keys[1] is ***"),
        ({"S__Inner__Strikt": "1"}, "S.Inner.Strikt is"),
    ],
)
def test_an_error_names_the_whole_path(environ, said):
    with pytest.raises(SettingsError) as caught:
        from_both(environ)
    assert said in str(caught.value)
