"""Orders at a broker, direct debits, a betting exchange, auctions."""

from decimal import Decimal

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    ahead,
    changes_only_with,
    counter,
    each,
    equals,
    matching,
    never_falls,
    new,
    now,
    one_to_one,
    same,
    text,
    unchanged,
    where,
)
from public_payloads.times import seconds

# -- Alpaca ----------------------------------------------------------------------

FILL = "data."
ORDER = "data.order."


def _price(series):
    """A text of a price near the example's that moves by little."""
    known = float(series.example)
    values = [float(value) for value in series.values]
    return (
        all(isinstance(v, str) and len(v.partition(".")[2]) <= 9 for v in series.values)
        and all(abs(v - known) <= 0.1 * known for v in values)
        and all(abs(b - a) <= 0.02 * known for a, b in zip(values, values[1:]))
        and (not series.is_slow or len(set(values)) > 1)
    )


def _quantity(low, high):
    return each(
        f"a quantity {low}..{high}",
        lambda v: isinstance(v, str)
        and low <= Decimal(v) <= high
        and len(v.partition(".")[2]) <= 9,
    )


# -- GoCardless ------------------------------------------------------------------

EV = "events.*."
_BANK = r"[0-9A-Z]{3,26}"
_CAUSES = (
    "bank_account_disabled",
    "mandate_cancelled",
    "bank_account_transferred",
    "authorisation_disputed",
    "direct_debit_not_enabled",
    "invalid_bank_details",
    "refer_to_payer",
    "customer_deceased",
)

# -- Betfair ---------------------------------------------------------------------

MC = "mc.*."
RC = "mc.*.rc.*."


def _cents(value):
    whole = round(value * 100)
    return whole if abs(value * 100 - whole) < 1e-6 else None


def _on_ladder(value):
    """The odds that the exchange has."""
    cents = _cents(value)
    if cents is None or not 101 <= cents <= 100_000:
        return False
    for top, step in ((200, 1), (300, 2), (400, 5), (600, 10), (1_000, 20)):
        if cents <= top:
            return cents % step == 0
    return cents % 50 == 0


def _odds(series):
    """They move by some steps at most."""
    return all(_on_ladder(v) and 1.8 <= v <= 3.2 for v in series.values) and all(
        abs(b - a) <= 0.1001 for a, b in series.pairs()
    )


_ODDS = Rule("odds", _odds)


def _runner(event):
    return event["mc"][0]["rc"][0]


def _back(value, owner, event):
    """Worse from level to level, below what is laid."""
    prices = [row[1] for row in _runner(event)["batb"]]
    best = _runner(event)["batl"][0][1]
    return prices[0] > prices[1] and prices[0] < best


def _lay(value, owner, event):
    prices = [row[1] for row in _runner(event)["batl"]]
    return prices[0] < prices[1] and prices[0] > _runner(event)["batb"][0][1]


def _last(value, owner, event):
    """Traded about where it is offered."""
    low, high = owner["batb"][0][1], owner["batl"][0][1]
    return low - 0.2 <= value <= high + 0.2


_SIZE = each(
    "a size",
    lambda v: isinstance(v, (int, float)) and 0.01 <= v <= 50_000 and round(v, 2) == v,
)


def _volume(series):
    """What has been matched never falls, and rises in a stream of a second each."""
    values = series.values
    return (
        all(isinstance(v, (int, float)) and round(v, 2) == v for v in values)
        and 0 <= values[0] - series.example <= 0.5 * series.example
        and all(0 <= b - a <= 0.2 * series.example for a, b in series.pairs())
        and (not series.is_slow or values[-1] > values[0])
    )


# -- eBay ------------------------------------------------------------------------

_INCREMENTS = ((100, "1.00"), (250, "2.50"), (500, "5.00"), (1_000, "10.00"))


def _minimum(owner, event):
    """The bid with the step that it has."""
    bid = Decimal(event["currentBidPrice"]["value"])
    step = next(Decimal(by) for top, by in _INCREMENTS if bid < top)
    return f"{bid + step:.2f}"


