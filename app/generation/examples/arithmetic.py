"""Numbers that follow from others beside them, as the example's values show.

A sum of those in a list, or in an object; a product or a ratio of two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations, product
from math import ceil
from typing import NamedTuple

from ...schema.ranges import decimals_of
from ...words import Json
from ..compile.build import Built
from ..evidence.leaves import words
from ..values.derivations import PRICE
from ..values.quantities import number_in, quantity
from ..values.relations import Reader, is_sum, phrase_of
from ..values.state import Cell
from ..vocabulary import word_list

#: Smaller sums, and such of fewer parts, are no sums but by chance.
_LEAST_SUM, _MIN_PARTS = 10, 2
#: Larger lists and objects are not added up, and no objects deeper inside.
_MAX_PARTS, _MAX_DEPTH = 40, 3
#: Words of names of what is the sum of its parts.
_WHOLES = frozenset("all overall sum total".split())

#: Numbers of fewer digits are products and ratios of others by chance.
_MIN_DIGITS = 5
#: Words of names of what is a share in percent.
PERCENT = frozenset({"pcnt", "pct", "perc", "percent", "percentage"})
#: Words of names of what is a share of a whole, which are no other numbers.
SHARES = PERCENT | frozenset("""
    completion done fraction occupancy progress share usage utilization
    """.split())
#: Words of names of how much there is of something in all.
_SIZES = frozenset("capacity limit max size total".split())
#: Words of names of how much of something is done.
DONE = frozenset(word_list("progressed"))
#: How exact a share has to be, in itself, and as many decimals has one of one.
_EXACT_SHARE, _MIN_DECIMALS = 2e-5, 3
#: Smaller numbers are a share of something by chance.
_LEAST_WHOLE = 20
#: More members are not compared with each other.
_MAX_NUMBERS = 24
#: As many members with names that are alike add up to one of so many digits.
_MIN_GROUP, _MIN_DIGITS_OF_SUM = 3, 3
#: How many of a number's units are one of those in which a text shows it.
_SCALES = (1.0, 1 / 1024, 1 / 1024**2, 1 / 1024**3, 1e-3, 1e-6, 1e-9)
#: How exact a product or a ratio has to be, as a share.
_EXACT = 2e-6
#: More numbers are not multiplied with each other.
_MAX_FACTORS = 16

#: A decimal number, or such a share in percent.
_DECIMAL = re.compile(r"-?\d{1,15}\.\d{1,30}%?")
#: How exact a change since a price has to be, as a share of it.
_EXACT_CHANGE = 3e-4
#: Words of names of changes, and such a word that also says that it is a share.
_CHANGES = frozenset({"change", "changed", "from", "pcnt"})
#: Among more members no change is looked for.
_MAX_CHANGES = 150
#: How exact such a change has to be where its name says since which price.
_NEAR_CHANGE = 0.02
#: Words that names of lengths of time may do without, beside their unit.
_LENGTHS = frozenset({"duration", "time"})
#: Words of names of what is counted in whole units that have begun, and such units.
_BILLED, _BLOCKS = frozenset({"billed", "billable", "rounded"}), (1, 100, 60)

#: The member that has the parts, and their names; of a list, their only one.
Parts = tuple[str, tuple[str, ...]]


class Formula(NamedTuple):
    """Two members of which another one is the product or the ratio, and how."""

    one: str
    other: str
    compute: Callable[[float, float], float]


def formulas(
    numbers: Mapping[str, float], exactly: Callable[[str], int]
) -> Iterator[tuple[str, Formula]]:
    """The members that are the product, ratio or share in percent of two others.

    ``exactly`` tells how many digits a member has.
    """
    several = {name: number for name, number in numbers.items() if number}
    yield from _changes(several)
    yield from _rounded(several)
    if len(several) > _MAX_FACTORS:
        return
    digits = {name: exactly(name) for name in several}
    for name, number in several.items():
        others = [other for other in several if other != name]
        if not PERCENT.isdisjoint(words(name)):
            yield from _shares(name, number, others, several)
        if digits[name] < _MIN_DIGITS:
            continue
        found = (
            Formula(one, other, compute)
            for one, other in permutations(others, 2)
            if digits[one] > 1 or digits[other] > 1
            if number not in (several[one], several[other])
            for compute in _COMPUTE
            if abs(compute(several[one], several[other]) - number)
            <= _EXACT * abs(number)
        )
        formula = next(found, None)
        if formula is not None:
            yield name, formula


def _shares(
    name: str, share: float, others: list[str], numbers: Mapping[str, float]
) -> Iterator[tuple[str, Formula]]:
    """A share in percent of what has a word of its name: ``disk_used_percent``."""
    about = {*words(name)} - PERCENT
    half = 0.51 * 10.0 ** -(decimals_of(share) or 0)
    for one, other in permutations(others, 2):
        is_part = not about.isdisjoint(words(one))
        is_about = is_part and (bool(about & {*words(other)}) or _is_size(other))
        is_sure = is_about or digits_of(share) >= _MIN_DIGITS
        if is_sure and abs(100 * numbers[one] / numbers[other] - share) <= half:
            yield name, Formula(one, other, _signed(100.0))
            return


def _is_size(name: str) -> bool:
    """Whether a name is of how much there is of something in all."""
    return not _SIZES.isdisjoint(words(name))


def _changes(numbers: Mapping[str, float]) -> Iterator[tuple[str, Formula]]:
    """Changes of a price since another one as a share: ``ath_change_percentage``."""
    if len(numbers) > _MAX_CHANGES:
        return
    prices = [name for name in numbers if phrase_of(name) in PRICE.split()]
    for name, share in numbers.items():
        parts = {*words(name)}
        if parts.isdisjoint(_CHANGES) or parts.isdisjoint(PERCENT):
            continue
        stem = [word for word in words(name) if word not in _CHANGES | PERCENT]
        exact, near = _EXACT_CHANGE * abs(share), _NEAR_CHANGE * abs(100 + share)
        found = (
            Formula(price, since, _changed(factor))
            for price, since, factor in product(prices, numbers, (100.0, 1.0))
            if price != since
            and abs(_changed(factor)(numbers[price], numbers[since]) - share)
            <= (near if factor > 1 and stem == [*words(since)] else exact)
        )
        formula = next(found, None)
        if formula is not None:
            yield name, formula


def _rounded(numbers: Mapping[str, float]) -> Iterator[tuple[str, Formula]]:
    """What is billed of something, in whole units that have begun."""
    for name, number in numbers.items():
        if _BILLED.isdisjoint(words(name)):
            continue
        stem = {*words(name)} - _BILLED - _LENGTHS
        other = next((n for n in numbers if {*words(n)} - _LENGTHS == stem), None)
        unit = next(
            (u for u in _BLOCKS if other and _up(numbers[other], u) == number), 0
        )
        if other and unit:
            yield name, Formula(other, other, _begun(unit))


def _begun(unit: int) -> Callable[[float, float], float]:
    return lambda one, other: _up(one, unit)


def _up(number: float, unit: int) -> float:
    return float(unit * ceil(number / unit))


def _changed(factor: float) -> Callable[[float, float], float]:
    return lambda one, other: factor * (one - other) / other if other else 0.0


def _signed(factor: float) -> Callable[[float, float], float]:
    return lambda one, other: factor * one / other if other else 0.0


_COMPUTE: tuple[Callable[[float, float], float], ...] = (
    lambda one, other: one * other,
    _signed(1.0),
    _signed(100.0),
    _signed(-100.0),
)


def shares_in(
    members: Mapping[str, Json], changing: frozenset[str], wholes: Sequence[float]
) -> Iterator[tuple[str, float, str]]:
    """The members that are a share of a whole, each with that factor, and of what."""
    live = sorted(changing, key=lambda name: (not is_done(name), name))[:_MAX_NUMBERS]
    amounts = {part: number_of(members[part]) or 0.0 for part in live}
    moving = {*amounts.values()}
    for name, value in members.items():
        share = number_of(value) or 0.0
        if SHARES.isdisjoint(words(name)) or not 0 < share < 100:
            continue
        exact = max(exactness(value), _EXACT_SHARE * share)
        is_of_one = share < 1 and decimals_in(value) >= _MIN_DECIMALS
        for part, hundred in product(live, (100, 1) if is_of_one else (100,)):
            amount = hundred * amounts[part]
            if part != name and any(
                hundred * whole >= max(amount, hundred * _LEAST_WHOLE)
                and abs(amount / whole - share) <= exact
                for whole in wholes
                if whole not in moving
            ):
                yield name, share / amounts[part], part
                break


def is_done(name: str) -> bool:
    """Whether a name is of how much of something is done."""
    return not DONE.isdisjoint(words(name))


def sums_of_alike(
    members: Mapping[str, Json], changing: frozenset[str]
) -> Iterator[tuple[str, list[str]]]:
    """The sums of members whose names begin or end alike: ``hrsp_2xx``."""
    groups: dict[tuple[int, str], list[str]] = {}
    numbers = {name: number_of(value) for name, value in members.items()}
    known = {name: number for name, number in numbers.items() if number is not None}
    for name in known:
        for end in (0, -1) if words(name) else ():
            groups.setdefault((end, words(name)[end]), []).append(name)
    sums = {
        sum(known[part] for part in parts): parts
        for parts in groups.values()
        if len(parts) >= _MIN_GROUP and not changing.isdisjoint(parts)
    }
    for name, number in known.items():
        parts = sums.get(number, [])
        if parts and name not in parts and digits_of(number) >= _MIN_DIGITS_OF_SUM:
            yield name, parts


def shown_in(
    members: Mapping[str, Json], numbers: Mapping[str, float]
) -> Iterator[tuple[str, tuple[str, float]]]:
    """The texts that show a number beside them with its unit: ``1.76M``, ``21.4 °C``.

    Each comes with that number's name, and by what it is multiplied.
    """
    for name, value in members.items():
        measured = quantity(value)
        if measured is None or not measured[1] or not measured[0]:
            continue
        half = 0.51 * 10.0 ** -(decimals_of(float(measured[0])) or 0)
        for other, number in numbers.items():
            factor = next(
                (f for f in _SCALES if abs(number * f - measured[0]) <= half), 0
            )
            if factor and (other != name):
                yield name, (other, factor)
                break


def totals(
    members: Mapping[str, Json], numbers: Mapping[str, float]
) -> Iterator[tuple[str, Parts]]:
    """The members of an object that are the sum of numbers inside another one."""
    inside = [
        (holder, names, sum(parts.values()), len(parts))
        for holder, value in members.items()
        for names, parts in _parts(value)
        if _MIN_PARTS <= len(parts) <= _MAX_PARTS
    ]
    for name, number in numbers.items():
        for holder, names, total, count in inside:
            alike = {word for part in names for word in words(part)} | _WHOLES
            is_whole = count > _MIN_PARTS or not alike.isdisjoint(words(name))
            is_near = abs(total - number) <= 1e-9 * abs(number) + 1e-6
            if is_near and is_whole and abs(number) >= _LEAST_SUM and not is_sum(name):
                yield name, (holder, names)
                break


def _parts(value: Json) -> Iterator[tuple[tuple[str, ...], dict[str, float]]]:
    """The numbers that may add up: those of an object, or of a list's elements."""
    if isinstance(value, dict):
        parts = dict(_inside(value, "", 0))
        yield tuple(parts), parts
    elif isinstance(value, list) and all(isinstance(each, dict) for each in value):
        for name in value[0] if value else ():
            each = [number_in(element.get(name)) for element in value]
            parts = {str(n): part for n, part in enumerate(each) if part is not None}
            if len(parts) == len(value):
                yield (name,), parts


