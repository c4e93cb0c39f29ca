"""Inverters on roofs, twins of devices, farm robots, machines, weather in backyards."""

import math

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    counter,
    each,
    equals,
    every,
    has_one,
    is_number,
    matching,
    new,
    now,
    number,
    past,
    rarely,
    rising,
    unchanged,
    walk,
    where,
    whole,
)
from public_payloads.times import form, seconds

_forward = Rule(
    "does not go back",
    lambda s: all(seconds(a) <= seconds(b) for a, b in s.pairs()),
)


def _recent(lag):
    """Of the last minutes, not going back; it may stand still for some seconds."""

    def check(series):
        late = [t / 1000 - seconds(v) for v, t in zip(series.values, series.times)]
        return all(form(v) == form(series.example) for v in series.values) and all(
            -1 <= each <= lag for each in late
        )

    return every(Rule(f"recent, {lag} s", check), _forward)


# -- Envoy -----------------------------------------------------------------------


def _energy(series):
    """It rises by about what the power gives, in a slow stream visibly."""
    hours = (series.times[-1] - series.times[0]) / 3_600_000
    most = max(owner["wNow"] for owner in series.owners) * hours
    values = series.values
    gained = values[-1] - values[0]
    return (
        all(is_number(v) and round(v, 3) == v for v in values)
        and all(a <= b for a, b in series.pairs())
        and abs(values[0] - series.example) <= 50
        and gained <= 3 * most + 0.1
        and (not series.is_slow or gained > 0)
    )


def _share_of_lifetime(name):
    """It rises as the energy of the whole life does."""

    def check(series):
        known = [o["whLifetime"] - v for v, o in zip(series.values, series.owners)]
        return all(is_number(v) for v in series.values) and max(known) - min(known) <= 1

    return Rule(f"{name} rises with the lifetime", check)


def _near(wanted, share, slack):
    def check(value, owner, event):
        expected = wanted(owner)
        return is_number(value) and abs(value - expected) <= share * expected + slack

    return where("of the others", check)


def _reactive(owner):
    return math.sqrt(max(owner["apprntPwr"] ** 2 - owner["wNow"] ** 2, 0))


def _meter(head, low, high, step):
    return {
        head + "readingTime": _recent(60),
        head + "wNow": walk(step, low, high),
        head + "whLifetime": Rule("energy", _energy),
        head
        + "rmsCurrent": (
            number(0, 40),
            _near(lambda o: o["apprntPwr"] / o["rmsVoltage"], 0.01, 0.05),
        ),
        head + "rmsVoltage": walk(3, 218, 252, rests=True),
        head
        + "apprntPwr": (
            number(0, 9_000),
            where("not less than real", lambda v, o, e: v >= o["wNow"] - 0.5),
        ),
        head
        + "pwrFactor": (
            number(0, 1),
            _near(lambda o: o["wNow"] / o["apprntPwr"], 0, 0.0151),
        ),
        head + "whToday": _share_of_lifetime("today"),
    }


def _lifetime(series):
    """Whole watt hours of all inverters, every five minutes or so."""
    values = series.values
    return (
        all(type(v) is int for v in values)
        and all(0 <= b - a <= 600 for a, b in series.pairs())
        and abs(values[0] - series.example) <= 2_000
    )


# -- device shadow ---------------------------------------------------------------

_COLOURS = ("RED", "GREEN", "BLUE", "WHITE", "YELLOW", "ORANGE", "PURPLE", "PINK")
_colour = each("a colour", lambda v: v in _COLOURS)


def _was(part):
    """The example's, or the state that the document before said."""

    def check(series):
        if not all(value in _COLOURS for value in series.values):
            return False
        before = [e["current"]["state"][part]["color"] for e in series.events]
        known = [e["current"]["version"] for e in series.events]
        return all(
            value == old or new_ - first > 1
            for value, old, first, new_ in zip(
                series.values[1:], before, known, known[1:]
            )
        )

    return unchanged | Rule("what was before", check)


_set_before = unchanged | every(past(400, fixed=False), _forward)

# -- FarmBot ---------------------------------------------------------------------

AT = "location_data.position."
ENC = "location_data.scaled_encoders."
INFO = "informational_settings."


