"""Trams, traffic on roads, electric cars, robots that mow."""

import math

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    each,
    equals,
    every,
    is_number,
    length,
    matching,
    never_falls,
    now,
    past,
    rarely,
    same,
    unchanged,
    walk,
    way,
    where,
)
from public_payloads.times import form, seconds

# -- HSL -------------------------------------------------------------------------

VP = "VP."


def _heading(series):
    """Whole degrees, which turn by little."""
    return all(type(v) is int and 0 <= v <= 360 for v in series.values) and all(
        abs((b - a + 180) % 360 - 180) <= 25 for a, b in series.pairs()
    )


def _passed(series):
    """The metres that the speeds make, from the first event to the last."""
    speeds = [float(owner["spd"]) for owner in series.owners]
    steps = [(b - a) / 1000 for a, b in zip(series.times, series.times[1:])]
    return sum((a + b) / 2 * s for a, b, s in zip(speeds, speeds[1:], steps))


def _drives(series):
    """The place goes on as fast as the speed says, about where the heading points."""
    places = [(o["lat"], o["long"]) for o in series.owners]
    if not all(is_number(part) for place in places for part in place):
        return False
    if any(round(v, 6) != v for v in series.values):
        return False
    ways = [way(a, b) for a, b in zip(places, places[1:])]
    step = (series.times[1] - series.times[0]) / 1000
    top = max(o["spd"] for o in series.owners)
    if any(math.hypot(*way) > 2 * top * step + 4 for way in ways):
        return False
    east, north = (sum(part) for part in zip(*ways))
    far, wanted = math.hypot(east, north), _passed(series)
    if far > 1.6 * wanted + 4 or (series.is_slow and far < 0.5 * wanted - 4):
        return False
    if not series.is_slow or far < 10:
        return True
    headings = [math.radians(o["hdg"]) for o in series.owners]
    mean = math.degrees(
        math.atan2(sum(map(math.sin, headings)), sum(map(math.cos, headings)))
    )
    return abs((math.degrees(math.atan2(east, north)) - mean + 180) % 360 - 180) <= 60


def _odometer(series):
    """Whole metres since the start of the journey, as many as the speeds make."""
    values = series.values
    return (
        all(type(v) is int for v in values)
        and 0 <= values[0] - series.example <= 500
        and never_falls(series)
        and 0.5 * _passed(series) - 4 <= values[-1] - values[0]
        and values[-1] - values[0] <= 1.6 * _passed(series) + 4
    )


def _doors(value, owner, event):
    """Doors are shut while the tram drives."""
    return value == 0 or (value == 1 and owner["spd"] <= 1.5)


def _occupied(series):
    return all(type(v) is int and 0 <= v <= 100 for v in series.values) and (
        sum(a != b for a, b in series.pairs()) <= 3
    )


# -- HERE ------------------------------------------------------------------------

FLOW = "results.*.currentFlow."


def _source(series):
    """Some minutes ago at most, and never earlier than before."""
    moments = [seconds(value) for value in series.values]
    return (
        all(form(value) == form(series.example) for value in series.values)
        and all(a <= b for a, b in zip(moments, moments[1:]))
        and all(-1 <= t / 1000 - m <= 600 for m, t in zip(moments, series.times))
    )


def _speed(series):
    """Metres per second that move by little."""
    return all(is_number(v) and 0.5 <= v <= 40 for v in series.values) and all(
        abs(b - a) <= 3 for a, b in series.pairs()
    )


def _jam(value, owner, event):
    """Much where it is slow, little where it is as fast as when it is free."""
    share = owner["speedUncapped"] / owner["freeFlow"]
    return not (share >= 0.95 and value > 4) and not (share < 0.5 and value < 3)


# -- Enode -----------------------------------------------------------------------

CAR = "vehicle."
CHARGE = "vehicle.chargeState."
_POWER = (
    "PLUGGED_IN:CHARGING",
    "PLUGGED_IN:STOPPED",
    "PLUGGED_IN:INITIALIZING",
    "PLUGGED_IN:NO_POWER",
    "PLUGGED_IN:COMPLETE",
    "UNPLUGGED",
)


