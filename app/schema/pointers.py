"""JSON Pointers (RFC 6901): to follow them, and to write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from ..words import Json


def follow(root: Json, reference: str) -> Json:
    """The value that a reference into ``root`` points to.

    ``reference`` is a pointer or a URI fragment that holds one. Raises
    ``LookupError`` where it points to nothing.
    """
    place = root
    for step in unquote(reference.removeprefix("#")).split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(place, Mapping):
            place = place[name]
        elif isinstance(place, list) and name.isdecimal():
            place = place[int(name)]
        else:
            raise LookupError(reference)
    return place


def pointer(steps: Iterable[str | int]) -> str:
    """The pointer that leads along ``steps``, names and indexes, from the root."""
    return "".join(
        "/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps
    )


def pointer_to(root: Json, part: Json) -> str | None:
    """The pointer to ``part``, an object or array inside ``root``, by identity."""
    waiting: list[tuple[str, Json]] = [("", root)]
    for place, value in waiting:
        if value is part:
            return place
        items: Iterable[tuple[str | int, Json]] = ()
        if isinstance(value, Mapping):
            items = value.items()
        elif isinstance(value, list):
            items = enumerate(value)
        waiting.extend(
            (place + pointer([step]), item)
            for step, item in items
            if isinstance(item, (Mapping, list))
        )
    return None
