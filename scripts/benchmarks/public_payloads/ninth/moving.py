"""Drivers of the last mile, space ships, rides of parks."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    changes_only_with,
    each,
    every,
    is_number,
    now,
    past,
    rarely,
    rarely_changes,
    travels,
    unchanged,
    where,
    whole,
)
from public_payloads.times import form, seconds

# -- Onfleet ----------------------------------------------------------------------


def _modified(series):
    """It does not go back, is not ahead nor before the worker was made."""
    moments = [seconds(v) for v in series.values]
    return (
        all(type(v) is int for v in series.values)
        and all(form(v) == form(series.example) for v in series.values)
        and moments == sorted(moments)
        and all(m <= t / 1000 + 0.5 for m, t in zip(moments, series.times))
        and all(m >= seconds(o["timeCreated"]) for m, o in zip(moments, series.owners))
    )


_place = each("a coordinate", is_number)
_drives = every(travels("1", "0", 0, 35), _place)

# -- Elite Dangerous --------------------------------------------------------------

FUEL = "Fuel."


def _pips(value, owner, event):
    """Twelve half pips for three systems, eight for one at most."""
    return sum(event["Pips"]) == 12 and type(value) is int and 0 <= value <= 8


def _burns(most):
    """It gets less by little; what is refuelled comes at once, once or twice."""

    def check(series):
        return all(is_number(v) and 0 <= v <= most for v in series.values) and (
            sum(b > a for a, b in series.pairs()) <= 2
            and all(a - b <= 0.6 for a, b in series.pairs())
        )

    return Rule(f"burns of {most}", check)


def _degrees(low, high):
    """A place on a planet of this size, which the ship leaves at 2.5 km/s at most."""

    def check(series):
        far = 2_500 * (series.times[1] - series.times[0]) / 1000 / 2_796_748 * 57.3
        return all(is_number(v) and low <= v <= high for v in series.values) and all(
            abs(b - a) <= 1.3 * far + 1e-4 for a, b in series.pairs()
        )

    return Rule("flies over the planet", check)


def _turns(series):
    return all(type(v) is int and 0 <= v <= 360 for v in series.values) and all(
        abs((b - a + 180) % 360 - 180) <= 60 for a, b in series.pairs()
    )


def _heights(series):
    far = 1_000 * (series.times[1] - series.times[0]) / 1000 + 1
    return all(type(v) is int and 0 <= v <= 60_000 for v in series.values) and all(
        abs(b - a) <= far for a, b in series.pairs()
    )


# -- queue times --------------------------------------------------------------------

RIDE = "lands.*.rides.*."


def _board(series):
    """Of the last quarter of an hour; the board may stand for some minutes."""
    late = [t / 1000 - seconds(v) for v, t in zip(series.values, series.times)]
    moments = [seconds(v) for v in series.values]
    return (
        all(form(v) == form(series.example) for v in series.values)
        and all(-0.5 <= each <= 900 for each in late)
        and moments == sorted(moments)
    )


def _waits(series):
    """Minutes in fives, which change by ten or so; nobody waits at a closed ride."""
    values, owners = series.values, series.owners
    if not all(type(v) is int and 0 <= v <= 240 and v % 5 == 0 for v in values):
        return False
    opened = [owner["is_open"] for owner in owners]
    return all(v == 0 for v, is_open in zip(values, opened) if not is_open) and all(
        abs(b - a) <= 15
        for (a, b), c, d in zip(series.pairs(), opened, opened[1:])
        if c and d
    )


PAYLOADS = (
    Payload(
        "onfleet-worker",
        "drivers of the last mile",
        "api/v2/workers/1LjhGUWdxFbvdsTAAXs0TFos",
        {
            "id": "1LjhGUWdxFbvdsTAAXs0TFos",
            "timeCreated": 1455049755000,
            "timeLastModified": 1455072352267,
            "organization": "yAM*fDkztrT3gUcz9mNDgNOL",
            "name": "Yevgeny",
            "phone": "+14155552299",
            "activeTask": None,
            "tasks": ["*0tnJcly~vSI~9uHz*ICHXTw", "PauBfRH8gQCjtMLaPe97G8Jf"],
            "onDuty": True,
            "timeLastSeen": 1455156649007,
            "delayTime": None,
            "teams": ["9dyuPqHt6kDK5JKHFhE0xihh", "yKpCnWprM1Rvp3NGGlVa5TMa"],
            "vehicle": {
                "id": "ArBoHNxS4B76AiBKoIawY9OS",
                "type": "CAR",
                "description": "Lada Niva",
                "licensePlate": "23KJ129",
                "color": "Red",
            },
            "location": [-122.4015496466794, 37.77629837661284],
        },
        {
            "timeCreated": unchanged | past(4_000),
            "timeLastModified": unchanged | Rule("modified", _modified),
            "activeTask": (
                where("one of the tasks", lambda v, o, e: v is None or v in o["tasks"]),
                rarely_changes,
            ),
            "onDuty": rarely(True, False),
            "timeLastSeen": now(60),
            "delayTime": (
                each(
                    "seconds", lambda v: v is None or (is_number(v) and 0 <= v <= 7_200)
                ),
                rarely_changes,
            ),
            "location.0": unchanged | _drives,
            "location.1": unchanged | _drives,
        },
    ),
    Payload(
        "elite-status",
        "space ships",
        "elite/status",
        {
            "timestamp": "2017-12-07T12:03:14Z",
            "event": "Status",
            "Flags": 18874376,
            "Pips": [4, 8, 0],
            "FireGroup": 0,
            "GuiFocus": 0,
            "Fuel": {"FuelMain": 15.146626, "FuelReservoir": 0.382796},
            "Cargo": 0.0,
            "LegalState": "Clean",
            "Latitude": -28.584963,
            "Longitude": 6.826313,
            "Heading": 109,
            "Altitude": 404,
            "BodyName": "Nervi 2 a",
            "PlanetRadius": 2796748.25,
        },
        {
            "timestamp": now(2),
            "Flags": (
                whole,
                each("flags", lambda v: 0 <= v < 2**32),
                rarely_changes,
            ),
            "Pips.*": where("twelve in all", _pips),
            "FireGroup": (
                whole,
                each("a group", lambda v: 0 <= v <= 7),
                rarely_changes,
            ),
            "GuiFocus": (
                whole,
                each("a panel", lambda v: 0 <= v <= 11),
                rarely_changes,
            ),
            FUEL + "FuelMain": _burns(32),
            FUEL + "FuelReservoir": _burns(1.2),
            "Cargo": (
                each("tons", lambda v: is_number(v) and 0 <= v <= 800),
                rarely_changes,
            ),
            "LegalState": rarely("Clean", "Speeding", "Wanted", "IllegalCargo"),
            "Latitude": _degrees(-90, 90),
            "Longitude": _degrees(-180, 180),
            "Heading": Rule("turns", _turns),
            "Altitude": Rule("flies", _heights),
        },
    ),
    Payload(
        "queue-times",
        "theme parks",
        "parks/5/queue_times.json",
        {
            "lands": [
                {
                    "id": 71,
                    "name": "World Celebration",
                    "rides": [
                        {
                            "id": 160,
                            "name": "Spaceship Earth",
                            "is_open": True,
                            "wait_time": 15,
                            "last_updated": "2021-02-26T17:17:20.000Z",
                        },
                        {
                            "id": 158,
                            "name": "Journey Into Imagination With Figment",
                            "is_open": True,
                            "wait_time": 5,
                            "last_updated": "2021-02-26T17:17:20.000Z",
                        },
                        {
                            "id": 829,
                            "name": "Test Track",
                            "is_open": False,
                            "wait_time": 0,
                            "last_updated": "2021-02-26T17:17:20.000Z",
                        },
                    ],
                }
            ],
            "rides": [],
        },
        {
            RIDE
            + "is_open": (
                rarely(True, False),
                changes_only_with("last_updated"),
            ),
            RIDE
            + "wait_time": (
                Rule("waits", _waits),
                changes_only_with("last_updated"),
            ),
            RIDE + "last_updated": Rule("of the board", _board),
        },
    ),
)
