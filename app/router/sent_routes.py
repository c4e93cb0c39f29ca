"""Routes as somebody sent them: each with its place, and what is wrong with one."""

from __future__ import annotations

from ..errors import BadRequest, SettingsError
from ..schema.pointers import as_sent
from ..settings.place import Place
from ..words import Json


def each_sent(given: Json) -> list[tuple[Json, Place]]:
    """The routes that were sent, each with its place."""
    if not isinstance(given, list):
        return [(given, Place("route", ""))]
    return [
        (declaration, Place("route", "", f"/{index}"))
        for index, declaration in enumerate(given)
    ]


def refusal(error: SettingsError, declaration: Json, place: Place) -> BadRequest:
    """The fault of a route as an answer to who sent it."""
    inner = error.pointer.removeprefix(place.pointer)
    pointer, value = as_sent(declaration, inner)
    return BadRequest(
        f"The route cannot be used: {error.problem}.",
        parameter="route",
        value=value,
        allowed="a route, as the documentation of routes describes it",
        pointer=place.pointer + pointer,
    )
