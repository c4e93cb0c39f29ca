"""Well-known shares, coins and currency pairs, for records that name one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ...resources.things import Asset, assets


class Listing(NamedTuple):
    """One asset, its symbol written as in the example."""

    symbol: str
    asset: Asset


class Market:
    """The assets that go on from an example: other shares, other coins."""

    def __init__(
        self, example: str, listed: Mapping[str, Asset], template: str, lower: bool
    ) -> None:
        """``template`` puts a symbol into the form of ``example``."""
        self._assets = tuple(listed.items())
        self._template = template
        self._lower = lower
        symbols = list(listed)
        self._first = symbols.index(example.upper()) if example else 0

    def listing(self, number: int) -> Listing:
        """The n-th asset, from the example's as number 0."""
        symbol, asset = self._assets[(self._first + number) % len(self._assets)]
        text = self._template.format(symbol.lower() if self._lower else symbol)
        return Listing(text, asset)


_PAIR = re.compile(r"([A-Za-z]{2,5})([-/_]?)(USDT|USDC|USD|EUR|BTC|usdt|usd|eur|btc)")


def market_of(example: str | None) -> Market | None:
    """The market that a symbol is from, None for an unknown one."""
    if example is None:
        return Market("", assets("stocks"), "{}", False)
    plain = example.upper()
    lower = example.islower()
    for name in ("stocks", "coins"):
        if plain in assets(name):
            return Market(plain, assets(name), "{}", lower)
    compact = re.sub("[-/_]", "", plain)
    if compact in assets("pairs"):
        mark = example[3] if len(example) == 7 else ""
        return Market(compact, assets("pairs"), "{}", lower) if not mark else None
    found = _PAIR.fullmatch(example)
    if found and found[1].upper() in assets("coins"):
        return Market(found[1], assets("coins"), "{}" + found[2] + found[3], lower)
    return None
