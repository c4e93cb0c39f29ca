"""What the tables of archetypes are made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple
from unicodedata import normalize

_NONE: Mapping[str, Any] = MappingProxyType({})


def entity_key(text: str) -> str:
    """The form in which well-known ids are compared.

    ``BTC-USD`` is ``btcusd`` and ``São Paulo`` is ``saopaulo``.
    """
    return "".join(filter(str.isalnum, normalize("NFKD", text))).lower()


class IdStyle(Enum):
    """How a resource's id in a path is written in its object."""

    #: As it is; digits become an integer where the example has one.
    PLAIN = "plain"
    #: A code in capitals: ``stocks/aapl`` is about AAPL.
    CODE = "code"
    #: A name: ``weather/new-york`` is about New York.
    TITLE = "title"


class Noun(NamedTuple):
    """One kind of resource, as a row of a table.

    ``name`` is canonical, ``aliases`` are other words for it in the singular;
    the words of a compound are joined by "-". ``example`` is a typical object.
    ``id_field`` is the member that carries the id, and ``reference`` the member
    by which other resources point here: if empty, ``id_field``, or for one
    that is called just ``id``, the singular with "Id" (``userId``).

    A word in the place of an id that does not look like one, as in
    ``chat/general``, is the value of ``topic``, where a noun has that.

    ``fresh`` tells whether a list of them brings new entries in each batch.

    ``known`` has the members of well-known entities by ``entity_key``. For any
    other id the texts of ``from_id`` apply, where ``{id}`` and ``{title}`` are
    the id as written and as a name. ``follows`` are numbers in the unit of the
    first of them: when an entity changes the first, the others keep their
    ratio to it.
    """

    name: str
    example: Mapping[str, Any]
    aliases: tuple[str, ...] = ()
    id_field: str = "id"
    reference: str = ""
    topic: str = ""
    fresh: bool = False
    ids: IdStyle = IdStyle.PLAIN
    known: Mapping[str, Mapping[str, Any]] = _NONE
    from_id: Mapping[str, str] = _NONE
    follows: tuple[str, ...] = ()
