"""What the members of one object of an example say of each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from ...schema.budget import STRIDE
from ...schema.shapes import example_schema
from ...words import Json
from ..compile.build import Built
from ..compile.neighbours import Neighbours
from ..evidence.leaves import words
from ..fields.places import Place
from ..values.relations import Kind, Reader, Relation, phrase_of
from ..values.state import Cell
from .arithmetic import (
    PERCENT,
    Formula,
    Parts,
    bid_of,
    decimals_in,
    difference,
    digits_of,
    exactness,
    formulas,
    number_of,
    share_of,
    shares_in,
    shown_in,
    sums_of_alike,
    times,
    total_of,
    totals,
    value_of,
)
from .counts.tallies import UNUSED
from .pairs import pairs

#: What a look at one member costs, in steps.
_LOOK_STEPS = 10
#: Members of more numbers are not compared with each other.
_MAX_NUMBERS = 24
#: As many products of two numbers are compared with a third in a step.
_PRODUCTS_IN_STEP = 4
#: Numbers of fewer digits in all add up by chance.
_MIN_DIGITS = 6
#: As many digits add up by no chance.
_NO_CHANCE = 10
_PRICES = frozenset("price last close last_price current_price value rate".split())
_CHANGES = frozenset("change price_change net_change day_change delta".split())
_CHANGE = "_change"
_SHARES = frozenset("""
    change_percent percent_change change_pct pct_change price_change_percent
    change_percentage price_change_percentage
    """.split())
#: Words of names of the sum beside a part that is left, and of any sum.
_MOST = frozenset({"max", "maximum"})
_WHOLES = frozenset("capacity gross hand limit size stock sum total".split())
#: Members beside which numbers have relations by their names.
_MARKET = frozenset("ask bid close open symbol ticker".split())
#: A smaller change of a price, as a share of it, is itself a share of one.
_LEAST_CHANGE = 1e-5
#: Words of names of how much is bid.
_SIZES = frozenset({"size", "qty", "quantity", "volume", "depth"})


class Relations:
    """Which members follow from others, and the order in which to compile them."""

    def __init__(
        self,
        members: Mapping[str, Json],
        changing: frozenset[str],
        wholes: Sequence[float],
        spend: Callable[[int], None],
    ) -> None:
        """``changing`` are the members that change by themselves.

        ``wholes`` are the numbers that a member may be a share of.
        """
        self._wholes = wholes
        self._members = members
        self._changing = changing
        numbers = ((name, number_of(value)) for name, value in members.items())
        self._numbers = {name: each for name, each in numbers if each is not None}
        schemas = {}
        for name, value in members.items():
            spend(_LOOK_STEPS)
            schemas[name] = example_schema(value)
        self._neighbours = Neighbours(schemas)
        self._phrases = {phrase_of(name): name for name in self._numbers}
        spend(STRIDE)
        self._listed = dict(self._added(members))
        self._sums = dict(self._equations())
        self._totals = {
            name: parts
            for name, parts in self._listed.items()
            if name not in self._sums
        }
        spend(STRIDE)
        in_order = self._neighbours.order(spend)
        count = min(len(self._numbers), _MAX_NUMBERS)
        spend(count**3 // _PRODUCTS_IN_STEP)
        self._formulas = dict(self._products()) if changing else {}
        spend(STRIDE)
        several = len(self._numbers) <= _MAX_NUMBERS
        self._shown = dict(shown_in(members, self._numbers)) if several else {}
        # A share may be of what is the rest of a sum itself.
        sums = sorted(
            self._sums, key=lambda n: any(p in self._sums for _, p in self._sums[n])
        )
        late = [*self._shown, *self._totals, *sums, *self._formulas]
        late = [*dict.fromkeys([*late, *filter(self._own, self._numbers)])]
        self.order = [*(name for name in in_order if name not in late), *late]
        spend(STRIDE)

    def first(self, names: Sequence[str]) -> None:
        """Let some members come before all others."""
        self.order = [*names, *(name for name in self.order if name not in names)]

    def place(self, name: str, place: Place, found: Mapping[str, Built]) -> Place:
        """``place`` with what the member follows from, of those that are ``found``."""
        place = self._neighbours.place(name, place, found)
        relation = place.relation
        if name in self._shown:
            source, factor = self._shown[name]
            read = found[source].number if source in found else None
            if read is not None and found[source].constant is None:
                return replace(
                    place, relation=Relation(Kind.EQUAL, times(read, factor))
                )
            return place
        if name in self._totals and relation is None:
            value = total_of(self._totals[name], found)
            if value is not None:
                decimals = decimals_in(self._members[self._totals[name][0]])
                relation = Relation(Kind.EQUAL, value, decimals=decimals)
                return replace(place, relation=relation)
        if name in self._formulas and relation is None:
            value = value_of(self._formulas[name], found)
            relation = None if value is None else Relation(Kind.EQUAL, value)
        elif name in self._sums and relation is None:
            relation = self._sum(name, found) or relation
        elif relation is None or relation.kind is Kind.NEAR:
            relation = self._from_price(name, found, place.is_further) or relation
        is_exact = relation is not None and relation.kind is Kind.EQUAL
        if not is_exact and not self._moves(name, found):
            relation = None
        return replace(place, relation=relation)

    def _moves(self, name: str, found: Mapping[str, Built]) -> bool:
        """Whether something that a member may follow from changes."""
        return any(
            built.constant is None and (built.number is not None or built.members)
            for other, built in found.items()
            if other != name
        )

    def _from_price(
        self, name: str, found: Mapping[str, Built], is_further: bool
    ) -> Relation | None:
        """A change since a price, or another number, that the record does not have."""
        phrase, change = phrase_of(name), self._numbers.get(name)
        own = self._own(name)
        is_own_share = own is not None and not phrase.endswith(_CHANGE)
        is_share = phrase in _SHARES or is_own_share
        if change is None or not (is_share or phrase in _CHANGES or own is not None):
            return None
        price = own or next((n for n in found if phrase_of(n) in _PRICES), None)
        read = None if price is None else found[price].number
        if price is None or read is None or price not in self._numbers:
            return None
        is_alone = own is not None and found[price].centre is None
        if own is not None and (found[price].constant or (is_alone and is_further)):
            return None  # it stands, or each entity has its own
        now = self._numbers[price]
        is_of_one = not is_share and abs(change) < _LEAST_CHANGE * now
        hundred = 1.0 if is_of_one else 100.0
        is_share = is_share or is_of_one
        base = now / (1 + change / hundred) if is_share else now - change
        if base <= 0:
            return None
        since = times(found[price].centre or (lambda cell: now), base / now)
        share = times(share_of(read, since), hundred / 100)
        return Relation(Kind.EQUAL, share if is_share else difference(read, since))

    def _own(self, name: str) -> str | None:
        """The member, no price, of which one says the change: ``market_cap_change``."""
        stem, change, last = phrase_of(name).rpartition(_CHANGE)
        is_own = change and (not last or last[1:] in PERCENT) and stem not in _PRICES
        return self._phrases.get(stem) if is_own else None

    def _sum(self, name: str, found: Mapping[str, Built]) -> Relation | None:
        readers: list[tuple[float, Reader]] = []
        constant = 0.0
        for sign, other in self._sums[name]:
            if not other:
                constant += sign
                continue
            read = found[other].number if other in found else None
            if read is None:
                return None
            readers.append((sign, read))

        def value(cell: Cell) -> float:
            return constant + sum(sign * read(cell) for sign, read in readers)

        decimals = max(decimals_in(self._members[n]) for _, n in self._sums[name] if n)
        return Relation(Kind.EQUAL, value, decimals=decimals)

    def _equations(self) -> Iterator[tuple[str, list[tuple[float, str]]]]:
        """The members that are sums or differences of others, in the example.

        A part without a name is a constant.
        """
        taken: set[str] = set()
        numbers = {name: n for name, n in self._numbers.items() if n}
        for ask, bid in self._spreads():
            taken.add(ask)
            spread = self._numbers[ask] - self._numbers[bid]
            yield ask, [(spread, ""), (1.0, bid)]
        for name in self._numbers:
            base = re.sub("_?(?:str|string|text|float)$", "", name, flags=re.IGNORECASE)
            is_same = self._numbers.get(base) == self._numbers[name]
            if base != name and is_same and name not in taken:
                taken.add(name)
                yield name, [(1.0, base)]
        for name, alike in sums_of_alike(self._members, self._changing):
            taken.add(name)
            yield name, [(1.0, part) for part in alike]
        for pair in pairs(self._members, self._numbers, self._changing):
            taken.add(pair[0])
            yield pair
        shares = shares_in(self._members, self._changing, self._wholes)
        for share, factor, part in shares:
            taken.add(share)
            yield share, [(factor, part)]
        beside = {word for name in self._members for word in words(name)}
        if len(numbers) > _MAX_NUMBERS or not self._changing or beside & _MARKET:
            return
        for total, amount in numbers.items():
            others = [name for name in numbers if name != total]
            live = [name for name in others if name in self._changing]
            for size, among in ((2, others), (3, live)):
                for parts in combinations(among, size):
                    whole = sum(numbers[part] for part in parts)
                    exact = exactness(self._members[total])
                    if abs(whole + amount) <= exact and size == 2:
                        yield from self._balanced(total, parts, taken)
                    least = min(abs(numbers[part]) for part in parts)
                    # A small part of more decimals than the sum is one by chance.
                    chance = exact if abs(whole - amount) < 1e-9 else 10 * exact
                    if abs(whole - amount) > exact or least <= chance:
                        continue
                    for found in self._dependent(total, parts):
                        if found[0] not in taken:
                            taken.add(found[0])
                            yield found

    def _added(self, members: Mapping[str, Json]) -> Iterator[tuple[str, Parts]]:
        """The members that are sums inside another one, where there are not many."""
        if len(members) <= _MAX_NUMBERS:
            yield from totals(members, self._numbers)

    def _products(self) -> Iterator[tuple[str, Formula]]:
        """The members that are products or ratios of others that change."""
        follows = {*self._sums, *self._totals}
        found: dict[str, Formula] = {}
        several = sorted(
            formulas(self._numbers, self._digits),
            key=lambda pair: pair[0] not in self._changing,
        )
        for name, formula in several:
            parts = {formula.one, formula.other}
            is_new = name not in follows and not parts & found.keys()
            ends = (self._sums.get(part, ()) for part in parts)
            known = {name, *parts}
            is_new = is_new and not any(each in known for e in ends for _, each in e)
            is_new = is_new and not self._is_ruled(name, parts)
            if is_new and not self._changing.isdisjoint({name, *parts}):
                found[name] = formula
                yield name, formula

    def _is_ruled(self, name: str, parts: set[str]) -> bool:
        """Whether rules already say what a member, or from it a part, follows from."""
        ruled, own = self._neighbours.ruled_by, self._neighbours.ruled_by(name)
        is_ruled = bool(own) and own.isdisjoint(self._sums)
        return is_ruled or any(name in ruled(part) for part in parts)

    def _digits(self, name: str) -> int:
        return digits_of(self._members[name])

    def _spreads(self) -> Iterator[tuple[str, str]]:
        """Asks with their bids, in a record that has no price."""
        if any(phrase_of(name) in _PRICES for name in self._numbers):
            return
        for ask in self._numbers:
            bid = bid_of(ask)
            if bid != ask and {ask, bid} <= self._changing:
                if not _SIZES & {*words(ask)}:
                    yield ask, bid

    def _balanced(
        self, last: str, parts: tuple[str, ...], taken: set[str]
    ) -> Iterator[tuple[str, list[tuple[float, str]]]]:
        """The member that follows where three add up to nothing, as flows do."""
        every = {last, *parts}
        digits = sum(digits_of(self._members[name]) for name in every)
        exact = [exactness(self._members[name]) for name in parts]
        if digits < _NO_CHANCE or self._changing.isdisjoint(every) or every & taken:
            return
        if exactness(self._members[last]) <= min(exact):
            moving = self._changing & {*parts}
            if moving or last in self._changing:
                taken.add(last)
                yield last, [(-1.0, part) for part in parts]

    def _dependent(
        self, total: str, parts: tuple[str, ...]
    ) -> Iterator[tuple[str, list[tuple[float, str]]]]:
        """The member that follows where some of a sum change."""
        every = (total, *parts)
        common = set.intersection(*({*words(name)} for name in every))
        spare = next((p for p in parts if not UNUSED.isdisjoint(words(p))), "")
        is_whole = not (_WHOLES | _MOST if spare else _WHOLES).isdisjoint(words(total))
        digits = sum(digits_of(self._members[name]) for name in every)
        if not common and not is_whole and digits < _NO_CHANCE:
            return
        rest = [part for part in parts if part != spare]
        is_left = bool(spare) and is_whole and total not in self._changing
        if is_left and spare in self._listed and len(rest) == 1:
            yield rest[0], [(1.0, total), (-1.0, spare)]
            return
        if is_left and not self._changing.isdisjoint(rest):
            yield spare, [(1.0, total), *((-1.0, part) for part in rest)]
            return
        if self._changing >= set(every):
            yield total, [(1.0, part) for part in parts]
            return
        if digits < _MIN_DIGITS and not (common and is_whole):
            return
        live = [part for part in parts if part in self._changing]
        if total in self._changing and not live:
            largest = max(parts, key=lambda part: self._numbers[part])
            rest = [part for part in parts if part != largest]
            yield largest, [(1.0, total), *((-1.0, part) for part in rest)]
        elif total in self._changing or len(live) > 1:
            yield total, [(1.0, part) for part in parts]
        elif live:
            rest = [part for part in parts if part not in live]
            yield rest[0], [(1.0, total), *((-1.0, p) for p in parts if p != rest[0])]
