"""Routes: making, seeing, changing and deleting them while the server runs."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

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
from ..body import json_response, read_body
from ..openapi.operation import (
    AWAY,
    Operation,
    Tag,
    Variable,
    content,
    describes,
    empty,
    problem,
    unknown,
)

_ROUTE = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object"},
            "example": {
                "path": "/v1/prices/{symbol}/stream",
                "stream": {
                    "events": [
                        {"event": "price", "shape": {"symbol": "AAPL", "p": 189.5}}
                    ]
                },
            },
        }
    },
}
_REQUEST = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object"},
            "example": {"method": "GET", "path": "/v1/prices/AAPL/stream"},
        }
    },
}
_NAME = Variable("name", {"type": "string", "minLength": 1, "maxLength": 100})
_REFUSED = {
    **AWAY,
    "400": problem("The route cannot be used; pointer says where"),
    "409": problem("The name is taken, or there are MaxRoutes routes"),
    "413": problem("A route or a body over its limit"),
}
_UNKNOWN = unknown("route")

LIST_ROUTES = Operation(
    name="listRoutes",
    summary="The routes in force, with their sources and what they have served",
    tag=Tag.MANAGE,
)
CREATE_ROUTES = Operation(
    name="createRoutes",
    summary="Make a route, or each of a list of routes: all or none",
    tag=Tag.MANAGE,
    produces="",
    responses={**_REFUSED, "201": content("They are made", "application/json")},
    body=_ROUTE,
)
DELETE_ROUTES = Operation(
    name="deleteRoutes",
    summary="Delete the run-time routes whose path begins so, or all of them",
    tag=Tag.MANAGE,
    responses={**AWAY, "400": problem("Neither prefix nor all is given")},
    parameters=(
        {
            "name": "prefix",
            "in": "query",
            "description": "only routes whose path begins so",
            "schema": {"type": "string"},
        },
        {
            "name": "all",
            "in": "query",
            "description": "every route that was made at run time",
            "schema": {"type": "boolean"},
        },
    ),
)
CHECK_ROUTES = Operation(
    name="checkRoutes",
    summary="Check a route, or a list of routes, and make none",
    tag=Tag.MANAGE,
    produces="",
    responses={
        "204": empty("It can be used"),
        "400": problem("It cannot be used; pointer says where"),
        "413": problem("A route or a body over its limit"),
    },
    body=_ROUTE,
)
MATCH_REQUEST = Operation(
    name="matchRequest",
    summary="Which route would serve a request, or the nearest and what differs",
    tag=Tag.MANAGE,
    responses={"400": problem("The body describes no request")},
    body=_REQUEST,
)
SHOW_ROUTE = Operation(
    name="showRoute",
    summary="One route",
    tag=Tag.MANAGE,
    responses=_UNKNOWN,
    variables=(_NAME,),
)
PUT_ROUTE = Operation(
    name="putRoute",
    summary="Make a route of this name, or replace it; it keeps its place",
    tag=Tag.MANAGE,
    responses={
        **_REFUSED,
        "404": problem("No route can have this name"),
        "409": problem("It comes from the configuration"),
    },
    variables=(_NAME,),
    body=_ROUTE,
)
DELETE_ROUTE = Operation(
    name="deleteRoute",
    summary="Delete one route that was made at run time",
    tag=Tag.MANAGE,
    produces="",
    responses={
        **_UNKNOWN,
        "204": empty("It is deleted"),
        "409": problem("It comes from the configuration"),
        **AWAY,
    },
    variables=(_NAME,),
)


def blueprint(book: RouteBook, settings: Settings, limits: Limits) -> Blueprint:
    """``/api/manage/routes``."""
    manage = Blueprint("routes", __name__, url_prefix="/api/manage")

    def body() -> Json:
        return parse_json(read_body(settings))

    @manage.get("/routes")
    @describes(LIST_ROUTES)
    def list_routes() -> Response:
        described = [describe(route, book) for route in book.routes()]
        return json_response({"routes": described, "total": len(described)})

    @manage.post("/routes")
    @describes(CREATE_ROUTES)
    def create_routes() -> Response:
        made = book.create(body())
        return json_response({"routes": [describe(route, book) for route in made]}, 201)

    @manage.delete("/routes")
    @describes(DELETE_ROUTES)
    def delete_routes() -> Response:
        return json_response({"deleted": book.delete(_chosen(book, limits))})

    @manage.post("/routes/check")
    @describes(CHECK_ROUTES)
    def check_routes() -> Response:
        book.check(body())
        return Response(status=204)

    @manage.post("/routes/match")
    @describes(MATCH_REQUEST)
    def match_request() -> Response:
        received = _typed(body())
        route = book.would_serve(received)
        if route is not None:
            return json_response({"route": route.name, "nearest": []})
        nearest = book.explain(received).nearest
        return json_response(
            {
                "route": None,
                "nearest": [
                    {"name": each.name, "reason": each.reason} for each in nearest
                ],
            }
        )

    @manage.get("/routes/<name>")
    @describes(SHOW_ROUTE)
    def show_route(name: str) -> Response:
        return json_response(describe(book.get(name), book))

    @manage.put("/routes/<name>")
    @describes(PUT_ROUTE)
    def put_route(name: str) -> Response:
        return json_response(describe(book.put(name, body()), book))

    @manage.delete("/routes/<name>")
    @describes(DELETE_ROUTE)
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
    """A request that somebody typed: method, encoded path and query, headers, body."""
    if (
        not isinstance(given, dict)
        or not isinstance(given.get("path"), str)
        or not isinstance(headers := given.get("headers") or {}, dict)
    ):
        raise BadRequest(
            "The body says which request to match.",
            parameter="body",
            value=None,
            allowed='an object such as {"method":"GET","path":"/v1/x?a=1",'
            '"headers":{},"body":null}',
        )
    path, _, text = given["path"].partition("?")
    return Received(
        method=str(given.get("method") or "GET").upper(),
        path=unquote(path if path.startswith("/") else f"/{path}"),
        query=parse_qs(text, keep_blank_values=True),
        headers={str(name).lower(): str(value) for name, value in headers.items()},
        read_body=lambda: given.get("body"),
    )
