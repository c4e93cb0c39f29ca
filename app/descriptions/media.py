"""Media types: which a client accepts, and which can be made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from .operations import Medium

#: What stands for each range of a description.
_CONCRETE = {
    "*/*": "application/json",
    "application/*": "application/json",
    "text/*": "text/plain",
}
_ANY = "*/*"
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

T = TypeVar("T")


class _Range(NamedTuple):
    """One part of an ``Accept`` header."""

    type: str
    quality: float


def concrete(media_type: str) -> str:
    """The media type that is sent for one of a description, which may be a range."""
    bare = media_type.strip()
    if "*" not in bare:
        return bare
    return _CONCRETE.get(bare.lower(), "application/octet-stream")


def is_json(media_type: str) -> bool:
    """Whether bodies of that type are JSON."""
    bare = _bare(concrete(media_type))
    return bare.endswith(("/json", "+json"))


def is_form(media_type: str) -> bool:
    """Whether bodies of that type are the fields of a form."""
    return _bare(media_type) in _FORMS


def acceptable(media: Sequence[Medium], accept: str) -> Medium | None:
    """The medium that an ``Accept`` header means; None where it accepts none.

    Among those that it accepts alike, JSON comes first, and a stream last.
    """
    ranges = [*map(_range, accept.split(","))] if accept.strip() else [_Range(_ANY, 1)]
    best: tuple[float, int] | None = None
    chosen = None
    for medium in media:
        quality = _quality(ranges, _bare(concrete(medium.type)))
        rank = (quality, _preference(medium))
        if quality > 0 and (best is None or rank > best):
            best, chosen = rank, medium
    return chosen


def matching(media: Sequence[tuple[str, T]], given: str) -> tuple[str, T] | None:
    """The entry of a content map that a ``Content-Type`` means: exact before ranges."""
    bare = _bare(given)
    fitting = [each for each in media if _fits(_bare(each[0]), bare)]
    return min(fitting, key=lambda each: each[0].count("*"), default=None)


def _preference(medium: Medium) -> int:
    if medium.framing is not None:
        return 0
    return 2 if is_json(medium.type) else 1


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _range(text: str) -> _Range:
    bare, *parameters = text.split(";")
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
    return _Range(bare.strip().lower(), quality)


def _quality(ranges: Sequence[_Range], bare: str) -> float:
    """The quality of the most specific range that fits a type, 0 for none."""
    fitting = [each for each in ranges if _fits(each.type, bare)]
    if not fitting:
        return 0
    return min(fitting, key=lambda each: each.type.count("*")).quality


def _fits(pattern: str, bare: str) -> bool:
    if pattern in (_ANY, bare):
        return True
    return pattern.endswith("/*") and bare.startswith(pattern[:-1])
