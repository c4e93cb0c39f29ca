"""The API reference: our description, shown by an installed Swagger UI."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from flask import Blueprint, Response, abort, render_template, send_from_directory

#: The viewer's files that the page uses, from the package flask-swagger-ui.
VIEWER_FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js"})

#: No inline script and nothing from elsewhere; the viewer sets styles inline.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

#: How long a browser keeps the files, in seconds.
_MAX_AGE = 3600


def blueprint() -> Blueprint:
    """``/docs`` and its files."""
    docs = Blueprint("docs", __name__)
    own = Path(__file__).parent / "static" / "docs"
    with as_file(files("flask_swagger_ui") / "dist") as found:
        dist = Path(found)

    @docs.get("/docs")
    def reference() -> Response:
        policy = {"Content-Security-Policy": _POLICY}
        return Response(
            render_template("docs.html"), headers=policy, content_type="text/html"
        )

    @docs.get("/docs/viewer/<name>")
    def viewer(name: str) -> Response:
        if name not in VIEWER_FILES:
            abort(404)
        return send_from_directory(dist, name, max_age=_MAX_AGE)

    @docs.get("/docs/page/<name>")
    def page(name: str) -> Response:
        return send_from_directory(own, name, max_age=_MAX_AGE)

    return docs
