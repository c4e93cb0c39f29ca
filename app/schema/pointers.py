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


def as_sent(value: Json, pointer: str) -> tuple[str, Json]:
    """The pointer with the names of ``value`` as they were sent, and the value there.

    Names may differ in case. The value is None where there is none.
    """
    sent = ""
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            keys = [key for key in value if str(key).casefold() == name.casefold()]
            if keys:
                token = str(keys[0]).replace("~", "~0").replace("/", "~1")
            value = value[keys[0]] if keys else None
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            value = None
        sent += f"/{token}"
    return sent, value
