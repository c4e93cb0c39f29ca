"""Numbers that rise from event to event: of sequences, places in logs, heights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from ....words import Json
from ...fields.parts import NumberRole
from ...fields.roles import role_at_end
from ...values.quantities import number_in
from ..leaves import Leaf, words

#: Numbers that are the largest of their type, and count nothing.
_LIMITS = frozenset(2**bits - 1 for bits in (8, 15, 16, 31, 32, 53, 63, 64))
#: What has a place among others of its kind, which its sequence tells.
_PLACED = frozenset("item leg line step stop trip waypoint".split())
#: Smaller numbers are no ids of transactions, but of transmitters.
_LEAST_TRANSACTION = 100
#: Names of numbers that are of a sequence only where they are large.
_WHERE_LARGE = frozenset({("revision",), ("cursor",), ("frame",), ("change", "id")})
_LARGE = 1_000
#: Names of objects of which each number is one of a sequence.
_HOLDERS = frozenset("offset seq sequence".split())
#: Words of names of what comes before the present number, or is behind it.
_EARLIER = frozenset("""
    before confirmed finalized justified parent prev previous root safe since
    """.split())
#: The first word of names of what comes next.
_NEXT = ("next",)
_JUST_BEFORE = frozenset("before parent prev previous".split())
#: Where the earlier numbers tell that a number is one of a sequence.
_NAMES = frozenset("height level round slot".split())
#: As far are numbers of one sequence apart, in one event and from one to the next.
_FAR, _STRIDE = 5_000, 10_000
#: Longer numbers are not reckoned with.
_LONGEST = 60
#: No more members of an object are looked at.
_MAX_BESIDE = 40


def sequence(leaf: Leaf) -> NumberRole | None:
    """The role of a number that is one of a sequence, None for all others."""
    named = role_at_end(leaf.name)
    if named is not None and named.changes == "by-one":
        return named if _is_serial(leaf) else None
    is_whole = isinstance(leaf.value, int) and not isinstance(leaf.value, bool)
    if not is_whole or leaf.value in _LIMITS:
        return None
    is_held = bool(leaf.spot[:-1]) and leaf.owner in _HOLDERS
    is_held = is_held and words(str(leaf.spot[-2]))[-1:] == (leaf.owner,)
    if is_held or _is_with_earlier(leaf) or _is_near(leaf):
        return role_at_end("sequence")
    return None


def stride(leaf: Leaf) -> int:
    """How far a number rises with each event: by those from its first to its last."""
    number = _number(leaf.value) or 0
    first, last = (_member(leaf, name) for name in ("first", "final"))
    if first is not None and last is not None and 0 < last - first < _STRIDE:
        return last - first + 1
    known = [number, *(other for _, other in _numbers(leaf))]
    for name, earlier in _numbers(leaf, with_own=True):
        if not _JUST_BEFORE.isdisjoint(name):
            gaps = [int(n) - earlier for n in known if 0 < n - earlier < _STRIDE]
            return min(gaps, default=1)
    return 1


def strides(
    leaves: Iterable[Leaf], role: Callable[[Leaf], NumberRole | None]
) -> dict[str, int]:
    """How far the numbers of sequences rise with each event, by the digits of each."""
    known = (leaf for leaf in leaves if str(leaf.value).isdecimal())
    roles = ((leaf, role(leaf) or sequence(leaf)) for leaf in known)
    return {
        str(leaf.value): stride(leaf)
        for leaf, found in roles
        if found is not None and found.changes == "by-one"
    }


def _number(value: Json) -> float | None:
    """The number that a value is, also in digits; None for no number."""
    if isinstance(value, str) and len(value) <= _LONGEST and value.isdecimal():
        return int(value)
    return number_in(value)


def _member(leaf: Leaf, word: str) -> int | None:
    """The number of the update that a name with a word in front is of."""
    value = leaf.siblings.get(f"{word}_update_id")
    return value if isinstance(value, int) else None


def _numbers(
    leaf: Leaf, with_own: bool = False
) -> Iterator[tuple[tuple[str, ...], int]]:
    """The whole numbers beside a number, with the words of their names."""
    for name, value in islice(leaf.siblings.items(), _MAX_BESIDE):
        number = _number(value)
        if number is not None and number == int(number):
            if with_own or name != leaf.name:
                yield words(name), int(number)


def _is_serial(leaf: Leaf) -> bool:
    """Whether a number is one of those that rise with every event.

    A version has decimals, and a ``blockTripSequence`` is a place among other trips.
    A small ``txid`` tells a transmitter, and no transaction.
    """
    parts, number = words(leaf.name), _number(leaf.value) or 0.0
    is_version = parts[-1:] == ("version",) and not str(leaf.value).isdecimal()
    around = {*parts, *words(leaf.owner)}
    is_placed = parts[-1:] == ("sequence",) and not _PLACED.isdisjoint(around)
    is_number = "".join(parts[-2:]) == "txid" and number < _LEAST_TRANSACTION
    is_small = (parts[-1:] in _WHERE_LARGE or parts[-2:] in _WHERE_LARGE) and (
        number < _LARGE
    )
    is_length = parts[:1] in (("create",), ("time",))  # since it, or when it began
    is_other = is_version or is_placed or is_number or is_small or is_length
    is_other = is_other or number % 1 > 0
    return leaf.value not in _LIMITS and not is_other


def _is_with_earlier(leaf: Leaf) -> bool:
    """Whether a number like a height has the one of its parent, or its root, beside."""
    if _NAMES.isdisjoint(words(leaf.name)[-1:]):
        return False
    number = int(_number(leaf.value) or 0)
    return any(
        not _EARLIER.isdisjoint(name) and 0 < number - other < _FAR
        for name, other in _numbers(leaf)
    )


def _is_near(leaf: Leaf) -> bool:
    """Whether a number is an earlier, or the next, one of a sequence beside it."""
    parts = words(leaf.name)
    way = 1 if not _EARLIER.isdisjoint(parts) else -1 if parts[:1] == _NEXT else 0
    if not way:
        return False
    number = int(_number(leaf.value) or 0)
    for name, value in islice(leaf.siblings.items(), _MAX_BESIDE):
        other = _number(value)
        if other is None or name == leaf.name or not 0 < way * (other - number) < _FAR:
            continue
        beside = leaf._replace(name=name, value=value)
        role = role_at_end(name)
        is_named = role is not None and role.changes == "by-one" and _is_serial(beside)
        if number >= _LEAST_TRANSACTION and is_named or _is_with_earlier(beside):
            return True
    return False
