"""Receivers of satellites, trackers of vans, aircraft, appliances, rooms' climate."""

import math

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    counter,
    each,
    is_number,
    now,
    past,
    rarely,
    recent,
    unchanged,
    walk,
    way,
    where,
    whole,
)
from public_payloads.times import seconds


def _range(low, high):
    return each(f"{low}..{high}", lambda v: is_number(v) and low <= v <= high)


def _apart(one, two):
    return abs((two - one + 180) % 360 - 180)


def _track(most):
    """Degrees that turn by so much between two events at most."""

    def check(series):
        return all(is_number(v) and 0 <= v <= 360 for v in series.values) and all(
            _apart(a, b) <= most for a, b in series.pairs()
        )

    return Rule(f"turns by {most}", check)


# -- gpsd ------------------------------------------------------------------------


def _drifts(step, low, high):
    """A measure in a range, which moves by little, to the thousandth."""

    def check(series):
        return all(
            is_number(v) and low <= v <= high and round(v, 3) == v
            for v in series.values
        ) and all(abs(b - a) <= step for a, b in series.pairs())

    return Rule(f"drifts by {step}", check)


def _fix(series):
    """A receiver that stands or goes slowly, as it says, and whose place jitters."""
    passed = (series.times[1] - series.times[0]) / 1000
    places = [(o["lat"], o["lon"]) for o in series.owners]
    speeds = [o["speed"] for o in series.owners]
    if not all(is_number(v) and round(v, 9) == v for v in series.values):
        return False
    steps = [math.hypot(*way(a, b)) for a, b in zip(places, places[1:])]
    gone = math.hypot(*way(places[0], places[-1]))
    wanted = sum(speeds[1:]) * passed
    return (
        all(s <= 2 * v * passed + 6 for s, v in zip(steps, speeds[1:]))
        and gone <= 1.6 * wanted + 30
        and (max(speeds) < 3 or not series.is_slow or gone >= 0.3 * wanted - 30)
    )


# -- Traccar ---------------------------------------------------------------------

POS = "positions.*."
MORE = "positions.*.attributes."
KNOT = 0.5144


def _fixes(series):
    """The positions with the seconds of their fixes, a new one for each other id."""
    return [
        (seconds(o["fixTime"]), (o["latitude"], o["longitude"]), o)
        for o in (event["positions"][0] for event in series.events)
    ]


def _drives(series):
    """It goes as fast as it says, from fix to fix."""
    fixes = _fixes(series)
    wanted = gone = 0.0
    for (t, a, one), (u, b, two) in zip(fixes, fixes[1:]):
        step = math.hypot(*way(a, b))
        expected = max(one["speed"], two["speed"]) * KNOT * (u - t)
        if step > 1.8 * expected + 12:
            return False
        wanted += (one["speed"] + two["speed"]) / 2 * KNOT * (u - t)
        gone += step
    return all(is_number(v) for v in series.values) and gone >= 0.4 * wanted - 25


def _headed(series):
    """The course is about where it goes."""
    fixes = _fixes(series)
    east, north = way(fixes[0][1], fixes[-1][1])
    if math.hypot(east, north) < 40:
        return True
    mean = math.degrees(math.atan2(east, north))
    return sum(_apart(v, mean) > 75 for v in series.values) <= 4


def _positions(series):
    """A new fix has a higher id, the same fix the same one."""
    ids = series.values
    return (
        all(type(v) is int and 0 < v - series.example + 1_000 < 10**6 for v in ids)
        and all(a <= b for a, b in series.pairs())
        and all(
            a != b or c["fixTime"] == d["fixTime"]
            for (a, b), c, d in zip(series.pairs(), series.owners, series.owners[1:])
        )
    )


def _before(other, most):
    return where(
        f"before {other}",
        lambda v, o, e: -0.01 <= seconds(o[other]) - seconds(v) <= most,
    )


