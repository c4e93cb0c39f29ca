"""Markets, payments, orders."""

from __future__ import annotations

from typing import Any

from realism_rules import (
    F,
    between,
    decimals,
    fits,
    kept,
    matches,
    moves,
    name,
    near,
    new,
    now,
    past,
    person,
    rises,
    same,
    steady,
    walks,
    whole,
    words,
)

BINANCE_TICKER = {
    "symbol": F("ETHUSDT", same),
    "priceChange": F(
        "41.28000000",
        decimals(8),
        fits(
            lambda v, o: abs(float(v) - float(o["lastPrice"]) + float(o["openPrice"]))
            < 0.02
        ),
    ),
    "priceChangePercent": F(
        "1.267",
        decimals(3),
        fits(
            lambda v, o: abs(
                float(v) - 100 * float(o["priceChange"]) / float(o["openPrice"])
            )
            < 0.05
        ),
    ),
    "weightedAvgPrice": F("3281.44670000", decimals(8), moves(0.1)),
    "prevClosePrice": F("3258.11000000", decimals(8), near(0.1)),
    "lastPrice": F("3299.40000000", decimals(8), moves(0.1)),
    "lastQty": F("0.41200000", decimals(8), between(0, 1000)),
    "bidPrice": F(
        "3299.39000000",
        decimals(8),
        moves(0.1),
        fits(lambda v, o: float(v) <= float(o["askPrice"])),
    ),
    "bidQty": F("18.20500000", decimals(8), between(0, 1000)),
    "askPrice": F("3299.41000000", decimals(8), moves(0.1)),
    "askQty": F("7.61900000", decimals(8), between(0, 1000)),
    "openPrice": F("3258.12000000", decimals(8), near(0.1)),
    "highPrice": F(
        "3320.00000000",
        decimals(8),
        fits(lambda v, o: float(v) >= float(o["lastPrice"])),
    ),
    "lowPrice": F(
        "3241.05000000",
        decimals(8),
        fits(lambda v, o: float(v) <= float(o["lastPrice"])),
    ),
    "volume": F("254113.91800000", decimals(8), rises),
    "quoteVolume": F("833857116.20471000", decimals(8), rises),
    "openTime": F(1736080496789, past(2), fits(lambda v, o: v < o["closeTime"])),
    "closeTime": F(1736166896789, now),
    "firstId": F(1983114022, fits(lambda v, o: 0 < v <= o["lastId"])),
    "lastId": F(1984190310, rises),
    "count": F(1076289, rises),
}

COINGECKO_MARKETS = [
    {
        "id": F("bitcoin", same, matches("[a-z0-9-]+")),
        "symbol": F("btc", same, matches("[a-z0-9]{2,6}")),
        "name": F("Bitcoin", same, name),
        "image": F("https://assets.example.com/coins/1/large.png", same),
        "current_price": F(98250.4, walks(40_000, 5_000), between(1e-9, 1e7)),
        "market_cap": F(1945512345678, between(1, 1e14), whole),
        "market_cap_rank": F(1, same, between(1, 5000)),
        "total_volume": F(48211345990, between(1, 1e13), whole),
        "high_24h": F(99120.0, fits(lambda v, o: v >= o["current_price"])),
        "low_24h": F(96904.0, fits(lambda v, o: v <= o["current_price"])),
        "price_change_24h": F(
            812.6, fits(lambda v, o: abs(v) <= o["current_price"] * 0.5)
        ),
        "price_change_percentage_24h": F(0.83397, between(-50, 50)),
        "circulating_supply": F(19806250.0, between(1, 1e13)),
        "ath": F(108135.0, fits(lambda v, o: v >= o["current_price"])),
        "ath_change_percentage": F(-9.14, between(-100, 0)),
        "last_updated": F("2025-01-06T12:34:56.789Z", now),
    }
]

