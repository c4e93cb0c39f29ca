"""What members are that are called by letters, as those of market data, or numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...words import Json

#: For members that are all there: what they, and others beside them, stand for.
_ALIASES: tuple[tuple[frozenset[str], Mapping[str, str]], ...] = (
    (
        frozenset("ohlcfLnq"),
        {
            "o": "open",
            "h": "high",
            "l": "low",
            "c": "close",
            "v": "volume",
            "q": "quote_volume",
            "f": "first_trade",
            "L": "last_trade_id",
            "n": "trade_count",
            "s": "symbol",
        },
    ),
    (
        frozenset("ohlc"),
        {
            "o": "open",
            "h": "high",
            "l": "low",
            "c": "close",
            "v": "volume",
            "p": "price_change",
            "P": "price_change_percent",
            "w": "vwap",
            "vw": "vwap",
            "s": "symbol",
        },
    ),
    (
        frozenset("bBaA"),
        {
            "b": "best_bid",
            "B": "best_bid_size",
            "a": "best_ask",
            "A": "best_ask_size",
            "s": "symbol",
            "u": "update_id",
        },
    ),
    (
        frozenset("bauU"),
        {"U": "first_update_id", "u": "final_update_id", "b": "bids", "a": "asks"},
    ),
    (
        frozenset({"bp", "ap"}),
        {
            "bp": "best_bid",
            "bs": "best_bid_size",
            "ap": "best_ask",
            "as": "best_ask_size",
            "S": "symbol",
            "sym": "symbol",
        },
    ),
    (
        frozenset("xXciIpq"),
        {
            "c": "client_order",
            "i": "order_number",
            "I": "sequence",
            "p": "order_limit",
            "q": "order_quantity",
            "s": "symbol",
        },
    ),
    (
        frozenset("pqs"),
        {"p": "price", "q": "last_size", "s": "symbol", "a": "trade_id"},
    ),
    (
        frozenset({"a", "b", "k", "bs", "ks"}),
        {
            "a": "last",
            "b": "best_bid",
            "bs": "best_bid_size",
            "k": "best_ask",
            "ks": "best_ask_size",
            "h": "high",
            "l": "low",
            "v": "volume",
            "i": "symbol",
        },
    ),
    (frozenset("pvtS"), {"p": "price", "v": "last_size"}),
    (frozenset("psv"), {"p": "price", "v": "last_size", "s": "symbol"}),
    (frozenset({"p", "s", "sym"}), {"p": "price", "s": "last_size", "sym": "symbol"}),
    (
        frozenset({"p", "s", "S"}),
        {"p": "price", "s": "last_size", "S": "symbol", "i": "trade_id"},
    ),
    (frozenset({"price", "qty", "side"}), {"qty": "last_size"}),
    (
        frozenset({"px", "sz"}),
        {"px": "price", "sz": "last_size", "instId": "symbol", "tradeId": "trade_id"},
    ),
)

#: ``05. price``: a name behind its number.
_NUMBERED = re.compile(r"\d+[a-z]?\. (?=\w)")
#: Last words of names, and what they stand for.
_SHORT = (("Pr", "Price"), ("Px", "Price"), ("Sz", "Size"))
#: Names of a line and a quantity of electricity, or of that alone: ``pv1_u``, ``V``.
_OF_LINE = re.compile(
    r"(ab|bc|ca|[abc]|l[123]|pv\d{0,2}|ac|dc|bat|grid|mppt\d?)_([uvipUVIP])"
    r"|([uvip])_?(ab|bc|ca|[abc]|l[123]|pv\d{0,2}|ac|dc|bat|rms|\d)|([VIP])",
)
_QUANTITIES = {"u": "voltage", "v": "voltage", "i": "current", "p": "power"}
_MAX_LETTERS = 7
#: What names of prices of the regular hours of trading begin with.
_OF_MARKET, _PRICE_OF_MARKET = "regularMarket", "regularMarketPrice"
#: Currencies that prices are called by, and what stands beside such a price.
_CURRENCIES = frozenset("btc eth eur gbp jpy usd".split())
_OF_PRICES = ("24h_change", "market_cap", "24h_vol")


def _electric(members: Mapping[str, Json]) -> dict[str, str]:
    """What names of a line and a letter stand for, where there are ``V`` and ``I``."""
    found = {
        name: f"{match[1] or match[4] or ''}_{_QUANTITIES[letter.lower()]}".strip("_")
        for name, value in members.items()
        if isinstance(value, (int, float)) and len(name) <= _MAX_LETTERS
        for match in [_OF_LINE.fullmatch(name)]
        if match is not None
        for letter in [match[2] or match[3] or match[5]]
    }
    ends = {full.rpartition("_")[2] for full in found.values()}
    return found if {"voltage", "current"} <= ends else {}


def aliases(members: Mapping[str, Json]) -> dict[str, str]:
    """The full names of members that are called by one letter, by that letter."""
    for needed, names in _ALIASES:
        if needed <= members.keys():
            return {
                name: names[name]
                for name, value in members.items()
                if name in names
                if names[name] != "symbol" or isinstance(value, str)
            }
    if {"change", "change_p"} <= members.keys():
        return {"change_p": "change_percent"}
    for code in _CURRENCIES & members.keys():
        if any(f"{code}_{of}" in members for of in _OF_PRICES):
            return {code: "price", f"{code}_24h_change": "price_change_percent"}
    return _electric(members)


def _in_words(name: str) -> str:
    """A name with its last word in full: ``lastPr``."""
    for short, long in _SHORT:
        if name.endswith(short) and name[: -len(short)].islower():
            return name[: -len(short)] + long
    return name


def in_full(members: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """The names of members, each with the one that says what it is.

    Where two would be the same, both stay as they are.
    """
    known = aliases(members)
    market = _OF_MARKET if _PRICE_OF_MARKET in members else ""
    for name in members:
        full = known.get(name) or _in_words(_NUMBERED.sub("", name))
        if market and name.startswith(market):
            full = name[len(market)].lower() + name[len(market) + 1 :]
        yield name, name if full in members else full
