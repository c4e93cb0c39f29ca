"""Drones, smart plugs, Wi-Fi clients, filters of names, flight simulation, rivers."""

import math
import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    changes_only_with,
    counter,
    equals,
    is_number,
    now,
    past,
    rarely,
    unchanged,
    walk,
    where,
    whole,
)
from public_payloads.times import form, resolution, seconds


def _metres(start, end):
    """The metres to the north and to the east between two places in degrees."""
    north = (end[0] - start[0]) * 111_320
    east = (end[1] - start[1]) * 111_320 * math.cos(math.radians(start[0]))
    return north, east


def _runs(unit, slack):
    """A clock of a device, in parts of a second, that goes on as the time does."""

    def check(series):
        gone = [
            (v - series.values[0]) / unit - (t - series.times[0]) / 1000
            for v, t in zip(series.values, series.times)
        ]
        return (
            all(type(value) is int and value >= 0 for value in series.values)
            and all(abs(each) <= slack for each in gone)
            and all(a <= b for a, b in series.pairs())
        )

    return Rule(f"clock in 1/{unit} s", check)


# -- MAVLink ---------------------------------------------------------------------

MSG = "message."
CLOCK = "status.time."


def _packets(series):
    """A number from 0 to 255, another with each packet that the counter counts."""
    seen = [event["status"]["time"]["counter"] for event in series.events]
    return all(type(v) is int and 0 <= v <= 255 for v in series.values) and all(
        (a != b) == (c != d) for (a, b), c, d in zip(series.pairs(), seen, seen[1:])
    )


def _flies(series):
    """It goes where its velocities say."""
    owners = series.owners
    places = [(o["lat"] / 1e7, o["lon"] / 1e7) for o in owners]
    passed = (series.times[1] - series.times[0]) / 1000
    wanted = [0.0, 0.0]
    for one, two, owner in zip(places, places[1:], owners):
        fast = math.hypot(owner["vx"], owner["vy"]) / 100
        if math.hypot(*_metres(one, two)) > 2 * fast * passed + 2:
            return False
        wanted[0] += owner["vx"] / 100 * passed
        wanted[1] += owner["vy"] / 100 * passed
    north, east = _metres(places[0], places[-1])
    off = math.hypot(north - wanted[0], east - wanted[1])
    return all(type(value) is int for value in series.values) and (
        off <= 0.5 * math.hypot(*wanted) + 4
    )


def _climbs(series):
    """The height in mm changes as the velocity downwards in cm/s says."""
    passed = (series.times[1] - series.times[0]) / 1000
    wanted = sum(-owner["vz"] * 10 * passed for owner in series.owners[1:])
    values = series.values
    return (
        all(type(value) is int for value in values)
        and all(abs(b - a) <= 8_000 * passed + 400 for a, b in series.pairs())
        and abs(values[-1] - values[0] - wanted) <= 0.6 * abs(wanted) + 3_000
    )


def _home(series):
    """Above a home that stays where it is."""
    homes = [o["alt"] - o["relative_alt"] for o in series.owners]
    return all(type(v) is int and v >= -5_000 for v in series.values) and (
        max(homes) - min(homes) <= 400
    )


def _heading(series):
    """Hundredths of degrees, which turn by little."""
    return all(type(v) is int and 0 <= v < 36_000 for v in series.values) and all(
        abs((b - a + 18_000) % 36_000 - 18_000) <= 3_000 for a, b in series.pairs()
    )


# -- Tasmota ---------------------------------------------------------------------

PLUG = "ENERGY."


def _near(wanted, share, slack):
    """About what the other measures say."""

    def check(value, owner, event):
        expected = wanted(owner)
        return is_number(value) and abs(value - expected) <= share * expected + slack

    return where("of the others", check)


def _reactive(owner):
    return math.sqrt(max(owner["ApparentPower"] ** 2 - owner["Power"] ** 2, 0))


def _kilowatt_hours(series):
    """It rises by what the power gives, and has three digits."""
    hours = (series.times[-1] - series.times[0]) / 3_600_000
    most = max(owner["Power"] for owner in series.owners) / 1000 * hours
    values = series.values
    return (
        all(is_number(v) and round(v, 3) == v for v in values)
        and all(a <= b for a, b in series.pairs())
        and abs(values[0] - series.example) <= 0.05
        and values[-1] - values[0] <= 3 * most + 0.003
    )


