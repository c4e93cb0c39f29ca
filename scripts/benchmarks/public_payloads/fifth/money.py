"""Bars of shares, heads of a block chain, transfers abroad, subscriptions of apps."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    changes_only_with,
    counter,
    each,
    equals,
    matching,
    new,
    now,
    number,
    past,
    price,
    unchanged,
    varied,
    where,
    whole,
)

# -- Polygon ---------------------------------------------------------------------


def _minute(series):
    """The start of a minute, of the last three, never an earlier one."""
    return all(a <= b for a, b in series.pairs()) and all(
        isinstance(value, int)
        and value % 60_000 == 0
        and -500 <= time - value <= 240_000
        for value, time in zip(series.values, series.times)
    )


def _within(value, owner, event):
    return owner["l"] - 1e-9 <= value <= owner["h"] + 1e-9


def _highest(value, owner, event):
    top = max(owner["o"], owner["c"])
    return top - 1e-9 <= value <= 1.05 * top


def _lowest(value, owner, event):
    bottom = min(owner["o"], owner["c"])
    return 0.95 * bottom <= value <= bottom + 1e-9


_BAR = where("in the bar", _within)


def _in_one_bar(name, holds):
    """What a bar does as long as its minute goes on."""
    return Rule(
        name,
        lambda series: all(
            holds(a, b) or one["s"] != two["s"]
            for (a, b), (one, two) in zip(
                series.pairs(), zip(series.owners, series.owners[1:])
            )
        ),
    )


_RISES = _in_one_bar("never falls in a bar", lambda a, b: a <= b)
_FALLS = _in_one_bar("never rises in a bar", lambda a, b: a >= b)

# -- Ethereum --------------------------------------------------------------------

HEAD = "params.result."
_HASH = new("0x[0-9a-f]{64}")
_QUANTITY = matching("0x(0|[1-9a-f][0-9a-f]*)")


def _height(series):
    """Every head is above the one before it, by one or two."""
    heights = [int(value, 16) for value in series.values]
    known = int(series.example, 16)
    return 0 <= heights[0] - known <= 1_000 and all(
        1 <= b - a <= 2 for a, b in zip(heights, heights[1:])
    )


def _stamp(series):
    """The seconds of now, in hexadecimal digits."""
    moments = [int(value, 16) for value in series.values]
    return (
        all(a <= b for a, b in zip(moments, moments[1:]))
        and all(-2 <= t / 1000 - m <= 60 for m, t in zip(moments, series.times))
        and (not series.is_slow or moments[-1] > moments[0])
    )


def _near(share):
    """About the example's quantity."""

    def check(series):
        known = int(series.example, 16)
        return all(abs(int(v, 16) - known) <= share * known for v in series.values)

    return Rule(f"near by {share}", check)


def _used(value, owner, event):
    return 0 <= int(value, 16) <= int(owner["gasLimit"], 16)


# -- Wise ------------------------------------------------------------------------

_NEXT = {
    "incoming_payment_waiting": (
        "processing",
        "incoming_payment_initiated",
        "cancelled",
    ),
    "incoming_payment_initiated": ("processing", "cancelled", "funds_refunded"),
    "processing": ("funds_converted", "cancelled", "funds_refunded"),
    "funds_converted": ("outgoing_payment_sent", "cancelled", "funds_refunded"),
    "outgoing_payment_sent": ("bounced_back", "charged_back", "funds_refunded"),
    "bounced_back": ("processing", "funds_refunded", "cancelled"),
}


def _follows(value, owner, event):
    return value in _NEXT[owner["previous_state"]]


def _once(series):
    """A transfer makes the same change at one time, not again and again."""
    known = {}
    for value, event in zip(series.values, series.events):
        data = event["data"]
        change = (value, data["previous_state"], data["current_state"])
        if known.setdefault(change, data["occurred_at"]) != data["occurred_at"]:
            return False
    return all(isinstance(value, int) and value > 0 for value in series.values)


def _of_transfer(series):
    """What a transfer has, it keeps."""
    known = {}
    return all(
        known.setdefault(owner["id"], value) == value
        and isinstance(value, int)
        and value > 0
        for value, owner in zip(series.values, series.owners)
    )


# -- RevenueCat ------------------------------------------------------------------