def _level(series):
    """Per cent that rise by little while the car is charged, to the limit at most."""
    values = series.values
    return (
        all(type(v) is int for v in values)
        and 64 <= values[0] <= 70
        and all(v <= o["chargeLimit"] for v, o in zip(values, series.owners))
        and all(0 <= b - a <= 1 for a, b in series.pairs())
        and values[-1] - values[0] <= 2
    )


def _range(value, owner, event):
    """The kilometres of the battery's level."""
    return (
        is_number(value) and 0.93 <= value / owner["batteryLevel"] / (228 / 66) <= 1.07
    )


def _remaining(series):
    """Minutes that get fewer, as many as pass, or stay as they are."""
    return (
        all(type(v) is int and 240 <= v <= 290 for v in series.values)
        and all(-2 <= b - a <= 1 for a, b in series.pairs())
        and abs(series.values[-1] - series.values[0]) <= 5
    )


def _is_charging(value, owner, event):
    return value is (owner["powerDeliveryState"] == "PLUGGED_IN:CHARGING")


def _is_plugged(value, owner, event):
    return value is owner["powerDeliveryState"].startswith("PLUGGED_IN")


# -- Husqvarna -------------------------------------------------------------------

MOW = "data.attributes."
STAT = "data.attributes.statistics."


def _mower(event):
    return event["data"]["attributes"]["mower"]


def _battery(series):
    """Per cent that fall while it mows, and rise while it is charged."""
    values = series.values
    if not all(type(v) is int and 0 <= v <= 100 for v in values):
        return False
    if abs(values[0] - series.example) > 4 or abs(values[-1] - values[0]) > 2:
        return False
    for (a, b), event in zip(series.pairs(), series.events[1:]):
        charges = _mower(event)["activity"] in ("CHARGING", "PARKED_IN_CS")
        if not (0 <= b - a <= 1 if charges else -1 <= b - a <= 0):
            return False
    return True


def _state(value, owner, event):
    rests = owner["activity"] == "PARKED_IN_CS"
    return value == ("RESTRICTED" if rests else "IN_OPERATION")


def _trail(series):
    """The newest place is the first; the ones before it move down, as they were."""
    places = [[(p["latitude"], p["longitude"]) for p in v] for v in series.values]
    if not all(1 <= len(v) <= 50 for v in places):
        return False
    return all(
        any(
            a[: len(a) - k] == b[k : len(a)] or b[k:] == a[: len(b) - k]
            for k in range(len(a))
        )
        for a, b in zip(places, places[1:])
    )


def _in_garden(series):
    """Some metres from where it was, with seven digits."""
    first = series.example
    return all(
        is_number(v) and abs(v - first) <= 0.0015 and round(v, 7) == v
        for v in series.values
    ) and all(abs(b - a) <= 0.0008 for a, b in series.pairs())


def total(pace=1.0, slack=60):
    """A whole count that never falls, and rises no faster than the time it counts."""

    def check(series):
        values = series.values
        passed = (series.times[-1] - series.times[0]) / 1000
        return (
            all(type(v) is int for v in values)
            and 0 <= values[0] - series.example <= 0.02 * series.example + slack
            and never_falls(series)
            and values[-1] - values[0] <= pace * passed + slack
        )

    return Rule(f"a total that rises by {pace}/s", check)