def _stepped(series):
    """The metres from the last fix."""
    fixes = _fixes(series)
    for value, (t, a, one), (u, b, two) in zip(series.values[1:], fixes, fixes[1:]):
        gone = math.hypot(*way(a, b))
        if one["id"] != two["id"] and not 0.5 * gone - 8 <= value <= 1.6 * gone + 8:
            return False
    return all(is_number(v) and 0 <= v <= 5_000 for v in series.values)


def _summed(series):
    """The last total and what was gone since, where there is a new fix."""
    for (a, b), one, two in zip(series.pairs(), series.events, series.events[1:]):
        known, fix = one["positions"][0], two["positions"][0]
        step = 0 if known["id"] == fix["id"] else fix["attributes"]["distance"]
        if abs(b - a - step) > 0.02 + 0.02 * step:
            return False
    return abs(series.values[0] - series.example) <= 5_000


# -- dump1090 --------------------------------------------------------------------

PLANE = "aircraft.*."


def _flies(series):
    """It goes where its track and speed say, from position to position."""
    owners = series.owners
    seen = [t["now"] - o["seen_pos"] for t, o in zip(series.events, owners)]
    wanted = [0.0, 0.0]
    for (one, two), t, u in zip(zip(owners, owners[1:]), seen, seen[1:]):
        east, north = way((one["lat"], one["lon"]), (two["lat"], two["lon"]))
        fast = max(one["gs"], two["gs"]) * KNOT
        if math.hypot(east, north) > 1.5 * fast * (max(u - t, 0) + 1) + 60:
            return False
        course = math.radians(two["track"])
        wanted[0] += two["gs"] * KNOT * (u - t) * math.sin(course)
        wanted[1] += two["gs"] * KNOT * (u - t) * math.cos(course)
    east, north = way(
        (owners[0]["lat"], owners[0]["lon"]), (owners[-1]["lat"], owners[-1]["lon"])
    )
    off = math.hypot(east - wanted[0], north - wanted[1])
    far = math.hypot(*wanted)
    return all(is_number(v) and round(v, 6) == v for v in series.values) and (
        off <= 0.5 * far + 2 * owners[0]["gs"] * KNOT
    )


def _climbs(rounding):
    """Feet that change as the rate says."""

    def check(series):
        passed = (series.times[1] - series.times[0]) / 1000
        rates = [owner["baro_rate"] for owner in series.owners]
        values = series.values
        wanted = sum(rates[1:]) / 60 * passed
        most = max(abs(rate) for rate in rates) / 60 * passed
        return (
            all(type(v) is int and v % rounding == 0 for v in values)
            and all(abs(b - a) <= 2.5 * most + 75 for a, b in series.pairs())
            and abs(values[-1] - values[0] - wanted) <= 0.6 * abs(wanted) + 90
        )

    return Rule("climbs", check)


def _above(series):
    """The height above the ellipsoid differs from the other one by the same."""
    gaps = [v - o["alt_baro"] for v, o in zip(series.values, series.owners)]
    return max(gaps) - min(gaps) <= 200 and all(0 <= gap <= 1_000 for gap in gaps)


def _heard(series):
    """The seconds since it was heard, which do not outrun the time."""
    passed = (series.times[1] - series.times[0]) / 1000
    return all(is_number(v) and 0 <= v <= 60 for v in series.values) and all(
        b - a <= passed + 0.35 for a, b in series.pairs()
    )


def _clock(lag):
    """The time in seconds with a digit."""

    def check(series):
        late = [t / 1000 - v for t, v in zip(series.times, series.values)]
        return (
            all(is_number(v) and round(v, 3) == v for v in series.values)
            and all(-0.2 <= each <= lag for each in late)
            and all(a <= b for a, b in series.pairs())
            and (not series.is_slow or series.values[-1] > series.values[0])
        )

    return Rule(f"now, {lag} s", check)


# -- Home Connect ----------------------------------------------------------------

ITEM = "items.*."


