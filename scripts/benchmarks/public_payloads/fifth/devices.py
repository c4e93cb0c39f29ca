"""Home batteries, lamps, mesh radio, phones' locations."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    each,
    is_number,
    new,
    now,
    rarely,
    travels,
    walk,
    where,
)

# -- Tesla -----------------------------------------------------------------------

SITE = "response."


def _balance(value, owner, event):
    """What the house takes is what sun, battery, grid and generator give."""
    given = sum(
        owner[name]
        for name in ("solar_power", "battery_power", "grid_power", "generator_power")
    )
    return abs(given - value) <= max(100, 0.04 * abs(value))


def _watts(step, low, high, moves=False):
    """Watts that change by a load that is switched at most, to some digits."""

    def check(series):
        values = series.values
        return (
            all(is_number(value) and low <= value <= high for value in values)
            and all(abs(b - a) <= step for a, b in series.pairs())
            and (not moves or not series.is_slow or len(set(values)) > 1)
        )

    return Rule(f"watts {low}..{high} by {step}", check)


def _stored(series):
    """Less than the pack holds; it rises while the battery takes, else falls."""
    hours = (series.times[1] - series.times[0]) / 3_600_000
    for n in range(1, len(series.values)):
        a, b = series.values[n - 1], series.values[n]
        power = [series.owners[k]["battery_power"] for k in (n - 1, n)]
        if abs(b - a) > 5 * max(map(abs, power)) * hours + 0.5:
            return False
        if max(power) < -50 and b < a or min(power) > 50 and b > a:
            return False
    return all(
        is_number(v) and 0 <= v <= o["total_pack_energy"]
        for v, o in zip(series.values, series.owners)
    )


def _share(value, owner, event):
    wanted = 100 * owner["energy_left"] / owner["total_pack_energy"]
    return is_number(value) and abs(value - wanted) <= 0.06


# -- Hue -------------------------------------------------------------------------


def _white(mirek):
    """The colour of a black body, by the approximation of Kim et al."""
    t = 1e6 / mirek
    if t < 4_000:
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.17991
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.24039
    if t < 2_222:
        y = -1.1063814 * x**3 - 1.3481102 * x**2 + 2.18555832 * x - 0.20219683
    elif t < 4_000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.081758 * x**3 - 5.8733867 * x**2 + 3.75112997 * x - 0.37001483
    return x, y


def _of_white(which):
    """A lamp with a valid colour temperature has about that colour."""

    def check(value, owner, event):
        white = _white(event[0]["data"][0]["color_temperature"]["mirek"])[which]
        return (
            is_number(value) and abs(value - white) <= 0.03 and round(value, 4) == value
        )

    return where("of its temperature", check)


LAMP = "*.data.*."

# -- Meshtastic ------------------------------------------------------------------


def _uptime(series):
    """It goes on as the time does."""
    for n in range(1, len(series.values)):
        gap = series.values[n] - series.values[n - 1]
        clock = series.events[n]["timestamp"] - series.events[n - 1]["timestamp"]
        if gap < 0 or abs(gap - clock) > 2:
            return False
    return all(isinstance(v, int) and 0 <= v < 10**8 for v in series.values) and (
        not series.is_slow or series.values[-1] > series.values[0]
    )


def _radio(low, high, step):
    """What a receiver measures of every packet anew."""

    def check(series):
        return (
            all(is_number(v) and low <= v <= high for v in series.values)
            and all(abs(b - a) <= step for a, b in series.pairs())
            and (not series.is_slow or len(set(series.values)) > 1)
        )

    return Rule(f"radio {low}..{high}", check)


def _battery(series):
    """In a quarter of a minute it changes by one per cent at most."""
    return all(isinstance(v, int) and 0 <= v <= 100 for v in series.values) and (
        max(series.values) - min(series.values) <= 1
    )


# -- OwnTracks -------------------------------------------------------------------


def _drains(series):
    """A phone that is not plugged in."""
    return _battery(series) and all(a >= b for a, b in series.pairs())


def _heading(series):
    """A course that turns by little."""
    return all(isinstance(v, int) and 0 <= v <= 360 for v in series.values) and all(
        abs((b - a + 180) % 360 - 180) <= 25 for a, b in series.pairs()
    )


def _degrees(value, known):
    return (
        isinstance(value, float)
        and round(value, 6) == value
        and abs(value - known) <= 0.5
    )


_WAY = (
    travels("lat", "lon", 8, 22, "cog"),
    Rule(
        "degrees of the place", lambda s: all(_degrees(v, s.example) for v in s.values)
    ),
)

PAYLOADS = [
    Payload(
        "tesla-live-status",
        "home batteries",
        "api/1/energy_sites/429511308124/live_status",
        {
            "response": {
                "solar_power": 3102,
                "energy_left": 18020.894736842107,
                "total_pack_energy": 39343,
                "percentage_charged": 45.80457701965306,
                "backup_capable": True,
                "battery_power": -3090,
                "load_power": 2581,
                "grid_status": "Active",
                "grid_services_active": False,
                "grid_power": 2569,
                "grid_services_power": 0,
                "generator_power": 0,
                "island_status": "on_grid",
                "storm_mode_active": False,
                "timestamp": "2023-01-01T00:00:00Z",
                "wall_connectors": [
                    {
                        "din": "1529455-02-D--PGT21252015187",
                        "wall_connector_state": 2,
                        "wall_connector_fault_state": 2,
                        "wall_connector_power": 0,
                    }
                ],
            }
        },
        {
            SITE + "solar_power": _watts(900, 0, 12_000),
            SITE + "energy_left": Rule("stored", _stored),
            SITE + "percentage_charged": where("of the pack", _share),
            SITE + "battery_power": _watts(2_500, -10_000, 10_000),
            SITE
            + "load_power": (
                _watts(2_500, 0, 15_000, moves=True),
                where("balance", _balance),
            ),
            SITE + "grid_power": _watts(2_500, -15_000, 15_000),
            SITE + "timestamp": now(60),
        },
    ),
    Payload(
        "hue-eventstream",
        "lamps",
        "eventstream/clip/v2",
        [
            {
                "creationtime": "2021-11-09T18:35:28Z",
                "data": [
                    {
                        "color": {"xy": {"x": 0.4573, "y": 0.41}},
                        "color_temperature": {"mirek": 366, "mirek_valid": True},
                        "dimming": {"brightness": 49.8},
                        "id": "e706416a-8c92-46ef-8589-3453f3235b13",
                        "id_v1": "/lights/4",
                        "on": {"on": True},
                        "owner": {
                            "rid": "3f4ac4e9-d67a-4dbd-8a16-5ea7e373f281",
                            "rtype": "device",
                        },
                        "type": "light",
                    }
                ],
                "id": "9de116fc-5fd2-4b74-8414-0f30cb2cfe04",
                "type": "update",
            }
        ],
        {
            "*.creationtime": now(10),
            LAMP + "color.xy.x": _of_white(0),
            LAMP + "color.xy.y": _of_white(1),
            LAMP + "color_temperature.mirek": walk(60, 153, 500, rests=True),
            LAMP + "dimming.brightness": walk(25, 0.3, 100, rests=True),
            LAMP + "on.on": rarely(True, False),
            "*.id": new(UUID),
        },
    ),
    Payload(
        "meshtastic-telemetry",
        "mesh radio",
        "msh/US/2/json/LongFast/!7efeee00",
        {
            "channel": 0,
            "from": 3663987712,
            "hop_start": 3,
            "hops_away": 0,
            "id": 452664778,
            "payload": {
                "air_util_tx": 1.27,
                "battery_level": 87,
                "channel_utilization": 9.04,
                "uptime_seconds": 142512,
                "voltage": 4.05,
            },
            "rssi": -97,
            "sender": "!7efeee00",
            "snr": 5.75,
            "timestamp": 1646832724,
            "to": 4294967295,
            "type": "telemetry",
        },
        {
            "id": (new(r"\d{1,10}"), each("32 bits", lambda v: 0 < v < 2**32)),
            "payload.air_util_tx": walk(0.6, 0, 10, rests=True),
            "payload.battery_level": Rule("battery", _battery),
            "payload.channel_utilization": walk(5, 0, 40),
            "payload.uptime_seconds": Rule("uptime", _uptime),
            "payload.voltage": walk(0.06, 3.8, 4.25, rests=True),
            "rssi": (
                _radio(-135, -40, 20),
                each("whole", lambda v: isinstance(v, int)),
            ),
            "snr": _radio(-20, 12, 8),
            "timestamp": now(10),
        },
    ),
    Payload(
        "owntracks-location",
        "phones on the way",
        "owntracks/jane/phone",
        {
            "_type": "location",
            "acc": 10,
            "alt": 35,
            "batt": 67,
            "bs": 1,
            "cog": 270,
            "conn": "m",
            "created_at": 1497476457,
            "lat": 48.85833,
            "lon": 2.29513,
            "m": 2,
            "p": 100.428,
            "t": "t",
            "tid": "JJ",
            "topic": "owntracks/jane/phone",
            "tst": 1497476456,
            "vac": 4,
            "vel": 54,
        },
        {
            "acc": walk(15, 3, 100, rests=True),
            "alt": walk(3, 15, 80, rests=True),
            "batt": Rule("drains", _drains),
            "cog": Rule("heading", _heading),
            "created_at": after("tst", 0, 10),
            "lat": _WAY,
            "lon": _WAY,
            "p": walk(0.1, 99.5, 101.5, rests=True),
            "tst": now(5),
            "vac": walk(6, 1, 40, rests=True),
            "vel": walk(8, 30, 78, rests=True),
        },
    ),
]
