"""Routes: making, seeing, changing and deleting them while the server runs."""

from __future__ import annotations

from urllib.parse import parse_qs

import orjson
from flask import Blueprint, Response, request

from ...errors import BadRequest
from ...request.bodies import parse_json
from ...request.inputs import Inputs, parse_query
from ...request.options import query
from ...request.parsers import Limits, parse_boolean
from ...router.book import RouteBook
from ...routes.conditions import Received
from ...routes.route import Route
from ...settings import Settings
from ...words import Json
from ..body import read_body


def blueprint(book: RouteBook, settings: Settings, limits: Limits) -> Blueprint:
    """``/api/manage/routes``."""
    manage = Blueprint("routes", __name__, url_prefix="/api/manage")

    def body() -> Json:
        return parse_json(read_body(settings))

    @manage.get("/routes")
    def list_routes() -> Response:
        described = [describe(route, book) for route in book.routes()]
        return _json({"routes": described, "total": len(described)})

    @manage.post("/routes")
    def create_routes() -> Response:
        made = book.create(body())
        return _json({"routes": [describe(route, book) for route in made]}, 201)

    @manage.delete("/routes")
    def delete_routes() -> Response:
        return _json({"deleted": book.delete(_chosen(book, limits))})

    @manage.post("/routes/check")
    def check_routes() -> Response:
        book.check(body())
        return Response(status=204)

    @manage.post("/routes/match")
    def match_request() -> Response:
        received = _typed(body())
        route = book.would_serve(received)
        if route is not None:
            return _json({"route": route.name, "nearest": []})
        nearest = book.explain(received).nearest
        return _json(
            {
                "route": None,
                "nearest": [
                    {"name": each.name, "reason": each.reason} for each in nearest
                ],
            }
        )

    @manage.get("/routes/<name>")
    def show_route(name: str) -> Response:
        return _json(describe(book.get(name), book))

    @manage.put("/routes/<name>")
    def put_route(name: str) -> Response:
        return _json(describe(book.put(name, body()), book))

    @manage.delete("/routes/<name>")
    def delete_route(name: str) -> Response:
        book.get(name)
        book.delete([name])
        return Response(status=204)

    return manage


def describe(route: Route, book: RouteBook) -> dict[str, Json]:
    """A route with its source and what it has served."""
    return {
        "name": route.name,
        "source": route.origin.value,
        "path": route.template.text,
        "methods": sorted(route.methods),
        "hits": book.hits[route.name],
        "timesLeft": (
            None
            if route.times is None
            else max(0, route.times - book.claims(route.name))
        ),
        "route": dict(route.written),
    }


def _chosen(book: RouteBook, limits: Limits) -> list[str]:
    """The run-time routes that ``prefix`` or ``all`` of the query means."""
    inputs = Inputs(query=parse_query(request.query_string), headers={})
    every = inputs.first(query("all"))
    if every is not None and parse_boolean(every, limits):
        return book.made_below("")
    prefix = inputs.query.get("prefix")
    if prefix:
        return book.made_below(prefix)
    raise BadRequest(
        "The query parameter 'prefix' or 'all' says which routes to delete.",
        parameter="prefix",
        value=prefix,
        allowed="prefix=/v1 for the paths that begin so, or all=true",
    )


def _typed(given: Json) -> Received:
    """A request that somebody typed: method, path with query, headers, body."""
    if not isinstance(given, dict) or not isinstance(given.get("path"), str):
        raise BadRequest(
            "The body says which request to match.",
            parameter="body",
            value=None,
            allowed='an object such as {"method":"GET","path":"/v1/x?a=1",'
            '"headers":{},"body":null}',
        )
    path, _, text = given["path"].partition("?")
    headers = given.get("headers") or {}
    return Received(
        method=str(given.get("method") or "GET").upper(),
        path=path if path.startswith("/") else f"/{path}",
        query=parse_qs(text, keep_blank_values=True),
        headers={str(name).lower(): str(value) for name, value in headers.items()},
        read_body=lambda: given.get("body"),
    )


def _json(value: object, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(
        orjson.dumps(value), status, headers, content_type="application/json"
    )
