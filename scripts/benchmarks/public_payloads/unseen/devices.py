"""Plugs, solar plants, glucose sensors, tides."""

import re
from datetime import datetime

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    changes_only_with,
    counter,
    each,
    equals,
    every,
    matching,
    never_falls,
    now,
    number,
    one_of,
    past,
    rarely,
    unchanged,
    walk,
    where,
)

PLUG = "params.switch:0."


# -- Shelly ----------------------------------------------------------------------


def _seconds_now(series):
    """Seconds with a fraction, whose last zeros a number does not have."""
    late = [time / 1000 - value for value, time in zip(series.values, series.times)]
    return (
        all(isinstance(value, (int, float)) for value in series.values)
        and all(len(str(v).partition(".")[2]) <= 3 for v in series.values)
        and all(-0.5 <= each_late <= 5 for each_late in late)
        and never_falls(series)
        and (not series.is_slow or series.values[-1] > series.values[0])
    )


def _energy(watts, unit):
    """It rises by what a power is over the time, ten times at most."""

    def check(series):
        power = max(
            abs(watts(owner, e)) for owner, e in zip(series.owners, series.events)
        )
        hours = (series.times[-1] - series.times[0]) / 3_600_000
        rise = series.values[-1] - series.values[0]
        return 0 <= rise <= 10 * power * hours + unit

    return Rule("energy of its power", check)


def _apparent(value, owner, event):
    """Volts times amperes are the watts or more, and not many times as much."""
    volt_amperes = owner["voltage"] * value
    return 0.95 * owner["apower"] - 0.5 <= volt_amperes <= 4 * owner["apower"] + 5


def _minute(series):
    """The first second of the last minute."""
    return never_falls(series) and all(
        isinstance(value, int) and value % 60 == 0 and 0 <= time / 1000 - value <= 120
        for value, time in zip(series.values, series.times)
    )


# -- Fronius ---------------------------------------------------------------------


def _autonomy(owner, event):
    return min(100, 100 * owner["P_PV"] / max(-owner["P_Load"], 0.01))


def _own_use(value, owner, event):
    if owner["P_PV"] == 0:
        return value in (0, 100, None)
    wanted = min(100, -100 * owner["P_Load"] / owner["P_PV"])
    return abs(value - wanted) <= 0.06


# -- Nightscout ------------------------------------------------------------------

#: What a reading has, it keeps.
_READING = changes_only_with("date")


def _id_of_reading(series):
    """Another reading has another id."""
    return all(
        series.values[n] != series.values[n - 1]
        or series.owners[n]["date"] == series.owners[n - 1]["date"]
        for n in range(1, len(series.values))
    )


def _arrow(value, owner, event):
    """The arrow says the change in five minutes; about a border both are right."""
    delta = owner["delta"]
    bands = [
        ("DoubleDown", -99, -13),
        ("SingleDown", -17, -8),
        ("FortyFiveDown", -12, -3),
        ("Flat", -7, 7),
        ("FortyFiveUp", 3, 12),
        ("SingleUp", 8, 17),
        ("DoubleUp", 13, 99),
    ]
    return any(word == value and low <= delta <= high for word, low, high in bands)


def _raw(value, owner, event):
    return 700 <= value / owner["sgv"] <= 1_800


# -- Tides -----------------------------------------------------------------------


def _six_minutes(series):
    """Rows are six minutes apart, on whole tenths of an hour."""
    for value, event in zip(series.values, series.events):
        moments = [datetime.strptime(r["t"], "%Y-%m-%d %H:%M") for r in event["data"]]
        apart = [(b - a).total_seconds() for a, b in zip(moments, moments[1:])]
        if any(gap != 360 for gap in apart) or int(value[-2:]) % 6:
            return False
    return True


def _recent(series):
    """A row of the last day, whatever the station's zone."""
    for value, time in zip(series.values, series.times):
        moment = datetime.strptime(value + " +0000", "%Y-%m-%d %H:%M %z")
        if not -26 * 3600 <= moment.timestamp() - time / 1000 <= 14 * 3600:
            return False
    return never_falls(series)


def _next_level(value, owner, event):
    """The tide changes by little in six minutes."""
    levels = [float(row["v"]) for row in event["data"]]
    return all(abs(a - b) <= 0.4 for a, b in zip(levels, levels[1:]))