def _mm(low, high):
    """Millimetres: at most what the gantry makes in the time, or at rest."""

    def check(series):
        far = 250 * (series.times[1] - series.times[0]) / 1000 + 1
        return all(
            is_number(v) and low <= v <= high and round(v, 2) == v
            for v in series.values
        ) and all(abs(b - a) <= far for a, b in series.pairs())

    return Rule(f"position {low}..{high}", check)


def _encoder(axis):
    return where(
        "beside the position",
        lambda v, o, e: is_number(v)
        and abs(v - e["location_data"]["position"][axis]) <= 5,
    )


def _uptime(series):
    gone = [
        v - series.values[0] - (t - series.times[0]) / 1000
        for v, t in zip(series.values, series.times)
    ]
    return (
        all(type(v) is int and v > 0 for v in series.values)
        and abs(series.values[0] - series.example) <= 3_600
        and all(abs(each) <= 2 for each in gone)
    )


# -- OPC UA ----------------------------------------------------------------------

MSG = "Messages.*."
PAY0 = "Messages.0.Payload."
PAY1 = "Messages.1.Payload."


def _next(series):
    """One more with every message of the writer."""
    return (
        all(type(v) is int for v in series.values)
        and all(b - a == 1 for a, b in series.pairs())
        and abs(series.values[0] - series.example) <= 200
    )


# -- weather of a station at home --------------------------------------------------

OBS = "observations.*."
IMP = "observations.*.imperial."


def _local(series):
    """The same moment in a zone, which stays."""
    gaps = [
        seconds(v) - seconds(o["obsTimeUtc"])
        for v, o in zip(series.values, series.owners)
    ]
    return all(form(v) == form(series.example) for v in series.values) and all(
        abs(gap - gaps[0]) <= 1
        and abs(gap - round(gap / 900) * 900) <= 1
        and abs(gap) <= 50_400
        for gap in gaps
    )


def _dew(value, owner, event):
    """The dew point of the temperature and the humidity, both whole."""
    temp = (owner["temp"] - 32) / 1.8
    humidity = event["observations"][0]["humidity"]
    part = math.log(humidity / 100) + 17.62 * temp / (243.12 + temp)
    wanted = 243.12 * part / (17.62 - part) * 1.8 + 32
    return type(value) is int and abs(value - wanted) <= 2.6


def _rain(value, owner, event):
    return is_number(value) and 0 <= value <= 10


def _turn(series):
    return all(type(v) is int and 0 <= v <= 360 for v in series.values)


