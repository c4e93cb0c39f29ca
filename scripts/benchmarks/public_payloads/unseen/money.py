"""Currencies, banking apps, stock of shops, food deliveries."""

import math
import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    changes_only_with,
    each,
    equals,
    every,
    matching,
    new,
    now,
    number,
    one_of,
    past,
    price,
    unchanged,
    varied,
    where,
)
from public_payloads.times import seconds

# -- OANDA -----------------------------------------------------------------------

_FX = matching(r"\d\.\d{5}")
_LIQUIDITY = unchanged | every(
    number(10_000, 100_000_000), each("round lots", lambda v: v % 1_000 == 0)
)


def _quote(event, side, level):
    return float(event[side][level]["price"])


def _spread(value, owner, event):
    """The best ask is above the best bid, by no more than 20 pips."""
    return 0 < _quote(event, "asks", 0) - _quote(event, "bids", 0) <= 0.002


# -- Monzo -----------------------------------------------------------------------

_CATEGORIES = (
    "general",
    "eating_out",
    "expenses",
    "transport",
    "cash",
    "bills",
    "entertainment",
    "shopping",
    "holidays",
    "groceries",
)
#: The example's shop, or another one that is whole.
_OF_SHOP = changes_only_with("$.data.merchant.id")
_NAME = each(
    "a shop's name", lambda v: bool(re.fullmatch(r"[A-Z0-9][\w .,'’&*/-]{2,40}", v))
)


def _settles(value, owner, event):
    """It is settled at once or within days; an empty text where it is not yet."""
    return value == "" or 0 <= seconds(value) - seconds(owner["created"]) <= 4 * 86400


# -- Square ----------------------------------------------------------------------


def _calculated(value, owner, event):
    """Go writes fractions without zeros at their ends."""
    gap = seconds(event["created_at"]) - seconds(value)
    return bool(re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.\d{1,9})?Z", value)) and (
        -0.001 <= gap <= 60
    )


def _sells(series):
    """A count of one item changes by what a shop sells or receives at once."""
    items = [owner["catalog_object_id"] for owner in series.owners]
    counts = [int(value) for value in series.values]
    return all(
        one != other or abs(b - a) <= 50
        for one, other, a, b in zip(items, items[1:], counts, counts[1:])
    )


# -- DoorDash --------------------------------------------------------------------

_STEPS = [
    "DASHER_CONFIRMED",
    "DASHER_CONFIRMED_PICKUP_ARRIVAL",
    "DASHER_PICKED_UP",
    "DASHER_CONFIRMED_DROPOFF_ARRIVAL",
    "DASHER_DROPPED_OFF",
]
_OF_DELIVERY = unchanged | changes_only_with("$.external_delivery_id")
_OF_DASHER = changes_only_with("$.dasher_id")


def _forward(series):
    """A delivery never goes a step back."""
    seen = {}
    for value, event in zip(series.values, series.events):
        delivery = event["external_delivery_id"]
        if _STEPS.index(value) < seen.get(delivery, 0):
            return False
        seen[delivery] = _STEPS.index(value)
    return True


def _drives(series):
    """A dasher is in the city and drives at 25 m/s at most."""
    step = (series.times[1] - series.times[0]) / 1000
    last = None
    for event in series.events:
        place = event["dasher_location"]
        here = (event["dasher_id"], place["lat"], place["lng"])
        if not (47.3 <= place["lat"] <= 47.9 and -122.6 <= place["lng"] <= -122.0):
            return False
        if last is not None and last[0] == here[0]:
            north = (here[1] - last[1]) * 111_320
            east = (here[2] - last[2]) * 111_320 * math.cos(math.radians(here[1]))
            if math.hypot(north, east) > 25 * step + 5:
                return False
        last = here
    return True


DRIVES = Rule("drives", _drives)

