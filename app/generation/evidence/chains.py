"""What comes one after another: blocks of a chain, numbered events of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..values.identifiers import series
from .leaves import Leaf, Spot, plain, time_of, words

_HASH = re.compile(r"(?:0x)?[0-9a-fA-F]{32,}")
#: Names of the hash of a block, the first that is there counts, and of its height.
_OWN = ("hash", "blockhash", "id", "blockid")
_HEIGHTS = frozenset(
    {"blockheight", "blocknumber", "height", "index", "number", "slot"}
)
#: Words of names of the hash of the block before.
_BEFORE = frozenset({"parent", "prev", "previous", "previousblockhash", "prevhash"})
#: Last words of names of what else no two blocks share.
_OTHERS = frozenset({"root", "nonce"})
#: What happens, of which a list has one after another.
_HAPPENING = frozenset("action event play entry".split())


class Block(NamedTuple):
    """Where a block has its hash, that of the block before, and its height, if any.

    A block that does not say its own hash has that of the one before for it. ``others``
    are further hashes that no two blocks share.
    """

    own: Spot
    before: Spot | None
    height: Spot | None
    others: tuple[Spot, ...]


def blocks(leaves: Mapping[Spot, Leaf]) -> Iterator[Block]:
    """The blocks in an example, and the states of what goes from one to the next."""
    yield from _steps_on(leaves)
    objects: dict[Spot, dict[str, Leaf]] = {}
    for spot, leaf in leaves.items():
        if spot and isinstance(spot[-1], str):
            objects.setdefault(spot[:-1], {})[plain(leaf.name)] = leaf
    for members in objects.values():
        hashes = {name: leaf for name, leaf in members.items() if _is_hash(leaf)}
        if {"before", "after"} <= hashes.keys():
            yield Block(hashes["after"].spot, hashes["before"].spot, None, ())
            continue
        own = next((hashes[name] for name in _OWN if name in hashes), None)
        before = next((leaf for leaf in hashes.values() if _is_before(leaf)), None)
        height = next((members[name] for name in _HEIGHTS & members.keys()), None)
        if before and height and own is not before and height_of(height.value):
            others = tuple(
                leaf.spot
                for leaf in members.values()
                if leaf.last in _OTHERS and series(str(leaf.value)) is not None
            )
            first, second = (own or before).spot, before.spot if own else None
            yield Block(first, second, height.spot, others)


def _steps_on(leaves: Mapping[Spot, Leaf]) -> Iterator[Block]:
    """The hashes in an old state of what is in the new one another hash."""
    for spot, leaf in leaves.items():
        for at, step in enumerate(spot[:-1]):
            newer = (*spot[:at], "new", *spot[at + 1 :])
            if step == "old" and _is_hash(leaf) and newer in leaves:
                if leaf.last in _OWN and leaves[newer].value != leaf.value:
                    yield Block(newer, spot, None, ())


def height_of(value: object) -> int | None:
    """The number that a height is, also in hexadecimal digits; None for no number."""
    if isinstance(value, str) and re.fullmatch(r"0x[0-9a-f]{1,16}|\d{1,16}", value):
        return int(value, 16 if value[1:2] == "x" else 10)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and isinstance(value, int) else None


def _is_hash(leaf: Leaf) -> bool:
    return isinstance(leaf.value, str) and _HASH.fullmatch(leaf.value) is not None


def _is_before(leaf: Leaf) -> bool:
    return not _BEFORE.isdisjoint(words(leaf.name))


def numbered_elements(leaves: Mapping[Spot, Leaf]) -> Iterator[Spot]:
    """The elements of a list of what happens, numbered, each with its time.

    One of ``actions`` has an ``actionNumber``.
    """
    timed = {spot[:-1] for spot, leaf in leaves.items() if time_of(leaf) is not None}
    for spot, leaf in leaves.items():
        is_element = len(spot) > 2 and isinstance(spot[-2], int)
        if is_element and spot[:-1] in timed and step_of(leaf) == 1:
            yield spot[:-1]


def step_of(leaf: Leaf) -> int:
    """By how much a field rises from one of what happens to the next; 0 for none.

    An ``actionNumber`` does by one, an ``orderNumber`` with zeros behind it by more.
    """
    if leaf.owner not in _HAPPENING:
        return 0
    name, value = words(leaf.name), leaf.value
    own = next((n for n in leaf.siblings if words(n) == (leaf.owner, "number")), "")
    number = leaf.siblings.get(own)
    if not isinstance(number, int) or number <= 0:
        return 0
    if leaf.name == own:
        return 1
    is_order = name == ("order", "number") and isinstance(value, int)
    return value // number if is_order and value % number == 0 else 0
