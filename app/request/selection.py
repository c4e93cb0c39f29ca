"""What a management call is about: everything, or what a path or a route names.

Streams, requests and their records are chosen in the same way everywhere, so that
tests which share a server do not meet.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import re2

from ..errors import BadRequest
from ..schema.jsontext import excerpt
from ..words import Json
from .inputs import Given, Inputs, short
from .options import Option, query
from .parsers import Limits

#: Maximum length of a prefix, a glob or a name, in characters.
MAX_LENGTH = 2000

_STARS = re.compile(r"(\*\*|\*|\?)")
_GLOB = {"**": "(?s:.*)", "*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What has a path that begins with ``prefix``, fits ``path``, and has ``route``.

    ``path`` is a glob: ``*`` is any text within a segment, ``**`` any text and ``?``
    one character. ``route`` is the name of a route, ``feed`` that of a shared feed. An
    empty one asks for nothing.
    """

    prefix: str = ""
    route: str = ""
    path: str = ""
    feed: str = ""

    def matches(self, path: str, route: str | None, feed: str | None = None) -> bool:
        """Whether a request to the URL's ``path``, served by ``route``, is chosen.

        ``route`` and ``feed`` are None for what no route serves, or is no subscriber.
        """
        return (
            path.startswith(self.prefix)
            and (not self.feed or self.feed == feed)
            and (not self.route or self.route == route)
            and (not self.path or _compiled(self.path).fullmatch(path) is not None)
        )

    @property
    def is_everything(self) -> bool:
        """Whether it asks for nothing, and so matches all."""
        return self == Selection()

    def to_json(self) -> dict[str, Json]:
        """The selection as another worker reads it, by ``Selection(**...)``."""
        return asdict(self)


@lru_cache(maxsize=64)
def _compiled(glob: str) -> Any:
    parts = [_GLOB.get(part) or re2.escape(part) for part in _STARS.split(glob)]
    return re2.compile("".join(parts))


def _parse_text(given: Given, limits: Limits) -> str:
    text = str(given.value)
    if len(text) > MAX_LENGTH:
        raise given.refuse(f"text of at most {MAX_LENGTH} characters")
    return text


def _parse_path(given: Given, limits: Limits) -> str:
    text = _parse_text(given, limits)
    if not text.startswith("/"):
        raise given.refuse("the path of a URL, which begins with /")
    return text


_PATH_SCHEMA: dict[str, Json] = {
    "type": "string",
    "pattern": "^/",
    "maxLength": MAX_LENGTH,
}

PREFIX = Option(
    "prefix",
    query("prefix"),
    _parse_path,
    "only what has a URL whose path begins so",
    _PATH_SCHEMA,
)
ROUTE = Option(
    "route",
    query("route"),
    _parse_text,
    "only what the route of this name serves",
    {"type": "string", "maxLength": MAX_LENGTH},
)
PATH = Option(
    "path",
    query("path"),
    _parse_path,
    "only what has a URL whose path fits: `*` is any text within a segment, `**` any"
    " text, `?` one character",
    _PATH_SCHEMA,
)
FEED = Option(
    "feed",
    query("feed"),
    _parse_text,
    "only the shared feed of this name: what makes its events, or its subscribers",
    {"type": "string", "maxLength": MAX_LENGTH},
)
#: The options that choose, for the description of an operation.
SELECTING: tuple[Option[str], ...] = (PREFIX, ROUTE, PATH, FEED)


def read_selection(
    inputs: Inputs, limits: Limits, *, also: Collection[str] = ()
) -> Selection:
    """What the query chooses; ``also`` names the call's other parameters.

    Raises ``BadRequest`` for a parameter that is neither, because a misspelled one
    would choose everything.
    """
    refuse_unknown(inputs, [*(option.name for option in SELECTING), *also])
    return Selection(
        **{option.name: option.read(inputs, limits) or "" for option in SELECTING}
    )


def demand_selection(
    inputs: Inputs, limits: Limits, *, also: Collection[str] = ()
) -> Selection:
    """The open streams that the query chooses, for a call that must name some."""
    selection = read_selection(inputs, limits, also=also)
    if selection.is_everything:
        raise BadRequest(
            "A query parameter says what the call is about.",
            parameter="prefix",
            value=None,
            allowed="prefix=/v1 or path=/v1/*/stream or route=NAME or feed=NAME;"
            " prefix=/ is everything",
        )
    return selection


def refuse_unknown(inputs: Inputs, known: Collection[str]) -> None:
    """Raise ``BadRequest`` for a query parameter that is none of ``known``."""
    for name, value in inputs.query.items():
        if name not in known:
            raise BadRequest(
                f"The query parameter {short(name)} is not known here; accepted:"
                f" {', '.join(known)}.",
                parameter=name,
                value=excerpt(value),
                allowed=[*known],
            )
