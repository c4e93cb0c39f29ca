"""Air in rooms, lightning, birds, gravitational waves, power stations."""

import math
import re
from datetime import datetime, timedelta, timezone

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    changes_only_with,
    each,
    equals,
    is_number,
    length,
    matching,
    never_falls,
    now,
    number,
    one_of,
    past,
    unchanged,
    varied,
    walk,
    where,
)
from public_payloads.times import form, seconds

# -- Awair -----------------------------------------------------------------------


def _vapour(owner):
    """The pressure of the water in the air, in hPa."""
    warm = owner["temp"]
    full = 6.112 * math.exp(17.62 * warm / (243.12 + warm))
    return full * owner["humid"] / 100


def _dew_point(value, owner, event):
    part = math.log(_vapour(owner) / 6.112)
    wanted = 243.12 * part / (17.62 - part)
    return is_number(value) and round(value, 2) == value and abs(value - wanted) <= 0.3


def _absolute(value, owner, event):
    wanted = 216.7 * _vapour(owner) / (273.15 + owner["temp"])
    return is_number(value) and round(value, 2) == value and abs(value - wanted) <= 0.3


# -- Blitzortung -----------------------------------------------------------------

SIG = "sig.*."


def _kilometres(one, two):
    north = (two[0] - one[0]) * 111.32
    east = (two[1] - one[1]) * 111.32 * math.cos(math.radians((one[0] + two[0]) / 2))
    return math.hypot(east, north)


def _arrival(value, owner, event):
    """Nanoseconds that the signal takes to the station, roughly."""
    far = _kilometres((event["lat"], event["lon"]), (owner["lat"], owner["lon"]))
    light = far / 299_792 * 1e9
    return type(value) is int and 0.4 * light - 2e5 <= value <= 2.5 * light + 2e5


def _of_station(series):
    """A station has one place."""
    known = {}
    return all(
        is_number(value) and known.setdefault(owner["sta"], value) == value
        for value, owner in zip(series.values, series.owners)
    )


def _stations(value, owner, event):
    return (
        type(value) is int
        and 0 < value < 10_000
        and ([sig["sta"] for sig in event["sig"]].count(value) == 1)
    )


# -- eBird -----------------------------------------------------------------------


def _one_list(series):
    """What is on a list of observations stays so."""
    known = {}
    return all(
        known.setdefault(owner["subId"], value) == value
        for value, owner in zip(series.values, series.owners)
    )


# -- IGWN ------------------------------------------------------------------------

GW = "event."
_KINDS = ("EARLY_WARNING", "PRELIMINARY", "INITIAL", "UPDATE")


def _kind(series):
    """The alerts of an event do not go back."""
    known = {}
    for value, event in zip(series.values, series.events):
        at = _KINDS.index(value)
        if known.get(event["superevent_id"], 0) > at:
            return False
        known[event["superevent_id"]] = at
    return True


def _named_by_day(value, owner, event):
    """The name has the date of the event in it."""
    found = re.fullmatch(r"(?:MS|S|TS)(\d{6})[a-z]{1,3}", value)
    return bool(found) and found[1] == event["event"]["time"][2:10].replace("-", "")


def _of_superevent(series):
    known = {}
    return all(
        known.setdefault(event["superevent_id"], value) == value
        for value, event in zip(series.values, series.events)
    )


def _share(value):
    return is_number(value) and 0 <= value <= 1


_SUM = where(
    "they are one together",
    lambda v, o, e: _share(v) and abs(sum(o.values()) - 1) <= 0.021,
)

# -- Elexon ----------------------------------------------------------------------

ROW = "data.*."


def _published(series):
    """Every five minutes."""
    moments = [seconds(value) for value in series.values]
    return (
        all(form(value) == form(series.example) for value in series.values)
        and all(moment % 300 == 0 for moment in moments)
        and all(a <= b for a, b in zip(moments, moments[1:]))
        and all(-1 <= t / 1000 - m <= 900 for m, t in zip(moments, series.times))
    )


def _starts(owner):
    """The start in Great Britain, in winter and in summer."""
    start = datetime.fromtimestamp(seconds(owner["startTime"]), timezone.utc)
    return start, start + timedelta(hours=1)


def _day(value, owner, event):
    return value in [f"{start:%Y-%m-%d}" for start in _starts(owner)]


