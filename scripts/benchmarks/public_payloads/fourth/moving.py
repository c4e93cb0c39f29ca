"""Trackers of parcels, arrivals of buses, instruments of boats."""

import math
import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    changes_only_with,
    each,
    equals,
    every,
    matching,
    never_falls,
    new,
    now,
    number,
    one_of,
    past,
    travels,
    unchanged,
    walk,
    where,
)
from public_payloads.times import seconds


def _span(series):
    return (series.times[-1] - series.times[0]) / 1000


# -- EasyPost --------------------------------------------------------------------

_OF_TRACKER = changes_only_with("$.result.id")
DETAILS = "result.tracking_details.*."
_WORDS = (
    "pre_transit",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "available_for_pickup",
    "failure",
    "return_to_sender",
)


def _one_code(series):
    """A tracker is of one parcel, another of another."""
    pairs = {(owner["id"], owner["tracking_code"]) for owner in series.owners}
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def _in_order(value, owner, event):
    """The scans of a parcel are in the order of their times, the last is before now."""
    details = event["result"]["tracking_details"]
    moments = [seconds(detail["datetime"]) for detail in details]
    return moments == sorted(moments) and moments[-1] <= seconds(event["created_at"])


def _of_last_scan(owner, event):
    return event["result"]["tracking_details"][-1]["status"]


def _another(value, owner, event):
    return value != event["result"]["status"]


def _expected(value, owner, event):
    """A day after the last scan, by two weeks at most; not long before the event."""
    last = seconds(event["result"]["tracking_details"][-1]["datetime"])
    day = seconds(value)
    return (
        bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00Z", value))
        and -86_400 <= day - last <= 15 * 86_400
        and day - seconds(event["created_at"]) >= -2 * 86_400
    )


# -- OneBusAway ------------------------------------------------------------------

BUS = "data.entry.arrivalsAndDepartures.*."


def _recent_fix(series):
    """The last fix of the vehicle: a minute or two old, never an older one."""
    return never_falls(series) and all(
        isinstance(value, int) and 0 <= event["currentTime"] - value <= 150_000
        for value, event in zip(series.values, series.events)
    )


def _steady(series):
    """An arrival ahead, that shifts by some seconds but not away as time goes by."""
    moments = [value / 1000 for value in series.values]
    ahead = [m - t / 1000 for m, t in zip(moments, series.times)]
    return (
        all(isinstance(value, int) and len(str(value)) == 13 for value in series.values)
        and all(-120 <= left <= 5_400 for left in ahead)
        and all(abs(b - a) <= 45 for a, b in zip(moments, moments[1:]))
        and abs(moments[-1] - moments[0]) <= 90
    )


def _scheduled(series):
    """It is in the timetable: it does not move, and is about now."""
    return len(set(series.values)) == 1 and all(
        isinstance(value, int) and -1_200_000 <= value - time <= 5_400_000
        for value, time in zip(series.values, series.times)
    )


def _near_timetable(value, owner, event):
    return abs(value - owner["scheduledArrivalTime"]) <= 20 * 60_000


def _service_day(series):
    """Midnight, in a zone from UTC to the Pacific, before the time in the timetable."""
    return len(set(series.values)) == 1 and all(
        isinstance(value, int)
        and value % 3_600_000 == 0
        and 0 <= value // 3_600_000 % 24 <= 8
        and 0 <= owner["scheduledArrivalTime"] - value <= 30 * 3_600_000
        for value, owner in zip(series.values, series.owners)
    )


def _approaches(series):
    """The bus comes nearer, at 25 m/s at most; with newer fixes it has to."""
    fall = series.values[0] - series.values[-1]
    fixes = [owner["lastUpdateTime"] for owner in series.owners]
    return (
        all(isinstance(v, (int, float)) and 0 <= v <= 20_000 for v in series.values)
        and all(a >= b for a, b in series.pairs())
        and abs(series.values[0] - series.example) <= 3_000
        and fall <= 25 * _span(series) + 120
        and (fixes[-1] - fixes[0] < 10_000 or fall > 0)
    )


def _stops_left(series):
    """Fewer and fewer, and no more of them than metres allow."""
    return (
        all(isinstance(v, int) and 0 <= v <= 42 for v in series.values)
        and all(a >= b for a, b in series.pairs())
        and series.values[0] - series.values[-1] <= 3
        and abs(series.values[0] - series.example) <= 12
    )


# -- Signal K --------------------------------------------------------------------

GPS = "updates.1.values."


def _navigation(event, index):
    return event["updates"][1]["values"][index]["value"]


def _sails(series):
    """The place moves by speed and course over ground; fast, it may rest."""
    if not series.is_slow:
        return True
    start, end = _navigation(series.events[0], 2), _navigation(series.events[-1], 2)
    north = (end["latitude"] - start["latitude"]) * 111_320
    east = (end["longitude"] - start["longitude"]) * 111_320
    east *= math.cos(math.radians(start["latitude"]))
    step = _span(series) / (len(series.events) - 1)
    courses = [_navigation(event, 0) for event in series.events[1:]]
    ways = [_navigation(event, 1) * step for event in series.events[1:]]
    to_north = sum(way * math.cos(c) for way, c in zip(ways, courses))
    to_east = sum(way * math.sin(c) for way, c in zip(ways, courses))
    return math.hypot(north - to_north, east - to_east) <= 0.4 * sum(ways) + 3


SAILS = Rule("sails by its course and speed", _sails)


def _digits(most):
    """A place is written to some digits after the point."""
    return each(
        f"{most} digits",
        lambda v: isinstance(v, float) and abs(round(v, most) - v) < 1e-12,
    )


PAYLOADS = [
    Payload(
        "easypost-tracker",
        "trackers of parcels",
        "easypost/webhooks",
        {
            "description": "tracker.updated",
            "mode": "production",
            "previous_attributes": {"status": "pre_transit"},
            "created_at": "2023-04-20T22:05:47.000Z",
            "completed_urls": [],
            "updated_at": "2023-04-20T22:05:47.000Z",
            "id": "evt_dd98161ae46711edaa3c130acadc8cfc",
            "user_id": "user_52b4702af9c74377888e3f01cdb4cced",
            "status": "pending",
            "object": "Event",
            "result": {
                "id": "trk_49414692cbd24ca392942dde12013019",
                "object": "Tracker",
                "tracking_code": "397280491672",
                "status": "in_transit",
                "status_detail": "received_at_origin_facility",
                "created_at": "2023-04-20T17:53:02Z",
                "updated_at": "2023-04-20T22:04:46Z",
                "signed_by": None,
                "weight": 328.0,
                "est_delivery_date": "2023-04-26T00:00:00Z",
                "carrier": "FedEx",
                "tracking_details": [
                    {
                        "message": "Shipment information sent to FedEx",
                        "status": "pre_transit",
                        "datetime": "2023-04-20T17:54:00Z",
                        "tracking_location": {
                            "city": None,
                            "state": None,
                            "country": "US",
                            "zip": "91746",
                        },
                    },
                    {
                        "message": "Picked up",
                        "status": "in_transit",
                        "datetime": "2023-04-20T22:01:00Z",
                        "tracking_location": {
                            "city": "CITY OF INDUSTRY",
                            "state": "CA",
                            "country": "US",
                            "zip": "91789",
                        },
                    },
                ],
            },
        },
        {
            "previous_attributes.status": (
                one_of(*_WORDS, "unknown"),
                where("another than now", _another),
            ),
            "created_at": now(60),
            "updated_at": after("created_at", 0, 5),
            "id": new("evt_[0-9a-f]{32}"),
            "result.id": (
                matching("trk_[0-9a-f]{32}"),
                Rule("of one parcel", _one_code),
            ),
            "result.tracking_code": unchanged | every(matching(r"\d{12}"), _OF_TRACKER),
            "result.status": equals(_of_last_scan),
            "result.created_at": (past(30, fixed=False), _OF_TRACKER),
            "result.updated_at": after("$.created_at", -3_600, 0),
            "result.weight": unchanged | every(number(1, 2_400), _OF_TRACKER),
            "result.est_delivery_date": (where("expected", _expected), _OF_TRACKER),
            DETAILS
            + "datetime": (
                past(30, fixed=False),
                where("in order", _in_order),
                _OF_TRACKER,
            ),
        },
    ),
    Payload(
        "onebusaway-arrivals",
        "arrivals of buses",
        "api/where/arrivals-and-departures-for-stop/1_75403.json",
        {
            "version": 2,
            "code": 200,
            "text": "OK",
            "currentTime": 1291579917000,
            "data": {
                "entry": {
                    "stopId": "1_75403",
                    "arrivalsAndDepartures": [
                        {
                            "routeId": "1_65",
                            "tripId": "1_15551341",
                            "serviceDate": 1291536000000,
                            "vehicleId": "1_2414",
                            "stopId": "1_75403",
                            "stopSequence": 42,
                            "blockTripSequence": 2,
                            "routeShortName": "65",
                            "tripHeadsign": "UNIVERSITY DISTRICT",
                            "arrivalEnabled": True,
                            "departureEnabled": True,
                            "scheduledArrivalTime": 1291581547000,
                            "scheduledDepartureTime": 1291581547000,
                            "predicted": True,
                            "predictedArrivalTime": 1291581546000,
                            "predictedDepartureTime": 1291581546000,
                            "lastUpdateTime": 1291579898000,
                            "distanceFromStop": 7982.740408789774,
                            "numberOfStopsAway": 31,
                            "status": "default",
                        }
                    ],
                }
            },
        },
        {
            "currentTime": now(5),
            BUS + "serviceDate": Rule("the day of the service", _service_day),
            BUS + "scheduledArrivalTime": Rule("of the timetable", _scheduled),
            BUS + "scheduledDepartureTime": after("scheduledArrivalTime", 0, 60),
            BUS
            + "predictedArrivalTime": (
                Rule("steady", _steady),
                where("near the timetable", _near_timetable),
            ),
            BUS + "predictedDepartureTime": after("predictedArrivalTime", 0, 60),
            BUS + "lastUpdateTime": Rule("a recent fix", _recent_fix),
            BUS + "distanceFromStop": Rule("approaches", _approaches),
            BUS + "numberOfStopsAway": Rule("fewer and fewer", _stops_left),
        },
    ),
    Payload(
        "signalk-delta",
        "instruments of boats",
        "signalk/v1/stream",
        {
            "context": "vessels.urn:mrn:imo:mmsi:234567890",
            "updates": [
                {
                    "source": {
                        "label": "N2000-01",
                        "type": "NMEA2000",
                        "src": "017",
                        "pgn": 127488,
                    },
                    "timestamp": "2014-08-15T16:00:00.000Z",
                    "values": [
                        {"path": "propulsion.0.revolutions", "value": 16.341667},
                        {"path": "propulsion.0.boostPressure", "value": 45500.0},
                    ],
                },
                {
                    "source": {
                        "label": "GPS-1",
                        "type": "NMEA0183",
                        "talker": "GP",
                        "sentence": "RMC",
                    },
                    "timestamp": "2014-08-15T16:00:00.081Z",
                    "values": [
                        {"path": "navigation.courseOverGroundTrue", "value": 2.971},
                        {"path": "navigation.speedOverGround", "value": 3.85},
                        {
                            "path": "navigation.position",
                            "value": {"latitude": 37.81479, "longitude": -122.4488},
                        },
                    ],
                },
            ],
        },
        {
            "updates.*.timestamp": now(10),
            "updates.0.values.0.value": walk(3, 8, 60),
            "updates.0.values.1.value": walk(6_000, 0, 200_000, rests=True),
            GPS + "0.value": walk(0.1, 0, 6.2832, rests=True),
            GPS + "1.value": walk(0.5, 1, 8),
            GPS
            + "2.value.latitude": (
                _digits(7),
                travels("latitude", "longitude", 2, 6),
                SAILS,
            ),
            GPS
            + "2.value.longitude": (
                _digits(7),
                travels("latitude", "longitude", 2, 6),
                SAILS,
            ),
        },
    ),
]