def _inside(
    members: Mapping[str, Json], before: str, depth: int
) -> Iterator[tuple[str, float]]:
    for name, value in members.items():
        number = number_in(value)
        if number is not None:
            yield before + name, number
        elif isinstance(value, dict) and depth < _MAX_DEPTH:
            yield from _inside(value, f"{before}{name}.", depth + 1)


def value_of(formula: Formula, found: Mapping[str, Built]) -> Reader | None:
    """What computes a member in an event, None where a part has no reader."""
    names = (formula.one, formula.other)
    reads = [found[name].number for name in names if name in found]
    one, other = [*reads, None, None][:2]
    if one is None or other is None:
        return None
    first, second, compute = one, other, formula.compute
    return lambda cell: compute(first(cell), second(cell))


def total_of(parts: Parts, found: Mapping[str, Built]) -> Reader | None:
    """What adds the parts up in an event, None where one has no reader."""
    holder, names = parts
    built = found.get(holder)
    if built is None or any(name not in built.members for name in names):
        return None
    readers, cells = [built.members[name] for name in names], built.cells
    if cells is None:
        return lambda cell: sum([read(cell) for read in readers])
    (read,) = readers
    find = cells

    def value(cell: Cell) -> float:
        return sum([read(element) for element in find(cell)])

    return value


