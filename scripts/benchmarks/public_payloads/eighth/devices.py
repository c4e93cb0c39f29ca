"""Heating of rooms, cameras, media servers, shadows of devices, ride hailing."""

import math
import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    ahead,
    changes_only_with,
    equals,
    is_number,
    now,
    one_of,
    rarely,
    rising,
    walk,
    way,
    where,
    whole,
)
from public_payloads.times import form, seconds

# -- tado ------------------------------------------------------------------------

INSIDE = "sensorDataPoints.insideTemperature."
HUMID = "sensorDataPoints.humidity."
POWER = "activityDataPoints.heatingPower."


def _fahrenheit(value, owner, event):
    return is_number(value) and abs(value - (owner["celsius"] * 1.8 + 32)) <= 0.06


def _measured(lag):
    """When it was measured: some minutes ago at most, never back."""

    def check(series):
        late = [t / 1000 - seconds(v) for v, t in zip(series.values, series.times)]
        return (
            all(form(value) == form(series.example) for value in series.values)
            and all(-0.5 <= each <= lag for each in late)
            and all(seconds(a) <= seconds(b) for a, b in series.pairs())
        )

    return Rule(f"measured, {lag} s", check)


def _hour(value, owner, event):
    return seconds(value) % 300 == 0


# -- Frigate ---------------------------------------------------------------------

OLD = "before."
NEW = "after."
_ZONES = ("yard", "driveway", "front_yard", "porch", "street", "sidewalk", "garden")


def _frame(lag):
    """A number of seconds to the microsecond, not ahead, never back."""

    def check(series):
        late = [t / 1000 - v for v, t in zip(series.values, series.times)]
        return (
            all(isinstance(value, (int, float)) for value in series.values)
            and all(-0.5 <= each <= lag for each in late)
            and all(a <= b for a, b in series.pairs())
        )

    return Rule(f"frame, {lag} s", check)


def _box(value, owner, event):
    return (
        type(value) is int
        and 0 <= value <= 3_840
        and owner[0] < owner[2]
        and owner[1] < owner[3]
    )


def _area(owner, event):
    left, top, right, bottom = owner["box"]
    return (right - left) * (bottom - top)


def _tracked(value, owner, event):
    """It begins with the time at which the object was seen first."""
    start, _, letters = value.partition("-")
    return (
        abs(float(start) - owner["start_time"]) < 0.00001
        and re.fullmatch("[0-9a-z]{6}", letters) is not None
    )


def _started(value, owner, event):
    return (
        is_number(value)
        and value == event["after"]["start_time"]
        and 0 <= owner["frame_time"] - value <= 3_600
    )


def _sure(value, owner, event):
    return is_number(value) and 0.3 <= value <= owner["top_score"]


def _top(value, owner, event):
    return (
        is_number(value)
        and owner["score"] <= value <= 1
        and event["before"]["top_score"] <= event["after"]["top_score"]
    )


def _ended(value, owner, event):
    if event["type"] == "end" and owner is event["after"]:
        return is_number(value) and value >= owner["start_time"]
    return value is None


# -- Jellyfin --------------------------------------------------------------------

ON = "*."
PLAY = "*.PlayState."
FILM = "*.NowPlayingItem."


def _plays(series):
    """Ticks of 100 ns, which a client tells every few seconds; none in a pause."""
    values = series.values
    gone = [(v - values[0]) / 1e7 for v in values]
    passed = [(t - series.times[0]) / 1000 for t in series.times]
    paused = any(owner["IsPaused"] for owner in series.owners)
    films = [event[0]["NowPlayingItem"]["RunTimeTicks"] for event in series.events]
    return (
        all(type(v) is int and 0 <= v <= f for v, f in zip(values, films))
        and all(a <= b for a, b in series.pairs())
        and all(g <= p + 12 for g, p in zip(gone, passed))
        and (paused or all(p - g <= 12 for g, p in zip(gone, passed)))
        and (paused or not series.is_slow or gone[-1] > 0)
    )


# -- AWS IoT ---------------------------------------------------------------------

PREV = "previous."
CURR = "current."
_COLOURS = ("RED", "GREEN", "BLUE", "YELLOW", "WHITE", "ORANGE", "PURPLE", "OFF")


def _meta(value, owner, event):
    """When it was set, at the time of the update at the latest."""
    return type(value) is int and 1_400_000_000 <= value <= event["timestamp"]


def _later(part):
    """Set at the time of the earlier document, or since."""

    def check(value, owner, event):
        old = event["previous"]["metadata"][part]["color"]["timestamp"]
        return type(value) is int and old <= value <= event["timestamp"]

    return where("not before", check)


# -- Uber ------------------------------------------------------------------------

_STATES = ("processing", "accepted", "arriving", "in_progress", "completed")


def _drives(series):
    """By road, at 35 m/s at most, where its bearing says."""
    step = (series.times[1] - series.times[0]) / 1000
    owners = series.owners
    places = [(o["latitude"], o["longitude"]) for o in owners]
    ways = [way(a, b) for a, b in zip(places, places[1:])]
    if not all(is_number(value) for value in series.values):
        return False
    if any(math.hypot(*each) > 35 * step * 1.5 + 4 for each in ways):
        return False
    east, north = (sum(part) for part in zip(*ways))
    if math.hypot(east, north) > 35 * step * len(ways) + 4:
        return False
    if not series.is_slow or math.hypot(east, north) < 20:
        return True
    sine = sum(math.sin(math.radians(o["bearing"])) for o in owners)
    cosine = sum(math.cos(math.radians(o["bearing"])) for o in owners)
    off = math.degrees(math.atan2(east, north) - math.atan2(sine, cosine))
    return abs((off + 180) % 360 - 180) <= 60


def _turns(series):
    return all(type(v) is int and 0 <= v <= 360 for v in series.values) and all(
        abs((b - a + 180) % 360 - 180) <= 95 for a, b in series.pairs()
    )


def _goes_on(series):
    """One step after the other, or what ends it."""
    ends = ("rider_canceled", "driver_canceled")
    return (
        series.values[0] in _STATES[1:3]
        and all(value in _STATES + ends for value in series.values)
        and all(
            a == b
            or (b in ends and a in _STATES[:3])
            or (a in _STATES and b in _STATES and _STATES.index(b) > _STATES.index(a))
            for a, b in series.pairs()
        )
    )


def _minutes(high):
    """Minutes to go, one less now and then, or one more in a jam."""

    def check(series):
        return all(type(v) is int and 0 <= v <= high for v in series.values) and (
            all(abs(b - a) <= 1 for a, b in series.pairs())
            and abs(series.values[-1] - series.values[0]) <= 2
        )

    return Rule(f"minutes up to {high}", check)