def _left(series):
    """What remains gets less as the time goes, at once or minute by minute."""
    gone = (series.times[-1] - series.times[0]) / 1000
    return (
        all(type(v) is int and 0 <= v <= 20_000 for v in series.values)
        and abs(series.values[0] - series.example) <= 600
        and all(0 <= a - b <= 300 for a, b in series.pairs())
        and series.values[0] - series.values[-1] <= gone + 360
    )


def _done(series):
    return (
        all(type(v) is int and 0 <= v <= 100 for v in series.values)
        and abs(series.values[0] - series.example) <= 15
        and all(0 <= b - a <= 4 for a, b in series.pairs())
        and series.values[-1] - series.values[0] <= 6
    )


def _elapsed(series):
    gone = (series.times[-1] - series.times[0]) / 1000
    return (
        all(type(v) is int and 0 <= v <= 20_000 for v in series.values)
        and abs(series.values[0] - series.example) <= 600
        and all(0 <= b - a <= 300 for a, b in series.pairs())
        and series.values[-1] - series.values[0] <= gone + 120
    )


# -- Netatmo ---------------------------------------------------------------------

HOME = "body.devices.*."
DASH = "body.devices.*.dashboard_data."


def _extreme(sign):
    """The extreme of a day, which the temperature alone moves."""

    def check(series):
        temps = [owner["Temperature"] for owner in series.owners]
        return (
            all(is_number(v) and round(v, 1) == v for v in series.values)
            and abs(series.values[0] - series.example) <= 6
            and all(sign * (v - t) >= -0.01 for v, t in zip(series.values, temps))
            and all(
                a == b or (sign * (b - a) > 0 and abs(b - t) < 0.11)
                for (a, b), t in zip(series.pairs(), temps[1:])
            )
        )

    return Rule("extreme of a day", check)


def _above_sea(series):
    """The station is where it is, some 8 mbar below the sea's pressure."""
    gaps = [o["Pressure"] - v for v, o in zip(series.values, series.owners)]
    return all(is_number(v) and round(v, 1) == v for v in series.values) and all(
        abs(gap - 8.2) <= 0.45 for gap in gaps
    )


def _of_today(value, owner, event):
    """Since some midnight, and not after the measure."""
    return type(value) is int and 0 <= owner["time_utc"] - value <= 90_000


def _in_order(series):
    return all(a <= b for a, b in series.pairs())


