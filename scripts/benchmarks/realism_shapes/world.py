"""Weather, bodies, vehicles, the ground."""

from __future__ import annotations

from typing import Any

from realism_rules import (
    F,
    around_now,
    between,
    fits,
    kept,
    matches,
    moves,
    now,
    rises,
    same,
    steady,
    today,
    walks,
    whole,
    words,
)

OPEN_WEATHER = {
    "coord": {"lon": F(7.367, same), "lat": F(45.133, same)},
    "weather": [
        {
            "id": F(501, between(200, 899), whole),
            "main": F("Rain", matches(r"[A-Z][a-z]+( [a-z]+)?")),
            "description": F("moderate rain", matches("[a-z]+( [a-z]+)*")),
            "icon": F("10d", matches(r"\d\d[dn]")),
        }
    ],
    "base": F("stations", same),
    "main": {
        "temp": F(284.2, moves(0.06)),
        "feels_like": F(
            282.93, moves(0.06), fits(lambda v, o: abs(v - o["temp"]) < 12)
        ),
        "temp_min": F(283.06, fits(lambda v, o: v <= o["temp"])),
        "temp_max": F(286.82, fits(lambda v, o: v >= o["temp"])),
        "pressure": F(1021, between(930, 1070), moves(0.03)),
        "humidity": F(60, between(0, 100), moves(0.5)),
        "sea_level": F(1021, between(930, 1070)),
        "grnd_level": F(910, between(500, 1070)),
    },
    "visibility": F(10000, between(0, 20_000), whole),
    "wind": {
        "speed": F(4.09, between(0, 60)),
        "deg": F(121, between(0, 360), whole),
        "gust": F(6.47, between(0, 90)),
    },
    "clouds": {"all": F(83, between(0, 100), whole)},
    "dt": F(1736166896, now),
    "sys": {
        "country": F("IT", same),
        "sunrise": F(1736146384, around_now(1)),
        "sunset": F(1736179975, around_now(1), fits(lambda v, o: v > o["sunrise"])),
    },
    "timezone": F(7200, same),
    "id": F(3165523, same),
    "name": F("Province of Turin", same),
    "cod": F(200, kept),
}

FHIR_HEART_RATE = {
    "resourceType": F("Observation", kept),
    "id": F("heart-rate-1042", matches("[A-Za-z0-9.-]+")),
    "status": F("final", words("registered|preliminary|final|amended|corrected")),
    "category": [
        {
            "coding": [
                {
                    "system": F(
                        "http://terminology.example.org/observation-category", kept
                    ),
                    "code": F("vital-signs", matches("[a-z-]+")),
                    "display": F("Vital Signs", matches(r"[A-Z][\w ]+")),
                }
            ]
        }
    ],
    "code": {
        "coding": [
            {
                "system": F("http://loinc.org", kept),
                "code": F("8867-4", kept),
                "display": F("Heart rate", kept),
            }
        ],
        "text": F("Heart rate", kept),
    },
    "subject": {"reference": F("Patient/1042", same, matches(r"Patient/\w+"))},
    "effectiveDateTime": F("2025-01-06T12:34:56Z", now),
    "valueQuantity": {
        "value": F(72, between(40, 180), walks(40, 12)),
        "unit": F("beats/minute", kept),
        "system": F("http://unitsofmeasure.org", kept),
        "code": F("/min", kept),
    },
}

GTFS_VEHICLE = {
    "id": F("V1042", same, matches(r"V\d{4}")),
    "vehicle": {
        "trip": {
            "tripId": F("TR-88123", matches(r"TR-\d{5}")),
            "startTime": F("07:30:00", matches(r"\d\d:\d\d:\d\d"), same),
            "startDate": F("20250106", today),
            "routeId": F("42", same),
        },
        "position": {
            "latitude": F(52.52437, walks(0.1, 0.02)),
            "longitude": F(13.41053, walks(0.1, 0.02)),
            "bearing": F(87.0, between(0, 360)),
            "speed": F(11.2, between(0, 45)),
        },
        "currentStopSequence": F(7, between(1, 80), whole),
        "currentStatus": F(
            "IN_TRANSIT_TO", words("INCOMING_AT|STOPPED_AT|IN_TRANSIT_TO")
        ),
        "timestamp": F("1736166896", now),
        "stopId": F("S-102", matches(r"S-\d{3}")),
        "vehicle": {"id": F("1042", same), "label": F("1042", same)},
    },
}

