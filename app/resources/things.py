"""Well-known things by their codes or names: shares, cities, airports, teams."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from ..data import table


class Asset(NamedTuple):
    """Something with a price: of a pair in its second currency, else in dollars."""

    name: str
    price: float


class City(NamedTuple):
    """Where a city is (degrees, north and east positive) and how warm (in °C)."""

    name: str
    country: str
    latitude: float
    longitude: float
    temperature: float
    timezone: str


def rows(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The rows of one table of ``app/data/things``, by key."""
    found: Mapping[str, Mapping[str, Any]] = table(f"things/{name}")["rows"]
    return found


@cache
def assets(name: str) -> Mapping[str, Asset]:
    """The ``stocks``, ``coins`` or currency ``pairs``, by symbol."""
    return {key: Asset(row["name"], row["price"]) for key, row in rows(name).items()}


@cache
def cities() -> tuple[City, ...]:
    """All well-known cities."""
    return tuple(City(name, **row) for name, row in rows("cities").items())
