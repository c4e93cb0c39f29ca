"""What a server prints when it serves names something that it has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import create_app
from app.serving.welcome import welcome
from app.settings import load_settings
from tests.unit.described import SHOP

URL = "http://127.0.0.1:5000"
STOCKS = "/api/mock/stream/stocks?"


def printed(folder: Path, routes: str, *, has_description: bool = False) -> str:
    """What a server with a configuration prints."""
    file = folder / "config.yaml"
    file.write_text(f"MockLlmApi: {{Routes: {routes}}}")
    environ: dict[str, Any] = {}
    if has_description:
        (folder / "shop.yaml").write_text(SHOP)
        environ = {"LLMOCK_SPECS": str(folder / "shop.yaml")}
    services = create_app(load_settings(file, environ)).extensions["llmock"]
    return welcome(URL, "/api/mock", services.routes.routes())


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ("[]", f"A live feed to try:\n\n  curl -gN '{URL}{STOCKS}"),
        ("[{Path: /a, Methods: [POST]}]", STOCKS),
        ("[{Path: /a, Match: {Query: {x: '1'}}}]", STOCKS),
        (
            "[{Path: '/a/{b}/{c}', Stream: {}}, {Path: \"/it's/{d}\"}]",
            f"It has 2 routes. One to try:\n\n  curl -gN '{URL}/it%27s/1'\n",
        ),
    ],
)
def test_an_address_is_that_of_a_route_if_one_answers_a_plain_request(
    tmp_path: Path, routes: str, words: str
) -> None:
    assert words in printed(tmp_path, routes)


def test_operations_are_counted_beside_routes(tmp_path: Path) -> None:
    said = printed(tmp_path, "[{Path: /only}]", has_description=True)
    assert "It has 1 route and 5 described operations. One to try:" in said
