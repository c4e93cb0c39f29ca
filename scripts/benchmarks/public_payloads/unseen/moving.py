"""Underground trains, fleets of trucks, ice hockey."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    ahead,
    counter,
    each,
    equals,
    matching,
    never_falls,
    now,
    one_of,
    past,
    rarely,
    travels,
    unchanged,
    walk,
    where,
)
from public_payloads.times import seconds


def never_back(series):
    return all(seconds(a) <= seconds(b) for a, b in series.pairs())


# -- TfL -------------------------------------------------------------------------


def _steady(series):
    """An expected arrival shifts by some seconds, but not away as time goes by."""
    moments = [seconds(value) for value in series.values]
    if any(abs(b - a) > 30 for a, b in zip(moments, moments[1:])):
        return False
    return not series.is_slow or moments[-1] - moments[0] <= 10


def _until(value, owner, event):
    """The seconds from the prediction to the arrival."""
    left = seconds(owner["expectedArrival"]) - seconds(owner["timestamp"])
    return isinstance(value, int) and abs(left - value) <= 2


def _a_place(value):
    return value.split()[0] in (
        "At",
        "Between",
        "Approaching",
        "Left",
        "Departed",
        "Departing",
        "Leaving",
        "North",
        "South",
        "East",
        "West",
    )


# -- Samsara ---------------------------------------------------------------------

DRIVES = travels("latitude", "longitude", 14, 32, "headingDegrees")
RECENT = (past(1, fixed=False), Rule("never back", never_back))


def _fuel(series):
    return never_falls(series._replace(values=series.values[::-1])) and (
        series.values[0] - series.values[-1] <= 2
    )


def _odometer(series):
    """Metres that are driven at the speed; an old reading rests with its time."""
    times = [seconds(owner["time"]) for owner in series.owners]
    is_read_again = times[-1] - times[0] >= 5
    span = (series.times[-1] - series.times[0]) / 1000
    rise = series.values[-1] - series.values[0]
    return (
        all(isinstance(value, int) for value in series.values)
        and never_falls(series)
        and abs(series.values[0] - series.example) <= 1_000_000
        and rise <= 2.5 * 27 * span + 30
        and (not is_read_again or rise >= 0.25 * 15 * span)
    )


def _engine(value, owner, event):
    vehicle = event["data"][0]
    return value == "On" or vehicle["gps"][0]["speedMilesPerHour"] <= 3


# -- NHL -------------------------------------------------------------------------


def _clock(series):
    """A running clock falls as time goes by, and never rises in a period."""
    span = (series.times[-1] - series.times[0]) / 1000
    fall = series.values[0] - series.values[-1]
    running = all(owner["running"] for owner in series.owners)
    return (
        all(isinstance(v, int) and 0 <= v <= 1_200 for v in series.values)
        and all(a >= b for a, b in series.pairs())
        and fall <= 1.6 * span + 2
        and (not series.is_slow or not running or fall >= 0.4 * span)
    )


def _day_of_start(value, owner, event):
    """The day on which a match begins, in the zone of its place."""
    return -15 * 3600 <= seconds(owner["startTimeUTC"]) - seconds(value) <= 37 * 3600


def _goal(value, owner, event):
    return value <= owner["sog"]


def _few(most):
    """It rises by so much at most in all of the events."""
    return Rule(
        f"rises by {most} at most",
        lambda series: series.values[-1] - series.values[0] <= most,
    )


SCORE = (counter(0, 1), _few(2), where("from shots", _goal))
SHOTS = (counter(0, 2), _few(5))

PAYLOADS = [
    Payload(
        "tfl-arrivals",
        "underground trains",
        "StopPoint/940GZZLUSWK/Arrivals",
        [
            {
                "id": "548560311",
                "operationType": 1,
                "vehicleId": "305",
                "naptanId": "940GZZLUSWK",
                "stationName": "Southwark Underground Station",
                "lineId": "jubilee",
                "lineName": "Jubilee",
                "platformName": "Westbound - Platform 1",
                "direction": "inbound",
                "bearing": "",
                "destinationNaptanId": "940GZZLUSTM",
                "destinationName": "Stanmore Underground Station",
                "timestamp": "2024-05-21T22:59:57.338367Z",
                "timeToStation": 196,
                "currentLocation": "Between Canada Water and Bermondsey",
                "towards": "Stanmore",
                "expectedArrival": "2024-05-21T23:03:13Z",
                "timeToLive": "2024-05-21T23:03:13Z",
                "modeName": "tube",
            },
            {
                "id": "1304712986",
                "operationType": 1,
                "vehicleId": "312",
                "naptanId": "940GZZLUSWK",
                "stationName": "Southwark Underground Station",
                "lineId": "jubilee",
                "lineName": "Jubilee",
                "platformName": "Westbound - Platform 1",
                "direction": "inbound",
                "bearing": "",
                "destinationNaptanId": "940GZZLUSTM",
                "destinationName": "Stanmore Underground Station",
                "timestamp": "2024-05-21T22:59:57.338367Z",
                "timeToStation": 496,
                "currentLocation": "At North Greenwich",
                "towards": "Stanmore",
                "expectedArrival": "2024-05-21T23:08:13Z",
                "timeToLive": "2024-05-21T23:08:13Z",
                "modeName": "tube",
            },
        ],
        {
            "*.timestamp": now(120),
            "*.timeToStation": where("until the arrival", _until),
            "*.currentLocation": unchanged | each("a place on the line", _a_place),
            "*.expectedArrival": (ahead(0.05, fixed=False), Rule("steady", _steady)),
            "*.timeToLive": after("expectedArrival", 0, 60),
        },
    ),
    Payload(
        "samsara-stats",
        "fleets of trucks",
        "fleet/vehicles/stats/feed",
        {
            "data": [
                {
                    "id": "212014918732717",
                    "name": "Little Red",
                    "externalIds": {
                        "samsara.serial": "G9BF5U5ZEW",
                        "samsara.vin": "3HGCG1659YG000000",
                    },
                    "gps": [
                        {
                            "time": "2020-01-27T07:06:25Z",
                            "latitude": 36.051234,
                            "longitude": -94.158712,
                            "headingDegrees": 120,
                            "speedMilesPerHour": 48.3,
                            "reverseGeo": {
                                "formattedLocation": "Fulbright Expressway, Fayetteville, AR 72703"  # noqa: E501
                            },
                        }
                    ],
                    "engineStates": [{"time": "2020-01-27T07:06:25Z", "value": "On"}],
                    "fuelPercents": [{"time": "2020-01-27T07:06:25Z", "value": 54}],
                    "obdOdometerMeters": [
                        {"time": "2020-01-27T07:06:25Z", "value": 9723103}
                    ],
                }
            ],
            "pagination": {
                "endCursor": "MjkxMTI3YzgtNmE1Yy00",
                "hasNextPage": False,
            },
        },
        {
            "data.*.gps.*.time": now(15),
            "data.*.gps.*.latitude": DRIVES,
            "data.*.gps.*.longitude": DRIVES,
            "data.*.gps.*.headingDegrees": walk(10, 0, 359, rests=True),
            "data.*.gps.*.speedMilesPerHour": walk(4, 30, 75, rests=True),
            "data.*.gps.*.reverseGeo.formattedLocation": unchanged
            | matching(r".+, [A-Z][\w ]+, AR,? \d{5}"),
            "data.*.engineStates.*.time": RECENT,
            "data.*.engineStates.*.value": (
                one_of("On", "Idle", "Off"),
                where("on where it drives", _engine),
            ),
            "data.*.fuelPercents.*.time": RECENT,
            "data.*.fuelPercents.*.value": Rule("falls slowly", _fuel),
            "data.*.obdOdometerMeters.*.time": RECENT,
            "data.*.obdOdometerMeters.*.value": Rule("metres of its speed", _odometer),
            "pagination.endCursor": unchanged | matching(r"[A-Za-z0-9+/=_-]{12,60}"),
            "pagination.hasNextPage": one_of(True, False),
        },
    ),
    Payload(
        "nhl-game",
        "ice hockey",
        "v1/gamecenter/2023020204/landing",
        {
            "id": 2023020204,
            "season": 20232024,
            "gameType": 2,
            "gameDate": "2023-11-09",
            "startTimeUTC": "2023-11-10T01:00:00Z",
            "gameState": "LIVE",
            "gameScheduleState": "OK",
            "periodDescriptor": {"number": 2, "periodType": "REG"},
            "awayTeam": {
                "id": 55,
                "name": {"default": "Kraken"},
                "abbrev": "SEA",
                "score": 1,
                "sog": 14,
            },
            "homeTeam": {
                "id": 21,
                "name": {"default": "Avalanche"},
                "abbrev": "COL",
                "score": 2,
                "sog": 17,
            },
            "clock": {
                "timeRemaining": "09:16",
                "secondsRemaining": 556,
                "running": True,
                "inIntermission": False,
            },
        },
        {
            "gameDate": where("the day of its start", _day_of_start),
            "startTimeUTC": unchanged | past(0.3),
            "gameState": unchanged | rarely("LIVE", "CRIT"),
            "awayTeam.score": SCORE,
            "awayTeam.sog": SHOTS,
            "homeTeam.score": SCORE,
            "homeTeam.sog": SHOTS,
            "clock.timeRemaining": equals(
                lambda o, e: f"{o['secondsRemaining'] // 60:02}"
                f":{o['secondsRemaining'] % 60:02}"
            ),
            "clock.secondsRemaining": Rule("falls as time goes by", _clock),
            "clock.running": rarely(True, False),
        },
    ),
]
