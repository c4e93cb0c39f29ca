"""Marks in the journal: a test says that what it is about should be over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..request.selection import Selection
from ..words import Json


class Mark(NamedTuple):
    """A mark: when it was made, in milliseconds since 1970, and what it is about."""

    seq: int
    at_ms: int
    selection: Selection


#: The member that tells a mark's record from a request's.
_MEMBER = "mark"


def mark_to_json(at_ms: int, selection: Selection) -> dict[str, Json]:
    """A mark as a record keeps it."""
    return {_MEMBER: selection.to_json(), "atMs": at_ms}


def mark_from(seq: int, members: Mapping[str, Json]) -> Mark | None:
    """The mark of a record; None where the record is a request's."""
    selection = members.get(_MEMBER)
    if selection is None:
        return None
    return Mark(seq, members["atMs"], Selection(**selection))