PAYLOADS = (
    Payload(
        "envoy-production",
        "inverters on roofs",
        "production.json",
        {
            "production": [
                {
                    "type": "inverters",
                    "activeCount": 18,
                    "readingTime": 1591642500,
                    "wNow": 3421,
                    "whLifetime": 11567890,
                },
                {
                    "type": "eim",
                    "activeCount": 1,
                    "measurementType": "production",
                    "readingTime": 1591642605,
                    "wNow": 3402.517,
                    "whLifetime": 10583219.482,
                    "rmsCurrent": 14.529,
                    "rmsVoltage": 236.214,
                    "reactPwr": 448.531,
                    "apprntPwr": 3431.953,
                    "pwrFactor": 0.99,
                    "whToday": 9871.482,
                    "whLastSevenDays": 168322.482,
                },
            ],
            "consumption": [
                {
                    "type": "eim",
                    "activeCount": 1,
                    "measurementType": "total-consumption",
                    "readingTime": 1591642605,
                    "wNow": 1187.204,
                    "whLifetime": 8812044.913,
                    "rmsCurrent": 5.331,
                    "rmsVoltage": 236.301,
                    "apprntPwr": 1259.721,
                    "pwrFactor": 0.94,
                    "whToday": 6120.913,
                }
            ],
        },
        {
            "production.0.readingTime": _recent(1_800),
            "production.0.wNow": (whole, walk(700, 0, 5_400, rests=True)),
            "production.0.whLifetime": Rule("energy of all", _lifetime),
            **_meter("production.1.", 0, 5_400, 700),
            "production.1.reactPwr": (
                number(0, 3_000),
                _near(_reactive, 0.1, 25),
            ),
            "production.1.whLastSevenDays": _share_of_lifetime("seven days"),
            **_meter("consumption.0.", 50, 9_000, 900),
        },
    ),
    Payload(
        "aws-shadow-documents",
        "twins of devices",
        "aws/things/myLightBulb/shadow/update/documents",
        {
            "previous": {
                "state": {
                    "desired": {"color": "RED"},
                    "reported": {"color": "GREEN"},
                },
                "metadata": {
                    "desired": {"color": {"timestamp": 1488399990}},
                    "reported": {"color": {"timestamp": 1488399100}},
                },
                "version": 10,
            },
            "current": {
                "state": {
                    "desired": {"color": "RED"},
                    "reported": {"color": "RED"},
                },
                "metadata": {
                    "desired": {"color": {"timestamp": 1488399990}},
                    "reported": {"color": {"timestamp": 1488400000}},
                },
                "version": 11,
            },
            "timestamp": 1488400000,
            "clientToken": "token-c3a1f9",
        },
        {
            "previous.state.desired.color": _was("desired"),
            "previous.state.reported.color": _was("reported"),
            "previous.metadata.desired.color.timestamp": _set_before,
            "previous.metadata.reported.color.timestamp": _set_before,
            "previous.version": (
                whole,
                equals(lambda o, e: e["current"]["version"] - 1),
            ),
            "current.state.desired.color": _colour,
            "current.state.reported.color": _colour,
            "current.metadata.desired.color.timestamp": _set_before,
            "current.metadata.reported.color.timestamp": (
                _recent(60) | _set_before,
                where(
                    "not after the document",
                    lambda v, o, e: v <= e["timestamp"] + 1,
                ),
            ),
            "current.version": (
                whole,
                rising,
                each("near", lambda v: 0 < v < 1_000),
            ),
            "timestamp": now(60),
            "clientToken": matching(r"token-[0-9a-zA-Z-]+"),
        },
    ),
    Payload(
        "farmbot-status",
        "farm robots",
        "bot/device_4/status",
        {
            "location_data": {
                "position": {"x": 1204.2, "y": 612.8, "z": -102.4},
                "scaled_encoders": {"x": 1203.9, "y": 612.6, "z": -102.4},
            },
            "informational_settings": {
                "busy": True,
                "controller_version": "15.8.4",
                "firmware_version": "6.6.16.G",
                "locked": False,
                "memory_usage": 64,
                "cpu_usage": 12,
                "soc_temp": 52,
                "sync_status": "synced",
                "target": "rpi3",
                "throttled": "0x0",
                "uptime": 86342,
                "wifi_level": -58,
                "wifi_level_percent": 84,
            },
            "mcu_params": {
                "movement_max_spd_x": 800,
            },
            "pins": {"8": {"mode": 0, "value": 1}},
        },
        {
            AT + "x": _mm(0, 6_000),
            AT + "y": _mm(0, 3_000),
            AT + "z": _mm(-600, 0),
            ENC + "x": _encoder("x"),
            ENC + "y": _encoder("y"),
            ENC + "z": _encoder("z"),
            INFO + "busy": rarely(True, False),
            INFO + "memory_usage": (whole, walk(15, 20, 400, rests=True)),
            INFO + "cpu_usage": (whole, walk(40, 0, 100, rests=True)),
            INFO + "soc_temp": (whole, walk(3, 30, 85, rests=True)),
            INFO + "sync_status": rarely("synced", "syncing", "sync_now"),
            INFO + "uptime": Rule("goes on", _uptime),
            INFO + "wifi_level": (whole, walk(6, -90, -30, rests=True)),
            INFO
            + "wifi_level_percent": (
                whole,
                walk(14, 1, 100, rests=True),
                has_one("wifi_level"),
            ),
            "pins.8.value": (whole, each("a level", lambda v: v in (0, 1))),
        },
    ),
    Payload(
        "opcua-pubsub",
        "machine controllers",
        "opcua/json/data/MyPublisher",
        {
            "MessageId": "32235546-05d9-4fd7-97df-ea3ff3408574",
            "MessageType": "ua-data",
            "PublisherId": "MyPublisher",
            "Messages": [
                {
                    "DataSetWriterId": 101,
                    "SequenceNumber": 224,
                    "MetaDataVersion": {
                        "MajorVersion": 672338910,
                        "MinorVersion": 672341762,
                    },
                    "Timestamp": "2021-05-05T21:23:18.247Z",
                    "Payload": {
                        "Active": True,
                        "Temperature": 28.4,
                        "Counter": 10712,
                        "AdditionalInfo": "Line 2",
                    },
                },
                {
                    "DataSetWriterId": 102,
                    "SequenceNumber": 224,
                    "MetaDataVersion": {
                        "MajorVersion": 672338910,
                        "MinorVersion": 672338910,
                    },
                    "Timestamp": "2021-05-05T21:23:18.247Z",
                    "Payload": {
                        "LocationName": "Building A",
                        "Coordinate": {"X": 1.5, "Y": 0.2},
                        "Measurements": [118, 121, 119],
                    },
                },
            ],
        },
        {
            "MessageId": new(UUID),
            MSG + "SequenceNumber": Rule("the next", _next),
            MSG + "Timestamp": now(2),
            PAY0 + "Active": rarely(True, False),
            PAY0 + "Temperature": walk(1.5, 10, 60),
            PAY0 + "Counter": (whole, counter(0, 200)),
            PAY1 + "Measurements.*": (whole, walk(12, 80, 160, rests=True)),
        },
    ),
    Payload(
        "wunderground-pws",
        "weather in backyards",
        "v2/pws/observations/current",
        {
            "observations": [
                {
                    "stationID": "KNCCARY89",
                    "obsTimeUtc": "2019-02-04T14:53:14Z",
                    "obsTimeLocal": "2019-02-04 09:53:14",
                    "neighborhood": "Highcroft Village",
                    "softwareType": "GoWunder 1337.9041ac1",
                    "country": "US",
                    "solarRadiation": 436.0,
                    "lon": -78.8759613,
                    "realtimeFrequency": None,
                    "epoch": 1549291994,
                    "lat": 35.80221176,
                    "uv": 1.2,
                    "winddir": 329,
                    "humidity": 71,
                    "qcStatus": 1,
                    "imperial": {
                        "temp": 53,
                        "heatIndex": 53,
                        "dewpt": 44,
                        "windChill": 53,
                        "windSpeed": 2,
                        "windGust": None,
                        "pressure": 30.09,
                        "precipRate": 0.0,
                        "precipTotal": 0.0,
                        "elev": 413,
                    },
                }
            ]
        },
        {
            OBS + "obsTimeUtc": _recent(90),
            OBS + "obsTimeLocal": Rule("the same moment", _local),
            OBS + "solarRadiation": walk(80, 0, 1_200, rests=True),
            OBS
            + "epoch": where(
                "the same moment",
                lambda v, o, e: type(v) is int
                and abs(v - seconds(o["obsTimeUtc"])) <= 1,
            ),
            OBS + "uv": walk(0.6, 0, 12, rests=True),
            OBS + "winddir": Rule("a direction", _turn),
            OBS + "humidity": (whole, walk(3, 30, 100, rests=True)),
            IMP + "temp": (whole, walk(2, 35, 75, rests=True)),
            IMP
            + "heatIndex": where(
                "of the temperature",
                lambda v, o, e: type(v) is int and abs(v - o["temp"]) <= 2,
            ),
            IMP + "dewpt": where("of temperature and humidity", _dew),
            IMP
            + "windChill": where(
                "of temperature and wind",
                lambda v, o, e: type(v) is int and o["temp"] - 12 <= v <= o["temp"],
            ),
            IMP + "windSpeed": (whole, walk(6, 0, 30, rests=True)),
            IMP
            + "windGust": where(
                "not below the wind",
                lambda v, o, e: v is None
                or (type(v) is int and o["windSpeed"] <= v <= 60),
            ),
            IMP + "pressure": walk(0.03, 29.5, 30.7, rests=True),
            IMP + "precipRate": where("some rain", _rain),
            IMP
            + "precipTotal": Rule(
                "does not fall",
                lambda s: all(is_number(v) and 0 <= v <= 2 for v in s.values)
                and all(0 <= b - a <= 0.05 for a, b in s.pairs()),
            ),
        },
    ),
)