def number_of(value: Json) -> float | None:
    """The number that a member is compared by, None for what is none."""
    if isinstance(value, str):
        return float(value.rstrip("%")) if _DECIMAL.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


def exactness(value: Json) -> float:
    """Half of the last digit of a number."""
    if isinstance(value, str):
        return 0.51 * 10.0 ** -len(value.rstrip("%").partition(".")[2])
    return 0.51 * 10.0 ** -(decimals_of(number_of(value) or 0.0) or 0)


def decimals_in(value: Json) -> int:
    """How many decimals a number has, or at most those in an object or a list."""
    if isinstance(value, float):
        return decimals_of(value) or 0
    if not isinstance(value, (dict, list)):
        return 0
    parts = value.values() if isinstance(value, dict) else value
    return max(map(decimals_in, parts), default=0)


def digits_of(value: Json) -> int:
    """How many digits a number has between the zeros at its ends."""
    return len(re.sub(r"\D", "", str(value)).strip("0"))


def difference(read: Reader, base: Reader) -> Reader:
    """What reads one number less another."""
    return lambda cell: read(cell) - base(cell)


def times(read: Reader, factor: float) -> Reader:
    """What reads a number times ``factor``."""
    return lambda cell: factor * read(cell)


def share_of(read: Reader, base: Reader) -> Reader:
    """What reads by how many percent a number is above another."""
    return lambda cell: 100 * (read(cell) - base(cell)) / base(cell)


def bid_of(ask: str) -> str:
    """What the bid beside an ask, or an offer, is called; ``ask`` where it is none."""
    for word in ("ask", "offer"):
        for form in (word, word.upper(), word.title()):
            bid = "bid" if form == word else "BID" if form.isupper() else "Bid"
            if form in ask:
                return ask.replace(form, bid, 1)
    return ask
