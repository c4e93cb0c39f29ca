"""The places where a request can carry an option, and how to look there.

An option names its places in order; the first that holds a value wins, and a
value that is present but empty counts as absent (contract, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple
from urllib.parse import parse_qsl

from ..errors import BadRequest
from ..schema.jsontext import dumps, excerpt
from ..words import Json


class Place(Enum):
    """The part of a request that a value came from."""

    QUERY = "query parameter"
    HEADER = "header"
    SHAPE = "shape key"
    BODY = "body member"


class Where(NamedTuple):
    """One place of one option, for instance the header ``X-Api-Context``."""

    place: Place
    name: str


class Given(NamedTuple):
    """A value as it was sent, with its place."""

    where: Where
    value: Json

    def refuse(self, allowed: str | Sequence[str]) -> BadRequest:
        """An error that says what was given here and what is accepted."""
        accepted = allowed if isinstance(allowed, str) else ", ".join(allowed)
        return BadRequest(
            f"The {self.where.place.value} '{self.where.name}' is "
            f"{short(self.value)}; accepted: {accepted}.",
            parameter=self.where.name,
            value=excerpt(self.value),
            allowed=allowed,
        )


@dataclass(frozen=True, slots=True)
class Inputs:
    """A client's input, split into parts but not yet interpreted.

    ``query`` and ``headers`` hold one text per name, headers under their
    lower-case name. ``body`` holds the members of a JSON body that are options, and
    ``shape`` the control keys of the shape, once it is known.
    """

    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Json] = field(default_factory=dict)
    shape: Mapping[str, Json] = field(default_factory=dict)

    def first(self, places: Sequence[Where]) -> Given | None:
        """The value of the first place that holds one."""
        for where in places:
            value = self._look(where)
            if value is not None and value != "":
                return Given(where, value)
        return None

    def _look(self, where: Where) -> Json:
        if where.place is Place.QUERY:
            return self.query.get(where.name)
        if where.place is Place.HEADER:
            return self.headers.get(where.name.lower(), "").strip()
        if where.place is Place.SHAPE:
            return self.shape.get(where.name)
        return self.body.get(where.name)


def short(value: Json, most: int = 60) -> str:
    """``value`` as an error shows it: one line of at most ``most`` characters."""
    text = repr(value) if isinstance(value, str) else dumps(value)
    return text if len(text) <= most else f"{text[:most]}..."


def parse_query(raw: bytes) -> dict[str, str]:
    """The parameters of a query string, percent-encoded or raw UTF-8.

    Empty values are left out. Raises ``BadRequest`` for text that is not UTF-8
    and for a parameter with two different values.
    """
    parameters: dict[str, str] = {}
    text = raw.decode("utf-8", "surrogateescape")
    for name, value in parse_qsl(text, errors="surrogateescape"):
        given = Given(Where(Place.QUERY, _printable(name)), _printable(value))
        if not _is_utf8(name) or not _is_utf8(value):
            raise given.refuse("text in UTF-8, percent-encoded or raw")
        if parameters.setdefault(name, value) != value:
            raise given.refuse("one value, given once")
    return parameters


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def header_text(raw: str) -> str:
    """A header's value as text: UTF-8 where it is, else Latin-1 (PEP 3333)."""
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw
