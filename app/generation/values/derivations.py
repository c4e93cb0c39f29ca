"""The table of what numbers are computed from, by their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import sqrt
from typing import NamedTuple


class Rule(NamedTuple):
    """Names that follow from others, and how they are computed from them."""

    names: str
    inputs: tuple[str, ...]
    compute: Callable[..., float]


PRICE = (
    "price last_price current_price latest_price last close mid mid_price quote value"
    " mark_price current trade_price ltp"
)
_OPEN = (
    "open open_price previous_close prev_close prev_close_price opening_price"
    " prev_closing_price"
)
UNIT = "unit_price price price_each rate cost"
_SUBTOTAL = "subtotal subtotal_price net net_amount sub_total"
_TAX = "tax total_tax tax_amount vat"
_USED = "used used_bytes usage occupied"
_TOTAL = "total capacity size limit max"
_VOLTS = "voltage volts rms_voltage volt vrms v_rms"
_AMPS = "current amps rms_current amp irms i_rms"
_WATTS = (
    "power watts active_power real_power apower act_power active_pwr real_pwr w_now"
)
_APPARENT = (
    "apparent_power apparent apparentpower va kva aprt_power apprnt_pwr apparent_pwr"
)


def _pace(way: float, speed: float) -> float:
    """How long a way takes."""
    return way / speed if speed > 0 else 0.0


RULES: tuple[Rule, ...] = (
    Rule(
        "change price_change net_change delta day_change change_price"
        " signed_change_price",
        (PRICE, _OPEN),
        lambda price, start: price - start,
    ),
    Rule(
        "change_percent percent_change change_pct price_change_percent"
        " change_percentage price_change_percentage pct_change",
        (PRICE, _OPEN),
        lambda price, start: 100 * (price - start) / start,
    ),
    Rule(
        "change_percent percent_change change_pct change_percentage"
        " price_change_percentage",
        (PRICE, "change price_change delta"),
        lambda price, change: 100 * change / (price - change),
    ),
    Rule(
        "change_rate signed_change_rate",
        (PRICE, "change_price signed_change_price"),
        lambda price, change: change / (price - change),
    ),
    Rule(
        "total amount total_price line_total subtotal total_amount sum",
        ("quantity qty units", UNIT),
        lambda count, price: count * price,
    ),
    Rule(
        "total amount total_price grand_total total_amount",
        (_SUBTOTAL, _TAX, "shipping shipping_cost delivery_fee", "discount"),
        lambda net, tax, shipping, discount: net + tax + shipping - discount,
    ),
    Rule(
        "total amount total_price grand_total total_amount",
        (_SUBTOTAL, _TAX, "shipping shipping_cost delivery_fee"),
        lambda net, tax, shipping: net + tax + shipping,
    ),
    Rule(
        "total amount total_price grand_total total_amount gross",
        (_SUBTOTAL, _TAX),
        lambda net, tax: net + tax,
    ),
    Rule(
        "total total_price grand_total total_amount",
        (_SUBTOTAL, "discount"),
        lambda net, discount: net - discount,
    ),
    Rule("net net_amount", ("gross amount total", "fee fees tax"), lambda a, b: a - b),
    Rule("spread", ("ask ask_price", "bid bid_price"), lambda ask, bid: ask - bid),
    Rule(
        "free available remaining left free_bytes",
        (_TOTAL, _USED),
        lambda total, used: total - used,
    ),
    Rule(
        "remaining left time_left remaining_time seconds_left",
        ("duration length total_time", "elapsed played position elapsed_time"),
        lambda whole, part: whole - part,
    ),
    Rule(
        "used_percent usage_percent percent percentage usage utilization used_pct"
        " occupancy_percent occupancy",
        (_USED, _TOTAL),
        lambda used, total: 100 * used / total,
    ),
    Rule(
        "progress percent percentage completion percent_complete",
        ("done completed processed current", "total"),
        lambda done, total: 100 * done / total,
    ),
    Rule(
        "error_rate failure_rate",
        ("errors failed failures", "requests total total_requests"),
        lambda errors, requests: errors / requests,
    ),
    Rule(
        "hit_ratio hit_rate cache_hit_ratio",
        ("hits cache_hits", "requests total total_requests"),
        lambda hits, requests: hits / requests,
    ),
    Rule(
        "ratio share_ratio upload_ratio",
        ("uploaded uploaded_ever total_uploaded", "downloaded downloaded_ever"),
        lambda up, down: up / down,
    ),
    Rule(
        "lag backlog",
        ("log_end_offset end_offset latest_offset produced", "current_offset consumed"),
        lambda produced, consumed: produced - consumed,
    ),
    Rule(
        _APPARENT,
        (_VOLTS, _AMPS),
        lambda volts, amps: volts * amps,
    ),
    Rule(
        f"{_WATTS} kw",
        (_APPARENT, "power_factor pf factor cos_phi pwr_factor powerfactor pwrfactor"),
        lambda apparent, factor: apparent * factor,
    ),
    Rule(
        f"{_WATTS} kw",
        (_VOLTS, _AMPS, "power_factor pf factor cos_phi pwr_factor powerfactor"),
        lambda volts, amps, factor: volts * amps * factor,
    ),
    Rule(
        _WATTS,
        (_VOLTS, _AMPS),
        lambda volts, amps: volts * amps,
    ),
    Rule(
        "reactive_power reactive var kvar react_pwr reactive_pwr",
        (_APPARENT, _WATTS),
        lambda apparent, power: sqrt(max(apparent**2 - power**2, 0.0)),
    ),
    *(
        Rule("pace current_pace", ("speed current_speed",), partial(_pace, way))
        for way in (500.0, 1000.0, 1000 / 60, 60.0, 3600.0)
    ),
    Rule(
        "map mean_arterial_pressure",
        ("systolic", "diastolic"),
        lambda high, low: (high + 2 * low) / 3,
    ),
    Rule(
        "amount_captured amount_received amount_paid paid captured_amount"
        " recipient_amount",
        ("amount total",),
        lambda amount: amount,
    ),
)