PAYLOADS = (
    Payload(
        "hsl-vehicle-position",
        "trams",
        "hfp/v2/journey/ongoing/vp/tram",
        {
            "VP": {
                "desi": "4",
                "dir": "2",
                "oper": 40,
                "veh": 648,
                "tst": "2024-09-29T04:53:45.256Z",
                "tsi": 1727585625,
                "spd": 4.21,
                "hdg": 36,
                "lat": 60.167548,
                "long": 24.962017,
                "acc": 0.21,
                "dl": -111,
                "odo": 3011,
                "drst": 0,
                "oday": "2024-09-29",
                "jrn": 3584,
                "line": 32,
                "start": "07:40",
                "loc": "GPS",
                "stop": None,
                "route": "1004 4",
                "occu": 0,
            }
        },
        {
            VP + "tst": now(5),
            VP + "tsi": after("tst", -1, 0.5),
            VP + "spd": walk(3, 0, 25),
            VP + "hdg": Rule("heading", _heading),
            VP + "lat": Rule("drives", _drives),
            VP + "long": Rule("drives", _drives),
            VP + "acc": walk(2.5, -4, 4),
            VP + "dl": walk(6, -240, 60, rests=True),
            VP + "odo": Rule("odometer", _odometer),
            VP + "drst": (where("shut", _doors), rarely(0, 1)),
            VP + "oday": past(2.2, least=-0.2),
            VP + "start": unchanged | every(same, matching(r"[0-2]\d:[0-5]\d")),
            VP
            + "stop": each(
                "a stop or none",
                lambda v: v is None or type(v) is int and 10**6 <= v < 10**7,
            ),
            VP + "occu": Rule("occupied", _occupied),
        },
    ),
    Payload(
        "here-flow",
        "road traffic",
        "v7/flow",
        {
            "sourceUpdated": "2021-06-08T10:07:23Z",
            "results": [
                {
                    "location": {
                        "description": "Alt-Friedrichsfelde",
                        "length": 966.0,
                        "olr": "CCoBEAAmJQmadyVXRQAJBQQBAkcACgUEAYpTAAfI/7QACQUEAQK3ADAAgxM=",  # noqa: E501
                    },
                    "currentFlow": {
                        "speed": 13.888889,
                        "speedUncapped": 14.722222,
                        "freeFlow": 13.888889,
                        "jamFactor": 1.2,
                        "confidence": 0.99,
                        "traversability": "open",
                    },
                },
                {
                    "location": {
                        "description": "Rosenfelder Straße",
                        "length": 929.0,
                        "olr": "CCoBEAAmJQmeJyVXKAAJBQQBArcACgUEAYpoAPgaAEkACQUEAQJFADCDTQA=",  # noqa: E501
                    },
                    "currentFlow": {
                        "speed": 13.888889,
                        "speedUncapped": 14.722222,
                        "freeFlow": 13.611112,
                        "jamFactor": 2.0,
                        "confidence": 0.99,
                        "traversability": "open",
                    },
                },
            ],
        },
        {
            "sourceUpdated": Rule("some minutes ago", _source),
            FLOW
            + "speed": (
                Rule("speed", _speed),
                where("not above", lambda v, o, e: v <= o["speedUncapped"] + 1e-6),
            ),
            FLOW
            + "speedUncapped": (
                Rule("speed", _speed),
                where("about the speed", lambda v, o, e: v <= 1.6 * o["speed"] + 1),
            ),
            FLOW + "jamFactor": (walk(1.5, 0, 9.9, rests=True), where("of it", _jam)),
            FLOW + "confidence": walk(0.1, 0.5, 1, rests=True),
        },
    ),
    Payload(
        "enode-vehicle-updated",
        "electric cars",
        "enode/webhooks",
        {
            "event": "user:vehicle:updated",
            "createdAt": "2020-04-07T17:04:28.135Z",
            "version": "2023-08-01",
            "user": {"id": "4f6fecd0-bdae-49be-b6e8-ee442e1e3da9"},
            "vehicle": {
                "id": "bfbccded-8a1c-45a8-bbda-dcaeef29977a",
                "userId": "4f6fecd0-bdae-49be-b6e8-ee442e1e3da9",
                "vendor": "TESLA",
                "lastSeen": "2020-04-07T17:04:26Z",
                "isReachable": True,
                "chargeState": {
                    "batteryLevel": 66,
                    "range": 228,
                    "isPluggedIn": True,
                    "isCharging": True,
                    "isFullyCharged": False,
                    "batteryCapacity": 48.1,
                    "chargeLimit": 90,
                    "chargeRate": 1.7,
                    "chargeTimeRemaining": 285,
                    "lastUpdated": "2020-04-07T17:04:26Z",
                    "maxCurrent": 16,
                    "powerDeliveryState": "PLUGGED_IN:CHARGING",
                },
                "location": {
                    "longitude": 10.7197486,
                    "latitude": 59.9173985,
                    "lastUpdated": "2020-04-07T17:04:26Z",
                },
                "information": {
                    "vin": "2HGFB2F5XEH542858",
                    "brand": "Tesla",
                    "model": "Model S P85",
                    "year": 2020,
                },
                "odometer": {
                    "distance": 65393,
                    "lastUpdated": "2020-04-07T17:04:26Z",
                },
            },
            "updatedFields": ["chargeState.batteryLevel", "chargeState.range"],
        },
        {
            "createdAt": now(30),
            CAR
            + "lastSeen": (after("$.createdAt", -600, 0.5), Rule("on", never_falls)),
            CHARGE + "batteryLevel": Rule("level", _level),
            CHARGE + "range": where("of the level", _range),
            CHARGE + "isPluggedIn": where("of the state", _is_plugged),
            CHARGE + "isCharging": where("of the state", _is_charging),
            CHARGE + "chargeRate": walk(0.4, 0.8, 3.7, rests=True),
            CHARGE + "chargeTimeRemaining": Rule("minutes", _remaining),
            CHARGE
            + "lastUpdated": (
                after("$.createdAt", -3_600, 0.5),
                Rule("on", never_falls),
            ),
            CHARGE + "powerDeliveryState": rarely(*_POWER),
            CAR
            + "location.lastUpdated": (
                after("$.createdAt", -30 * 86_400, 0.5),
                Rule("on", never_falls),
            ),
            CAR
            + "odometer.lastUpdated": (
                after("$.createdAt", -30 * 86_400, 0.5),
                Rule("on", never_falls),
            ),
            "updatedFields": length(1, 12),
            "updatedFields.*": matching(
                r"(chargeState|location|odometer|information)\.\w+"
                r"|isReachable|lastSeen"
            ),
        },
    ),
    Payload(
        "husqvarna-automower",
        "robot mowers",
        "v1/mowers/c7233734-b219-4287-a173-08e3643f89f0",
        {
            "data": {
                "type": "mower",
                "id": "c7233734-b219-4287-a173-08e3643f89f0",
                "attributes": {
                    "system": {
                        "name": "Test Mower 1",
                        "model": "450XH-TEST",
                        "serialNumber": 123,
                    },
                    "battery": {"batteryPercent": 77},
                    "mower": {
                        "mode": "MAIN_AREA",
                        "activity": "MOWING",
                        "state": "IN_OPERATION",
                        "errorCode": 0,
                        "errorCodeTimestamp": 0,
                    },
                    "planner": {
                        "nextStartTimestamp": 0,
                        "override": {"action": "NOT_ACTIVE"},
                        "restrictedReason": "NOT_APPLICABLE",
                    },
                    "metadata": {"connected": True, "statusTimestamp": 1685899526195},
                    "positions": [
                        {"latitude": 35.5402913, "longitude": -82.5527055},
                        {"latitude": 35.5407693, "longitude": -82.5521503},
                        {"latitude": 35.5403241, "longitude": -82.5522924},
                        {"latitude": 35.5406973, "longitude": -82.5518579},
                    ],
                    "settings": {
                        "cuttingHeight": 4,
                        "headlight": {"mode": "EVENING_ONLY"},
                    },
                    "statistics": {
                        "numberOfChargingCycles": 1380,
                        "numberOfCollisions": 11396,
                        "totalChargingTime": 4334400,
                        "totalCuttingTime": 4194000,
                        "totalDriveDistance": 1780272,
                        "totalRunningTime": 4564800,
                        "totalSearchingTime": 370800,
                    },
                },
            }
        },
        {
            MOW + "battery.batteryPercent": Rule("battery", _battery),
            MOW
            + "mower.activity": rarely(
                "MOWING", "GOING_HOME", "CHARGING", "LEAVING", "PARKED_IN_CS"
            ),
            MOW + "mower.state": where("of the activity", _state),
            MOW + "metadata.statusTimestamp": now(300) | past(0.02),
            MOW + "positions": Rule("trail", _trail),
            MOW + "positions.*.latitude": Rule("in the garden", _in_garden),
            MOW + "positions.*.longitude": Rule("in the garden", _in_garden),
            STAT + "numberOfChargingCycles": total(0, 1),
            STAT + "numberOfCollisions": total(1, 3),
            STAT + "totalChargingTime": total(),
            STAT + "totalCuttingTime": total(),
            STAT + "totalDriveDistance": total(),
            STAT
            + "totalRunningTime": equals(
                lambda o, e: o["totalCuttingTime"] + o["totalSearchingTime"]
            ),
            STAT + "totalSearchingTime": total(),
        },
    ),
)
