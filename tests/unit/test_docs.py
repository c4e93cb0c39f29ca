"""The pages of the documentation tell all that is in the code, and are served."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from mimesis.locales import Locale

from app import create_app
from app.request.options import ERROR_TEXTS, OPTIONS
from app.settings import catalogue
from app.settings.catalogue import CatalogueEntry
from app.web.docs import PAGES as SERVED
from tests.unit.pages import PAGES

NAMES = {
    where.name
    for places in (*(option.places for option in OPTIONS), *ERROR_TEXTS.values())
    for where in places
}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app().test_client()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_place_of_an_option_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGES["options"]


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.path)
def test_every_setting_is_documented_with_its_default(entry: CatalogueEntry) -> None:
    row = re.search(
        rf"^\| `{re.escape(entry.path)}` \| ([^|]*) \| {re.escape(entry.doc)} \|",
        PAGES["settings"],
        re.MULTILINE,
    )
    assert row is not None, f"| `{entry.path}` | ... | {entry.doc} | {entry.accepted} |"
    if entry.default is not None:
        assert row[1] == f"`{written(entry.default)}`"


def written(default: object) -> str:
    """A default as a user would write it in YAML."""
    return default if isinstance(default, str) else json.dumps(default)


@pytest.mark.parametrize(
    "rule",
    sorted(
        re.sub("<(?:path:)?(?:stream_)?([a-z]+)>", r"<\1>", rule.rule)
        for rule in create_app().url_map.iter_rules()
        if "name>" not in rule.rule  # a page's own files
    ),
)
def test_every_route_is_documented(rule: str) -> None:
    assert f"`{rule}`" in PAGES["contract"]


def test_every_locale_is_documented() -> None:
    assert [
        each.value for each in Locale if f"`{each.value}`" not in PAGES["options"]
    ] == []


def test_every_page_is_in_the_navigation_and_every_one_there_is_a_page() -> None:
    assert sorted(SERVED) == sorted(PAGES)


def test_the_navigation_writes_names_as_their_owners_do(client: FlaskClient) -> None:
    page = client.get("/docs/options").text
    assert ">SignalR</a>" in page and ">Options</a>" in page


@pytest.mark.parametrize("name", ["", *SERVED])
def test_every_link_of_a_page_leads_somewhere(client: FlaskClient, name: str) -> None:
    address = f"/docs/{name}".rstrip("/")
    for link in re.findall(r'(?:href|src)="([^"]+)"', client.get(address).text):
        target = urlsplit(urljoin(address, link))
        assert not target.netloc, link
        found = client.get(target.path)
        assert found.status_code == 200, link
        if target.fragment:
            assert f'id="{target.fragment}"' in found.text, link


@pytest.mark.parametrize("name", SERVED)
def test_a_page_is_html_that_needs_nothing_from_elsewhere(
    client: FlaskClient, name: str
) -> None:
    page = client.get(f"/docs/{name}")
    assert page.content_type == "text/html; charset=utf-8"
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert re.findall("<style|<script|style=|\\]\\(", page.text) == []
    titles = re.findall(r"<h1[^>]*>", page.text)
    assert len(titles) == 1


def test_a_page_that_is_not_there_is_a_404(client: FlaskClient) -> None:
    for name in ("nothing", "..%2fdocs", "contract.md"):
        assert client.get(f"/docs/{name}").status_code == 404


def test_markdown_becomes_html_whose_sections_can_be_linked() -> None:
    from app.web.markdown import render

    text = "# A page\n\n## Who, what?\n\n[x](other.md#part) <b>\n\n|a|\n|-|\n|b|\n"
    page: Any = render(text)
    assert page.title == "A page"
    assert [(each.text, each.id) for each in page.sections] == [
        ("Who, what?", "who-what")
    ]
    assert '<h2 id="who-what">Who, what?</h2>' in page.html
    assert '<a href="other#part">x</a> &lt;b&gt;' in page.html
    assert "<td>b</td>" in page.html
