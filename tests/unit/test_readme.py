"""The texts of the repository: the README, those of the folders, the changelog."""

from __future__ import annotations

import re

import pytest

from app.version import __version__
from tests.unit.pages import PAGES, ROOT

READMES = [
    "README.md",
    "app/README.md",
    "tests/README.md",
    ".github/CONTRIBUTING.md",
    ".github/SECURITY.md",
]


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 170
    assert [name for name in PAGES if f"(app/web/pages/{name}.md)" not in readme] == []


@pytest.mark.parametrize("name", READMES)
def test_every_link_of_a_readme_leads_to_a_file(name: str) -> None:
    path = ROOT / name
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        if "://" not in link:
            assert (path.parent / link).exists(), link


def test_every_room_is_on_the_map_of_the_code() -> None:
    text = (ROOT / "app" / "README.md").read_text("utf-8")
    rooms = [
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "app").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    ]
    named = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))
    assert named == set(rooms) - {"__init__.py"}


def test_the_changelog_tells_of_this_release() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    releases = re.findall(r"^## \[(\d\S*)\] - \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert releases[0] == __version__
