"""What a number of a name is. Units are metric where an example does not say."""

from __future__ import annotations

from collections.abc import Mapping

from .moments import WHEN
from .parts import NumberRole, Part, phrases

PLAIN_NUMBER = NumberRole(usual=(1, 100), spread=0.2, step=0.02)

_IDENTITY = NumberRole(Part.IDENTITY, low=0, usual=(1, 1), decimals=0)
_CLOCK = NumberRole(Part.CLOCK, low=0, decimals=0)
_MONEY = NumberRole(
    low=0, usual=(20, 200), spread=0.06, step=0.004, scatter=0.6, priced=True
)
_AMOUNT = NumberRole(low=0, usual=(10, 300), spread=0.5, step=0.05, scatter=0.6)
_CHANGE = NumberRole(usual=(-2, 2), spread=1.5, step=0.15, scatter=2, priced=True)
_SHARE_OF_CHANGE = NumberRole(usual=(-2, 2), spread=1.5, step=0.15, scatter=2)
_LISTED = NumberRole(
    Part.TRAIT, low=0, usual=(20, 200), spread=0.06, scatter=0.6, priced=True
)
_COUNTER = NumberRole(
    Part.COUNTER, low=0, usual=(100, 5000), decimals=0, step=0.002, scatter=0.7
)
_SHARE = NumberRole(
    low=0, high=1, usual=(0.3, 0.9), decimals=3, spread=0.2, step=0.02, ceilings=(100,)
)
_PERCENT = NumberRole(
    low=0, high=100, usual=(20, 80), decimals=1, spread=0.25, step=0.03
)
_LOAD = NumberRole(low=0, high=100, usual=(15, 70), decimals=1, spread=0.5, step=0.08)
_DURATION = NumberRole(
    low=0, usual=(20, 250), decimals=1, spread=0.6, step=0.2, scatter=0.5
)
_LEVEL = NumberRole(low=0, usual=(10, 60), decimals=1, spread=0.3, step=0.02)
_POWER = NumberRole(usual=(2, 60), decimals=1, spread=0.2, step=0.015)
_SIZE = NumberRole(
    Part.TRAIT, low=0, usual=(500, 50_000), decimals=0, scatter=0.7, spread=0.5
)
_EXTENT = NumberRole(
    Part.TRAIT, low=0, usual=(10, 200), decimals=1, scatter=0.4, spread=0.4
)
_SETTING = NumberRole(Part.TRAIT, low=0, usual=(1, 10), decimals=0, scatter=0)
_SETTING_WITH_SIGN = NumberRole(Part.TRAIT, usual=(0, 0), decimals=0, scatter=0)
_STOCK = NumberRole(
    low=0, usual=(20, 400), decimals=0, spread=0.25, step=0.02, scatter=0.6
)
_QUANTITY = NumberRole(
    Part.TRAIT, low=1, usual=(1, 5), decimals=0, scatter=0.9, spread=0.9
)


def _degrees(high: float, usual: tuple[float, float]) -> NumberRole:
    """Latitudes and longitudes: a few hundred metres about a place."""
    return NumberRole(
        low=-high,
        high=high,
        usual=usual,
        decimals=5,
        spread=0.01,
        step=0.0006,
        scatter=0.002,
        absolute=True,
    )


def _angle(low: float, high: float, usual: tuple[float, float]) -> NumberRole:
    return NumberRole(
        low=low,
        high=high,
        usual=usual,
        decimals=1,
        spread=30,
        step=3,
        scatter=0.5,
        absolute=True,
    )


def _within(
    low: float, high: float, usual: tuple[float, float], spread: float, step: float
) -> NumberRole:
    """A measure with natural bounds that entities hardly differ in."""
    return NumberRole(
        low=low, high=high, usual=usual, decimals=0, spread=spread, step=step,
        scatter=spread,
    )  # fmt: skip


