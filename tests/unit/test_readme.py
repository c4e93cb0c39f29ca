"""Nothing is in the code that the README does not tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app import create_app
from app.request.options import ERROR_TEXTS, OPTIONS
from app.settings import catalogue

README = (Path(__file__).parents[2] / "README.md").read_text()

NAMES = {
    where.name
    for places in (*(option.places for option in OPTIONS), *ERROR_TEXTS.values())
    for where in places
}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_place_of_an_option_is_documented(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.path)
def test_every_setting_is_documented_with_its_default(entry: object) -> None:
    path, default = entry.path, entry.default  # type: ignore[attr-defined]
    row = re.search(rf"^\| `{re.escape(path)}` \| ([^|]*) \|", README, re.MULTILINE)
    assert row is not None
    if default is not None:
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        assert row[1] == f"`{shown}`"


@pytest.mark.parametrize(
    "rule",
    sorted(
        re.sub("<(?:path:)?(?:stream_)?([a-z]+)>", r"<\1>", rule.rule)
        for rule in create_app().url_map.iter_rules()
        if "name>" not in rule.rule  # a page's own files
    ),
)
def test_every_route_is_documented(rule: str) -> None:
    assert f"`{rule}`" in README


def test_every_room_is_in_the_layout() -> None:
    app = Path(__file__).parents[2] / "app"
    rooms = [room.name for room in app.iterdir() if (room / "__init__.py").exists()]
    assert [room for room in rooms if f"  {room}/" not in README] == []