PAYLOADS = [
    Payload(
        "oanda-price",
        "currency exchange",
        "v3/accounts/101-004-1435156-001/pricing/stream",
        {
            "type": "PRICE",
            "time": "2017-02-02T15:03:27.355655179Z",
            "bids": [
                {"price": "1.08173", "liquidity": 10000000},
                {"price": "1.08171", "liquidity": 10000000},
            ],
            "asks": [
                {"price": "1.08186", "liquidity": 10000000},
                {"price": "1.08188", "liquidity": 10000000},
            ],
            "closeoutBid": "1.08169",
            "closeoutAsk": "1.08190",
            "status": "tradeable",
            "tradeable": True,
            "instrument": "EUR_USD",
        },
        {
            "time": now(2),
            "bids.0.price": (price(0.001), where("a spread", _spread)),
            "bids.1.price": (
                _FX,
                where(
                    "below the best bid",
                    lambda v, o, e: 0 < _quote(e, "bids", 0) - float(v) <= 0.002,
                ),
            ),
            "bids.*.liquidity": _LIQUIDITY,
            "asks.0.price": (price(0.001), where("a spread", _spread)),
            "asks.1.price": (
                _FX,
                where(
                    "above the best ask",
                    lambda v, o, e: 0 < float(v) - _quote(e, "asks", 0) <= 0.002,
                ),
            ),
            "asks.*.liquidity": _LIQUIDITY,
            "closeoutBid": (
                _FX,
                where(
                    "at or below the best bid",
                    lambda v, o, e: 0 <= _quote(e, "bids", 0) - float(v) <= 0.003,
                ),
            ),
            "closeoutAsk": (
                _FX,
                where(
                    "at or above the best ask",
                    lambda v, o, e: 0 <= float(v) - _quote(e, "asks", 0) <= 0.003,
                ),
            ),
        },
    ),
    Payload(
        "monzo-transaction",
        "banking apps",
        "monzo/webhook",
        {
            "type": "transaction.created",
            "data": {
                "account_id": "acc_00008gju41AHyfLUzBUk8A",
                "amount": -350,
                "created": "2015-09-04T14:28:40Z",
                "currency": "GBP",
                "description": "Ozone Coffee Roasters",
                "id": "tx_00008zjky19HyFLAzlUk7t",
                "category": "eating_out",
                "is_load": False,
                "settled": "2015-09-05T14:28:40Z",
                "merchant": {
                    "address": {
                        "address": "98 Southgate Road",
                        "city": "London",
                        "country": "GB",
                        "latitude": 51.54151,
                        "longitude": -0.08482,
                        "postcode": "N1 3JD",
                        "region": "Greater London",
                    },
                    "created": "2015-08-22T12:20:18Z",
                    "group_id": "grp_00008zIcpbBOaAr7TTP3sv",
                    "id": "merch_00008zIcpbAKe8shBxXUtl",
                    "logo": "https://pbs.twimg.com/profile_images/527043602623389696/68_SgUWJ.jpeg",  # noqa: E501
                    "emoji": "🍞",
                    "name": "The De Beauvoir Deli Co.",
                    "category": "eating_out",
                },
            },
        },
        {
            "data.amount": (number(-200_000, -1), varied),
            "data.created": now(60),
            "data.description": unchanged | every(_NAME, changes_only_with("id")),
            "data.id": new(r"tx_[0-9A-Za-z]{22}"),
            "data.category": (
                one_of(*_CATEGORIES),
                equals(lambda o, e: o["merchant"]["category"]),
            ),
            "data.settled": where("after it was made", _settles),
            "data.merchant.address.address": unchanged
            | every(matching(r"\d{1,3}[A-Za-z]? [A-Z].+"), _OF_SHOP),
            "data.merchant.address.city": unchanged
            | every(matching(r"[A-Z][A-Za-z -]+"), _OF_SHOP),
            "data.merchant.address.latitude": unchanged
            | every(number(49.8, 60.9), _OF_SHOP),
            "data.merchant.address.longitude": unchanged
            | every(number(-8.2, 1.8), _OF_SHOP),
            "data.merchant.address.postcode": unchanged
            | every(matching(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"), _OF_SHOP),
            "data.merchant.address.region": unchanged
            | every(matching(r"[A-Z][A-Za-z -]+"), _OF_SHOP),
            "data.merchant.created": unchanged
            | every(past(4_200, fixed=False), _OF_SHOP),
            "data.merchant.group_id": unchanged
            | every(matching(r"grp_[0-9A-Za-z]{22}"), _OF_SHOP),
            "data.merchant.id": unchanged | matching(r"merch_[0-9A-Za-z]{22}"),
            "data.merchant.logo": unchanged
            | every(matching(r"https://\S+\.(jpe?g|png)"), _OF_SHOP),
            "data.merchant.emoji": unchanged
            | every(each("no word", lambda v: not v.isascii()), _OF_SHOP),
            "data.merchant.name": unchanged | every(_NAME, _OF_SHOP),
            "data.merchant.category": unchanged | every(one_of(*_CATEGORIES), _OF_SHOP),
        },
    ),
    Payload(
        "square-inventory",
        "stock of shops",
        "square/webhooks",
        {
            "merchant_id": "6SSW7HV8K2ST5",
            "type": "inventory.count.updated",
            "event_id": "df5f3813-a913-45a1-94e9-fdc3f7d5e3b6",
            "created_at": "2019-10-29T18:38:45.455006797Z",
            "data": {
                "type": "inventory",
                "id": "84e4ac73-d605-4dbd-a9e5-ffff794ddb9d",
                "object": {
                    "inventory_counts": [
                        {
                            "calculated_at": "2019-10-29T18:38:45.10296Z",
                            "catalog_object_id": "FGQ5JJWT2PYTHF35CKZ2DSKP",
                            "catalog_object_type": "ITEM_VARIATION",
                            "location_id": "YYQR03DGCTXA4",
                            "quantity": "10",
                            "state": "IN_STOCK",
                        }
                    ]
                },
            },
        },
        {
            "event_id": new(UUID),
            "created_at": now(60),
            "data.id": unchanged | matching(UUID),
            "data.object.inventory_counts.*.calculated_at": where(
                "just before the event", _calculated
            ),
            "data.object.inventory_counts.*.catalog_object_id": unchanged
            | matching("[A-Z0-9]{24}"),
            "data.object.inventory_counts.*.location_id": unchanged
            | matching("[A-Z0-9]{13}"),
            "data.object.inventory_counts.*.quantity": (
                matching(r"\d{1,4}"),
                varied,
                Rule("by what a shop sells", _sells),
            ),
            "data.object.inventory_counts.*.state": one_of(
                "IN_STOCK", "SOLD", "WASTE", "RETURNED_BY_CUSTOMER"
            ),
        },
    ),
    Payload(
        "doordash-drive",
        "food deliveries",
        "doordash/drive/webhooks",
        {
            "created_at": "2022-02-01T23:18:22.791883Z",
            "event_name": "DASHER_PICKED_UP",
            "external_delivery_id": "c19a5d37-e457-4247-9a67-921ec0134125",
            "dasher_id": 123212,
            "dasher_name": "John D.",
            "dasher_dropoff_phone_number": "+16504379788",
            "dasher_location": {"lat": 47.607312, "lng": -122.335641},
            "pickup_address": "1000 4th Avenue, Seattle, WA 98104",
            "dropoff_address": "1201 3rd Avenue, Seattle, WA 98101",
            "order_value": 5555,
            "currency": "USD",
            "fee": 975,
            "tip": 230,
            "tracking_url": "https://doordash.com/drive/portal/track/53904a0b",
            "contactless": False,
        },
        {
            "created_at": now(60),
            "event_name": (one_of(*_STEPS), Rule("never back", _forward)),
            "external_delivery_id": unchanged | matching(UUID),
            "dasher_id": unchanged | number(1_000, 99_999_999),
            "dasher_name": unchanged
            | every(matching(r"[A-Z][\w'-]+ [A-Z]\.?"), _OF_DASHER),
            "dasher_dropoff_phone_number": unchanged
            | every(matching(r"\+1[2-9]\d{9}"), _OF_DASHER),
            "dasher_location.lat": DRIVES,
            "dasher_location.lng": DRIVES,
            "pickup_address": (
                _OF_DELIVERY,
                matching(r"\d+ .+, [A-Z][\w ]+, [A-Z]{2} \d{5}"),
            ),
            "dropoff_address": (
                _OF_DELIVERY,
                matching(r"\d+ .+, [A-Z][\w ]+, [A-Z]{2} \d{5}"),
            ),
            "order_value": (_OF_DELIVERY, number(300, 40_000)),
            "fee": (_OF_DELIVERY, number(100, 5_000)),
            "tip": (_OF_DELIVERY, number(0, 10_000)),
            "tracking_url": (
                _OF_DELIVERY,
                matching(r"https://doordash\.com/drive/portal/track/[0-9a-f-]{8,36}"),
            ),
            "contactless": (_OF_DELIVERY, one_of(True, False)),
        },
    ),
]