def _bid(series):
    """It never falls, and rises only by a bid, by its step at least."""
    bids = [Decimal(value) for value in series.values]
    counts = [event["bidCount"] for event in series.events]
    return (
        all(isinstance(v, str) and len(v.partition(".")[2]) == 2 for v in series.values)
        and Decimal("212.50") <= bids[0] <= 300
        and bids[-1] <= 600
        and all(
            a == b or (b > a and m > n)
            for a, b, n, m in zip(bids, bids[1:], counts, counts[1:])
        )
    )


def _feedback(series):
    return all(type(v) is int for v in series.values) and (
        series.values[0] - series.example in range(5)
        and all(b - a in (0, 1) for a, b in series.pairs())
    )


PAYLOADS = (
    Payload(
        "alpaca-trade-update",
        "brokers",
        "alpaca/trade_updates",
        {
            "stream": "trade_updates",
            "data": {
                "event": "fill",
                "execution_id": "2f63ea93-423d-4169-b3f6-3fdafc10c418",
                "order": {
                    "asset_class": "crypto",
                    "asset_id": "1cf35270-99ee-44e2-a77f-6fab902c7f80",
                    "canceled_at": None,
                    "client_order_id": "4642fd68-d59a-47d7-a9ac-e22f536828d1",
                    "created_at": "2022-04-19T13:45:04.981350886-04:00",
                    "extended_hours": False,
                    "filled_at": "2022-04-19T17:45:05.024916716Z",
                    "filled_avg_price": "105.8988475",
                    "filled_qty": "1790.86",
                    "id": "a5be8f5e-fdfa-41f5-a644-7a74fe947a8f",
                    "limit_price": None,
                    "order_class": "",
                    "order_type": "market",
                    "qty": "1790.86",
                    "side": "sell",
                    "status": "filled",
                    "submitted_at": "2022-04-19T13:45:04.980944666-04:00",
                    "symbol": "SOLUSD",
                    "time_in_force": "gtc",
                    "type": "market",
                    "updated_at": "2022-04-19T13:45:05.027690731-04:00",
                },
                "position_qty": "0",
                "price": "105.8988475",
                "qty": "1790.86",
                "timestamp": "2022-04-19T17:45:05.024916716Z",
            },
        },
        {
            FILL + "execution_id": new(UUID),
            ORDER + "client_order_id": new(UUID),
            ORDER + "created_at": after("filled_at", -3_600, 0),
            ORDER + "filled_at": after("$.data.timestamp", -1, 0.2),
            ORDER + "filled_avg_price": equals(lambda o, e: e["data"]["price"]),
            ORDER + "filled_qty": equals(lambda o, e: o["qty"]),
            ORDER + "id": new(UUID),
            ORDER + "qty": _quantity(0, 20_000),
            ORDER + "submitted_at": after("created_at", -5, 5),
            ORDER + "updated_at": after("filled_at", -0.2, 10),
            FILL + "position_qty": _quantity(0, 10**6),
            FILL + "price": Rule("price", _price),
            FILL
            + "qty": (
                _quantity(0, 20_000),
                where(
                    "not more than the order",
                    lambda v, o, e: 0 < Decimal(v) <= Decimal(o["order"]["qty"]),
                ),
            ),
            FILL + "timestamp": now(10),
        },
    ),
    Payload(
        "gocardless-mandate-cancelled",
        "direct debits",
        "gocardless/webhooks",
        {
            "events": [
                {
                    "id": "EV123",
                    "created_at": "2014-08-04T12:00:00.000Z",
                    "action": "cancelled",
                    "resource_type": "mandates",
                    "links": {"mandate": "MD123", "organisation": "OR123"},
                    "details": {
                        "origin": "bank",
                        "cause": "bank_account_disabled",
                        "description": "Your customer closed their bank account.",
                        "scheme": "bacs",
                        "reason_code": "ADDACS-B",
                    },
                }
            ],
            "meta": {"webhook_id": "WB123"},
        },
        {
            EV + "id": new("EV" + _BANK),
            EV + "created_at": now(600),
            EV + "links.mandate": new("MD" + _BANK),
            EV + "details.cause": each("a cause", lambda v: v in _CAUSES),
            EV
            + "details.description": (
                text("mandate|bank|customer|account|payer|debit|cancel"),
                one_to_one("cause"),
            ),
            EV
            + "details.reason_code": (
                matching(r"(ADDACS|ARUDD|AUDDIS)-[0-9A-Z]"),
                one_to_one("cause"),
            ),
            "meta.webhook_id": new("WB" + _BANK),
        },
    ),
    Payload(
        "betfair-market-change",
        "betting exchanges",
        "betfair/stream",
        {
            "op": "mcm",
            "id": 2,
            "clk": "AAAAAAAA",
            "pt": 1471370160471,
            "mc": [
                {
                    "id": "1.125037533",
                    "rc": [
                        {
                            "id": 4520808,
                            "ltp": 2.46,
                            "tv": 1832.45,
                            "batb": [[0, 2.44, 152.3], [1, 2.42, 87.5]],
                            "batl": [[0, 2.46, 64.12], [1, 2.48, 210.04]],
                        }
                    ],
                    "tv": 24571.92,
                }
            ],
        },
        {
            "clk": unchanged | matching(r"[0-9A-Za-z+/]{4,40}={0,2}"),
            "pt": now(5),
            RC + "ltp": (_ODDS, where("where it is offered", _last)),
            RC
            + "tv": (
                Rule("volume", _volume),
                where("of the market's", lambda v, o, e: v <= e["mc"][0]["tv"]),
            ),
            RC + "batb.*.1": (_ODDS, where("below the lay", _back)),
            RC + "batb.*.2": _SIZE,
            RC + "batl.*.1": (_ODDS, where("above the back", _lay)),
            RC + "batl.*.2": _SIZE,
            MC + "tv": Rule("volume", _volume),
        },
    ),
    Payload(
        "ebay-auction-item",
        "auctions",
        "buy/browse/v1/item/v1|110551991234|0",
        {
            "itemId": "v1|110551991234|0",
            "title": "Vintage Omega Seamaster Automatic Watch 1967",
            "price": {"value": "212.50", "currency": "USD"},
            "currentBidPrice": {"value": "212.50", "currency": "USD"},
            "minimumPriceToBid": {"value": "215.00", "currency": "USD"},
            "bidCount": 17,
            "uniqueBidderCount": 6,
            "reservePriceMet": True,
            "buyingOptions": ["AUCTION"],
            "itemCreationDate": "2024-02-11T18:20:31.000Z",
            "itemEndDate": "2024-02-18T18:20:31.000Z",
            "condition": "Pre-owned",
            "conditionId": "3000",
            "itemLocation": {"city": "Denver", "country": "US"},
            "seller": {
                "username": "timepieces_co",
                "feedbackPercentage": "99.8",
                "feedbackScore": 1543,
            },
        },
        {
            "price.value": equals(lambda o, e: e["currentBidPrice"]["value"]),
            "currentBidPrice.value": Rule("bid", _bid),
            "minimumPriceToBid.value": equals(_minimum),
            "bidCount": counter(0, 3),
            "uniqueBidderCount": (
                counter(0, 1),
                changes_only_with("bidCount"),
                where("not more than bids", lambda v, o, e: v <= o["bidCount"]),
            ),
            "itemCreationDate": (
                same,
                Rule(
                    "whole days before the end",
                    lambda s: all(
                        seconds(e["itemEndDate"]) - seconds(v)
                        in [d * 86_400 for d in (1, 3, 5, 7, 10)]
                        for v, e in zip(s.values, s.events)
                    ),
                ),
            ),
            "itemEndDate": unchanged | ahead(10),
            "seller.feedbackScore": (
                Rule("feedback", _feedback),
                Rule("on", never_falls),
            ),
        },
    ),
)
