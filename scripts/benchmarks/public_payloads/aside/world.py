"""Markets, the earth, bodies, travel, school and films."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    after,
    ahead,
    amount,
    counter,
    equals,
    matching,
    new,
    now,
    number,
    past,
    price,
    rarely,
    rate,
    today,
    travels,
    unchanged,
    walk,
    where,
)


def _sorted_bids(value, owner, event):
    levels = [float(level[0]) for level in event["bids"]]
    return levels == sorted(set(levels), reverse=True) and levels[0] < float(
        event["asks"][0][0]
    )


def _sorted_asks(value, owner, event):
    levels = [float(level[0]) for level in event["asks"]]
    return levels == sorted(set(levels)) and levels[0] > float(event["bids"][0][0])


_DRIVES = travels("latitude", "longitude", 3, 13, course="bearing")

PAYLOADS = [
    Payload(
        "binance-depth",
        "crypto exchange",
        "binance/depth",
        {
            "lastUpdateId": 38214098271,
            "bids": [
                ["16541.20", "4.31000"],
                ["16541.15", "0.52000"],
                ["16540.90", "1.20440"],
            ],
            "asks": [
                ["16541.35", "2.00120"],
                ["16541.60", "0.75000"],
                ["16542.00", "3.10000"],
            ],
        },
        {
            "lastUpdateId": counter(1, 5_000),
            "bids.*.0": (price(0.003, rests=True), where("sorted", _sorted_bids)),
            "bids.*.1": number(0.00001, 100),
            "asks.*.0": (price(0.003, rests=True), where("sorted", _sorted_asks)),
            "asks.*.1": number(0.00001, 100),
        },
    ),
    Payload(
        "binance-kline",
        "crypto exchange",
        "binance/ws/btcusdt@kline_1m",
        {
            "e": "kline",
            "E": 1672515782136,
            "s": "BTCUSDT",
            "k": {
                "t": 1672515780000,
                "T": 1672515839999,
                "s": "BTCUSDT",
                "i": "1m",
                "f": 2388210100,
                "L": 2388210400,
                "o": "16541.20",
                "c": "16543.67",
                "h": "16550.00",
                "l": "16538.11",
                "v": "105.53100",
                "n": 301,
                "x": False,
                "q": "1745905.12",
                "B": "0",
            },
        },
        {
            "E": now(2),
            "k.t": (
                after("$.E", -60, 0),
                where("a minute", lambda v, o, e: v % 60_000 == 0),
            ),
            "k.T": equals(lambda o, e: o["t"] + 59_999),
            "k.f": unchanged | counter(0, 0),
            "k.L": counter(0, 2_000),
            "k.o": price(0.0001, rests=True),
            "k.c": price(0.003),
            "k.h": (
                price(0.003, rests=True),
                where(
                    "the highest",
                    lambda v, o, e: float(v) >= max(float(o["o"]), float(o["c"])),
                ),
            ),
            "k.l": (
                price(0.003, rests=True),
                where(
                    "the lowest",
                    lambda v, o, e: float(v) <= min(float(o["o"]), float(o["c"])),
                ),
            ),
            "k.v": counter(0, 30),
            "k.n": (counter(0, 2_000), equals(lambda o, e: o["L"] - o["f"] + 1)),
            "k.q": (
                counter(0, 500_000),
                where(
                    "volume times price",
                    lambda v, o, e: abs(float(v) / (float(o["v"]) * float(o["c"])) - 1)
                    < 0.02,
                ),
            ),
        },
    ),
    Payload(
        "fhir-observation",
        "medicine",
        "fhir/Observation",
        {
            "resourceType": "Observation",
            "id": "heart-rate",
            "status": "final",
            "category": [
                {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/category",
                            "code": "vital-signs",
                            "display": "Vital Signs",
                        }
                    ],
                    "text": "Vital Signs",
                }
            ],
            "code": {
                "coding": [
                    {
                        "system": "http://loinc.org",
                        "code": "8867-4",
                        "display": "Heart rate",
                    }
                ],
                "text": "Heart rate",
            },
            "subject": {"reference": "Patient/example"},
            "effectiveDateTime": "2019-07-02T10:05:00Z",
            "valueQuantity": {
                "value": 74,
                "unit": "beats/minute",
                "system": "http://unitsofmeasure.org",
                "code": "/min",
            },
            "referenceRange": [
                {
                    "low": {"value": 60, "unit": "beats/minute"},
                    "high": {"value": 100, "unit": "beats/minute"},
                }
            ],
        },
        {
            "id": unchanged | new(r"[A-Za-z0-9.-]{1,64}"),
            "effectiveDateTime": now(120),
            "valueQuantity.value": walk(6, 45, 130),
        },
    ),
    Payload(
        "gtfs-vehicle",
        "public transport",
        "gtfs-rt/vehicle-positions",
        {
            "header": {
                "gtfsRealtimeVersion": "2.0",
                "incrementality": "FULL_DATASET",
                "timestamp": "1699000000",
            },
            "entity": [
                {
                    "id": "MTA_4012",
                    "vehicle": {
                        "trip": {
                            "tripId": "MV_D3-Weekday-049500_M15_318",
                            "routeId": "M15",
                            "startDate": "20231103",
                            "scheduleRelationship": "SCHEDULED",
                        },
                        "position": {
                            "latitude": 40.713051,
                            "longitude": -73.991203,
                            "bearing": 182.5,
                            "speed": 8.3,
                        },
                        "currentStopSequence": 12,
                        "currentStatus": "IN_TRANSIT_TO",
                        "timestamp": "1698999990",
                        "stopId": "401234",
                        "vehicle": {"id": "MTA_4012", "label": "4012"},
                        "occupancyStatus": "FEW_SEATS_AVAILABLE",
                    },
                }
            ],
        },
        {
            "header.timestamp": now(30),
            "entity.*.vehicle.trip.startDate": unchanged | today,
            "entity.*.vehicle.position.latitude": (rate(0.0003, 40.4, 41.0), _DRIVES),
            "entity.*.vehicle.position.longitude": (
                rate(0.0003, -74.3, -73.6),
                _DRIVES,
            ),
            "entity.*.vehicle.position.bearing": walk(20, 0, 360, rests=True),
            "entity.*.vehicle.position.speed": walk(2.5, 0, 25, rests=True),
            "entity.*.vehicle.currentStopSequence": counter(0, 1),
            "entity.*.vehicle.currentStatus": rarely(
                "IN_TRANSIT_TO", "STOPPED_AT", "INCOMING_AT"
            ),
            "entity.*.vehicle.timestamp": after("$.header.timestamp", -60, 0),
            "entity.*.vehicle.occupancyStatus": rarely(
                "EMPTY",
                "MANY_SEATS_AVAILABLE",
                "FEW_SEATS_AVAILABLE",
                "STANDING_ROOM_ONLY",
            ),
        },
    ),
    Payload(
        "hotel-booking",
        "hotels",
        "bookings",
        {
            "reservationId": "4705950059",
            "hotelId": 8011855,
            "hotelName": "Hotel Bellevue",
            "city": "Nice",
            "countryCode": "FR",
            "status": "confirmed",
            "bookedAt": "2024-04-02T09:14:55+02:00",
            "checkIn": "2024-05-10",
            "checkOut": "2024-05-13",
            "nights": 3,
            "rooms": 1,
            "roomType": "Double Room with Sea View",
            "mealPlan": "BREAKFAST",
            "guests": {"adults": 2, "children": 0},
            "guest": {"firstName": "Claire", "lastName": "Martin", "language": "fr"},
            "currency": "EUR",
            "roomTotal": 420.00,
            "cityTax": 12.60,
            "total": 432.60,
            "commissionPercent": 15,
            "cancellation": {
                "policy": "FREE_UNTIL",
                "deadline": "2024-05-08T18:00:00+02:00",
            },
        },
        {
            "reservationId": new(r"\d{10}"),
            "bookedAt": unchanged | now(60),
            "checkIn": unchanged | ahead(400, fixed=False),
            "checkOut": where(
                "after the nights",
                lambda v, o, e: _days(v) - _days(o["checkIn"]) == o["nights"],
            ),
            "nights": number(1, 21),
            "rooms": number(1, 4),
            "guests.adults": number(1, 6),
            "guest.firstName": unchanged | matching(r"[A-ZÀ-Þ][\w'-]+"),
            "guest.lastName": unchanged | matching(r"[A-ZÀ-Þ][\w' -]+"),
            "roomTotal": amount(60, 6_000),
            "cityTax": amount(1, 300),
            "total": equals(lambda o, e: o["roomTotal"] + o["cityTax"]),
            "cancellation.deadline": (
                after("$.checkIn", -8 * 86_400, 0),
                where("a full hour", lambda v, o, e: v[14:19] == "00:00"),
            ),
        },
    ),
    Payload(
        "nws-observation",
        "weather stations",
        "stations/KSEA/observations/latest",
        {
            "properties": {
                "station": "https://api.weather.gov/stations/KSEA",
                "stationId": "KSEA",
                "timestamp": "2024-03-01T17:53:00+00:00",
                "rawMessage": "",
                "textDescription": "Mostly Cloudy",
                "temperature": {
                    "unitCode": "wmoUnit:degC",
                    "value": 8.3,
                    "qualityControl": "V",
                },
                "dewpoint": {
                    "unitCode": "wmoUnit:degC",
                    "value": 3.9,
                    "qualityControl": "V",
                },
                "windDirection": {"unitCode": "wmoUnit:degree_(angle)", "value": 200},
                "windSpeed": {"unitCode": "wmoUnit:km_h-1", "value": 14.8},
                "windGust": {"unitCode": "wmoUnit:km_h-1", "value": None},
                "barometricPressure": {"unitCode": "wmoUnit:Pa", "value": 101320},
                "visibility": {"unitCode": "wmoUnit:m", "value": 16090},
                "relativeHumidity": {"unitCode": "wmoUnit:percent", "value": 73.8},
                "cloudLayers": [
                    {
                        "base": {"unitCode": "wmoUnit:m", "value": 1070},
                        "amount": "BKN",
                    }
                ],
            }
        },
        {
            "properties.timestamp": now(3_600),
            "properties.temperature.value": walk(0.5, 0, 18),
            "properties.dewpoint.value": (
                walk(0.5, -8, 14, rests=True),
                where(
                    "below the temperature",
                    lambda v, o, e: v <= e["properties"]["temperature"]["value"],
                ),
            ),
            "properties.windDirection.value": walk(25, 0, 360, rests=True),
            "properties.windSpeed.value": walk(5, 0, 60, rests=True),
            "properties.barometricPressure.value": walk(
                60, 98_000, 104_000, rests=True
            ),
            "properties.visibility.value": walk(1_700, 1_000, 16_093, rests=True),
            "properties.relativeHumidity.value": walk(2.5, 30, 100, rests=True),
            "properties.cloudLayers.*.base.value": unchanged
            | walk(60, 300, 3_000, rests=True),
        },
    ),
    Payload(
        "school-grades",
        "schools",
        "students/S-10293/grades",
        {
            "studentId": "S-10293",
            "firstName": "Emma",
            "lastName": "Novak",
            "sex": "F",
            "title": "Ms",
            "class": "10b",
            "schoolYear": "2023/24",
            "semester": 2,
            "grades": [
                {
                    "subject": "Mathematics",
                    "teacher": "Mr Keller",
                    "grade": 2,
                    "scale": "1-6",
                    "kind": "written",
                    "date": "2024-03-14",
                },
                {
                    "subject": "History",
                    "teacher": "Ms Brandt",
                    "grade": 1,
                    "scale": "1-6",
                    "kind": "oral",
                    "date": "2024-03-19",
                },
            ],
            "average": 1.5,
            "absences": {"excused": 4, "unexcused": 0},
            "promoted": True,
        },
        {
            "average": equals(lambda o, e: sum(g["grade"] for g in e["grades"]) / 2),
        },
    ),
    Payload(
        "usgs-quake",
        "earthquakes",
        "earthquakes/feed",
        {
            "type": "Feature",
            "properties": {
                "mag": 4.6,
                "place": "72 km SSE of Sand Point, Alaska",
                "time": 1700012345678,
                "updated": 1700012987040,
                "tz": None,
                "felt": None,
                "alert": None,
                "status": "reviewed",
                "tsunami": 0,
                "sig": 326,
                "net": "us",
                "code": "7000lc4h",
                "ids": ",us7000lc4h,",
                "sources": ",us,",
                "nst": 41,
                "dmin": 0.83,
                "rms": 0.61,
                "gap": 131,
                "magType": "mb",
                "type": "earthquake",
                "title": "M 4.6 - 72 km SSE of Sand Point, Alaska",
            },
            "geometry": {"type": "Point", "coordinates": [-160.1245, 54.7312, 28.431]},
            "id": "us7000lc4h",
        },
        {
            "properties.mag": number(2.5, 8),
            "properties.place": unchanged | matching(r"\d+ km [NESW]{1,3} of .+, .+"),
            "properties.time": unchanged | now(3_600),
            "properties.updated": after("time", 0, 86_400),
            "properties.sig": where(
                "of the magnitude",
                lambda v, o, e: abs(v - o["mag"] ** 2 * 100 / 6.5) <= 0.1 * v,
            ),
            "properties.code": unchanged | new("7000[a-z0-9]{4}"),
            "properties.ids": equals(lambda o, e: f",us{o['code']},"),
            "properties.nst": number(5, 300),
            "properties.dmin": number(0.01, 20),
            "properties.rms": number(0.05, 1.8),
            "properties.gap": number(10, 330),
            "properties.title": equals(lambda o, e: f"M {o['mag']} - {o['place']}"),
            "geometry.coordinates.0": number(-162, -158),
            "geometry.coordinates.1": number(53.5, 55.5),
            "geometry.coordinates.2": number(0, 120),
            "id": equals(lambda o, e: "us" + e["properties"]["code"]),
        },
    ),
    Payload(
        "youtube-video",
        "films",
        "youtube/v3/videos",
        {
            "kind": "youtube#video",
            "etag": "Fznwjl6JEQdo1MGvHOGaz_YanRU",
            "id": "7lCDEYXw3mM",
            "snippet": {
                "publishedAt": "2012-06-20T22:45:24Z",
                "channelId": "UC_x5XG1OV2P6uZZ5FSM9Ttw",
                "title": "Google I/O 101: Q&A On Using Google APIs",
                "description": "Antonio Fuentes speaks to us on a project.",
                "thumbnails": {
                    "default": {
                        "url": "https://i.ytimg.com/vi/7lCDEYXw3mM/default.jpg",
                        "width": 120,
                        "height": 90,
                    }
                },
                "channelTitle": "Google Developers",
                "categoryId": "28",
                "defaultAudioLanguage": "en",
            },
            "contentDetails": {
                "duration": "PT15M51S",
                "dimension": "2d",
                "definition": "hd",
                "caption": "false",
            },
            "status": {"privacyStatus": "public", "embeddable": True},
            "statistics": {
                "viewCount": "83057",
                "likeCount": "1025",
                "favoriteCount": "0",
                "commentCount": "112",
            },
        },
        {
            "etag": unchanged | matching("[A-Za-z0-9_-]{27}"),
            "snippet.publishedAt": unchanged | past(6_000, least=10),
            "statistics.viewCount": counter(0, 60),
            "statistics.likeCount": counter(0, 6),
            "statistics.commentCount": counter(0, 3),
        },
    ),
]


def _days(date):
    from datetime import date as day

    return day.fromisoformat(date).toordinal()
