"""What a route declares of itself for the API's description.

A view is decorated with ``describes``; ``routes`` reads the declarations of all
the routes of an application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from ...words import Json
from ..errors import PROBLEM_TYPE

View = TypeVar("View", bound=Callable[..., Any])


class Tag(Enum):
    """A group of operations: its name, and its description."""

    MOCK = "mock", "Data, once or as a live feed"
    HUB = "hub", "The same feeds for SignalR clients"
    MANAGE = "manage", "Streams, contexts, backends and metrics"
    HEALTH = "health", "State and documentation of the server"


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable segment of a path."""

    name: str
    schema: Mapping[str, Json]
    more: Mapping[str, Json] = field(default_factory=dict)

    @property
    def parameter(self) -> dict[str, Json]:
        """The segment as a parameter object."""
        return {
            "name": self.name,
            "in": "path",
            "required": True,
            "schema": self.schema,
            **self.more,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation, without its method and path.

    ``name`` begins its id, ``produces`` is the media type of status 200, and
    ``responses`` are the others, or take the place of that one. ``parameters``
    are parameter objects, ``body`` is a request body of POST, PUT and PATCH.
    """

    name: str
    summary: str
    tag: Tag
    produces: str = "application/json"
    responses: Mapping[str, Json] = field(default_factory=dict)
    parameters: tuple[Json, ...] = ()
    variables: tuple[Variable, ...] = ()
    body: Mapping[str, Json] | None = None


def describes(operation: Operation) -> Callable[[View], View]:
    """A decorator that declares a view's operation."""

    def declare(view: View) -> View:
        view.__dict__[_ATTRIBUTE] = operation
        return view

    return declare


def declared(view: Callable[..., Any]) -> Operation | None:
    """The operation that a view declares, or None."""
    operation: Operation | None = view.__dict__.get(_ATTRIBUTE)
    return operation


_ATTRIBUTE = "__operation__"


# -- responses ----------------------------------------------------------------


def content(description: str, media_type: str, **media: Json) -> dict[str, Json]:
    """A response of one media type; ``media`` are members of its media type object."""
    media = {"schema": {}, **media}
    return {"description": description, "content": {media_type: media}}


def problem(
    description: str, or_else: Mapping[str, Json] | None = None
) -> dict[str, Json]:
    """A problem document, or else one of other media types."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": description,
        "content": {PROBLEM_TYPE: {"schema": schema}, **(or_else or {})},
    }


def empty(description: str) -> dict[str, Json]:
    """A response without a body of interest."""
    return {"description": description}


def unknown(what: str) -> dict[str, Json]:
    """The responses of an operation whose path names one of these."""
    return {"404": problem(f"There is no {what} of that name")}


#: Responses that several operations have; ``routes`` adds those of whole groups.
BAD_PARAMETER: Mapping[str, Json] = {
    "400": problem("A parameter is not one that is accepted")
}
AWAY: Mapping[str, Json] = {"503": problem("The shared memory cannot be reached")}
UNANSWERED: Mapping[str, Json] = {
    "503": problem("Not found, but not every worker answered")
}
