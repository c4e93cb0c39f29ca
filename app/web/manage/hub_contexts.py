"""Hub contexts: making, seeing, starting, stopping and deleting them."""

from __future__ import annotations

from flask import Blueprint, Response

from ...cluster.hub_clients import HubClients
from ...hubs.pushes.hub_context import HubContext
from ...hubs.pushes.hub_contexts import HubContexts
from ...request.bodies import parse_json
from ...settings import Settings
from ...words import Json
from ..body import json_response, read_body
from ..openapi.operation import (
    Operation,
    Tag,
    Variable,
    content,
    describes,
    empty,
    problem,
    unknown,
)

_NAME = Variable("name", {"type": "string", "minLength": 1, "maxLength": 200})
_UNKNOWN = unknown("hub context")
_CONTEXT = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "object"},
            "example": {
                "name": "stocks",
                "path": "/stocks",
                "shape": {"ticker": "AAPL", "price": 189.5},
                "intervalMs": 1000,
            },
        }
    },
}

LIST = Operation(
    name="listHubContexts",
    summary="The hub contexts, with how many clients subscribe to each",
    tag=Tag.MANAGE,
)
CREATE = Operation(
    name="createHubContext",
    summary="Make a hub context, to which clients may subscribe at once",
    tag=Tag.MANAGE,
    produces="",
    responses={
        "201": content("It is made", "application/json"),
        "400": problem("It cannot be used; pointer says where"),
        "409": problem("The name is taken, or there are too many"),
        "502": problem("No model has made a schema of the description"),
        "503": problem("It cannot be kept where the workers share it"),
    },
    body=_CONTEXT,
)
SHOW = Operation(
    name="showHubContext",
    summary="One hub context",
    tag=Tag.MANAGE,
    responses=_UNKNOWN,
    variables=(_NAME,),
)
DELETE = Operation(
    name="deleteHubContext",
    summary="Delete a hub context; its clients stay connected",
    tag=Tag.MANAGE,
    produces="",
    responses={**_UNKNOWN, "204": empty("It is deleted")},
    variables=(_NAME,),
)
START = Operation(
    name="startHubContext",
    summary="Push data to the clients of a hub context",
    tag=Tag.MANAGE,
    responses=_UNKNOWN,
    variables=(_NAME,),
)
STOP = Operation(
    name="stopHubContext",
    summary="Push no more data; the clients stay subscribed",
    tag=Tag.MANAGE,
    responses=_UNKNOWN,
    variables=(_NAME,),
)


def blueprint(
    contexts: HubContexts, clients: HubClients, settings: Settings
) -> Blueprint:
    """``/api/manage/hub-contexts``."""
    manage = Blueprint("hub_contexts", __name__, url_prefix="/api/manage")

    def described(context: HubContext) -> dict[str, Json]:
        return context.described(clients.subscribers()[context.name])

    @manage.get("/hub-contexts")
    @describes(LIST)
    def list_hub_contexts() -> Response:
        counts = clients.subscribers()
        found = [each.described(counts[each.name]) for each in contexts.all()]
        return json_response({"contexts": found, "total": len(found)})

    @manage.post("/hub-contexts")
    @describes(CREATE)
    def create_hub_context() -> Response:
        made = contexts.create(parse_json(read_body(settings)))
        return json_response(described(made), 201)

    @manage.get("/hub-contexts/<name>")
    @describes(SHOW)
    def show_hub_context(name: str) -> Response:
        return json_response(described(contexts.get(name)))

    @manage.delete("/hub-contexts/<name>")
    @describes(DELETE)
    def delete_hub_context(name: str) -> Response:
        contexts.delete(name)
        return Response(status=204)

    @manage.post("/hub-contexts/<name>/start")
    @describes(START)
    def start_hub_context(name: str) -> Response:
        return json_response(described(contexts.activate(name, True)))

    @manage.post("/hub-contexts/<name>/stop")
    @describes(STOP)
    def stop_hub_context(name: str) -> Response:
        return json_response(described(contexts.activate(name, False)))

    return manage
