"""What a field is, by its name: how its values come about.

Two tables, one for numbers and one for texts, map words of a name to a role.
Names are compared as words (``heartRate``, ``heart_rate`` and ``HeartRate`` are
one). A row whose words end the name wins over one inside it, and longer rows
win over shorter ones: ``price_change`` is a change, ``price_usd`` a price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TypeVar

from app.generation.vocabulary.inflection import words


class Part(Enum):
    """The part that a field plays in a stream."""

    #: Tells an entity from others, and stays.
    IDENTITY = "identity"
    #: Belongs to the entity, and stays.
    TRAIT = "trait"
    #: Moves a little with every event, around the example.
    MEASURE = "measure"
    #: Rises.
    COUNTER = "counter"
    #: The time of the event.
    CLOCK = "clock"
    #: One of a few words, and mostly the same as before.
    CATEGORY = "category"
    #: Something new in every event.
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class NumberRole:
    """What a number is.

    ``low`` and ``high`` are its natural bounds, ``usual`` the numbers to start
    from without an example. ``spread`` and ``step`` say how far a measure gets
    from its centre in all and in one event, as shares of the centre, or in
    the number's own unit where ``absolute``. ``scatter`` is how much two
    entities differ, as a share. ``ceilings`` are other upper bounds: an
    example above one of them takes the next.
    """

    part: Part = Part.MEASURE
    low: float | None = None
    high: float | None = None
    usual: tuple[float, float] = (10, 100)
    decimals: int = 2
    spread: float = 0.12
    step: float = 0.01
    scatter: float = 0.2
    absolute: bool = False
    ceilings: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class TextRole:
    """What a text is: its part, and the maker of ``makers`` that writes it."""

    part: Part
    make: str


PLAIN_NUMBER = NumberRole(usual=(1, 100), spread=0.2, step=0.02)

_IDENTITY = NumberRole(Part.IDENTITY, low=0, usual=(1, 1), decimals=0)
_CLOCK = NumberRole(Part.CLOCK, low=0, decimals=0)
_MONEY = NumberRole(low=0, usual=(20, 200), spread=0.06, step=0.004, scatter=0.6)
_AMOUNT = NumberRole(low=0, usual=(10, 300), spread=0.5, step=0.05, scatter=0.6)
_CHANGE = NumberRole(usual=(-2, 2), spread=3, step=0.2, scatter=2)
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
_WEATHER = NumberRole(usual=(12, 24), decimals=1, spread=0.1, step=0.006, scatter=0.12)
_SIZE = NumberRole(
    Part.TRAIT, low=0, usual=(500, 50_000), decimals=0, scatter=0.7, spread=0.5
)
_EXTENT = NumberRole(
    Part.TRAIT, low=0, usual=(10, 200), decimals=1, scatter=0.4, spread=0.4
)
_SETTING = NumberRole(Part.TRAIT, low=0, usual=(1, 10), decimals=0, scatter=0)

#: Words of names, and what a number of that name is.
_NUMBERS: tuple[tuple[str, NumberRole], ...] = (
    ("id uid uuid key pk ref number no num nr serial sku code", _IDENTITY),
    (
        "timestamp time ts at date datetime epoch now updated created modified"
        " published expires updated_at created_at event_time",
        _CLOCK,
    ),
    # Money and markets
    (
        "price open close high low last bid ask rate nav vwap quote mark spot strike"
        " exchange_rate previous_close prev_close",
        _MONEY,
    ),
    (
        "amount total subtotal cost fee tax discount balance revenue salary payment"
        " charge budget value sum gross net fare tip spend income profit due paid",
        _AMOUNT,
    ),
    ("change delta diff difference variance trend growth return pnl", _CHANGE),
    (
        "change_percent percent_change change_pct pct_change price_change_percent",
        NumberRole(usual=(-2, 2), spread=3, step=0.2, scatter=2),
    ),
    (
        "volume quote_volume turnover",
        NumberRole(
            Part.COUNTER,
            low=0,
            usual=(10_000, 900_000),
            decimals=0,
            step=0.0006,
            scatter=0.6,
        ),
    ),
    (
        "market_cap",
        NumberRole(
            low=0, usual=(1e9, 1e11), decimals=0, spread=0.05, step=0.003, scatter=0.7
        ),
    ),
    # Places and movement
    (
        "lat latitude",
        NumberRole(
            low=-90,
            high=90,
            usual=(35, 55),
            decimals=5,
            spread=0.02,
            step=0.0008,
            scatter=0.002,
            absolute=True,
        ),
    ),
    (
        "lon lng long longitude",
        NumberRole(
            low=-180,
            high=180,
            usual=(-5, 15),
            decimals=5,
            spread=0.02,
            step=0.0008,
            scatter=0.002,
            absolute=True,
        ),
    ),
    (
        "heading bearing course direction azimuth wind_direction wind_deg deg degrees",
        NumberRole(
            low=0,
            high=360,
            usual=(20, 340),
            decimals=0,
            spread=40,
            step=4,
            scatter=0.5,
            absolute=True,
        ),
    ),
    (
        "pitch roll",
        NumberRole(
            low=-180, high=180, usual=(-3, 3), spread=5, step=0.5, absolute=True
        ),
    ),
    (
        "speed velocity wind_speed gust pace",
        NumberRole(low=0, usual=(5, 60), decimals=1, spread=0.4, step=0.04),
    ),
    (
        "altitude elevation",
        NumberRole(usual=(20, 400), decimals=0, spread=0.05, step=0.004),
    ),
    (
        "distance odometer mileage",
        NumberRole(Part.COUNTER, low=0, usual=(10, 900), decimals=1, step=0.001),
    ),
    # Sensors and bodies
    ("temperature temp dew_point feels_like feelslike setpoint", _WEATHER),
    (
        "body_temperature",
        NumberRole(
            low=30,
            high=110,
            usual=(36.4, 37.2),
            decimals=1,
            spread=0.015,
            step=0.002,
            scatter=0.01,
        ),
    ),
    (
        "humidity relative_humidity rh moisture soil_moisture",
        NumberRole(low=0, high=100, usual=(35, 65), decimals=1, spread=0.2, step=0.01),
    ),
    (
        "pressure barometer barometric_pressure sea_level",
        NumberRole(
            low=0,
            usual=(1000, 1025),
            decimals=1,
            spread=0.01,
            step=0.0004,
            scatter=0.01,
        ),
    ),
    (
        "co2 co2_ppm ppm",
        NumberRole(low=0, usual=(420, 900), decimals=0, spread=0.3, step=0.01),
    ),
    (
        "aqi pm25 pm10 pm2 pm1 no2 o3 so2 co noise decibel decibels db uv uv_index lux"
        " light illuminance",
        NumberRole(low=0, usual=(10, 60), decimals=0, spread=0.4, step=0.03),
    ),
    (
        "rain rainfall precipitation snow",
        NumberRole(low=0, usual=(0, 3), decimals=1, spread=1, step=0.1),
    ),
    (
        "voltage volts",
        NumberRole(
            low=0, usual=(228, 232), decimals=1, spread=0.02, step=0.002, scatter=0.02
        ),
    ),
    (
        "current amps power watts kw kwh load energy frequency vibration flow torque"
        " rpm",
        NumberRole(usual=(2, 60), decimals=1, spread=0.2, step=0.015),
    ),
    (
        "battery battery_level battery_percent charge_level soc fuel fuel_level",
        NumberRole(
            low=0,
            high=100,
            usual=(40, 95),
            decimals=0,
            spread=0.2,
            step=0.004,
            scatter=0.3,
        ),
    ),
    (
        "rssi signal dbm signal_strength",
        NumberRole(
            low=-120, high=0, usual=(-75, -45), decimals=0, spread=0.2, step=0.02
        ),
    ),
    (
        "bpm heart_rate heartrate pulse hr",
        NumberRole(
            low=30,
            high=220,
            usual=(62, 84),
            decimals=0,
            spread=0.15,
            step=0.015,
            scatter=0.15,
        ),
    ),
    (
        "spo2 oxygen_saturation oxygen",
        NumberRole(
            low=80,
            high=100,
            usual=(95, 99),
            decimals=0,
            spread=0.02,
            step=0.004,
            scatter=0.01,
        ),
    ),
    (
        "systolic",
        NumberRole(
            low=70,
            high=220,
            usual=(112, 132),
            decimals=0,
            spread=0.08,
            step=0.01,
            scatter=0.1,
        ),
    ),
    (
        "diastolic",
        NumberRole(
            low=40,
            high=130,
            usual=(70, 85),
            decimals=0,
            spread=0.08,
            step=0.01,
            scatter=0.1,
        ),
    ),
    (
        "respiratory_rate respiration_rate",
        NumberRole(low=6, high=50, usual=(12, 18), decimals=0, spread=0.15, step=0.02),
    ),
    ("glucose", NumberRole(low=2, high=500, usual=(80, 130), decimals=0)),
    # Shares, scores and loads
    (
        "percent percentage pct progress completion utilization utilisation occupancy"
        " coverage uptime availability discount_percent cloudiness clouds fill",
        _PERCENT,
    ),
    ("cpu memory mem ram disk usage cpu_usage memory_usage disk_usage", _LOAD),
    (
        "probability confidence likelihood accuracy precision recall ratio similarity"
        " relevance sentiment pop",
        _SHARE,
    ),
    (
        "rating stars",
        NumberRole(
            low=0,
            high=5,
            usual=(3.5, 4.8),
            decimals=1,
            spread=0.06,
            step=0.004,
            scatter=0.2,
            ceilings=(10, 100),
        ),
    ),
    ("score points", NumberRole(low=0, usual=(40, 95), decimals=1, spread=0.2)),
    (
        "latency duration elapsed response_time responsetime took ping rtt jitter"
        " delay runtime processing_time wait load_time",
        _DURATION,
    ),
    # Counts
    (
        "count views likes followers following clicks downloads shares retweets hits"
        " visits visitors impressions requests sessions plays cycles packets errors"
        " comments replies subscribers stars_count forks events sales orders sold"
        " counter tally uptime_seconds bytes_sent bytes_received total_requests"
        " sequence seq offset revision version_number generation sequence_number"
        " trades steps",
        _COUNTER,
    ),
    (
        "quantity qty units pieces guests passengers seats party_size",
        NumberRole(
            Part.TRAIT, low=1, usual=(1, 5), decimals=0, scatter=0.9, spread=0.9
        ),
    ),
    (
        "stock inventory available remaining in_stock queue pending users active_users"
        " online connections active players viewers people",
        NumberRole(
            low=0, usual=(20, 400), decimals=0, spread=0.4, step=0.03, scatter=0.6
        ),
    ),
    # Traits
    (
        "age",
        NumberRole(
            Part.TRAIT,
            low=0,
            high=120,
            usual=(24, 61),
            decimals=0,
            scatter=0.35,
            spread=0.4,
        ),
    ),
    (
        "year",
        NumberRole(
            Part.TRAIT,
            low=1900,
            high=2100,
            usual=(2015, 2025),
            decimals=0,
            scatter=0.002,
            spread=0.002,
        ),
    ),
    ("month", NumberRole(Part.TRAIT, low=1, high=12, usual=(1, 12), decimals=0)),
    ("day", NumberRole(Part.TRAIT, low=1, high=31, usual=(1, 28), decimals=0)),
    ("hour", NumberRole(Part.TRAIT, low=0, high=23, usual=(8, 20), decimals=0)),
    (
        "minute second",
        NumberRole(Part.TRAIT, low=0, high=59, usual=(0, 59), decimals=0),
    ),
    (
        "port",
        NumberRole(
            Part.TRAIT,
            low=1,
            high=65535,
            usual=(8080, 8080),
            decimals=0,
            scatter=0.01,
            spread=0.5,
        ),
    ),
    ("size bytes length content_length file_size", _SIZE),
    ("width height depth weight area radius thickness", _EXTENT),
    (
        "page limit per_page page_size priority level floor version rank index"
        " position order sort port_number attempt retries row column step",
        _SETTING,
    ),
)

#: Words of names, and what a text of that name is.
_TEXTS: tuple[tuple[str, Part, str], ...] = (
    (
        "id uid uuid guid key ref reference sku serial imei mac_address",
        Part.IDENTITY,
        "identifier",
    ),
    (
        "event_id message_id request_id trace_id span_id correlation_id nonce"
        " transaction_hash tx_hash delivery_id",
        Part.CONTENT,
        "identifier",
    ),
    (
        "hash sha sha256 md5 checksum commit etag token digest signature",
        Part.CONTENT,
        "digest",
    ),
    (
        "timestamp time ts at date datetime updated_at created_at occurred_at"
        " published_at started_at finished_at ended_at last_seen last_updated updated"
        " created published modified recorded_at received_at event_time when",
        Part.CLOCK,
        "time",
    ),
    # People
    (
        "full_name fullname display_name author author_name customer_name user_name"
        " sender recipient owner assignee reporter contact driver patient doctor"
        " person player manager employee customer member creator approver host guest",
        Part.IDENTITY,
        "full_name",
    ),
    ("first_name firstname given_name forename", Part.IDENTITY, "first_name"),
    ("last_name lastname surname family_name", Part.IDENTITY, "last_name"),
    (
        "username user login handle nickname screen_name user_id_text",
        Part.IDENTITY,
        "username",
    ),
    ("email mail email_address e_mail", Part.IDENTITY, "email"),
    ("phone telephone mobile phone_number fax cell tel", Part.IDENTITY, "phone"),
    ("job occupation job_title profession", Part.IDENTITY, "job"),
    # Places
    ("city town municipality place destination origin location", Part.IDENTITY, "city"),
    ("country country_name nationality", Part.IDENTITY, "country"),
    ("country_code", Part.IDENTITY, "country_code"),
    ("state region province county", Part.IDENTITY, "state"),
    ("street street_name road", Part.IDENTITY, "street"),
    (
        "address address_line line1 street_address shipping_address billing_address",
        Part.IDENTITY,
        "address",
    ),
    ("zip zipcode zip_code postcode postal_code", Part.IDENTITY, "postcode"),
    ("timezone time_zone tz", Part.IDENTITY, "timezone"),
    # Firms and things
    (
        "company company_name organization organisation employer vendor supplier"
        " merchant brand manufacturer firm",
        Part.IDENTITY,
        "company",
    ),
    ("product product_name item item_name", Part.IDENTITY, "product"),
    ("ticker stock_symbol", Part.IDENTITY, "ticker"),
    ("symbol", Part.IDENTITY, "ticker"),
    ("name", Part.IDENTITY, "name"),
    # Networks
    ("url link href website homepage uri html_url web", Part.IDENTITY, "url"),
    (
        "avatar image photo picture thumbnail image_url avatar_url icon logo",
        Part.IDENTITY,
        "image",
    ),
    ("domain host hostname server node fqdn", Part.IDENTITY, "hostname"),
    ("ip ip_address ipv4 remote_addr client_ip source_ip", Part.IDENTITY, "ipv4"),
    ("ipv6", Part.IDENTITY, "ipv6"),
    ("mac", Part.IDENTITY, "mac"),
    ("user_agent useragent browser_agent", Part.IDENTITY, "user_agent"),
    ("path route endpoint", Part.CONTENT, "route"),
    ("slug permalink", Part.IDENTITY, "slug"),
    ("version release tag build_version", Part.IDENTITY, "version"),
    # Content
    (
        "message msg text body content comment note notes caption reply post tweet"
        " chat transcript snippet",
        Part.CONTENT,
        "sentence",
    ),
    (
        "description summary bio abstract overview details detail about reason"
        " explanation excerpt review feedback",
        Part.CONTENT,
        "sentence",
    ),
    ("title headline subject heading label", Part.CONTENT, "title"),
    ("word tag keyword topic hashtag", Part.CATEGORY, "word"),
    ("color colour", Part.CATEGORY, "color"),
    ("currency currency_code", Part.CATEGORY, "currency"),
    ("language locale lang", Part.CATEGORY, "language"),
)

_Role = TypeVar("_Role")


def _by_phrase(rows: Iterator[tuple[str, _Role]]) -> Mapping[str, _Role]:
    return {phrase: role for phrases, role in rows for phrase in phrases.split()}


_NUMBER_ROLES = _by_phrase(iter(_NUMBERS))
_TEXT_ROLES = _by_phrase((row, TextRole(part, make)) for row, part, make in _TEXTS)


@lru_cache(maxsize=1024)
def number_role(name: str) -> NumberRole | None:
    """The role of a number of this name, None for an unknown name."""
    return _find(name, _NUMBER_ROLES)


@lru_cache(maxsize=1024)
def text_role(name: str) -> TextRole | None:
    """The role of a text of this name, None for an unknown name."""
    return _find(name, _TEXT_ROLES)


def _find(name: str, roles: Mapping[str, _Role]) -> _Role | None:
    parts = words(name)
    count = len(parts)
    at_end = [parts[start:] for start in range(count)]
    inside = [
        parts[start:end]
        for length in range(count, 0, -1)
        for start in range(count - length + 1)
        for end in [start + length]
    ]
    for phrase in (*at_end, *inside):
        role = roles.get("_".join(phrase))
        if role is not None:
            return role
    return None