STRIPE_CHARGE = {
    "id": F("ch_3QeXq2LkdIwHu7ix1aPz9B0Y", new, matches(r"ch_\w{24}")),
    "object": F("charge", kept),
    "amount": F(1099, between(1, 100_000_000), whole),
    "amount_captured": F(1099, fits(lambda v, o: 0 <= v <= o["amount"])),
    "amount_refunded": F(0, fits(lambda v, o: 0 <= v <= o["amount"])),
    "balance_transaction": F("txn_3QeXq2LkdIwHu7ix1dVyRWnp", matches(r"txn_\w{24}")),
    "billing_details": {
        "address": {
            "city": F("Boston", name),
            "country": F("US", matches("[A-Z]{2}")),
            "line1": F("27 Harbor Street", matches(r".*\w+ .*|\w{4,}")),
            "postal_code": F("02110", matches(r"[A-Z0-9 -]{3,10}")),
            "state": F("MA", matches(r"[A-Z]{2}|[A-Z][\w .'-]+")),
        },
        "email": F("jenny.rosen@example.com", matches(r"[\w.+-]+@[\w.-]+\.\w+")),
        "name": F("Jenny Rosen", person),
        "phone": F("+1-617-555-0142", matches(r"\+?[\d ().-]{7,20}")),
    },
    "captured": F(True, steady),
    "created": F(1736166896, now),
    "currency": F("usd", matches("[a-z]{3}")),
    "description": F("Subscription renewal", matches(r".*\w{4,}.*")),
    "disputed": F(False, steady),
    "livemode": F(False, steady),
    "outcome": {
        "network_status": F("approved_by_network", matches("[a-z_]+_network")),
        "risk_level": F(
            "normal", words("normal|elevated|highest|not_assessed|low|high")
        ),
        "risk_score": F(32, between(0, 100), whole),
        "type": F("authorized", matches("[a-z_]+")),
    },
    "paid": F(True, steady),
    "payment_method": F("card_1QeXpzLkdIwHu7ixvFq2s3tR", matches(r"card_\w{24}")),
    "payment_method_details": {
        "card": {
            "brand": F("visa", matches("[a-z_]{3,12}")),
            "country": F("US", matches("[A-Z]{2}")),
            "exp_month": F(3, between(1, 12), whole),
            "exp_year": F(2027, between(2024, 2040), whole),
            "fingerprint": F("mToisGZ01V71BCos", matches(r"\w{16}")),
            "funding": F("credit", words("credit|debit|prepaid|unknown")),
            "last4": F("4242", matches(r"\d{4}")),
        },
        "type": F("card", matches("[a-z_]+")),
    },
    "refunded": F(False, steady),
    "status": F("succeeded", words("succeeded|pending|failed|processing|canceled")),
}

SHOPIFY_ORDER = {
    "id": F(450789469, new, between(1, 1e15)),
    "name": F("#1001", new, matches(r"#\d{4,5}")),
    "order_number": F(1001, new, fits(lambda v, o: o["name"] == f"#{v}")),
    "email": F("bob.norman@example.com", matches(r"[\w.+-]+@[\w.-]+\.\w+")),
    "created_at": F("2025-01-06T07:34:56-05:00", now),
    "currency": F("USD", matches("[A-Z]{3}")),
    "subtotal_price": F("398.00", matches(r"\d+\.\d\d")),
    "total_tax": F(
        "11.94",
        matches(r"\d+\.\d\d"),
        fits(lambda v, o: float(v) <= float(o["subtotal_price"])),
    ),
    "total_price": F(
        "409.94",
        fits(
            lambda v, o: abs(
                float(v) - float(o["subtotal_price"]) - float(o["total_tax"])
            )
            < 0.011
        ),
    ),
    "financial_status": F(
        "paid",
        words("pending|authorized|partially_paid|paid|refunded|voided|failed|disputed"),
    ),
    "confirmed": F(True, steady),
    "customer": {
        "id": F(207119551, between(1, 1e15)),
        "first_name": F("Bob", matches(r"[^\W\d_][\w' -]+")),
        "last_name": F("Norman", matches(r"[^\W\d_][\w' -]+")),
        "email": F(
            "bob.norman@example.com",
            matches(r"[\w.+-]+@[\w.-]+\.\w+"),
            fits(
                lambda v, o: o["last_name"].lower()[:2].isascii() is False
                or o["last_name"].lower()[:3] in v.lower()
            ),
        ),
    },
    "line_items": [
        {
            "id": F(466157049, between(1, 1e15)),
            "title": F("Trail running shoes", matches(r".*\w+ .*|\w+")),
            "quantity": F(2, between(1, 20), whole),
            "price": F("199.00", matches(r"\d+\.\d\d")),
            "sku": F("TRS-2008-GRN", matches(r"[A-Z]{3}-\d+-[A-Z]{3}")),
        }
    ],
}

COMMERCE: dict[str, tuple[str, Any]] = {
    "Binance 24 h ticker": ("binance/ticker", BINANCE_TICKER),
    "CoinGecko markets": ("coins/markets", COINGECKO_MARKETS),
    "Stripe charge": ("charges", STRIPE_CHARGE),
    "Shopify order": ("shopify/orders", SHOPIFY_ORDER),
}
