"""Exchanges of derivatives, shops on the web."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    each,
    equals,
    is_number,
    new,
    now,
    price,
    walk,
    where,
    whole,
)

# -- Deribit ----------------------------------------------------------------------

TICK = "params.data."
STAT = "params.data.stats."


def _half(value, owner, event):
    """The contract is priced in half dollars."""
    return is_number(value) and float(value * 2).is_integer()


_step = where("in half dollars", _half)


def _near(name, share):
    return where(
        f"near {name}",
        lambda v, o, e: is_number(v) and abs(v - o[name]) <= share * o[name],
    )


def _funding(series):
    """A small share, which moves by little."""
    return all(is_number(v) and abs(v) <= 0.005 for v in series.values) and all(
        abs(b - a) <= 0.0008 for a, b in series.pairs()
    )


def _tens(low, high):
    """An amount of ten dollar contracts."""
    return each(
        "contracts of ten dollars",
        lambda v: is_number(v) and low <= v <= high and v % 10 == 0,
    )


def _day(share):
    """A sum of the last 24 hours, which moves by a small share."""

    def check(series):
        size = series.example
        return all(is_number(v) and v > 0 for v in series.values) and (
            abs(series.values[0] - size) <= 0.05 * size
            and all(abs(b - a) <= share * size for a, b in series.pairs())
        )

    return Rule(f"of a day, by {share}", check)


def _traded(value, owner, event):
    """In dollars it is the volume at prices of the day."""
    wanted = value / owner["volume"]
    return 0.97 * owner["low"] <= wanted <= 1.03 * owner["high"]


def _reached(sign):
    """The extreme of a day, which moves with the last price alone, and rarely back."""

    def check(series):
        last = [event["params"]["data"]["last_price"] for event in series.events]
        values = series.values
        return (
            all(is_number(v) for v in values)
            and all(sign * (v - p) >= -0.01 for v, p in zip(values, last))
            and abs(values[0] - series.example) <= 0.03 * series.example
            and sum(sign * (b - a) < 0 for a, b in series.pairs()) <= 2
            and all(
                sign * (b - a) <= 0 or abs(b - p) <= 0.003 * p
                for (a, b), p in zip(series.pairs(), last[1:])
            )
        )

    return Rule("reached in a day", check)


# -- BigCommerce ------------------------------------------------------------------

STATE = "data.status."


def _order(series):
    """One order, or orders of the same shop."""
    return all(type(v) is int for v in series.values) and all(
        abs(v - series.example) <= 20_000 for v in series.values
    )


def _status(value, owner, event):
    return type(value) is int and 0 <= value <= 14


def _moves(value, owner, event):
    return _status(value, owner, event) and value != owner["previous_status_id"]


def _chained(series):
    """Of one order it is what it became in the event before, or the example's."""
    if all(v == series.example for v in series.values):
        return True
    seen = {}
    for value, owner, event in zip(series.values, series.owners, series.events):
        known = event["data"]["id"]
        if known in seen and value != seen[known]:
            return False
        seen[known] = owner["new_status_id"]
    return True


PAYLOADS = (
    Payload(
        "deribit-ticker",
        "exchanges of derivatives",
        "ws/api/v2/ticker.BTC-PERPETUAL.raw",
        {
            "jsonrpc": "2.0",
            "method": "subscription",
            "params": {
                "channel": "ticker.BTC-PERPETUAL.raw",
                "data": {
                    "timestamp": 1623060194301,
                    "stats": {
                        "volume_usd": 284061480.0,
                        "volume": 7871.02139035,
                        "price_change": 0.7229,
                        "low": 35213.5,
                        "high": 36824.5,
                    },
                    "state": "open",
                    "settlement_price": 36169.49,
                    "open_interest": 502097590,
                    "min_price": 35898.37,
                    "max_price": 36991.72,
                    "mark_price": 36446.51,
                    "last_price": 36457.5,
                    "interest_value": 1.7362511643080387,
                    "instrument_name": "BTC-PERPETUAL",
                    "index_price": 36441.64,
                    "funding_8h": 0.0000211,
                    "estimated_delivery_price": 36441.64,
                    "current_funding": 0.0,
                    "best_bid_price": 36442.5,
                    "best_bid_amount": 5000.0,
                    "best_ask_price": 36443.0,
                    "best_ask_amount": 100.0,
                },
            },
        },
        {
            TICK + "timestamp": now(2),
            STAT + "volume_usd": (_day(0.002), where("at these prices", _traded)),
            STAT + "volume": _day(0.002),
            STAT + "price_change": walk(0.4, -5, 6, rests=True),
            STAT + "low": (_step, _reached(-1)),
            STAT + "high": (_step, _reached(1)),
            TICK + "open_interest": (whole, _tens(1, 10**10), _day(0.002)),
            TICK
            + "min_price": (
                price(0.004, rests=True),
                where("below the mark", lambda v, o, e: v < o["mark_price"]),
            ),
            TICK
            + "max_price": (
                price(0.004, rests=True),
                where("above the mark", lambda v, o, e: v > o["mark_price"]),
            ),
            TICK + "mark_price": (price(0.004), _near("index_price", 0.004)),
            TICK
            + "last_price": (
                price(0.004, rests=True),
                _step,
                _near("mark_price", 0.004),
            ),
            TICK
            + "interest_value": Rule(
                "a share",
                lambda s: all(is_number(v) and abs(v) <= 20 for v in s.values)
                and all(abs(b - a) <= 0.5 for a, b in s.pairs()),
            ),
            TICK + "index_price": price(0.004),
            TICK + "funding_8h": Rule("a funding", _funding),
            TICK + "estimated_delivery_price": equals(lambda o, e: o["index_price"]),
            TICK + "current_funding": Rule("a funding", _funding),
            TICK
            + "best_bid_price": (
                price(0.004, rests=True),
                _step,
                _near("mark_price", 0.003),
            ),
            TICK + "best_bid_amount": _tens(10, 10**7),
            TICK
            + "best_ask_price": (
                price(0.004, rests=True),
                _step,
                where(
                    "above the bid",
                    lambda v, o, e: 0 < v - o["best_bid_price"] <= 80,
                ),
            ),
            TICK + "best_ask_amount": _tens(10, 10**7),
        },
    ),
    Payload(
        "bigcommerce-order",
        "shops on the web",
        "webhooks/bigcommerce/orders",
        {
            "store_id": "1025646",
            "producer": "stores/abcde12f",
            "scope": "store/order/statusUpdated",
            "data": {
                "type": "order",
                "id": 173331,
                "status": {"previous_status_id": 0, "new_status_id": 7},
            },
            "hash": "3f9ea420af83450d7ef9f78b08c8af25b2213637",
            "created_at": 1561479335,
        },
        {
            "data.id": Rule("an order", _order),
            STATE
            + "previous_status_id": (
                where("a status", _status),
                Rule("what it was", _chained),
            ),
            STATE + "new_status_id": where("another status", _moves),
            "hash": new("[0-9a-f]{40}"),
            "created_at": now(60),
        },
    ),
)
