"""Quotes of shares, orders of small shops, balances, exchange rates, issued cards."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    counter,
    each,
    every,
    has_one,
    is_number,
    matching,
    new,
    now,
    one_of,
    one_to_one,
    price,
    recent,
    same,
    today,
    where,
    whole,
)
from public_payloads.times import form, seconds


def _per(key):
    """What the event is about has one value of this."""

    def check(series):
        known = {}
        return all(
            known.setdefault(str(key(event)), value) == value
            for value, event in zip(series.values, series.events)
        )

    return Rule("one for each", check)


def _says(wanted, slack):
    """It is about what the others say."""

    def check(value, owner, event):
        return abs(float(value) - wanted(owner, event)) <= slack

    return where("of the others", check)


# -- Twelve Data -----------------------------------------------------------------

YEAR = "fifty_two_week."
_five = matching(r"-?\d+\.\d{5}")


def _reached(sign):
    """The extreme of a day: it moves with the last price alone, and never back."""

    def check(series):
        values = [float(value) for value in series.values]
        last = [float(owner["close"]) for owner in series.owners]
        known = float(series.example)
        return (
            abs(values[0] - known) <= 0.03 * known
            and all(sign * (v - p) >= -1e-5 for v, p in zip(values, last))
            and all(sign * (b - a) >= 0 for a, b in zip(values, values[1:]))
            and all(
                a == b or abs(b - p) <= 0.004 * p
                for a, b, p in zip(values, values[1:], last[1:])
            )
        )

    return Rule("reached in a day", check)


def _change(name):
    return _says(lambda o, e: float(e["close"]) - float(o[name]), 2.1e-5)


def _percent(name):
    return _says(
        lambda o, e: 100 * (float(e["close"]) / float(o[name]) - 1),
        1e-4,
    )


# -- WooCommerce -----------------------------------------------------------------

BILL = "billing."
LINE = "line_items.*."
_STATES = (
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
)
_order = _per(lambda event: event["id"])
_money = matching(r"\d+\.\d\d")
_name = matching(r"[A-Z][\w'’.-]*( [A-Z][\w'’.-]*)*")


def _orders(series):
    """One order, or orders of the same shop one after the other."""
    return all(type(v) is int and 1 <= v <= 10**7 for v in series.values) and all(
        a <= b for a, b in series.pairs()
    )


def _made(series):
    """Not after it was modified; other orders were made at other, recent times."""
    gaps = [
        seconds(o["date_modified"]) - seconds(v)
        for v, o in zip(series.values, series.owners)
    ]
    if not all(form(v) == form(series.example) for v in series.values):
        return False
    if len({owner["id"] for owner in series.owners}) == 1:
        return min(gaps) >= 0
    varied = not series.is_slow or len(set(series.values)) > 1
    return varied and all(0 <= gap <= 60 * 86_400 for gap in gaps)


def _goes_on(series):
    """An order does not go to and fro between its states."""
    known = {}
    for value, owner in zip(series.values, series.owners):
        seen = known.setdefault(owner["id"], [value])
        if value != seen[-1]:
            seen.append(value)
    return all(len(seen) <= 4 for seen in known.values())


def _items(name):
    return lambda o, e: sum(float(line[name]) for line in e["line_items"])


def _all(owner, event):
    return _items("total")(owner, event) + sum(
        float(owner[name]) for name in ("shipping_total", "total_tax")
    )


# -- Open Banking ----------------------------------------------------------------

BAL = "Data.Balance.*."


def _account(series):
    """Pounds and pence that are paid in or out, a few thousand at once at most."""
    return all(re.fullmatch(r"\d+\.\d\d", v) for v in series.values) and all(
        abs(float(b) - float(a)) <= 5_000 and float(b) <= 50_000
        for a, b in series.pairs()
    )


def _dated(series):
    """Where the balance is another it has another time, to the second."""
    amounts = [owner["Amount"]["Amount"] for owner in series.owners]
    if not series.is_slow:
        return True
    return all(
        seconds(a) != seconds(b) or c == d
        for (a, b), c, d in zip(series.pairs(), amounts, amounts[1:])
    )


# -- Fixer -----------------------------------------------------------------------


def _rate(series):
    """A rate with six digits that moves by little."""
    size = series.example
    return all(
        is_number(v) and round(v, 6) == v and abs(v - size) <= 0.05 * size
        for v in series.values
    ) and all(abs(b - a) <= 0.004 * size for a, b in series.pairs())


_rates = Rule("a rate", _rate)

# -- Lithic ----------------------------------------------------------------------

SHOP = "merchant."
STEP = "events.*."
_RESULTS = (
    "APPROVED",
    "DECLINED",
    "INSUFFICIENT_FUNDS",
    "CARD_PAUSED",
    "CARD_CLOSED",
    "USER_TRANSACTION_LIMIT",
    "UNAUTHORIZED_MERCHANT",
)
_paid = _per(lambda event: event["token"])
_cents = each("cents", lambda v: type(v) is int and 0 <= v <= 1_000_000)


def _state(value, owner, event):
    """Approved it is at most settled; a declined one is declined."""
    if owner["result"] == "APPROVED":
        return value in ("PENDING", "SETTLED", "VOIDED", "EXPIRED")
    return value == "DECLINED"


def _ends(series):
    """What is no longer pending stays as it is."""
    known = {}
    for value, owner in zip(series.values, series.owners):
        if known.get(owner["token"], "PENDING") not in ("PENDING", value):
            return False
        known[owner["token"]] = value
    return True


def _settled(value, owner, event):
    if owner["status"] == "SETTLED":
        return 0 < value <= 1.25 * owner["authorization_amount"]
    return value == 0


def _of_it(value, owner, event):
    """The amount that was asked for; nothing is left of a declined or voided one."""
    if owner["status"] == "SETTLED":
        return value == owner["settled_amount"]
    asked = owner["authorization_amount"]
    return value == asked or (owner["status"] != "PENDING" and value == 0)


def _before(value, owner, event):
    return (
        form(value) == form(event["created"])
        and 0 <= seconds(event["updated"]) - seconds(value) <= 30 * 86_400
    )


PAYLOADS = (
    Payload(
        "twelvedata-quote",
        "quotes of shares",
        "quote",
        {
            "symbol": "AAPL",
            "name": "Apple Inc",
            "exchange": "NASDAQ",
            "mic_code": "XNAS",
            "currency": "USD",
            "datetime": "2021-09-16",
            "timestamp": 1631799000,
            "last_quote_at": 1631809140,
            "open": "148.44000",
            "high": "148.96840",
            "low": "147.22099",
            "close": "148.85001",
            "volume": "67903927",
            "previous_close": "149.09000",
            "change": "-0.23999",
            "percent_change": "-0.16097",
            "average_volume": "83571571",
            "is_market_open": True,
            "fifty_two_week": {
                "low": "103.10000",
                "high": "157.25999",
                "low_change": "45.75001",
                "high_change": "-8.40998",
                "low_change_percent": "44.37440",
                "high_change_percent": "-5.34782",
                "range": "103.099998 - 157.259995",
            },
        },
        {
            "datetime": today,
            "timestamp": recent(86_400),
            "last_quote_at": recent(120),
            "high": (_five, _reached(1)),
            "low": (_five, _reached(-1)),
            "close": price(0.006),
            "volume": counter(0, 1_000_000, rests=False),
            "change": (_five, _change("previous_close")),
            "percent_change": (_five, _percent("previous_close")),
            YEAR + "low_change": (_five, _change("low")),
            YEAR + "high_change": (_five, _change("high")),
            YEAR + "low_change_percent": (_five, _percent("low")),
            YEAR + "high_change_percent": (_five, _percent("high")),
        },
    ),
    Payload(
        "woocommerce-order",
        "orders of small shops",
        "webhooks/woocommerce/orders",
        {
            "id": 727,
            "parent_id": 0,
            "number": "727",
            "order_key": "wc_order_58d2d042d1d",
            "created_via": "rest-api",
            "status": "processing",
            "currency": "USD",
            "date_created": "2017-03-22T16:28:02",
            "date_modified": "2017-03-22T16:28:08",
            "discount_total": "0.00",
            "shipping_total": "10.00",
            "cart_tax": "1.35",
            "total": "29.35",
            "total_tax": "1.35",
            "prices_include_tax": False,
            "billing": {
                "first_name": "John",
                "last_name": "Doe",
                "city": "San Francisco",
                "state": "CA",
                "country": "US",
                "email": "john.doe@example.com",
            },
            "payment_method": "bacs",
            "payment_method_title": "Direct Bank Transfer",
            "line_items": [
                {
                    "id": 315,
                    "name": "Woo Single #1",
                    "product_id": 93,
                    "quantity": 2,
                    "total": "6.00",
                    "total_tax": "0.45",
                    "price": 3,
                },
                {
                    "id": 316,
                    "name": "Ship Your Idea",
                    "product_id": 22,
                    "quantity": 1,
                    "total": "12.00",
                    "total_tax": "0.90",
                    "price": 12,
                },
            ],
        },
        {
            "id": Rule("an order", _orders),
            "number": where("its id", lambda v, o, e: v == str(o["id"])),
            "order_key": (matching("wc_order_[0-9A-Za-z]{8,16}"), one_to_one("id")),
            "status": (one_of(*_STATES), Rule("of the order", _goes_on)),
            "date_created": (Rule("before", _made), _order),
            "date_modified": now(60),
            "shipping_total": (_money, _order),
            "cart_tax": (_money, _says(_items("total_tax"), 0.011)),
            "total": (_money, _says(_all, 0.011)),
            "total_tax": (_money, _says(lambda o, e: float(o["cart_tax"]), 0.001)),
            "payment_method": (
                one_of("bacs", "cheque", "cod", "paypal", "stripe", "ppcp"),
                _order,
            ),
            "payment_method_title": (
                each("a title", lambda v: len(v) > 3),
                one_to_one("payment_method"),
            ),
            BILL + "first_name": (_name, _order),
            BILL + "last_name": (_name, _order),
            BILL + "city": (_name, _order),
            BILL + "state": (matching("[A-Z]{2}"), _order, has_one("city")),
            BILL + "email": (matching(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), _order),
            LINE
            + "id": (
                whole,
                _order,
                Rule(
                    "another in another order",
                    lambda s: len(set(s.values)) == len({e["id"] for e in s.events}),
                ),
            ),
            LINE + "name": (each("a name", lambda v: len(v) > 2), _order),
            LINE + "product_id": (whole, one_to_one("name"), _order),
            LINE
            + "quantity": (
                each("pieces", lambda v: type(v) is int and 1 <= v <= 99),
                _order,
            ),
            LINE
            + "total": (_money, _says(lambda o, e: o["price"] * o["quantity"], 0.011)),
            LINE
            + "total_tax": (
                _money,
                where(
                    "a share",
                    lambda v, o, e: 0 <= float(v) <= 0.13 * float(o["total"]) + 0.01,
                ),
            ),
            LINE
            + "price": (
                each("a price", lambda v: is_number(v) and 0 < v <= 2_000),
                _order,
            ),
        },
    ),
    Payload(
        "openbanking-balances",
        "balances of accounts",
        "open-banking/v3.1/aisp/accounts/22289/balances",
        {
            "Data": {
                "Balance": [
                    {
                        "AccountId": "22289",
                        "Amount": {"Amount": "1230.00", "Currency": "GBP"},
                        "CreditDebitIndicator": "Credit",
                        "Type": "InterimAvailable",
                        "DateTime": "2017-04-05T10:43:07+00:00",
                        "CreditLine": [
                            {
                                "Included": True,
                                "Amount": {"Amount": "1000.00", "Currency": "GBP"},
                                "Type": "Pre-Agreed",
                            }
                        ],
                    }
                ]
            },
            "Links": {
                "Self": "https://api.alphabank.com/open-banking/v3.1/aisp/accounts/22289/balances/"  # noqa: E501
            },
            "Meta": {"TotalPages": 1},
        },
        {
            BAL + "Amount.Amount": Rule("a balance", _account),
            BAL + "DateTime": (recent(86_400), Rule("of the balance", _dated)),
        },
    ),
    Payload(
        "fixer-latest",
        "exchange rates",
        "api/latest",
        {
            "success": True,
            "timestamp": 1519296206,
            "base": "EUR",
            "date": "2018-02-22",
            "rates": {
                "AUD": 1.566015,
                "CAD": 1.560132,
                "CHF": 1.154727,
                "CNY": 7.827874,
                "GBP": 0.882047,
                "JPY": 132.360679,
                "USD": 1.23396,
            },
        },
        {
            "timestamp": recent(3_700),
            "date": today,
            "rates.AUD": _rates,
            "rates.CAD": _rates,
            "rates.CHF": _rates,
            "rates.CNY": _rates,
            "rates.GBP": _rates,
            "rates.JPY": _rates,
            "rates.USD": _rates,
        },
    ),
    Payload(
        "lithic-card-transaction",
        "issued cards",
        "webhooks/lithic",
        {
            "token": "764fa5a3-2371-40f0-8cbb-9a2e1230d955",
            "account_token": "bd5e5649-1be8-4117-9bc5-3268258d1417",
            "card_token": "19c22c47-7a75-43ee-9891-595419830f7e",
            "acquirer_fee": 0,
            "amount": 1800,
            "authorization_amount": 1800,
            "authorization_code": "071471",
            "created": "2023-09-26T18:51:27Z",
            "merchant": {
                "acceptor_id": "333301802529120",
                "city": "NEW YORK",
                "country": "USA",
                "descriptor": "COFFEE SHOP",
                "mcc": "5812",
                "state": "NY",
            },
            "merchant_currency": "USD",
            "network": "MASTERCARD",
            "result": "APPROVED",
            "settled_amount": 0,
            "status": "PENDING",
            "updated": "2023-09-26T18:51:29Z",
            "events": [
                {
                    "amount": 1800,
                    "created": "2023-09-26T18:51:27Z",
                    "result": "APPROVED",
                    "token": "3ea1e9f1-8c3d-4b5f-9c2f-5ef0fdf1eb6c",
                    "type": "AUTHORIZATION",
                }
            ],
        },
        {
            "token": new(UUID) | every(same, matching(UUID)),
            "account_token": (matching(UUID), has_one("card_token")),
            "card_token": (matching(UUID), _paid),
            "amount": (_cents, where("of what was asked", _of_it)),
            "authorization_amount": (_cents, _paid),
            "authorization_code": (matching("[0-9A-Z]{6}"), _paid),
            "created": (where("before", _before), _paid),
            SHOP + "acceptor_id": (matching(r"\d{15}"), _paid),
            SHOP + "city": (matching("[A-Z][A-Z .'-]+"), has_one("acceptor_id")),
            SHOP
            + "descriptor": (
                matching(r"[A-Z0-9][A-Z0-9 *.,&'#/-]{2,24}"),
                has_one("acceptor_id"),
            ),
            SHOP + "mcc": (matching(r"\d{4}"), has_one("acceptor_id")),
            SHOP + "state": (matching("[A-Z]{2}"), has_one("city")),
            "result": (one_of(*_RESULTS), _paid),
            "settled_amount": (_cents, where("when settled", _settled)),
            "status": (where("of the result", _state), Rule("in order", _ends)),
            "updated": now(60),
            STEP
            + "amount": where(
                "what was asked", lambda v, o, e: v == e["authorization_amount"]
            ),
            STEP + "created": where("before", _before),
            STEP + "result": where("the same", lambda v, o, e: v == e["result"]),
            STEP + "token": (matching(UUID), _paid),
        },
    ),
)
