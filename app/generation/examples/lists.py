"""The lists of an example: which is its document's own, and what is in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...resources.catalogue import noun_of
from ...words import Json
from ..evidence.leaves import Spot, words
from ..evidence.renewal import PROCESSES

#: A record of more members, or of arrays and objects, is no plain entity.
_MAX_MEMBERS = 10
#: Words of names of what an answer says of itself, beside its list.
_OF_PAGES = frozenset("info links meta metadata page paging pagination".split())
#: Names of lists that only say that they are those of the document.
_UNNAMED = frozenset({"data", "entries", "records", "results"})
#: Members of events that are held: matches, appointments.
_OF_HELD = frozenset(
    {"attendees", "competitions", "competitors", "end", "start", "teams", "venue"}
)


def is_stream_list(
    elements: Sequence[Json], spot: Spot, siblings: Mapping[str, Json]
) -> bool:
    """Whether an array is what its document is a list of."""
    if len(spot) > 1 or not all(isinstance(each, dict) for each in elements):
        return False
    return all(
        value is elements
        or not isinstance(value, (dict, list))
        or not _OF_PAGES.isdisjoint(words(name))
        for name, value in siblings.items()
    )


def brings_new(name: str, about: str, is_fresh: Callable[[str], bool]) -> bool:
    """Whether a list of this name has new elements in each event ``about`` a noun.

    ``is_fresh`` tells it of a noun's list, and of the document's behind an empty name.
    """
    own = "" if name in _UNNAMED else name
    noun = noun_of(own or about)
    return is_fresh(own) and not (noun is not None and noun.name in PROCESSES)


def goes_on(element: Json) -> bool:
    """Whether an element goes on: it is held, or says when something was last."""
    return isinstance(element, dict) and any(
        words(name)[:1] == ("last",) if isinstance(part, str) else name in _OF_HELD
        for name, part in element.items()
        if isinstance(part, (str, dict, list))
    )


def is_plain(element: Json) -> bool:
    """Whether an element is a record of few members, and of no parts."""
    return (
        isinstance(element, dict)
        and len(element) <= _MAX_MEMBERS
        and not any(isinstance(value, (dict, list)) for value in element.values())
    )
