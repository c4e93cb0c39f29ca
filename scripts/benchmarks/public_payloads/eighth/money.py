"""Acquirers of payments, market caps of coins, options, the difficulty of mining."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    changes_only_with,
    counter,
    is_number,
    matching,
    new,
    now,
    number,
    one_of,
    price,
    unchanged,
    walk,
    where,
    whole,
)
from public_payloads.times import form, seconds

# -- Adyen -----------------------------------------------------------------------

ITEM = "notificationItems.*.NotificationRequestItem."
CARD = ITEM + "additionalData."


def _valid(series):
    """A month in which the card is not over."""
    return all(
        re.fullmatch(r"(0[1-9]|1[0-2])/20[2-4]\d", value) for value in series.values
    )


def _reason(value, owner, event):
    """What the bank answered: the code with the card, or why it refused."""
    known = owner["additionalData"]
    parts = (known["authCode"], known["cardSummary"], known["expiryDate"])
    if owner["success"] == "true":
        return value == ":".join(parts)
    return isinstance(value, str) and len(value) > 3 and value != ":".join(parts)


# -- CoinGecko -------------------------------------------------------------------

COIN = "*."


def _updated(series):
    """When it was made: within minutes, never back."""
    late = [t / 1000 - seconds(v) for v, t in zip(series.values, series.times)]
    return (
        all(form(value) == form(series.example) for value in series.values)
        and all(-0.5 <= each <= 300 for each in late)
        and all(seconds(a) <= seconds(b) for a, b in series.pairs())
    )


def _near(wanted, share):
    """About what the others say, whole where the example is."""

    def check(series):
        kind = int if isinstance(series.example, int) else (int, float)
        return all(
            isinstance(v, kind)
            and is_number(v)
            and abs(v - wanted(o)) <= share * abs(wanted(o))
            for v, o in zip(series.values, series.owners)
        )

    return Rule("about the others", check)


def _extreme(sign):
    """The highest or lowest of a day: beyond the price, and no step back."""

    def check(series):
        return (
            all(is_number(v) for v in series.values)
            and all(
                sign * (v - o["current_price"]) >= 0
                for v, o in zip(series.values, series.owners)
            )
            and all(sign * (b - a) >= -30 for a, b in series.pairs())
            and all(abs(v - series.example) <= 0.1 * v for v in series.values)
        )

    return Rule("extreme of a day", check)


def _yesterday(name, share):
    """The value a day ago, which it is the change since, moves by little."""

    def check(series):
        old = [o[name] - v for v, o in zip(series.values, series.owners)]
        return (
            all(is_number(value) for value in series.values)
            and max(old) - min(old) <= share * old[0]
            and all(each > 0 for each in old)
        )

    return Rule(f"change of {name}", check)


def _percent(change, of):
    def check(value, owner, event):
        wanted = 100 * owner[change] / (owner[of] - owner[change])
        return is_number(value) and abs(value - wanted) <= 0.011

    return where("percent of the change", check)


def _from(extreme, share):
    """Percent above or below an extreme of all times."""

    def check(value, owner, event):
        wanted = 100 * (owner["current_price"] / owner[extreme] - 1)
        return is_number(value) and abs(value - wanted) <= max(0.2, share * abs(wanted))

    return where(f"from the {extreme}", check)


def _full(owner):
    return owner["market_cap"] * owner["total_supply"] / owner["circulating_supply"]


# -- Deribit ---------------------------------------------------------------------

OPT = "params.data."


def _ticks(series):
    """Whole ticks of 0.0005 bitcoin, near the mark price."""
    return all(
        is_number(v)
        and 0 < v < 0.2
        and abs(v / 0.0005 - round(v / 0.0005)) < 1e-6
        and abs(v - o["mark_price"]) <= 0.006
        for v, o in zip(series.values, series.owners)
    )


def _side(other, sign):
    """A bid is below the ask, and both around the mark."""

    def check(value, owner, event):
        return (
            sign * (owner[other] - value) > 0
            and sign * (owner["mark_price"] - value) >= -0.0006
        )

    return where("on its side", check)


def _of_day(name, sign):
    def check(series):
        return all(sign * (b - a) >= 0 for a, b in series.pairs()) and all(
            sign * (v - e["params"]["data"]["last_price"]) >= 0
            for v, e in zip(series.values, series.events)
        )

    return (number(0.0005, 0.2), Rule(f"{name} of the day", check))


def _index(value, owner, event):
    known = owner["underlying_price"]
    return is_number(value) and abs(value - known) <= 0.006 * known


# -- mempool ---------------------------------------------------------------------


def _blocks(series):
    """One block less from time to time."""
    values = series.values
    return (
        all(type(v) is int and 0 < v <= 2016 for v in values)
        and series.example - 5 <= values[0] <= series.example
        and all(0 <= a - b <= 1 for a, b in series.pairs())
        and values[0] - values[-1] <= 3
    )


def _expected(series):
    """A six hundredth of the seconds since the last change of the difficulty."""
    values = series.values
    return all(is_number(v) and abs(v - series.example) <= 5 for v in values) and all(
        0 <= b - a <= 0.05 for a, b in series.pairs()
    )


def _change(value, owner, event):
    done = 2016 - owner["remainingBlocks"] + 1
    wanted = 100 * (done / owner["expectedBlocks"] - 1)
    return is_number(value) and abs(value - wanted) <= 0.35


def _retarget(series):
    return all(
        type(v) is int and abs(v - t - o["remainingTime"]) <= 180_000
        for v, o, t in zip(series.values, series.owners, series.times)
    )


def _pace(series):
    """The mean time of a block: the example's, or what the others say."""
    return all(
        type(v) is int and abs(v - series.example) <= 4_000 for v in series.values
    ) and all(abs(b - a) <= 3_000 for a, b in series.pairs())


