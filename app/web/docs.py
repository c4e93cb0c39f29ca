"""The documentation: pages written in Markdown, and the API reference."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, send_from_directory, url_for

from ..errors import NoRoute
from ..request.inputs import short
from .errors import alike, nothing_here
from .openapi.operation import Operation, Tag, Variable, describes, problem

if TYPE_CHECKING:
    from .markdown import Page

#: The pages in the order of the navigation, each a file of ``pages/``.
PAGES = (
    "installing",
    "options",
    "routes",
    "descriptions",
    "faults",
    "recordings",
    "steering",
    "journal",
    "verdict",
    "signalr",
    "feeds",
    "testing",
    "contract",
    "contexts",
    "backends",
    "settings",
    "operations",
    "performance",
    "architecture",
)

#: What the navigation calls each page.
_LABELS = {page: page.capitalize() for page in PAGES} | {"signalr": "SignalR"}

_PAGE = Variable("page", {"type": "string", "enum": list(PAGES)})

#: The viewer's files that the reference uses, from the package flask-swagger-ui.
VIEWER_FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js"})

#: No inline script and nothing from elsewhere.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'{}; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
#: The viewer sets styles inline; the pages do not.
_VIEWER_POLICY = _POLICY.format(" 'unsafe-inline'")
_PAGE_POLICY = _POLICY.format("")

#: How long a browser keeps the viewer's files, in seconds.
_MAX_AGE = 3600


def blueprint() -> Blueprint:
    """``/docs``, which is the API reference, and ``/docs/<page>``."""
    docs = Blueprint("docs", __name__)
    with as_file(files("flask_swagger_ui") / "dist") as found:
        dist = Path(found)

    @docs.get("/docs")
    @describes(
        Operation(
            name="docs",
            summary="This reference",
            tag=Tag.HEALTH,
            produces="text/html",
        )
    )
    def reference() -> Response:
        return _html("reference.html", _VIEWER_POLICY, pages=_LABELS, here="")

    @docs.get("/docs/<page>")
    @describes(
        Operation(
            name="page",
            summary="A page of documentation",
            tag=Tag.HEALTH,
            produces="text/html",
            variables=(_PAGE,),
            responses={"404": problem("There is no page of that name")},
        )
    )
    def show_page(page: str) -> Response:
        if page not in PAGES:
            near = [url_for("docs.show_page", page=each) for each in alike(page, PAGES)]
            raise NoRoute(
                f"There is no page {short(page)}; there are {', '.join(PAGES)}.",
                [(each, "a page of the documentation") for each in near],
            )
        rendered = _rendered(page)
        return _html(
            "page.html", _PAGE_POLICY, pages=_LABELS, here=page, **rendered._asdict()
        )

    @docs.get("/docs/viewer/<name>")
    def viewer(name: str) -> Response:
        if name not in VIEWER_FILES:
            raise nothing_here()
        return send_from_directory(dist, name, max_age=_MAX_AGE)

    return docs


def _html(template: str, policy: str, **values: object) -> Response:
    return Response(
        render_template(template, **values),
        headers={"Content-Security-Policy": policy, "Cache-Control": "no-cache"},
        content_type="text/html; charset=utf-8",
    )


@lru_cache(maxsize=len(PAGES))
def _rendered(page: str) -> Page:
    # The library is loaded when the first page is read, not at the start.
    from .markdown import render

    path = Path(__file__).with_name("pages") / f"{page}.md"
    return render(path.read_text("utf-8"))