def _before(series):
    """What was used before today stays the same."""
    known = [owner["Total"] - owner["Today"] for owner in series.owners]
    return max(known) - min(known) <= 0.0025


# -- UniFi -----------------------------------------------------------------------

STA = "data.*."


def _since(value, owner, event):
    """The seconds since the client came."""
    return abs(owner["last_seen"] - owner["latest_assoc_time"] - value) <= 3


def _packed(name):
    """Packets of some size, for what came between the events, too."""

    def check(series):
        sizes = [owner[name] / v for v, owner in zip(series.values, series.owners)]
        return all(40 <= size <= 1_600 for size in sizes)

    return Rule(f"packets of {name}", check)


def _linked(series):
    """A rate of the standard in kbit/s that a link can have."""
    return all(type(v) is int and 6_000 <= v <= 1_300_000 for v in series.values)


def _quiet(series):
    """The strength above the noise floor that the controller takes, -96 dBm."""
    return all(
        type(v) is int and abs(v - o["signal"] - 96) <= 1
        for v, o in zip(series.values, series.owners)
    )


# -- Pi-hole ---------------------------------------------------------------------

OLD = "gravity_last_updated."


def _blocked(value, owner, event):
    wanted = 100 * owner["ads_blocked_today"] / owner["dns_queries_today"]
    return is_number(value) and abs(value - wanted) <= 0.006


def _parts(value, owner, event):
    """Queries are forwarded, answered of the cache or blocked."""
    known = owner["queries_forwarded"] + owner["queries_cached"]
    return known + owner["ads_blocked_today"] <= value