BUY = "event."
_ANONYMOUS = r"\$RCAnonymousID:[0-9a-f]{32}"
_MONEY = {"US": "USD", "GB": "GBP", "DE": "EUR", "FR": "EUR", "CA": "CAD", "AU": "AUD"}
_MONEY |= {"ES": "EUR", "IT": "EUR", "NL": "EUR", "JP": "JPY", "BR": "BRL", "IN": "INR"}


def _currency(value, owner, event):
    country = owner["country_code"]
    return _MONEY.get(country) == value


def _paid(value, owner, event):
    if owner["currency"] == "USD":
        return value == owner["price"]
    return 0.5 <= value <= 2_000


def _of_user(series):
    """A user keeps it, another user has another."""
    pairs = {
        (str(v), str(e["event"]["app_user_id"]))
        for v, e in zip(series.values, series.events)
    }
    return len({a for a, _ in pairs}) == len(pairs) == len({b for _, b in pairs})


_USERS = Rule("one to one with the user", _of_user)

PAYLOADS = [
    Payload(
        "polygon-aggregate",
        "bars of shares",
        "polygon/stocks/AM.GTE",
        {
            "ev": "AM",
            "sym": "GTE",
            "v": 4110,
            "av": 9470157,
            "op": 0.4372,
            "vw": 0.4488,
            "o": 0.4488,
            "c": 0.4486,
            "h": 0.4489,
            "l": 0.4486,
            "a": 0.4352,
            "z": 685,
            "s": 1610144640000,
            "e": 1610144700000,
        },
        {
            "v": (number(1, 5_000_000), _RISES),
            "av": (
                counter(0, 5_000_000, rests=False),
                where("not less than the bar's", lambda v, o, e: v >= o["v"]),
            ),
            "vw": (price(0.03, rests=True), _BAR),
            "o": (price(0.03, rests=True), _BAR, changes_only_with("s")),
            "c": (price(0.03), _BAR),
            "h": (price(0.04, rests=True), where("highest", _highest), _RISES),
            "l": (price(0.04, rests=True), where("lowest", _lowest), _FALLS),
            "a": price(0.005, rests=True),
            "z": (
                number(1, 1_000_000),
                where("not more than the bar's", lambda v, o, e: v <= o["v"]),
            ),
            "s": Rule("a minute", _minute),
            "e": (equals(lambda o, e: o["s"] + 60_000), whole),
        },
    ),
    Payload(
        "ethereum-newheads",
        "block chains",
        "ethereum/newHeads",
        {
            "jsonrpc": "2.0",
            "method": "eth_subscription",
            "params": {
                "result": {
                    "difficulty": "0x15d9223a23aa",
                    "extraData": "0xd983010305844765746887676f312e342e328777696e646f7773",  # noqa: E501
                    "gasLimit": "0x47e7c4",
                    "gasUsed": "0x38658",
                    "logsBloom": "0x" + "0" * 512,
                    "miner": "0xf8b483dba2c3b7176a3da549ad41a48bb3121069",
                    "nonce": "0x084149998194cc5f",
                    "number": "0x1348c9",
                    "parentHash": "0x7736fab79e05dc611604d22470dadad26f56fe494421b5b333de816ce1f25701",  # noqa: E501
                    "receiptRoot": "0x2fab35823ad00c7bb388595cb46652fe7886e00660a01e867824d3dceb1c8d36",  # noqa: E501
                    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",  # noqa: E501
                    "stateRoot": "0xb3346685172db67de536d8765c43c31009d0eb3bd9c501c9be3229203f15f378",  # noqa: E501
                    "timestamp": "0x56ffeff8",
                    "transactionsRoot": "0x0167ffa60e3ebc0b080cdb95f7c0087dd6c0e61413140e39d94d3468d7c9689f",  # noqa: E501
                },
                "subscription": "0x9ce59a13059e417087c02d3236a0b1cc",
            },
        },
        {
            HEAD + "difficulty": (_QUANTITY, _near(0.2)),
            HEAD + "extraData": unchanged | matching("0x([0-9a-f]{2}){0,32}"),
            HEAD + "gasLimit": (_QUANTITY, _near(0.05)),
            HEAD + "gasUsed": (_QUANTITY, where("within the limit", _used), varied),
            HEAD + "logsBloom": matching("0x[0-9a-f]{512}"),
            HEAD + "miner": matching("0x[0-9a-f]{40}"),
            HEAD + "nonce": new("0x[0-9a-f]{16}"),
            HEAD + "number": (_QUANTITY, Rule("height", _height)),
            HEAD + "parentHash": _HASH,
            HEAD + "receiptRoot": _HASH,
            HEAD + "sha3Uncles": matching("0x[0-9a-f]{64}"),
            HEAD + "stateRoot": _HASH,
            HEAD + "timestamp": (_QUANTITY, Rule("now", _stamp)),
            HEAD + "transactionsRoot": _HASH,
        },
    ),
    Payload(
        "wise-transfer",
        "transfers abroad",
        "wise/webhooks",
        {
            "data": {
                "resource": {
                    "type": "transfer",
                    "id": 111,
                    "profile_id": 222,
                    "account_id": 333,
                },
                "current_state": "processing",
                "previous_state": "incoming_payment_waiting",
                "occurred_at": "2020-01-01T12:34:56Z",
            },
            "subscription_id": "01234567-89ab-cdef-0123-456789abcdef",
            "event_type": "transfers#state-change",
            "schema_version": "2.0.0",
            "sent_at": "2020-01-01T12:34:57Z",
        },
        {
            "data.resource.id": Rule("one change at one time", _once),
            "data.resource.profile_id": Rule("of the transfer", _of_transfer),
            "data.resource.account_id": Rule("of the transfer", _of_transfer),
            "data.current_state": where("follows", _follows),
            "data.previous_state": each("a state", lambda v: v in _NEXT),
            "data.occurred_at": after("$.sent_at", -60, 0),
            "sent_at": now(30),
        },
    ),
    Payload(
        "revenuecat-purchase",
        "subscriptions of apps",
        "revenuecat/webhooks",
        {
            "event": {
                "event_timestamp_ms": 1658726378679,
                "product_id": "com.subscription.weekly",
                "period_type": "NORMAL",
                "purchased_at_ms": 1658726374000,
                "expiration_at_ms": 1659331174000,
                "environment": "PRODUCTION",
                "entitlement_id": None,
                "entitlement_ids": ["pro"],
                "presented_offering_id": None,
                "transaction_id": "123456789012345",
                "original_transaction_id": "123456789012345",
                "is_family_share": False,
                "country_code": "US",
                "app_user_id": "1234567890",
                "aliases": ["$RCAnonymousID:8069238d6049ce87cc529853916d624c"],
                "original_app_user_id": "$RCAnonymousID:87c6049c58069238dce29853916d624c",  # noqa: E501
                "currency": "USD",
                "price": 4.99,
                "price_in_purchased_currency": 4.99,
                "subscriber_attributes": {
                    "$email": {
                        "updated_at_ms": 1662955084635,
                        "value": "firstlast@gmail.com",
                    }
                },
                "store": "APP_STORE",
                "takehome_percentage": 0.7,
                "offer_code": None,
                "type": "INITIAL_PURCHASE",
                "id": "12345678-1234-1234-1234-123456789012",
                "app_id": "1234567890",
            },
            "api_version": "1.0",
        },
        {
            BUY + "event_timestamp_ms": now(10),
            BUY + "purchased_at_ms": after("event_timestamp_ms", -300, 0),
            BUY
            + "expiration_at_ms": (
                equals(lambda o, e: o["purchased_at_ms"] + 604_800_000),
                whole,
            ),
            BUY + "transaction_id": new(r"\d{15}"),
            BUY + "original_transaction_id": equals(lambda o, e: o["transaction_id"]),
            BUY + "country_code": each("a country", lambda v: v in _MONEY),
            BUY + "app_user_id": unchanged | matching(r"\d{6,12}"),
            BUY + "aliases.*": (matching(_ANONYMOUS), _USERS),
            BUY + "original_app_user_id": (matching(_ANONYMOUS), _USERS),
            BUY + "currency": where("of the country", _currency),
            BUY + "price_in_purchased_currency": where("of the price", _paid),
            BUY
            + "subscriber_attributes.$email.updated_at_ms": (
                unchanged | past(3_000, fixed=False),
                changes_only_with("value"),
            ),
            BUY
            + "subscriber_attributes.$email.value": (
                unchanged | matching(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
                _USERS,
            ),
            BUY + "id": new(UUID),
        },
    ),
]