PAYLOADS = [
    Payload(
        "shelly-notify",
        "smart plugs",
        "shelly1pmminig3-48f6ee8d12dc/events/rpc",
        {
            "src": "shelly1pmminig3-48f6ee8d12dc",
            "dst": "shelly1pmminig3-48f6ee8d12dc/events",
            "method": "NotifyStatus",
            "params": {
                "ts": 1731256391.52,
                "switch:0": {
                    "id": 0,
                    "output": True,
                    "apower": 25.7,
                    "voltage": 239.7,
                    "freq": 50.2,
                    "current": 0.188,
                    "aenergy": {
                        "total": 913.252,
                        "by_minute": [404.631, 404.631, 404.631],
                        "minute_ts": 1731256380,
                    },
                    "temperature": {"tC": 68.1, "tF": 154.6},
                },
            },
        },
        {
            "params.ts": Rule("now", _seconds_now),
            PLUG
            + "output": where(
                "on where there is power", lambda v, o, e: v is True or o["apower"] == 0
            ),
            PLUG + "apower": walk(10, 0, 200),
            PLUG + "voltage": walk(2, 207, 253, rests=True),
            PLUG + "freq": walk(0.2, 49.7, 50.4, rests=True),
            PLUG + "current": (number(0, 5), where("of the power", _apparent)),
            PLUG
            + "aenergy.total": (
                counter(0, 1),
                _energy(lambda o, e: e["params"]["switch:0"]["apower"], 0.05),
            ),
            PLUG
            + "aenergy.by_minute.*": (
                number(0, 4_000),
                changes_only_with("$." + PLUG + "aenergy.minute_ts"),
            ),
            PLUG + "aenergy.minute_ts": Rule("the last minute", _minute),
            PLUG + "temperature.tC": walk(0.6, 40, 90, rests=True),
            PLUG + "temperature.tF": equals(lambda o, e: o["tC"] * 1.8 + 32),
        },
    ),
    Payload(
        "fronius-powerflow",
        "solar plants",
        "solar_api/v1/GetPowerFlowRealtimeData.fcgi",
        {
            "Body": {
                "Data": {
                    "Inverters": {
                        "1": {
                            "DT": 76,
                            "E_Day": 309.9,
                            "E_Total": 15427050,
                            "E_Year": 2087096,
                            "P": 655,
                        }
                    },
                    "Site": {
                        "E_Day": 309.9,
                        "E_Total": 15427050,
                        "E_Year": 2087096,
                        "Meter_Location": "grid",
                        "Mode": "meter",
                        "P_Akku": None,
                        "P_Grid": -434.49,
                        "P_Load": -220.51,
                        "P_PV": 655,
                        "rel_Autonomy": 100,
                        "rel_SelfConsumption": 33.66564885496183,
                    },
                    "Version": "12",
                }
            },
            "Head": {
                "Status": {"Code": 0, "Reason": "", "UserMessage": ""},
                "Timestamp": "2022-03-11T08:41:26+11:00",
            },
        },
        {
            "Body.Data.Inverters.1.E_Day": equals(
                lambda o, e: e["Body"]["Data"]["Site"]["E_Day"]
            ),
            "Body.Data.Inverters.1.E_Total": equals(
                lambda o, e: e["Body"]["Data"]["Site"]["E_Total"]
            ),
            "Body.Data.Inverters.1.E_Year": equals(
                lambda o, e: e["Body"]["Data"]["Site"]["E_Year"]
            ),
            "Body.Data.Inverters.1.P": equals(
                lambda o, e: e["Body"]["Data"]["Site"]["P_PV"]
            ),
            "Body.Data.Site.E_Day": (
                counter(0, 2),
                _energy(lambda o, e: o["P_PV"], 1.1),
            ),
            "Body.Data.Site.E_Total": (
                counter(0, 2),
                _energy(lambda o, e: o["P_PV"], 1.1),
            ),
            "Body.Data.Site.E_Year": (
                counter(0, 2),
                _energy(lambda o, e: o["P_PV"], 1.1),
            ),
            "Body.Data.Site.P_Grid": equals(lambda o, e: -o["P_PV"] - o["P_Load"]),
            "Body.Data.Site.P_Load": walk(200, -6_000, -20),
            "Body.Data.Site.P_PV": walk(100, 0, 6_000, rests=True),
            "Body.Data.Site.rel_Autonomy": equals(_autonomy),
            "Body.Data.Site.rel_SelfConsumption": where("of load and yield", _own_use),
            "Head.Timestamp": now(10),
        },
    ),
    Payload(
        "nightscout-entry",
        "glucose sensors",
        "api/v1/entries/sgv.json",
        [
            {
                "_id": "55d5041c5cf8110c1b9a9f3e",
                "device": "dexcom",
                "date": 1440022684000,
                "dateString": "2015-08-19T22:18:04.000Z",
                "sgv": 174,
                "delta": -4.982,
                "direction": "Flat",
                "type": "sgv",
                "filtered": 210176,
                "unfiltered": 210496,
                "rssi": 192,
                "noise": 1,
                "sysTime": "2015-08-19T22:18:04.000Z",
                "utcOffset": 0,
            }
        ],
        {
            "*._id": (
                matching("[0-9a-f]{24}"),
                Rule("another with each reading", _id_of_reading),
            ),
            "*.date": (
                past(1 / 48, fixed=False),
                Rule("never back", never_falls),
            ),
            "*.dateString": after("date", 0, 0),
            "*.sgv": (walk(12, 45, 380, rests=True), _READING),
            "*.delta": (number(-20, 20), _READING),
            "*.direction": (where("of the change", _arrow), _READING),
            "*.filtered": (where("of the glucose", _raw), _READING),
            "*.unfiltered": (where("of the glucose", _raw), _READING),
            "*.rssi": (number(50, 255), _READING),
            "*.noise": (one_of(0, 1, 2, 3, 4), _READING),
            "*.sysTime": after("date", -300, 300),
        },
    ),
    Payload(
        "noaa-tides",
        "tides",
        "api/prod/datagetter",
        {
            "metadata": {
                "id": "9414290",
                "name": "San Francisco",
                "lat": "37.8063",
                "lon": "-122.4659",
            },
            "data": [
                {
                    "t": "2013-08-08 15:00",
                    "v": "4.046",
                    "s": "0.187",
                    "f": "0,0,0,0",
                    "q": "v",
                },
                {
                    "t": "2013-08-08 15:06",
                    "v": "4.089",
                    "s": "0.161",
                    "f": "0,0,0,0",
                    "q": "v",
                },
            ],
        },
        {
            "data.*.t": (
                unchanged | Rule("of the last day", _recent),
                Rule("six minutes apart", _six_minutes),
            ),
            "data.*.v": (
                changes_only_with("t"),
                number(-2, 9),
                where("near the next", _next_level),
            ),
            "data.*.s": (changes_only_with("t"), number(0, 0.9)),
            "data.*.f": unchanged
            | every(
                each("flags", lambda v: bool(re.fullmatch("[01](,[01]){3}", v))),
                changes_only_with("t"),
            ),
            "data.*.q": unchanged | rarely("v", "p"),
        },
    ),
]
