"""Online payments, order books, charging of cars by roaming."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    amount,
    changes_only_with,
    counter,
    each,
    equals,
    matching,
    new,
    now,
    past,
    price,
    unchanged,
    where,
)
from public_payloads.times import seconds

# -- PayPal ----------------------------------------------------------------------

_CENTS = matching(r"\d{1,5}\.\d\d")
_ID = "[0-9A-Z]{17}"
_CAPTURES = "https://api.sandbox.paypal.com/v2/payments/captures/"
_ORDERS = "https://api.sandbox.paypal.com/v2/checkout/orders/"
_SHARES = "resource.seller_receivable_breakdown."


def _paid(owner, event):
    return float(event["resource"]["amount"]["value"])


def _fee(value, owner, event):
    """PayPal takes some per cent and up to half a dollar."""
    paid = _paid(owner, event)
    return 0.01 * paid <= float(value) <= min(0.08 * paid + 0.6, paid)


def _net(owner, event):
    shares = event["resource"]["seller_receivable_breakdown"]
    return _paid(owner, event) - float(shares["paypal_fee"]["value"])


def _sums_up(value, owner, event):
    """The summary says what was paid, with two digits or fewer after the point."""
    found = re.fullmatch(r"Payment completed for \$ (\d+(\.\d\d?)?) USD", value)
    return bool(found) and abs(float(found[1]) - _paid(owner, event)) < 0.001


# -- Kraken ----------------------------------------------------------------------

BOOK = "data.0."


def _levels(event, side):
    return [level["price"] for level in event["data"][0][side]]


def _sides(event):
    book = event["data"][0]
    return repr((book["bids"], book["asks"]))


def _tick(value):
    return isinstance(value, float) and len(str(value).partition(".")[2]) <= 4


def _below(level):
    """A bid is below the one before it, by some ticks."""

    def check(value, owner, event):
        bids = _levels(event, "bids")
        return 0 < bids[level - 1] - bids[level] <= 0.01

    return (each("of four digits", _tick), where("below the bid before it", check))


def _above(level):
    """An ask is above the one before it, by some ticks."""

    def check(value, owner, event):
        asks = _levels(event, "asks")
        return 0 < asks[level] - asks[level - 1] <= 0.01

    return (each("of four digits", _tick), where("above the ask before it", check))


def _spread(value, owner, event):
    return 0 < _levels(event, "asks")[0] - _levels(event, "bids")[0] <= 0.005


def _quantity(value):
    """More than nothing, with eight digits after the point at most."""
    return (
        isinstance(value, (int, float))
        and 0 < value <= 1_000_000
        and abs(round(value, 8) - value) < 1e-9
    )


def _lively(series):
    """In some seconds of a book the amount at its top changes."""
    return not series.is_slow or len(set(series.values)) > 1


def _checksum(series):
    """32 bits, another where the book is another, the same where it is the same."""
    known = {}
    for value, event in zip(series.values, series.events):
        if not isinstance(value, int) or not 0 <= value < 2**32:
            return False
        if known.setdefault(_sides(event), value) != value:
            return False
    return len(set(known.values())) == len(known)


_QUANTITY = each("a quantity", _quantity)
_TOP = (_QUANTITY, Rule("changes", _lively))

# -- OCPI ------------------------------------------------------------------------

_OF_SESSION = changes_only_with("$.id")


def _charged(value, owner, event):
    """No more than a charger of 350 kW gives in the time since the start."""
    hours = (seconds(event["last_updated"]) - seconds(event["start_date_time"])) / 3600
    return 0 <= value <= 350 * hours + 0.1


def _costs(series):
    """It never falls, and rises by no more than a kWh may cost."""
    cost = [float(value) for value in series.values]
    energy = [event["kwh"] for event in series.events]
    return (
        all(a <= b for a, b in zip(cost, cost[1:]))
        and all(abs(round(value, 2) - value) < 1e-6 for value in cost)
        and abs(cost[0] - series.example) <= 0.5 * series.example
        and cost[-1] - cost[0] <= 1.2 * (energy[-1] - energy[0]) + 0.05
    )


PAYLOADS = [
    Payload(
        "paypal-capture",
        "online payments",
        "paypal/webhooks",
        {
            "id": "WH-2CL46544TB770421K-5VB92446WP7345818",
            "create_time": "2022-02-02T00:23:12.336Z",
            "resource_type": "capture",
            "event_type": "PAYMENT.CAPTURE.COMPLETED",
            "summary": "Payment completed for $ 100.0 USD",
            "resource": {
                "disbursement_mode": "INSTANT",
                "amount": {"value": "100.00", "currency_code": "USD"},
                "seller_protection": {"status": "NOT_ELIGIBLE"},
                "supplementary_data": {
                    "related_ids": {"order_id": "89T257400V0473133"}
                },
                "update_time": "2022-02-02T00:22:38Z",
                "create_time": "2022-02-02T00:22:38Z",
                "final_capture": True,
                "seller_receivable_breakdown": {
                    "paypal_fee": {"value": "3.98", "currency_code": "USD"},
                    "gross_amount": {"value": "100.00", "currency_code": "USD"},
                    "net_amount": {"value": "96.02", "currency_code": "USD"},
                },
                "links": [
                    {
                        "method": "GET",
                        "rel": "self",
                        "href": "https://api.sandbox.paypal.com/v2/payments/captures/29Y24445UY2083144",  # noqa: E501
                    },
                    {
                        "method": "GET",
                        "rel": "up",
                        "href": "https://api.sandbox.paypal.com/v2/checkout/orders/89T257400V0473133",  # noqa: E501
                    },
                ],
                "id": "29Y24445UY2083144",
                "status": "COMPLETED",
            },
            "event_version": "1.0",
            "resource_version": "2.0",
        },
        {
            "id": new(f"WH-{_ID}-{_ID}"),
            "create_time": now(60),
            "summary": where("of the amount", _sums_up),
            "resource.amount.value": amount(1, 20_000),
            "resource.supplementary_data.related_ids.order_id": unchanged
            | matching(_ID),
            "resource.update_time": after("create_time", 0, 120),
            "resource.create_time": after("$.create_time", -300, 0),
            _SHARES + "paypal_fee.value": (_CENTS, where("a fee", _fee)),
            _SHARES + "gross_amount.value": (_CENTS, equals(_paid)),
            _SHARES + "net_amount.value": (_CENTS, equals(_net)),
            "resource.links.0.href": equals(
                lambda o, e: _CAPTURES + e["resource"]["id"]
            ),
            "resource.links.1.href": equals(
                lambda o, e: _ORDERS
                + e["resource"]["supplementary_data"]["related_ids"]["order_id"]
            ),
            "resource.id": new(_ID),
        },
    ),
    Payload(
        "kraken-book",
        "order books",
        "kraken/v2/book",
        {
            "channel": "book",
            "type": "snapshot",
            "data": [
                {
                    "symbol": "MATIC/USD",
                    "bids": [
                        {"price": 0.5666, "qty": 4831.75496356},
                        {"price": 0.5665, "qty": 6658.22734739},
                        {"price": 0.5664, "qty": 18724.91513344},
                    ],
                    "asks": [
                        {"price": 0.5668, "qty": 4410.79769741},
                        {"price": 0.5669, "qty": 4655.40412487},
                        {"price": 0.567, "qty": 49844.89424998},
                    ],
                    "checksum": 2439117997,
                    "timestamp": "2023-10-06T17:35:55.440295Z",
                }
            ],
        },
        {
            BOOK
            + "bids.0.price": (
                price(0.005, rests=True),
                where("a spread", _spread),
            ),
            BOOK + "bids.1.price": _below(1),
            BOOK + "bids.2.price": _below(2),
            BOOK + "bids.0.qty": _TOP,
            BOOK + "bids.*.qty": _QUANTITY,
            BOOK
            + "asks.0.price": (
                price(0.005, rests=True),
                where("a spread", _spread),
            ),
            BOOK + "asks.1.price": _above(1),
            BOOK + "asks.2.price": _above(2),
            BOOK + "asks.0.qty": _TOP,
            BOOK + "asks.*.qty": _QUANTITY,
            BOOK + "checksum": Rule("of the book", _checksum),
            BOOK + "timestamp": now(2),
        },
    ),
    Payload(
        "ocpi-session",
        "charging roaming",
        "ocpi/2.2.1/sessions/NL/STK/101",
        {
            "country_code": "NL",
            "party_id": "STK",
            "id": "101",
            "start_date_time": "2020-03-09T10:17:09Z",
            "kwh": 12.25,
            "cdr_token": {
                "country_code": "NL",
                "party_id": "TNM",
                "uid": "123abc",
                "type": "RFID",
                "contract_id": "NL-TNM-C12345678-S",
            },
            "auth_method": "WHITELIST",
            "location_id": "LOC1",
            "evse_uid": "3256",
            "connector_id": "1",
            "currency": "EUR",
            "total_cost": {"excl_vat": 4.5},
            "status": "ACTIVE",
            "last_updated": "2020-03-09T11:02:41Z",
        },
        {
            "start_date_time": (past(2), _OF_SESSION),
            "kwh": (counter(0, 0.15, rests=False), where("charged", _charged)),
            "total_cost.excl_vat": Rule("costs of the energy", _costs),
            "last_updated": now(60),
        },
    ),
]