USGS_QUAKES = {
    "type": F("FeatureCollection", kept),
    "features": [
        {
            "type": F("Feature", kept),
            "properties": {
                "mag": F(1.6, between(-1, 9.5)),
                "place": F("10 km NE of Ridgecrest, CA", matches(r".*\w+ .*|\w{4,}")),
                "time": F(1736166101230, around_now(30)),
                "updated": F(1736166896789, now),
                "tz": F(None),
                "url": F(
                    "https://earthquake.example.com/eventpage/ci40827895",
                    matches(r"https://\S+"),
                ),
                "felt": F(None),
                "status": F("automatic", words("automatic|reviewed|deleted|manual")),
                "tsunami": F(0, between(0, 1), whole),
                "sig": F(39, between(0, 1000), whole),
                "net": F("ci", matches("[a-z]{2}")),
                "code": F("40827895", matches(r"\d{8}")),
                "type": F("earthquake", matches("[a-z ]+")),
                "title": F(
                    "M 1.6 - 10 km NE of Ridgecrest, CA",
                    fits(lambda v, o: o["place"] in v),
                ),
            },
            "geometry": {
                "type": F("Point", kept),
                "coordinates": F(
                    [-117.604, 35.741, 7.2],
                    fits(
                        lambda v, o: -180 <= v[0] <= 180
                        and -90 <= v[1] <= 90
                        and len(v) == 3
                    ),
                ),
            },
            "id": F(
                "ci40827895",
                matches(r"[a-z]{2}\d{8}"),
                fits(lambda v, o: v.endswith(o["properties"]["code"])),
            ),
        }
    ],
}

AIRCRAFT = {
    "now": F(1736166896.8, now),
    "aircraft": [
        {
            "hex": F("3c6444", same, matches("[0-9a-f]{6}")),
            "flight": F("DLH9KN", same, matches(r"[A-Z]{2,3}\d\w{0,4}")),
            "alt_baro": F(36000, between(-1000, 60_000), walks(12_000, 3_000)),
            "gs": F(449.3, between(0, 700)),
            "track": F(87.2, between(0, 360)),
            "squawk": F("1000", matches("[0-7]{4}")),
            "lat": F(50.03331, between(-90, 90), walks(0.5, 0.1)),
            "lon": F(8.57046, between(-180, 180), walks(0.5, 0.1)),
            "rssi": F(-18.3, between(-60, 0)),
            "messages": F(1205, rises),
        }
    ],
}

OPENAQ_MEASUREMENT = {
    "locationId": F(4926, same),
    "location": F("Ghent Baudelo", same),
    "parameter": F("pm25", same, words("pm25|pm10|o3|no2|so2|co|bc")),
    "value": F(14.3, between(0, 500), walks(14, 5)),
    "date": {
        "utc": F("2025-01-06T12:34:56+00:00", now),
        "local": F("2025-01-06T13:34:56+01:00", now),
    },
    "unit": F("µg/m³", kept),
    "coordinates": {
        "latitude": F(51.0583, same),
        "longitude": F(3.7293, same),
    },
    "country": F("BE", same),
    "city": F(None),
    "isMobile": F(False, steady),
}

WORLD: dict[str, tuple[str, Any]] = {
    "OpenWeather current": ("weather/turin", OPEN_WEATHER),
    "FHIR heart rate": ("fhir/Observation", FHIR_HEART_RATE),
    "GTFS vehicle position": ("gtfs/vehicles", GTFS_VEHICLE),
    "USGS earthquakes": ("earthquakes", USGS_QUAKES),
    "ADS-B aircraft": ("adsb/aircraft", AIRCRAFT),
    "OpenAQ measurement": ("openaq/measurements", OPENAQ_MEASUREMENT),
}