PAYLOADS = (
    Payload(
        "gpsd-tpv",
        "receivers of satellites",
        "gpsd/tpv",
        {
            "class": "TPV",
            "device": "/dev/pts/1",
            "time": "2005-06-08T10:34:48.283Z",
            "ept": 0.005,
            "lat": 46.498293369,
            "lon": 7.567411672,
            "alt": 1343.127,
            "eph": 36.0,
            "epv": 32.321,
            "track": 10.3788,
            "speed": 0.091,
            "climb": -0.085,
            "mode": 3,
        },
        {
            "time": now(5),
            "ept": _range(0, 0.2),
            "lat": Rule("stands or goes slowly", _fix),
            "lon": Rule("stands or goes slowly", _fix),
            "alt": walk(8, 1_250, 1_450, rests=True),
            "eph": _drifts(15, 1, 120),
            "epv": _drifts(15, 1, 120),
            "track": _range(0, 360),
            "speed": walk(1.5, 0, 15, rests=True),
            "climb": walk(0.8, -3, 3, rests=True),
            "mode": rarely(3, 2),
        },
    ),
    Payload(
        "traccar-position",
        "trackers of vans",
        "api/socket",
        {
            "positions": [
                {
                    "id": 48213377,
                    "deviceId": 118,
                    "protocol": "teltonika",
                    "serverTime": "2023-11-08T09:14:27.000+00:00",
                    "deviceTime": "2023-11-08T09:14:25.000+00:00",
                    "fixTime": "2023-11-08T09:14:25.000+00:00",
                    "outdated": False,
                    "valid": True,
                    "latitude": 48.137154,
                    "longitude": 11.576124,
                    "altitude": 519.0,
                    "speed": 22.678,
                    "course": 84.0,
                    "address": None,
                    "accuracy": 0.0,
                    "attributes": {
                        "sat": 14,
                        "ignition": True,
                        "motion": True,
                        "power": 14.132,
                        "distance": 11.67,
                        "totalDistance": 18734512.08,
                    },
                }
            ]
        },
        {
            POS + "id": Rule("a fix", _positions),
            POS + "serverTime": recent(120),
            POS + "deviceTime": (recent(180), _before("serverTime", 120)),
            POS + "fixTime": (recent(180), _before("deviceTime", 60)),
            POS + "latitude": Rule("drives", _drives),
            POS + "longitude": Rule("drives", _drives),
            POS + "altitude": walk(12, 440, 640, rests=True),
            POS + "speed": walk(16, 0, 85, rests=True),
            POS + "course": (_track(100), Rule("headed", _headed)),
            MORE + "sat": (whole, walk(5, 3, 40, rests=True)),
            MORE + "motion": rarely(True, False),
            MORE + "ignition": rarely(True, False),
            MORE + "power": walk(0.9, 11, 15, rests=True),
            MORE + "distance": Rule("from the last fix", _stepped),
            MORE + "totalDistance": Rule("a sum", _summed),
        },
    ),
    Payload(
        "dump1090-aircraft",
        "receivers of aircraft",
        "data/aircraft.json",
        {
            "now": 1597323431.1,
            "messages": 28402913,
            "aircraft": [
                {
                    "hex": "4ca4eb",
                    "flight": "RYR4GP  ",
                    "alt_baro": 36000,
                    "alt_geom": 36375,
                    "gs": 448.2,
                    "track": 142.6,
                    "baro_rate": 0,
                    "squawk": "2733",
                    "category": "A3",
                    "lat": 51.732468,
                    "lon": -1.204816,
                    "seen_pos": 0.4,
                    "messages": 1245,
                    "seen": 0.1,
                    "rssi": -21.4,
                },
                {
                    "hex": "0101de",
                    "flight": "MSR778  ",
                    "alt_baro": 11725,
                    "alt_geom": 12375,
                    "gs": 327.5,
                    "track": 281.3,
                    "baro_rate": -1152,
                    "squawk": "5261",
                    "category": "A5",
                    "lat": 51.391205,
                    "lon": -0.512704,
                    "seen_pos": 0.9,
                    "messages": 872,
                    "seen": 0.3,
                    "rssi": -14.8,
                },
            ],
        },
        {
            "now": _clock(5),
            "messages": (whole, counter(0, 20_000, rests=False)),
            PLANE + "alt_baro": _climbs(25),
            PLANE + "alt_geom": (_climbs(25), Rule("above", _above)),
            PLANE + "gs": walk(12, 150, 560, rests=True),
            PLANE + "track": _track(9),
            PLANE + "baro_rate": (whole, walk(800, -3_500, 3_500, rests=True)),
            PLANE + "lat": Rule("flies", _flies),
            PLANE + "lon": Rule("flies", _flies),
            PLANE + "seen_pos": Rule("heard", _heard),
            PLANE + "messages": (whole, counter(0, 40)),
            PLANE
            + "seen": (
                Rule("heard", _heard),
                where("not before its place", lambda v, o, e: v <= o["seen_pos"]),
            ),
            PLANE + "rssi": walk(8, -45, -1, rests=True),
        },
    ),
    Payload(
        "home-connect-notify",
        "household appliances",
        "api/homeappliances/events",
        {
            "items": [
                {
                    "timestamp": 1599736521,
                    "handling": "none",
                    "uri": "/api/homeappliances/BOSCH-HCS03WCH1-7BC6383CF794/programs/active/options/BSH.Common.Option.RemainingProgramTime",  # noqa: E501
                    "key": "BSH.Common.Option.RemainingProgramTime",
                    "unit": "seconds",
                    "value": 3480,
                    "level": "hint",
                },
                {
                    "timestamp": 1599736521,
                    "handling": "none",
                    "uri": "/api/homeappliances/BOSCH-HCS03WCH1-7BC6383CF794/programs/active/options/BSH.Common.Option.ProgramProgress",  # noqa: E501
                    "key": "BSH.Common.Option.ProgramProgress",
                    "unit": "%",
                    "value": 42,
                    "level": "hint",
                },
                {
                    "timestamp": 1599736521,
                    "handling": "none",
                    "uri": "/api/homeappliances/BOSCH-HCS03WCH1-7BC6383CF794/programs/active/options/BSH.Common.Option.ElapsedProgramTime",  # noqa: E501
                    "key": "BSH.Common.Option.ElapsedProgramTime",
                    "unit": "seconds",
                    "value": 2520,
                    "level": "hint",
                },
            ],
            "haId": "BOSCH-HCS03WCH1-7BC6383CF794",
        },
        {
            ITEM + "timestamp": now(5),
            "items.0.value": Rule("remains", _left),
            "items.1.value": Rule("is done", _done),
            "items.2.value": Rule("is gone", _elapsed),
        },
    ),
    Payload(
        "netatmo-station",
        "climate of rooms",
        "api/getstationsdata",
        {
            "body": {
                "devices": [
                    {
                        "_id": "70:ee:50:22:a3:00",
                        "station_name": "Home (Indoor)",
                        "date_setup": 1435834348,
                        "type": "NAMain",
                        "last_status_store": 1555677748,
                        "module_name": "Indoor",
                        "firmware": 137,
                        "wifi_status": 55,
                        "reachable": True,
                        "co2_calibrating": False,
                        "dashboard_data": {
                            "time_utc": 1555677739,
                            "Temperature": 23.7,
                            "CO2": 967,
                            "Humidity": 41,
                            "Noise": 42,
                            "Pressure": 997.6,
                            "AbsolutePressure": 989.4,
                            "min_temp": 21.2,
                            "max_temp": 27.4,
                            "date_min_temp": 1555631374,
                            "date_max_temp": 1555662436,
                            "temp_trend": "up",
                            "pressure_trend": "up",
                        },
                    }
                ]
            },
            "status": "ok",
            "time_exec": 0.060059070587158,
            "time_server": 1555677953,
        },
        {
            HOME + "date_setup": unchanged | past(6_000),
            HOME
            + "last_status_store": (
                recent(1_200),
                where(
                    "after the measure",
                    lambda v, o, e: 0 <= v - o["dashboard_data"]["time_utc"] <= 300,
                ),
            ),
            HOME + "wifi_status": (whole, walk(10, 20, 100, rests=True)),
            DASH + "time_utc": recent(1_200),
            DASH + "Temperature": walk(0.6, 15, 30, rests=True),
            DASH + "CO2": (whole, walk(80, 380, 2_500, rests=True)),
            DASH + "Humidity": (whole, walk(3, 20, 80, rests=True)),
            DASH + "Noise": (whole, walk(12, 30, 90, rests=True)),
            DASH + "Pressure": walk(0.6, 970, 1_040, rests=True),
            DASH + "AbsolutePressure": Rule("of the height", _above_sea),
            DASH + "min_temp": _extreme(-1),
            DASH + "max_temp": _extreme(1),
            DASH
            + "date_min_temp": (
                where("of today", _of_today),
                Rule("in order", _in_order),
            ),
            DASH
            + "date_max_temp": (
                where("of today", _of_today),
                Rule("in order", _in_order),
            ),
            DASH + "temp_trend": rarely("up", "down", "stable"),
            DASH + "pressure_trend": rarely("up", "down", "stable"),
            "time_exec": _range(0.001, 5),
            "time_server": now(2),
        },
    ),
)
