"""What a server prints once it serves: its address, and something to try."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from ..routes.route import Origin, Route
from ..routes.table import ANY

#: What stands in for each parameter of a path.
_ANY_VALUE = "1"
_PARAMETER = re.compile(r"\{[^{}]*\}")
#: What a URL's path has as it is, quotation marks of a shell left out.
_SAFE = "/:@!$&()*+,;=~"


def welcome(url: str, base_path: str, routes: Sequence[Route]) -> str:
    """The lines to print; mock endpoints are at ``base_path`` below ``url``."""
    path = _example(routes)
    if path is None:
        what = "A live feed to try"
        path = (
            f"{base_path}/stream/stocks?continuous=true&interval=1000"
            '&sseMode=CompleteObjects&shape={"ticker":"AAPL","price":150.0}'
        )
    else:
        what = f"It has {_counted(routes)}. One to try"
    return (
        f"LLMock API serves on {url} (Ctrl-C stops it). {what}:\n"
        f"\n  curl -gN '{url}{path}'\n"
    )


def _example(routes: Iterable[Route]) -> str | None:
    """The path of a route that answers a plain GET, of as few parameters as can be."""
    plain = [
        route
        for route in routes
        if not len(route.conditions)
        and not route.require_key
        and ("GET" in route.methods or ANY in route.methods)
    ]
    if not plain:
        return None
    route = min(plain, key=lambda route: len(route.template.names))
    return quote(_PARAMETER.sub(_ANY_VALUE, route.template.text), safe=_SAFE)


def _counted(routes: Sequence[Route]) -> str:
    described = sum(route.origin is Origin.DESCRIPTION for route in routes)
    counts = {"route": len(routes) - described, "described operation": described}
    return " and ".join(
        f"{count} {word}{'s' if count > 1 else ''}"
        for word, count in counts.items()
        if count
    )