def _period(value, owner, event):
    """The half hour of the day, of the same day as the date."""
    return (value, owner["settlementDate"]) in [
        (start.hour * 2 + start.minute // 30 + 1, f"{start:%Y-%m-%d}")
        for start in _starts(owner)
    ] and type(value) is int


def _generation(series):
    """Whole megawatts, not far from what they were."""
    known = series.example
    return all(
        type(v) is int and abs(v - known) <= 0.2 * known for v in series.values
    ) and all(abs(b - a) <= 0.08 * known for a, b in series.pairs())


PAYLOADS = (
    Payload(
        "awair-air-data",
        "air in rooms",
        "air-data/latest",
        {
            "timestamp": "2020-08-31T22:07:03.831Z",
            "score": 93,
            "dew_point": 11.43,
            "temp": 24.41,
            "humid": 44.23,
            "abs_humid": 9.82,
            "co2": 611,
            "co2_est": 587,
            "co2_est_baseline": 37461,
            "voc": 137,
            "voc_baseline": 37924,
            "voc_h2_raw": 27,
            "voc_ethanol_raw": 38,
            "pm25": 4,
            "pm10_est": 5,
        },
        {
            "timestamp": now(15),
            "score": walk(4, 70, 100, rests=True),
            "dew_point": where("of the air", _dew_point),
            "temp": walk(0.2, 20, 29),
            "humid": walk(0.8, 34, 56),
            "abs_humid": where("of the air", _absolute),
            "co2": walk(20, 400, 1_000),
            "co2_est": walk(25, 400, 1_000, rests=True),
            "co2_est_baseline": walk(200, 36_500, 38_500, rests=True),
            "voc": walk(20, 40, 400),
            "voc_baseline": walk(200, 37_000, 39_000, rests=True),
            "voc_h2_raw": walk(2, 22, 32, rests=True),
            "voc_ethanol_raw": walk(2, 33, 43, rests=True),
            "pm25": walk(2, 0, 15, rests=True),
            "pm10_est": (
                walk(3, 0, 20, rests=True),
                where("not less than the finer", lambda v, o, e: v >= o["pm25"]),
            ),
        },
    ),
    Payload(
        "blitzortung-strike",
        "lightning",
        "blitzortung/strikes",
        {
            "time": 1631804426185404000,
            "lat": 48.125534,
            "lon": 11.598345,
            "alt": 0,
            "pol": 0,
            "mds": 8765,
            "mcg": 144,
            "status": 1,
            "region": 1,
            "sig": [
                {
                    "sta": 1894,
                    "time": 452310,
                    "lat": 48.953712,
                    "lon": 12.946204,
                    "alt": 412,
                    "status": 12,
                },
                {
                    "sta": 777,
                    "time": 812604,
                    "lat": 47.376891,
                    "lon": 8.541702,
                    "alt": 458,
                    "status": 12,
                },
            ],
            "delay": 5.4,
        },
        {
            "time": (now(60), Rule("on", lambda s: all(a < b for a, b in s.pairs()))),
            "lat": (number(34, 72), varied),
            "lon": (number(-15, 45), varied),
            "pol": one_of(-1, 0, 1),
            "mds": (number(300, 30_000), varied),
            "mcg": number(20, 355),
            "status": one_of(0, 1, 2),
            "sig": length(1, 60),
            SIG + "sta": where("a station, once", _stations),
            SIG + "time": where("as fast as light", _arrival),
            SIG + "lat": Rule("one place", _of_station),
            SIG + "lon": Rule("one place", _of_station),
            SIG + "alt": Rule("one place", _of_station),
            SIG + "status": each("flags", lambda v: type(v) is int and 0 <= v <= 15),
            "delay": number(0.2, 60),
        },
    ),
    Payload(
        "ebird-recent",
        "birds",
        "v2/data/obs/RO/recent",
        [
            {
                "speciesCode": "hoocro1",
                "comName": "Hooded Crow",
                "sciName": "Corvus cornix",
                "locId": "L7884500",
                "locName": "Vadu",
                "obsDt": "2020-01-21 16:35",
                "howMany": 1,
                "lat": 44.4421736,
                "lng": 28.7386537,
                "obsValid": True,
                "obsReviewed": False,
                "locationPrivate": True,
                "subId": "S63619695",
            },
            {
                "speciesCode": "grbgoo",
                "comName": "Greylag Goose",
                "sciName": "Anser anser",
                "locId": "L7884500",
                "locName": "Vadu",
                "obsDt": "2020-01-21 16:30",
                "howMany": 42,
                "lat": 44.4421736,
                "lng": 28.7386537,
                "obsValid": True,
                "obsReviewed": False,
                "locationPrivate": True,
                "subId": "S63619612",
            },
        ],
        {
            "*.obsDt": (
                unchanged | past(31, fixed=False, least=-0.6),
                Rule("one list", _one_list),
                Rule("on", never_falls),
            ),
            "*.howMany": (
                each("a count", lambda v: type(v) is int and 1 <= v <= 5_000),
                Rule("one list", _one_list),
            ),
            "*.subId": matching(r"S\d{8,9}"),
        },
    ),
    Payload(
        "igwn-alert",
        "gravitational waves",
        "gcn/igwn.gwalert",
        {
            "alert_type": "PRELIMINARY",
            "time_created": "2018-11-01T22:34:49Z",
            "superevent_id": "MS181101ab",
            "urls": {"gracedb": "https://example.org/superevents/MS181101ab/view/"},
            "event": {
                "time": "2018-11-01T22:22:46.654Z",
                "far": 9.11069936486e-14,
                "significant": True,
                "instruments": ["H1", "L1", "V1"],
                "group": "CBC",
                "pipeline": "gstlal",
                "search": "MDC",
                "properties": {
                    "HasNS": 0.95,
                    "HasRemnant": 0.91,
                    "HasMassGap": 0.01,
                },
                "classification": {
                    "BNS": 0.95,
                    "NSBH": 0.01,
                    "BBH": 0.03,
                    "Terrestrial": 0.01,
                },
                "duration": None,
                "central_frequency": None,
            },
            "external_coinc": None,
        },
        {
            "alert_type": (each("a kind", lambda v: v in _KINDS), Rule("on", _kind)),
            "time_created": now(60),
            "superevent_id": where("of the day", _named_by_day),
            "urls.gracedb": equals(
                lambda o, e: "https://example.org/superevents/"
                + e["superevent_id"]
                + "/view/"
            ),
            GW
            + "time": (
                after("$.time_created", -3 * 86_400, -1),
                Rule("one time", _of_superevent),
            ),
            GW + "far": each("a rate", lambda v: is_number(v) and 0 < v <= 3.2e-8),
            GW + "instruments": length(2, 4),
            GW
            + "instruments.*": where(
                "a detector, once",
                lambda v, o, e: v in ("H1", "L1", "V1", "K1") and o.count(v) == 1,
            ),
            GW + "properties.HasNS": each("a share", _share),
            GW
            + "properties.HasRemnant": where(
                "with a star", lambda v, o, e: _share(v) and v <= o["HasNS"]
            ),
            GW + "properties.HasMassGap": each("a share", _share),
            GW + "classification.BNS": _SUM,
            GW + "classification.NSBH": _SUM,
            GW + "classification.BBH": _SUM,
            GW + "classification.Terrestrial": _SUM,
        },
    ),
    Payload(
        "elexon-fuelinst",
        "power stations",
        "bmrs/api/v1/datasets/FUELINST",
        {
            "data": [
                {
                    "dataset": "FUELINST",
                    "publishTime": "2023-07-18T14:25:00Z",
                    "startTime": "2023-07-18T14:20:00Z",
                    "settlementDate": "2023-07-18",
                    "settlementPeriod": 31,
                    "fuelType": "BIOMASS",
                    "generation": 2001,
                },
                {
                    "dataset": "FUELINST",
                    "publishTime": "2023-07-18T14:25:00Z",
                    "startTime": "2023-07-18T14:20:00Z",
                    "settlementDate": "2023-07-18",
                    "settlementPeriod": 31,
                    "fuelType": "CCGT",
                    "generation": 11287,
                },
                {
                    "dataset": "FUELINST",
                    "publishTime": "2023-07-18T14:25:00Z",
                    "startTime": "2023-07-18T14:20:00Z",
                    "settlementDate": "2023-07-18",
                    "settlementPeriod": 31,
                    "fuelType": "WIND",
                    "generation": 6143,
                },
            ]
        },
        {
            ROW + "publishTime": Rule("every five minutes", _published),
            ROW + "startTime": after("publishTime", -300, -300),
            ROW + "settlementDate": where("of the start", _day),
            ROW + "settlementPeriod": where("of the start", _period),
            ROW
            + "generation": (
                Rule("megawatts", _generation),
                changes_only_with("publishTime"),
            ),
        },
    ),
)