def _calendar(low: float, high: float) -> NumberRole:
    return NumberRole(
        Part.TRAIT, low=low, high=high, usual=(low, high), decimals=0, spread=0.3
    )


_LATITUDE = _degrees(90, (35, 55))
_LONGITUDE = _degrees(180, (-5, 15))
#: The roles of where something is.
PLACES = (_LATITUDE, _LONGITUDE)

#: Phrases of names, and what a number of that name is.
NUMBERS: Mapping[str, NumberRole] = {
    **{phrase: _CLOCK for phrase in WHEN},
    **phrases(
        _IDENTITY,
        "id uid uuid key pk ref reference number no num nr serial sku rank index"
        " position",
    ),
    **phrases(
        _SETTING,
        "partition page limit per_page page_size priority level floor version order"
        " sort attempt retries row column code cod status status_code http_status"
        " track_number disc_number stop_sequence current_stop_sequence total_tracks"
        " total_pages exit_code line gate platform_number round lap set period type",
    ),
    **phrases(
        _SETTING_WITH_SIGN, "timezone tz utc_offset offset_minutes timezone_offset gmt"
    ),
    **phrases(_calendar(0, 1), "tsunami flag deleted archived enabled"),
    # Money and markets
    **phrases(
        _MONEY,
        "price close last bid ask rate nav vwap quote mark spot strike exchange_rate"
        " last_price bid_price ask_price current_price mark_price index_price buy"
        " sell mid weighted_avg_price average_price high low high_price low_price"
        " day_high day_low",
    ),
    **phrases(
        _LISTED,
        "open open_price previous_close prev_close prev_close_price list_price ath"
        " atl face_value msrp unit_price base_price year_high year_low",
    ),
    **phrases(
        _AMOUNT,
        "amount total subtotal cost fee tax discount balance revenue salary payment"
        " charge budget sum gross net fare tip spend income profit due paid",
    ),
    **phrases(_CHANGE, "change delta diff difference variance trend growth return pnl"),
    **phrases(
        _SHARE_OF_CHANGE,
        "price_change_percent price_change_percentage change_percent percent_change"
        " change_pct pct_change change_percentage"
    ),
    **phrases(
        NumberRole(
            Part.COUNTER,
            low=0,
            usual=(10_000, 900_000),
            decimals=0,
            step=0.0006,
            scatter=0.6,
        ),
        "volume quote_volume turnover traded_volume",
    ),
    **phrases(
        NumberRole(
            low=0, usual=(1e9, 1e11), decimals=0, spread=0.05, step=0.003, scatter=0.7
        ),
        "market_cap total_volume open_interest volume_24_h volume24_h",
    ),
    **phrases(
        NumberRole(Part.TRAIT, low=0, usual=(1e6, 1e9), decimals=0, scatter=0.7),
        "supply circulating_supply total_supply max_supply shares_outstanding"
        " population",
    ),
    **phrases(
        NumberRole(low=0, usual=(0.1, 20), decimals=2, spread=0.9, step=0.4),
        "bid_qty ask_qty last_qty bid_size ask_size last_size bid_quantity"
        " ask_quantity",
    ),
    # Places and movement
    **phrases(_LATITUDE, "lat latitude"),
    **phrases(_LONGITUDE, "lon lng long longitude coordinates"),
    **phrases(
        _angle(0, 360, (20, 340)),
        "heading bearing course direction azimuth wind_direction wind_deg deg"
        " degrees track yaw",
    ),
    **phrases(
        NumberRole(
            low=-180, high=180, usual=(-3, 3), spread=5, step=0.5, absolute=True
        ),
        "pitch roll tilt",
    ),
    **phrases(
        NumberRole(low=0, usual=(5, 60), decimals=1, spread=0.4, step=0.03),
        "speed velocity wind_speed gust pace gs ground_speed groundspeed",
    ),
    **phrases(
        NumberRole(usual=(20, 400), decimals=0, spread=0.03, step=0.003),
        "altitude elevation alt alt_baro alt_geom",
    ),
    **phrases(
        NumberRole(
            usual=(-10, 10), decimals=0, spread=64, step=16, scatter=0, absolute=True
        ),
        "vertical_rate baro_rate climb_rate",
    ),
    **phrases(
        NumberRole(
            Part.COUNTER, low=0, usual=(10, 900), decimals=1, step=0.02, absolute=True
        ),
        "odometer mileage distance_travelled",
    ),
    **phrases(
        NumberRole(low=0, usual=(1, 40), decimals=1, spread=0.3, step=0.01),
        "distance remaining_distance",
    ),
    **phrases(
        NumberRole(
            Part.COUNTER, low=0, usual=(100, 9_000), decimals=2, step=0.01,
            scatter=0.5, absolute=True,
        ),
        "energy consumption kwh energy_kwh consumption_kwh production_kwh wh",
    ),
    # Weather, air, machines
    **phrases(
        NumberRole(usual=(12, 24), decimals=1, spread=0.08, step=0.004, scatter=0.12),
        "temperature temp dew_point feels_like feelslike setpoint"
        " apparent_temperature temp_min temp_max",
    ),
    **phrases(
        NumberRole(
            low=0, high=100, usual=(35, 65), decimals=1, spread=0.2, step=0.01
        ),
        "humidity relative_humidity rh moisture soil_moisture",
    ),
    **phrases(
        NumberRole(
            low=0, usual=(1000, 1025), decimals=1, spread=0.008, step=0.0004,
            scatter=0.008,
        ),
        "pressure barometer barometric_pressure sea_level grnd_level",
    ),
    **phrases(
        NumberRole(low=0, usual=(420, 900), decimals=0, spread=0.3, step=0.01),
        "co2 co2_ppm ppm voc tvoc",
    ),
    **phrases(
        _LEVEL,
        "aqi pm25 pm2_5 pm10 pm2 pm1 no2 o3 so2 co noise decibel decibels db"
        " uv uv_index uvi lux light illuminance dust pollen",
    ),
    **phrases(
        NumberRole(low=0, usual=(0, 3), decimals=1, spread=1, step=0.1),
        "rain rainfall precipitation snow",
    ),
    **phrases(
        NumberRole(low=0, usual=(8_000, 10_000), decimals=0, spread=0.3, step=0.02),
        "visibility",
    ),
    **phrases(
        NumberRole(
            low=0, usual=(228, 232), decimals=1, spread=0.02, step=0.002, scatter=0.02
        ),
        "voltage volts",
    ),
    **phrases(
        _POWER,
        "current amps power watts kw load vibration flow torque"
        " rpm production output throughput bandwidth",
    ),
    **phrases(
        NumberRole(
            low=0, high=100, usual=(40, 95), decimals=0, spread=0.2, step=0.004,
            scatter=0.3,
        ),
        "battery battery_level battery_percent charge_level soc fuel fuel_level"
        " battery_percentage",
    ),
    **phrases(
        NumberRole(
            low=-120, high=0, usual=(-75, -45), decimals=0, spread=0.2, step=0.02
        ),
        "rssi signal dbm signal_strength snr",
    ),
    **phrases(
        NumberRole(
            low=0, usual=(49.9, 50.1), decimals=2, spread=0.01, step=0.0005,
            scatter=0.001,
        ),
        "frequency hz",
    ),
    # Bodies
    **phrases(
        _within(30, 110, (36.4, 37.2), 0.015, 0.001),
        "body_temperature body_temp core_temperature",
    ),
    **phrases(
        _within(30, 220, (62, 84), 0.15, 0.012), "bpm heart_rate heartrate pulse hr"
    ),
    **phrases(
        _within(80, 100, (95, 99), 0.02, 0.004),
        "spo2 sp_o2 spo oxygen_saturation oxygen saturation",
    ),
    **phrases(_within(70, 220, (112, 132), 0.08, 0.008), "systolic"),
    **phrases(_within(40, 130, (70, 85), 0.08, 0.008), "diastolic"),
    **phrases(
        _within(6, 50, (12, 18), 0.15, 0.015), "respiratory_rate respiration_rate"
    ),
    **phrases(_within(2, 500, (80, 130), 0.2, 0.01), "glucose blood_sugar"),
    # Shares, scores and loads
    **phrases(
        _PERCENT,
        "percent percentage pct progress completion utilization utilisation"
        " occupancy coverage uptime_percent availability discount_percent cloudiness"
        " clouds fill all volume_percent brightness opacity popularity risk_score",
    ),
    **phrases(
        _LOAD,
        "cpu memory mem ram disk usage cpu_usage memory_usage disk_usage gpu swap",
    ),
    **phrases(
        _SHARE,
        "probability confidence likelihood accuracy precision recall ratio"
        " similarity relevance sentiment pop error_rate win_rate hit_rate",
    ),
    **phrases(
        NumberRole(
            low=0, high=5, usual=(3.5, 4.8), decimals=1, spread=0.06, step=0.004,
            ceilings=(10, 100),
        ),
        "rating stars average_rating",
    ),
    **phrases(
        NumberRole(low=0, usual=(40, 95), decimals=1, spread=0.2), "score points"
    ),
    **phrases(
        NumberRole(low=-2, high=10, usual=(1, 3), decimals=1, spread=0.6, step=0.2),
        "mag magnitude",
    ),
    **phrases(
        _DURATION,
        "latency duration elapsed response_time responsetime took ping rtt jitter"
        " delay runtime processing_time wait load_time lag p50 p95 p99",
    ),
    # Counts
    **phrases(
        _COUNTER,
        "count views likes followers following clicks downloads shares retweets hits"
        " visits visitors impressions requests sessions plays packets errors"
        " comments replies subscribers stars_count forks events sales orders sold"
        " counter tally uptime uptime_seconds bytes_sent bytes_received"
        " total_requests version_number"
        " trades steps messages block"
        " points total_views total_likes",
    ),
    **phrases(
        NumberRole(
            Part.COUNTER, low=0, usual=(10_000, 90_000), decimals=0, step=4,
            spread=8, scatter=0.3, absolute=True,
        ),
        "sequence seq offset revision resource_version generation sequence_number"
        " last_id trade_id block block_number height_blocks cycles",
    ),
    **phrases(
        _QUANTITY, "quantity qty units pieces guests passengers seats party_size adults"
    ),
    **phrases(
        _STOCK,
        "stock inventory available remaining in_stock queue pending users"
        " active_users online connections active players viewers people free used"
        " queue_length queue_size depth_of_queue in_use",
    ),
    # Traits
    **phrases(
        NumberRole(
            Part.TRAIT, low=0, high=120, usual=(24, 61), decimals=0, scatter=0.35,
            spread=0.4,
        ),
        "age",
    ),
    **phrases(
        NumberRole(
            Part.TRAIT, low=1900, high=2100, usual=(2015, 2025), decimals=0,
            scatter=0.002, spread=0.002,
        ),
        "year exp_year",
    ),
    **phrases(_calendar(1, 12), "month exp_month"),
    **phrases(_calendar(1, 31), "day"),
    **phrases(_calendar(0, 23), "hour"),
    **phrases(_calendar(0, 59), "minute second"),
    **phrases(
        NumberRole(
            Part.TRAIT, low=1, high=65535, usual=(8080, 8080), decimals=0,
            scatter=0.01, spread=0.5,
        ),
        "port src_port dst_port source_port destination_port",
    ),
    **phrases(
        _SIZE,
        "size bytes length content_length file_size duration_ms duration_seconds"
        " total_duration capacity",
    ),
    **phrases(_EXTENT, "width height depth weight area radius thickness"),
}  # fmt: skip
