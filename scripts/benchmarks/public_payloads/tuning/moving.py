"""Aircraft, ships, trains, satellites, parcels, bicycles and parked cars."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    after,
    ahead,
    counter,
    each,
    equals,
    now,
    number,
    past,
    rarely_changes,
    rate,
    travels,
    unchanged,
    walk,
    where,
)
from public_payloads.times import seconds

_MINUTE = 60
_HOUR = 3_600

#: The planned time and the delay, to the minute.
_DELAYED = (
    rarely_changes,
    where(
        "planned and delayed",
        lambda v, o, e: seconds(v) == seconds(o["plannedWhen"]) + o["delay"]
        and v[17:19] == "00",
    ),
)

_FLIES_EAST = travels("6", "5", 215, 250, course="10")
_FLIES_WEST = travels("6", "5", 130, 165, course="10")
_SAILS = travels(
    "$.MetaData.latitude",
    "$.MetaData.longitude",
    4,
    9,
    course="$.Message.PositionReport.Cog",
)

PAYLOADS = [
    Payload(
        "opensky-states",
        "aviation",
        "opensky/states/all",
        {
            "time": 1458564121,
            "states": [
                [
                    "3c6444",
                    "DLH9LF  ",
                    "Germany",
                    1458564120,
                    1458564120,
                    6.1546,
                    50.1964,
                    9639.3,
                    False,
                    232.88,
                    98.26,
                    4.55,
                    None,
                    9547.86,
                    "1000",
                    False,
                    0,
                ],
                [
                    "4b1815",
                    "SWR85T  ",
                    "Switzerland",
                    1458564119,
                    1458564120,
                    8.4512,
                    47.3801,
                    3452.0,
                    False,
                    148.31,
                    271.4,
                    -7.8,
                    None,
                    3520.44,
                    "2741",
                    False,
                    0,
                ],
            ],
        },
        {
            "time": now(15),
            "states.*.3": after("$.time", -15, 0),
            "states.*.4": after("$.time", -15, 0),
            "states.0.5": (rate(0.005, 4, 11), _FLIES_EAST),
            "states.0.6": (rate(0.0035, 46, 53), _FLIES_EAST),
            "states.1.5": (rate(0.005, 4, 11), _FLIES_WEST),
            "states.1.6": (rate(0.0035, 46, 53), _FLIES_WEST),
            "states.*.7": rate(30, 300, 12_500),
            "states.*.9": rate(5, 60, 290),
            "states.*.10": rate(4, 0, 360),
            "states.*.11": walk(3, -20, 20, rests=True),
            "states.*.13": rate(30, 300, 12_800),
        },
    ),
    Payload(
        "flight-status",
        "air travel",
        "aeroapi/flights/UAL1234",
        {
            "ident": "UAL1234",
            "ident_icao": "UAL1234",
            "ident_iata": "UA1234",
            "fa_flight_id": "UAL1234-1633000000-airline-0123",
            "operator": "UAL",
            "flight_number": "1234",
            "registration": "N37293",
            "inbound_fa_flight_id": None,
            "blocked": False,
            "diverted": False,
            "cancelled": False,
            "origin": {
                "code_icao": "KSFO",
                "code_iata": "SFO",
                "timezone": "America/Los_Angeles",
                "city": "San Francisco",
            },
            "destination": {
                "code_icao": "KORD",
                "code_iata": "ORD",
                "timezone": "America/Chicago",
                "city": "Chicago",
            },
            "departure_delay": -120,
            "arrival_delay": -600,
            "scheduled_out": "2021-10-01T15:00:00Z",
            "actual_out": "2021-10-01T14:58:00Z",
            "scheduled_off": "2021-10-01T15:10:00Z",
            "actual_off": "2021-10-01T15:12:00Z",
            "scheduled_on": "2021-10-01T19:05:00Z",
            "estimated_on": "2021-10-01T18:55:00Z",
            "actual_on": None,
            "progress_percent": 42,
            "status": "En Route / On Time",
            "aircraft_type": "B739",
            "route_distance": 1846,
            "filed_airspeed": 444,
            "filed_altitude": 350,
            "gate_origin": "F12",
            "gate_destination": "B7",
        },
        {
            "arrival_delay": equals(
                lambda o, e: seconds(o["estimated_on"]) - seconds(o["scheduled_on"])
            ),
            "scheduled_out": unchanged | past(0.3),
            "actual_out": after("scheduled_out", -2 * _MINUTE, -2 * _MINUTE),
            "scheduled_off": after("scheduled_out", 10 * _MINUTE, 10 * _MINUTE),
            "actual_off": after("scheduled_out", 12 * _MINUTE, 12 * _MINUTE),
            "scheduled_on": after("scheduled_out", 245 * _MINUTE, 245 * _MINUTE),
            "estimated_on": after("scheduled_out", 225 * _MINUTE, 245 * _MINUTE),
            "progress_percent": (
                counter(0, 1),
                where("a share", lambda v, o, e: 0 <= v <= 100),
            ),
        },
    ),
    Payload(
        "iss-position",
        "space",
        "v1/satellites/25544",
        {
            "name": "iss",
            "id": 25544,
            "latitude": 20.114962698,
            "longitude": 118.079004273,
            "altitude": 418.055260282,
            "velocity": 27585.971970874,
            "visibility": "daylight",
            "footprint": 4496.187769977,
            "timestamp": 1364069476,
            "daynum": 2456375.3411574,
            "solar_lat": 1.332700359,
            "solar_lon": 238.78610691196,
            "units": "kilometers",
        },
        {
            "latitude": (
                rate(0.08, -51.7, 51.7, rests=False),
                travels("latitude", "longitude", 6_800, 7_800),
            ),
            "longitude": (
                rate(0.15, -180, 180, rests=False),
                travels("latitude", "longitude", 6_800, 7_800),
            ),
            "altitude": rate(0.3, 400, 440),
            "velocity": rate(2, 27_400, 27_700),
            "footprint": rate(2, 4_400, 4_650),
            "timestamp": now(2),
            "daynum": unchanged
            | equals(lambda o, e: round(o["timestamp"] / 86_400 + 2_440_587.5, 7))
            | counter(0, 0.0001),
            "solar_lat": unchanged | rate(0.001, -23.5, 23.5),
            "solar_lon": unchanged | rate(0.01, 0, 360),
        },
    ),
    Payload(
        "ais-position",
        "shipping",
        "ais/positions",
        {
            "MessageType": "PositionReport",
            "MetaData": {
                "MMSI": 259000420,
                "ShipName": "AUGUSTSON",
                "latitude": 66.02695,
                "longitude": 12.25382,
                "time_utc": "2022-12-29 18:22:32.318353 +0000 UTC",
            },
            "Message": {
                "PositionReport": {
                    "Cog": 308.2,
                    "CommunicationState": 81982,
                    "Latitude": 66.02695,
                    "Longitude": 12.25382,
                    "MessageID": 1,
                    "NavigationalStatus": 0,
                    "PositionAccuracy": True,
                    "Raim": False,
                    "RateOfTurn": 0,
                    "RepeatIndicator": 0,
                    "Sog": 12.3,
                    "Spare": 0,
                    "SpecialManoeuvreIndicator": 0,
                    "Timestamp": 32,
                    "TrueHeading": 306,
                    "UserID": 259000420,
                    "Valid": True,
                }
            },
        },
        {
            "MetaData.latitude": (rate(0.0003, 65, 67), _SAILS),
            "MetaData.longitude": (rate(0.0006, 11, 14), _SAILS),
            "MetaData.time_utc": now(5),
            "Message.PositionReport.Cog": walk(3, 0, 360, rests=True),
            "Message.PositionReport.CommunicationState": unchanged | number(0, 524_287),
            "Message.PositionReport.Latitude": equals(
                lambda o, e: e["MetaData"]["latitude"]
            ),
            "Message.PositionReport.Longitude": equals(
                lambda o, e: e["MetaData"]["longitude"]
            ),
            "Message.PositionReport.RateOfTurn": unchanged
            | walk(5, -20, 20, rests=True),
            "Message.PositionReport.Sog": walk(0.6, 5, 20, rests=True),
            "Message.PositionReport.Timestamp": where(
                "the second of the time",
                lambda v, o, e: (int(e["MetaData"]["time_utc"][17:19]) - v) % 60 <= 5,
            ),
            "Message.PositionReport.TrueHeading": (
                walk(4, 0, 359, rests=True),
                where("near the course", lambda v, o, e: abs(v - o["Cog"]) <= 15),
            ),
        },
    ),
    Payload(
        "train-departures",
        "railways",
        "stops/8011160/departures",
        {
            "departures": [
                {
                    "tripId": "1|230407|0|80|15012024",
                    "stop": {
                        "type": "stop",
                        "id": "8011160",
                        "name": "Berlin Hbf",
                        "location": {"latitude": 52.52585, "longitude": 13.368892},
                    },
                    "when": "2024-01-15T14:32:00+01:00",
                    "plannedWhen": "2024-01-15T14:30:00+01:00",
                    "delay": 120,
                    "platform": "7",
                    "plannedPlatform": "7",
                    "direction": "München Hbf",
                    "line": {
                        "type": "line",
                        "id": "ice-507",
                        "fahrtNr": "507",
                        "name": "ICE 507",
                        "mode": "train",
                        "product": "nationalExpress",
                        "operator": "DB Fernverkehr AG",
                    },
                    "remarks": [],
                },
                {
                    "tripId": "1|231155|0|80|15012024",
                    "stop": {
                        "type": "stop",
                        "id": "8011160",
                        "name": "Berlin Hbf",
                        "location": {"latitude": 52.52585, "longitude": 13.368892},
                    },
                    "when": "2024-01-15T14:36:00+01:00",
                    "plannedWhen": "2024-01-15T14:36:00+01:00",
                    "delay": 0,
                    "platform": "14",
                    "plannedPlatform": "14",
                    "direction": "Wismar, Bahnhof",
                    "line": {
                        "type": "line",
                        "id": "re-8",
                        "fahrtNr": "63860",
                        "name": "RE 8",
                        "mode": "train",
                        "product": "regional",
                        "operator": "ODEG",
                    },
                    "remarks": [],
                },
            ],
            "realtimeDataUpdatedAt": 1705325400,
        },
        {
            "departures.0.when": _DELAYED,
            "departures.0.plannedWhen": (
                unchanged | ahead(0.2) | past(0.02),
                each("a whole minute", lambda v: v[17:19] == "00"),
            ),
            "departures.0.delay": where(
                "whole minutes", lambda v, o, e: 0 <= v <= 900 and v % 60 == 0
            ),
            "departures.1.when": _DELAYED,
            "departures.1.plannedWhen": after(
                "$.departures.0.plannedWhen", 6 * _MINUTE, 6 * _MINUTE
            ),
            "departures.1.delay": where(
                "whole minutes", lambda v, o, e: 0 <= v <= 900 and v % 60 == 0
            ),
            "realtimeDataUpdatedAt": now(60),
        },
    ),
    Payload(
        "dhl-tracking",
        "parcels",
        "track/shipments",
        {
            "shipments": [
                {
                    "id": "7777777770",
                    "service": "express",
                    "origin": {
                        "address": {
                            "countryCode": "NL",
                            "postalCode": "1043 AG",
                            "addressLocality": "Amsterdam",
                        }
                    },
                    "destination": {
                        "address": {
                            "countryCode": "DE",
                            "postalCode": "53113",
                            "addressLocality": "Bonn",
                        }
                    },
                    "status": {
                        "timestamp": "2018-03-02T07:53:47Z",
                        "statusCode": "transit",
                        "status": "Shipment in transit",
                        "description": "The shipment has left the origin facility",
                    },
                    "estimatedTimeOfDelivery": "2018-03-03T12:00:00Z",
                    "details": {
                        "totalNumberOfPieces": 1,
                        "pieceIds": ["JD014600006281230704"],
                        "weight": {"value": 2.5, "unitText": "KG"},
                    },
                    "events": [
                        {
                            "timestamp": "2018-03-02T07:53:47Z",
                            "statusCode": "transit",
                            "description": "Departed from facility",
                        },
                        {
                            "timestamp": "2018-03-01T18:20:05Z",
                            "statusCode": "pre-transit",
                            "description": "Shipment information received",
                        },
                    ],
                }
            ]
        },
        {
            "shipments.*.status.timestamp": unchanged | past(3),
            "shipments.*.estimatedTimeOfDelivery": unchanged | ahead(5),
            "shipments.*.events.0.timestamp": after(
                "$.shipments.0.status.timestamp", -1, 1
            ),
            "shipments.*.events.1.timestamp": after(
                "$.shipments.0.status.timestamp", -48 * _HOUR, -_MINUTE
            ),
        },
    ),
    Payload(
        "gbfs-status",
        "bike share",
        "gbfs/station_status",
        {
            "last_updated": 1640887163,
            "ttl": 60,
            "version": "2.3",
            "data": {
                "stations": [
                    {
                        "station_id": "station1",
                        "is_installed": True,
                        "is_renting": True,
                        "is_returning": True,
                        "last_reported": 1640887125,
                        "num_bikes_available": 7,
                        "num_bikes_disabled": 0,
                        "num_docks_available": 8,
                        "num_docks_disabled": 0,
                    },
                    {
                        "station_id": "station2",
                        "is_installed": True,
                        "is_renting": True,
                        "is_returning": True,
                        "last_reported": 1640887150,
                        "num_bikes_available": 2,
                        "num_bikes_disabled": 1,
                        "num_docks_available": 17,
                        "num_docks_disabled": 0,
                    },
                ]
            },
        },
        {
            "last_updated": now(60),
            "data.stations.*.last_reported": after("$.last_updated", -_HOUR, 0),
            "data.stations.0.num_bikes_available": walk(2, 0, 15, rests=True),
            "data.stations.0.num_docks_available": equals(
                lambda o, e: 15 - o["num_bikes_available"]
            ),
            "data.stations.1.num_bikes_available": walk(2, 0, 19, rests=True),
            "data.stations.1.num_docks_available": equals(
                lambda o, e: 20 - o["num_bikes_available"] - o["num_bikes_disabled"]
            ),
        },
    ),
    Payload(
        "parking",
        "parking",
        "parking/Dresden",
        {
            "last_downloaded": "2024-04-15T13:51:10",
            "last_updated": "2024-04-15T13:50:00",
            "data_source": "https://www.dresden.de/apps_ext/ParkplatzApp",
            "lots": [
                {
                    "id": "dresdenaltmarkt",
                    "name": "Altmarkt",
                    "address": "Wilsdruffer Straße",
                    "lot_type": "Tiefgarage",
                    "coords": {"lat": 51.05031, "lng": 13.73754},
                    "total": 400,
                    "free": 235,
                    "state": "open",
                    "forecast": True,
                    "region": "Innere Altstadt",
                },
                {
                    "id": "dresdencentrumgalerie",
                    "name": "Centrum-Galerie",
                    "address": "Reitbahnstraße",
                    "lot_type": "Parkhaus",
                    "coords": {"lat": 51.04512, "lng": 13.73334},
                    "total": 1050,
                    "free": 412,
                    "state": "open",
                    "forecast": True,
                    "region": "Prager Straße",
                },
            ],
        },
        {
            "last_downloaded": now(120),
            "last_updated": after("last_downloaded", -600, 0),
            "lots.*.free": (
                walk(5, 0, 1_050, rests=True),
                where("<= total", lambda v, o, e: v <= o["total"]),
            ),
        },
    ),
]