PAYLOADS = (
    Payload(
        "tado-zone-state",
        "heating of rooms",
        "api/v2/homes/1/zones/1/state",
        {
            "tadoMode": "HOME",
            "geolocationOverride": False,
            "geolocationOverrideDisableTime": None,
            "setting": {
                "type": "HEATING",
                "power": "ON",
                "temperature": {"celsius": 20.0, "fahrenheit": 68.0},
            },
            "overlayType": None,
            "openWindow": None,
            "nextScheduleChange": {
                "start": "2020-03-10T17:00:00Z",
                "setting": {
                    "type": "HEATING",
                    "power": "ON",
                    "temperature": {"celsius": 21.0, "fahrenheit": 69.8},
                },
            },
            "link": {"state": "ONLINE"},
            "activityDataPoints": {
                "heatingPower": {
                    "type": "PERCENTAGE",
                    "percentage": 34.0,
                    "timestamp": "2020-03-10T07:47:45.978Z",
                }
            },
            "sensorDataPoints": {
                "insideTemperature": {
                    "celsius": 19.65,
                    "fahrenheit": 67.37,
                    "timestamp": "2020-03-10T07:44:11.947Z",
                    "type": "TEMPERATURE",
                    "precision": {"celsius": 0.1, "fahrenheit": 0.1},
                },
                "humidity": {
                    "type": "PERCENTAGE",
                    "percentage": 45.2,
                    "timestamp": "2020-03-10T07:44:11.947Z",
                },
            },
        },
        {
            "nextScheduleChange.start": (ahead(7), where("a time of day", _hour)),
            "link.state": rarely("ONLINE", "OFFLINE"),
            POWER
            + "percentage": (
                walk(40, 0, 100, rests=True),
                changes_only_with("timestamp"),
            ),
            POWER + "timestamp": _measured(1_800),
            INSIDE
            + "celsius": (
                walk(0.3, 17, 23, rests=True),
                changes_only_with("timestamp"),
            ),
            INSIDE + "fahrenheit": where("in Fahrenheit", _fahrenheit),
            INSIDE + "timestamp": _measured(1_800),
            HUMID
            + "percentage": (
                walk(1.5, 30, 65, rests=True),
                changes_only_with("timestamp"),
            ),
            HUMID + "timestamp": _measured(1_800),
        },
    ),
    Payload(
        "frigate-event",
        "surveillance cameras",
        "frigate/events",
        {
            "type": "update",
            "before": {
                "id": "1607123955.475377-mxklsc",
                "camera": "front_door",
                "frame_time": 1607123961.837752,
                "label": "person",
                "top_score": 0.958984375,
                "false_positive": False,
                "start_time": 1607123955.475377,
                "end_time": None,
                "score": 0.7890625,
                "box": [424, 500, 536, 712],
                "area": 23744,
                "current_zones": ["driveway"],
            },
            "after": {
                "id": "1607123955.475377-mxklsc",
                "camera": "front_door",
                "frame_time": 1607123962.082975,
                "label": "person",
                "top_score": 0.958984375,
                "false_positive": False,
                "start_time": 1607123955.475377,
                "end_time": None,
                "score": 0.87890625,
                "box": [432, 496, 544, 854],
                "area": 40096,
                "current_zones": ["driveway"],
                "has_snapshot": True,
            },
        },
        {
            "type": rarely("new", "update", "end"),
            OLD + "id": where("of its start", _tracked),
            OLD
            + "frame_time": (
                _frame(60),
                where(
                    "before the other",
                    lambda v, o, e: e["after"]["frame_time"] - 30
                    <= v
                    <= e["after"]["frame_time"],
                ),
            ),
            OLD + "top_score": where("not below its score", _top),
            OLD + "start_time": where("before the frame", _started),
            OLD + "score": where("not above the best", _sure),
            OLD + "box.*": where("a box", _box),
            OLD + "area": (whole, equals(_area)),
            OLD + "current_zones.*": one_of(*_ZONES),
            NEW
            + "id": (
                where("of its start", _tracked),
                equals(lambda o, e: e["before"]["id"]),
            ),
            NEW + "frame_time": _frame(30),
            NEW + "top_score": where("not below its score", _top),
            NEW + "start_time": where("before the frame", _started),
            NEW + "end_time": where("at the end", _ended),
            NEW + "score": where("not above the best", _sure),
            NEW + "box.*": where("a box", _box),
            NEW + "area": (whole, equals(_area)),
            NEW + "current_zones.*": one_of(*_ZONES),
        },
    ),
    Payload(
        "jellyfin-sessions",
        "media servers",
        "Sessions",
        [
            {
                "PlayState": {
                    "PositionTicks": 26341560000,
                    "IsPaused": False,
                    "IsMuted": False,
                    "VolumeLevel": 100,
                    "AudioStreamIndex": 1,
                    "SubtitleStreamIndex": -1,
                    "MediaSourceId": "a3f0c5d1e8b74c2d9f6012ab34cd56ef",
                    "PlayMethod": "DirectPlay",
                    "RepeatMode": "RepeatNone",
                },
                "RemoteEndPoint": "192.168.1.20",
                "Id": "5d1f2b8c9e3a47608b7c6d5e4f3a2b1c",
                "UserName": "alice",
                "Client": "Jellyfin Web",
                "LastActivityDate": "2023-01-15T19:42:18.6153926Z",
                "LastPlaybackCheckIn": "2023-01-15T19:42:18.6153812Z",
                "DeviceName": "Firefox",
                "NowPlayingItem": {
                    "Name": "Big Buck Bunny",
                    "Id": "a3f0c5d1e8b74c2d9f6012ab34cd56ef",
                    "RunTimeTicks": 62340000000,
                    "Type": "Movie",
                    "ProductionYear": 2008,
                },
                "ApplicationVersion": "10.8.8",
                "IsActive": True,
            }
        ],
        {
            PLAY + "PositionTicks": Rule("plays", _plays),
            PLAY + "IsPaused": rarely(True, False),
            PLAY + "IsMuted": rarely(True, False),
            PLAY + "VolumeLevel": walk(100, 0, 100, rests=True),
            ON + "LastActivityDate": _measured(60),
            ON
            + "LastPlaybackCheckIn": (
                _measured(60),
                where(
                    "not after the activity",
                    lambda v, o, e: seconds(v) <= seconds(o["LastActivityDate"]) + 1,
                ),
            ),
        },
    ),
    Payload(
        "aws-iot-shadow",
        "shadows of devices",
        "$aws/things/myLightBulb/shadow/update/documents",
        {
            "previous": {
                "state": {
                    "desired": {"color": "RED"},
                    "reported": {"color": "GREEN"},
                },
                "metadata": {
                    "desired": {"color": {"timestamp": 1469564477}},
                    "reported": {"color": {"timestamp": 1469564477}},
                },
                "version": 10,
            },
            "current": {
                "state": {
                    "desired": {"color": "RED"},
                    "reported": {"color": "RED"},
                },
                "metadata": {
                    "desired": {"color": {"timestamp": 1469564477}},
                    "reported": {"color": {"timestamp": 1469564492}},
                },
                "version": 11,
            },
            "timestamp": 1469564492,
        },
        {
            PREV + "state.desired.color": one_of(*_COLOURS),
            PREV + "state.reported.color": one_of(*_COLOURS),
            PREV + "metadata.desired.color.timestamp": where("set", _meta),
            PREV + "metadata.reported.color.timestamp": where("set", _meta),
            PREV
            + "version": (
                whole,
                rising,
                equals(lambda o, e: e["current"]["version"] - 1),
            ),
            CURR + "state.desired.color": one_of(*_COLOURS),
            CURR + "state.reported.color": one_of(*_COLOURS),
            CURR + "metadata.desired.color.timestamp": _later("desired"),
            CURR + "metadata.reported.color.timestamp": _later("reported"),
            CURR + "version": (whole, rising),
            "timestamp": now(60),
        },
    ),
    Payload(
        "uber-request",
        "ride hailing",
        "v1.2/requests/current",
        {
            "product_id": "17cb78a7-b672-4d34-a288-a6c6e44d5315",
            "request_id": "a1111c8c-c720-46c3-8534-2fcdd730040d",
            "status": "accepted",
            "surge_multiplier": 1.0,
            "shared": True,
            "driver": {
                "phone_number": "(555)555-5555",
                "rating": 5,
                "picture_url": "https://d1w2poirtb3as9.cloudfront.net/img.jpeg",
                "name": "Bob",
            },
            "vehicle": {
                "make": "Bugatti",
                "model": "Veyron",
                "license_plate": "I<3Uber",
            },
            "location": {
                "latitude": 37.3382129093,
                "longitude": -121.8863287568,
                "bearing": 328,
            },
            "pickup": {
                "latitude": 37.3303463,
                "longitude": -121.8890484,
                "eta": 5,
            },
            "destination": {
                "latitude": 37.6213129,
                "longitude": -122.3789554,
                "eta": 19,
            },
        },
        {
            "status": Rule("goes on", _goes_on),
            "location.latitude": Rule("drives", _drives),
            "location.longitude": Rule("drives", _drives),
            "location.bearing": Rule("turns", _turns),
            "pickup.eta": _minutes(8),
            "destination.eta": _minutes(25),
        },
    ),
)