def _ago(size, modulus):
    """A part of the time since the lists were made."""

    def check(series):
        if all(value == series.example for value in series.values):
            return True
        for value, event, time in zip(series.values, series.events, series.times):
            gone = time / 1000 - event["gravity_last_updated"]["absolute"]
            near = {int((gone + slack) // size) for slack in (-60, 0, 60)}
            if modulus:
                near = {each % modulus for each in near}
            if type(value) is not int or value not in near:
                return False
        return True

    return Rule(f"ago in {size} s", check)


# -- VATSIM ----------------------------------------------------------------------

PILOT = "pilots.*."
PLAN = PILOT + "flight_plan."


def _feed(lag):
    """A time of the last feed, to a ten millionth of a second."""

    def check(series):
        moments = [seconds(value) for value in series.values]
        late = [t / 1000 - m for t, m in zip(series.times, moments)]
        return (
            all(
                re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6,7}Z", value)
                for value in series.values
            )
            and all(-0.5 <= each <= lag for each in late)
            and moments == sorted(moments)
        )

    return Rule(f"of the feed, {lag} s", check)


def _stamp(value, owner, event):
    return value == re.sub(r"[-T:]", "", owner["update_timestamp"])[:14]


def _cruises(series):
    """It goes on its heading by what it makes between two reports."""
    owners = series.owners
    places = [(o["latitude"], o["longitude"]) for o in owners]
    if not all(is_number(value) for value in series.values):
        return False
    passed = (series.times[-1] - series.times[0]) / 1000
    fast = max(o["groundspeed"] for o in owners) * 0.5144
    reports = [seconds(o["last_updated"]) for o in owners]
    north, east = _metres(places[0], places[-1])
    way = math.hypot(north, east)
    if any(
        math.hypot(*_metres(a, b)) > 1.6 * fast * max(passed, 15) + 100
        for a, b in zip(places, places[1:])
    ):
        return False
    known = reports[-1] - reports[0]
    if not series.is_slow:
        return True
    if abs(way - fast * known) > 0.45 * fast * known + 60:
        return False
    if way < 300:
        return True
    off = math.degrees(math.atan2(east, north)) - owners[0]["heading"]
    return abs((off + 180) % 360 - 180) <= 50


def _turns(series):
    return all(type(v) is int and 0 <= v <= 360 for v in series.values) and all(
        abs((b - a + 180) % 360 - 180) <= 10 for a, b in series.pairs()
    )


def _hectopascals(owner, event):
    return owner["qnh_i_hg"] * 33.8639


def _reported(value, owner, event):
    gap = seconds(event["general"]["update_timestamp"]) - seconds(value)
    return -0.5 <= gap <= 60


# -- Pegelonline -----------------------------------------------------------------

NOW = "timeseries.*.currentMeasurement."


def _quarter(series):
    """The last full quarters of an hour, as the series says."""
    late = [t / 1000 - seconds(v) for v, t in zip(series.values, series.times)]
    return (
        all(form(v)[:-6] == form(series.example)[:-6] for v in series.values)
        and all(seconds(v) % 900 == 0 for v in series.values)
        and all(-1 <= each <= 5_400 for each in late)
        and all(seconds(a) <= seconds(b) for a, b in series.pairs())
        and resolution(series.values[0]) == 1
    )


def _centimetres(series):
    return all(
        isinstance(v, (int, float)) and 50 <= v <= 900 for v in series.values
    ) and all(abs(b - a) <= 6 for a, b in series.pairs())


def _mean(value, owner, event):
    """Bonn has its mean low water at 1.4 m or so, its mean flood at 6.8 m."""
    level = owner["value"]
    allowed = {"low"} if level < 120 else {"high"} if level > 720 else {"normal"}
    if 120 <= level <= 170:
        allowed.add("low")
    if 620 <= level <= 720:
        allowed.add("high")
    return value in allowed


PAYLOADS = (
    Payload(
        "mavlink-position",
        "drones",
        "v1/mavlink/vehicles/1/components/1/messages/GLOBAL_POSITION_INT",
        {
            "header": {"system_id": 1, "component_id": 1, "sequence": 98},
            "message": {
                "type": "GLOBAL_POSITION_INT",
                "time_boot_ms": 1248790,
                "lat": -353632621,
                "lon": 1491652374,
                "alt": 604090,
                "relative_alt": 20010,
                "vx": 412,
                "vy": 305,
                "vz": -2,
                "hdg": 3650,
            },
            "status": {
                "time": {
                    "first_update": "2021-02-03T17:32:11.107934-03:00",
                    "last_update": "2021-02-03T17:52:56.894523-03:00",
                    "counter": 4983,
                    "frequency": 4.0,
                }
            },
        },
        {
            "header.sequence": Rule("packets", _packets),
            MSG + "time_boot_ms": _runs(1_000, 0.4),
            MSG + "lat": Rule("flies", _flies),
            MSG + "lon": Rule("flies", _flies),
            MSG + "alt": Rule("climbs", _climbs),
            MSG + "relative_alt": Rule("above home", _home),
            MSG + "vx": walk(400, -2_000, 2_000, rests=True),
            MSG + "vy": walk(400, -2_000, 2_000, rests=True),
            MSG + "vz": walk(200, -800, 800, rests=True),
            MSG + "hdg": Rule("heading", _heading),
            CLOCK + "first_update": unchanged | past(2),
            CLOCK + "last_update": now(5),
            CLOCK + "counter": counter(0, 100, rests=False),
            CLOCK + "frequency": walk(3, 0.5, 60, rests=True),
        },
    ),
    Payload(
        "tasmota-sensor",
        "smart plugs",
        "tele/tasmota_5A9AE8/SENSOR",
        {
            "Time": "2022-09-01T01:07:30",
            "ENERGY": {
                "TotalStartTime": "2021-11-23T15:33:47",
                "Total": 128.942,
                "Yesterday": 0.923,
                "Today": 0.337,
                "Period": 2,
                "Power": 367,
                "ApparentPower": 507,
                "ReactivePower": 350,
                "Factor": 0.72,
                "Voltage": 235,
                "Current": 2.156,
            },
        },
        {
            "Time": now(10),
            PLUG + "Total": Rule("energy", _kilowatt_hours),
            PLUG
            + "Today": (
                Rule("energy", _kilowatt_hours),
                Rule("of the total", _before),
            ),
            PLUG + "Period": walk(10, 0, 20, rests=True),
            PLUG + "Power": walk(300, 1, 3_680),
            PLUG
            + "ApparentPower": (
                whole,
                _near(lambda o: o["Voltage"] * o["Current"], 0.01, 2),
                where("not less than real", lambda v, o, e: v >= o["Power"]),
            ),
            PLUG + "ReactivePower": (whole, _near(_reactive, 0.03, 6)),
            PLUG
            + "Factor": (
                walk(0.4, 0, 1, rests=True),
                _near(lambda o: o["Power"] / o["ApparentPower"], 0, 0.0151),
            ),
            PLUG + "Voltage": walk(4, 215, 253, rests=True),
            PLUG + "Current": walk(1.5, 0.005, 16, rests=True),
        },
    ),
    Payload(
        "unifi-station",
        "wi-fi clients",
        "api/s/default/stat/sta",
        {
            "meta": {"rc": "ok"},
            "data": [
                {
                    "mac": "f0:18:98:5d:3a:71",
                    "hostname": "macbook",
                    "ip": "192.168.1.33",
                    "is_wired": False,
                    "essid": "home",
                    "ap_mac": "78:8a:20:b1:04:2e",
                    "channel": 44,
                    "latest_assoc_time": 1587747295,
                    "last_seen": 1587753456,
                    "uptime": 6161,
                    "signal": -52,
                    "rssi": 44,
                    "rx_bytes": 14287122,
                    "rx_packets": 63118,
                    "tx_bytes": 283112406,
                    "tx_packets": 231190,
                    "rx_rate": 526600,
                    "tx_rate": 702000,
                    "satisfaction": 98,
                }
            ],
        },
        {
            STA + "latest_assoc_time": unchanged | past(40),
            STA + "last_seen": now(60),
            STA + "uptime": (whole, where("since it came", _since)),
            STA + "signal": walk(8, -85, -30),
            STA + "rssi": Rule("above the noise", _quiet),
            STA + "rx_bytes": counter(0, 100_000_000, rests=False),
            STA
            + "rx_packets": (
                counter(0, 200_000, rests=False),
                _packed("rx_bytes"),
            ),
            STA + "tx_bytes": counter(0, 100_000_000, rests=False),
            STA
            + "tx_packets": (
                counter(0, 200_000, rests=False),
                _packed("tx_bytes"),
            ),
            STA + "rx_rate": Rule("linked", _linked),
            STA + "tx_rate": Rule("linked", _linked),
            STA + "satisfaction": walk(10, 50, 100, rests=True),
        },
    ),
    Payload(
        "pihole-summary",
        "filters of names",
        "admin/api.php",
        {
            "domains_being_blocked": 121340,
            "dns_queries_today": 19210,
            "ads_blocked_today": 3342,
            "ads_percentage_today": 17.397189,
            "unique_domains": 1832,
            "queries_forwarded": 9713,
            "queries_cached": 6098,
            "clients_ever_seen": 21,
            "unique_clients": 18,
            "dns_queries_all_types": 19210,
            "reply_NODATA": 1029,
            "reply_NXDOMAIN": 412,
            "reply_CNAME": 5216,
            "reply_IP": 9108,
            "privacy_level": 0,
            "status": "enabled",
            "gravity_last_updated": {
                "file_exists": True,
                "absolute": 1616897880,
                "relative": {"days": 3, "hours": 4, "minutes": 12},
            },
        },
        {
            "dns_queries_today": (
                counter(0, 200, rests=False),
                where("of its parts", _parts),
            ),
            "ads_blocked_today": counter(0, 150),
            "ads_percentage_today": where("of the queries", _blocked),
            "unique_domains": counter(0, 60),
            "queries_forwarded": counter(0, 150),
            "queries_cached": counter(0, 150),
            "clients_ever_seen": (
                counter(0, 1),
                where(
                    "not less than now",
                    lambda v, o, e: v >= o["unique_clients"],
                ),
            ),
            "unique_clients": counter(0, 1),
            "dns_queries_all_types": (
                whole,
                where(
                    "not less than today's",
                    lambda v, o, e: 0 <= v - o["dns_queries_today"] <= 50,
                ),
            ),
            "reply_NODATA": counter(0, 60),
            "reply_NXDOMAIN": counter(0, 60),
            "reply_CNAME": counter(0, 120),
            "reply_IP": counter(0, 150),
            "status": rarely("enabled", "disabled"),
            OLD + "absolute": unchanged | past(40),
            OLD + "relative.days": _ago(86_400, 0),
            OLD + "relative.hours": _ago(3_600, 24),
            OLD + "relative.minutes": _ago(60, 60),
        },
    ),
    Payload(
        "vatsim-pilot",
        "flight simulation",
        "v3/vatsim-data.json",
        {
            "general": {
                "version": 3,
                "update": "20210313190512",
                "update_timestamp": "2021-03-13T19:05:12.7823114Z",
                "connected_clients": 1412,
                "unique_users": 1349,
            },
            "pilots": [
                {
                    "cid": 1234567,
                    "name": "Jane Doe EGLL",
                    "callsign": "BAW117",
                    "server": "UK-1",
                    "latitude": 51.47512,
                    "longitude": -8.91337,
                    "altitude": 36012,
                    "groundspeed": 452,
                    "heading": 272,
                    "qnh_i_hg": 29.92,
                    "qnh_mb": 1013,
                    "flight_plan": {
                        "flight_rules": "I",
                        "aircraft_short": "B772",
                        "departure": "EGLL",
                        "arrival": "KJFK",
                        "altitude": "36000",
                        "deptime": "1755",
                        "enroute_time": "0715",
                    },
                    "logon_time": "2021-03-13T17:31:40.1205371Z",
                    "last_updated": "2021-03-13T19:05:09.3318842Z",
                }
            ],
        },
        {
            "general.update": where("of the time", _stamp),
            "general.update_timestamp": _feed(60),
            "general.connected_clients": walk(15, 300, 4_000, rests=True),
            "general.unique_users": (
                walk(15, 300, 4_000, rests=True),
                where(
                    "not more than clients",
                    lambda v, o, e: v <= o["connected_clients"],
                ),
            ),
            PILOT + "latitude": Rule("cruises", _cruises),
            PILOT + "longitude": Rule("cruises", _cruises),
            PILOT + "altitude": walk(150, 35_000, 37_200, rests=True),
            PILOT + "groundspeed": walk(8, 380, 540, rests=True),
            PILOT + "heading": Rule("turns", _turns),
            PILOT + "qnh_i_hg": walk(0.03, 28.9, 30.9, rests=True),
            PILOT + "qnh_mb": (whole, equals(_hectopascals)),
            PILOT
            + "logon_time": (
                unchanged | past(1),
                where(
                    "before it was seen",
                    lambda v, o, e: seconds(v) <= seconds(o["last_updated"]),
                ),
            ),
            PILOT + "last_updated": (_feed(120), where("before the feed", _reported)),
        },
    ),
    Payload(
        "pegelonline-station",
        "gauges of rivers",
        "rest-api/v2/stations/BONN.json",
        {
            "uuid": "593647aa-9fea-43ec-a7d6-6476a76ae868",
            "number": "2710080",
            "shortname": "BONN",
            "longname": "BONN",
            "agency": "STANDORT KÖLN",
            "longitude": 7.108045,
            "latitude": 50.736398,
            "water": {"shortname": "RHEIN", "longname": "RHEIN"},
            "timeseries": [
                {
                    "shortname": "W",
                    "longname": "WASSERSTAND ROHDATEN",
                    "unit": "cm",
                    "equidistance": 15,
                    "currentMeasurement": {
                        "timestamp": "2023-03-20T10:15:00+01:00",
                        "value": 285.0,
                        "stateMnwMhw": "normal",
                        "stateNswHsw": "normal",
                    },
                    "gaugeZero": {
                        "unit": "m. ü. NHN",
                        "value": 42.713,
                        "validFrom": "2019-11-01",
                    },
                }
            ],
        },
        {
            NOW + "timestamp": Rule("a quarter", _quarter),
            NOW
            + "value": (
                Rule("centimetres", _centimetres),
                changes_only_with("timestamp"),
            ),
            NOW + "stateMnwMhw": where("of the level", _mean),
        },
    ),
)