def _begun(series):
    """The last change, as long ago as the expected blocks say."""
    if all(value == series.example for value in series.values):
        return True
    return len(set(series.values)) == 1 and all(
        type(v) is int and abs(t / 1000 - v - 600 * o["expectedBlocks"]) <= 1_200
        for v, o, t in zip(series.values, series.owners, series.times)
    )


PAYLOADS = (
    Payload(
        "adyen-authorisation",
        "acquirers of payments",
        "adyen/webhooks",
        {
            "live": "false",
            "notificationItems": [
                {
                    "NotificationRequestItem": {
                        "additionalData": {
                            "expiryDate": "12/2030",
                            "authCode": "1234",
                            "cardSummary": "7777",
                            "hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=",  # noqa: E501
                        },
                        "amount": {"value": 1120, "currency": "EUR"},
                        "pspReference": "7914073381342284",
                        "eventCode": "AUTHORISATION",
                        "eventDate": "2019-06-28T18:03:50+01:00",
                        "merchantAccountCode": "YOUR_MERCHANT_ACCOUNT",
                        "operations": ["CANCEL", "CAPTURE", "REFUND"],
                        "merchantReference": "YOUR_REFERENCE",
                        "paymentMethod": "visa",
                        "reason": "1234:7777:12/2030",
                        "success": "true",
                    }
                }
            ],
        },
        {
            CARD + "expiryDate": Rule("not over", _valid),
            CARD + "authCode": matching(r"\d{4,6}"),
            CARD + "cardSummary": matching(r"\d{4}"),
            CARD + "hmacSignature": new(r"[0-9A-Za-z+/]{43}="),
            ITEM + "amount.value": (whole, number(50, 1_000_000)),
            ITEM + "amount.currency": one_of("EUR", "USD", "GBP", "CHF", "SEK", "PLN"),
            ITEM + "pspReference": new("[0-9A-Z]{16}"),
            ITEM + "eventDate": now(60),
            ITEM + "merchantReference": unchanged | new(r"[\w #.-]{3,80}"),
            ITEM
            + "paymentMethod": one_of(
                "visa",
                "mc",
                "amex",
                "maestro",
                "cartebancaire",
                "discover",
                "diners",
                "jcb",
                "bcmc",
            ),  # noqa: E501
            ITEM + "reason": where("of the answer", _reason),
            ITEM + "success": one_of("true", "false"),
        },
    ),
    Payload(
        "coingecko-markets",
        "market caps of coins",
        "api/v3/coins/markets",
        [
            {
                "id": "bitcoin",
                "symbol": "btc",
                "name": "Bitcoin",
                "image": "https://assets.coingecko.com/coins/images/1/large/bitcoin.png?1696501400",  # noqa: E501
                "current_price": 70187,
                "market_cap": 1381651251183,
                "market_cap_rank": 1,
                "fully_diluted_valuation": 1474623675796,
                "total_volume": 20154184933,
                "high_24h": 70215,
                "low_24h": 68060,
                "price_change_24h": 2126.88,
                "price_change_percentage_24h": 3.12502,
                "market_cap_change_24h": 44287678051,
                "market_cap_change_percentage_24h": 3.31157,
                "circulating_supply": 19675987,
                "total_supply": 21000000,
                "max_supply": 21000000,
                "ath": 73738,
                "ath_change_percentage": -4.77063,
                "ath_date": "2024-03-14T07:10:36.635Z",
                "atl": 67.81,
                "atl_change_percentage": 103455.83335,
                "atl_date": "2013-07-06T00:00:00.000Z",
                "roi": None,
                "last_updated": "2024-04-07T16:49:31.736Z",
            }
        ],
        {
            COIN
            + "current_price": (
                price(0.01, rests=True),
                changes_only_with("last_updated"),
            ),
            COIN
            + "market_cap": _near(
                lambda o: o["current_price"] * o["circulating_supply"], 0.005
            ),
            COIN + "fully_diluted_valuation": _near(_full, 0.002),
            COIN + "total_volume": (whole, price(0.02, rests=True)),
            COIN + "high_24h": Rule("extreme", _extreme(1).check),
            COIN + "low_24h": Rule("extreme", _extreme(-1).check),
            COIN + "price_change_24h": _yesterday("current_price", 0.003),
            COIN
            + "price_change_percentage_24h": _percent(
                "price_change_24h", "current_price"
            ),
            COIN + "market_cap_change_24h": _yesterday("market_cap", 0.003),
            COIN
            + "market_cap_change_percentage_24h": _percent(
                "market_cap_change_24h", "market_cap"
            ),
            COIN + "circulating_supply": unchanged | counter(0, 10),
            COIN + "ath_change_percentage": _from("ath", 0),
            COIN + "atl_change_percentage": _from("atl", 0.003),
            COIN + "last_updated": Rule("updated", _updated),
        },
    ),
    Payload(
        "deribit-option-ticker",
        "options",
        "ws/api/v2",
        {
            "method": "subscription",
            "params": {
                "channel": "ticker.BTC-25JUN21-40000-C.100ms",
                "data": {
                    "timestamp": 1623060194301,
                    "stats": {
                        "volume": 1201.4,
                        "price_change": -8.3333,
                        "low": 0.0385,
                        "high": 0.0575,
                    },
                    "state": "open",
                    "settlement_price": 0.0492,
                    "underlying_price": 36120.77,
                    "underlying_index": "BTC-25JUN21",
                    "open_interest": 3104.2,
                    "mark_price": 0.044012,
                    "mark_iv": 94.17,
                    "last_price": 0.044,
                    "instrument_name": "BTC-25JUN21-40000-C",
                    "index_price": 36072.31,
                    "greeks": {
                        "vega": 29.64412,
                        "theta": -77.92318,
                        "rho": 5.43107,
                        "gamma": 0.00005,
                        "delta": 0.35021,
                    },
                    "bid_iv": 93.56,
                    "best_bid_price": 0.0435,
                    "best_bid_amount": 18.4,
                    "best_ask_price": 0.0445,
                    "best_ask_amount": 12.1,
                    "ask_iv": 94.78,
                },
            },
        },
        {
            OPT + "timestamp": now(10),
            OPT + "stats.volume": counter(0, 100),
            OPT + "stats.price_change": walk(6, -35, 25, rests=True),
            OPT + "stats.low": _of_day("low", -1),
            OPT + "stats.high": _of_day("high", 1),
            OPT + "underlying_price": price(0.004),
            OPT + "open_interest": walk(60, 2_500, 3_800, rests=True),
            OPT + "mark_price": price(0.03),
            OPT + "mark_iv": walk(1.5, 80, 110, rests=True),
            OPT + "last_price": Rule("ticks", _ticks),
            OPT + "index_price": where("near the future", _index),
            OPT + "greeks.vega": walk(0.8, 26, 33, rests=True),
            OPT + "greeks.theta": walk(2.5, -90, -66, rests=True),
            OPT + "greeks.rho": walk(0.4, 4.4, 6.5, rests=True),
            OPT + "greeks.gamma": walk(0.00001, 0.00003, 0.00007, rests=True),
            OPT + "greeks.delta": walk(0.02, 0.27, 0.43, rests=True),
            OPT
            + "bid_iv": (
                walk(3, 75, 110, rests=True),
                where("not above the mark", lambda v, o, e: v <= o["mark_iv"] + 0.7),
            ),
            OPT + "best_bid_price": (Rule("ticks", _ticks), _side("best_ask_price", 1)),
            OPT + "best_bid_amount": number(0.1, 500),
            OPT
            + "best_ask_price": (Rule("ticks", _ticks), _side("best_bid_price", -1)),
            OPT + "best_ask_amount": number(0.1, 500),
            OPT
            + "ask_iv": (
                walk(3, 80, 120, rests=True),
                where("not below the mark", lambda v, o, e: v >= o["mark_iv"] - 0.7),
            ),
        },
    ),
    Payload(
        "mempool-difficulty",
        "mining",
        "api/v1/difficulty-adjustment",
        {
            "progressPercent": 18.154761904761905,
            "difficultyChange": -2.965244635987463,
            "estimatedRetargetDate": 1695217210600,
            "remainingBlocks": 1650,
            "remainingTime": 1023039600,
            "previousRetarget": -2.6452059861325523,
            "previousTime": 1693967242,
            "nextRetargetHeight": 808416,
            "timeAvg": 620024,
            "timeOffset": 0,
            "expectedBlocks": 378.215,
        },
        {
            "progressPercent": where(
                "of the blocks",
                lambda v, o, e: is_number(v)
                and abs(v - (2016 - o["remainingBlocks"]) / 20.16) <= 0.011,
            ),
            "difficultyChange": where("of the blocks", _change),
            "estimatedRetargetDate": Rule("after what remains", _retarget),
            "remainingBlocks": Rule("blocks", _blocks),
            "remainingTime": (
                whole,
                where(
                    "blocks at their pace",
                    lambda v, o, e: abs(v - o["remainingBlocks"] * o["timeAvg"])
                    <= 700_000,
                ),
            ),
            "previousTime": Rule("begun", _begun),
            "timeAvg": Rule("pace", _pace),
            "expectedBlocks": Rule("expected", _expected),
        },
    ),
)
