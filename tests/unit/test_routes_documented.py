"""The page about routes tells every key, and shows every example as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from app.settings import route_streams, routes
from app.settings.sections import Section, Setting
from tests.unit.pages import PAGES, ROOT

PAGE = PAGES["routes"]
EXAMPLES = sorted(Path(ROOT, "scripts", "examples").iterdir())
DECLARATIONS = (
    routes.RouteDeclaration,
    routes.MatchDeclaration,
    routes.ConditionDeclaration,
    route_streams.StreamDeclaration,
    route_streams.EventKindDeclaration,
    route_streams.StepDeclaration,
    route_streams.HeartbeatDeclaration,
)


#: Declarations with a page of their own.
ELSEWHERE = {
    "recordings": (route_streams.ReplayDeclaration,),
    "descriptions": (routes.SpecDeclaration,),
}


def keys() -> list[tuple[str, Setting]]:
    """Each key, with the page that tells it."""
    pages = {"routes": DECLARATIONS, **ELSEWHERE}
    return [
        (page, each)
        for page, declarations in pages.items()
        for declared in declarations
        for each in Section(declared).settings
    ]


@pytest.mark.parametrize(
    ("page", "key"),
    keys(),
    ids=lambda each: each if isinstance(each, str) else each.key,
)
def test_every_key_is_documented_with_its_default(page: str, key: Setting) -> None:
    row = re.search(
        rf"^\| `{key.key}` \| ([^|]*) \| {re.escape(key.doc)} \| [^|]+ \|$",
        PAGES[page],
        re.MULTILINE,
    )
    assert row is not None, f"| `{key.key}` | ... | {key.doc} | {key.kind.accepted} |"
    if key.required:
        assert row[1] == "required"
    elif isinstance(key.default, (int, str)):
        written = key.kind.written(key.default)
        assert row[1] == (
            f"`{written if isinstance(written, str) else json.dumps(written)}`"
        )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_shown_as_it_is(path: Path) -> None:
    shown = f"```{path.suffix[1:]}\n{path.read_text('utf-8')}```"
    assert shown in PAGE + PAGES["signalr"]


def test_the_first_route_is_a_file_of_ten_lines_and_one_command() -> None:
    example = Path(ROOT, "scripts", "examples", "prices.yaml").read_text("utf-8")
    assert len(example.splitlines()) <= 10
    assert "\nCONFIG=scripts/examples/prices.yaml scripts/serve\n" in PAGE


def test_every_configuration_on_the_page_can_be_read() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= len([path for path in EXAMPLES if path.suffix == ".yaml"])
    for block in blocks:
        assert list(yaml.safe_load(block)) == ["MockLlmApi"]
