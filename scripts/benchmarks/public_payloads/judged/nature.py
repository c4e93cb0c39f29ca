"""Earthquakes, air, species, weather alerts, the grid."""

from datetime import datetime

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    ahead,
    changes_only_with,
    each,
    equals,
    length,
    matching,
    new,
    now,
    number,
    one_of,
    past,
    rising,
    unchanged,
    walk,
    where,
)

P = "features.*.properties."

HEADLINE = (
    "Severe Thunderstorm Warning issued June 18 at 4:05PM CDT until"
    " June 18 at 4:45PM CDT by NWS Norman OK"
)


def _names_dates(headline, owner, event):
    """The headline names the day and the hour at which the alert was sent and ends."""
    parts = []
    for name in ("sent", "ends"):
        moment = datetime.fromisoformat(owner[name])
        hour = moment.hour % 12 or 12
        clock = f"{hour}:{moment.minute:02}{'AM' if moment.hour < 12 else 'PM'}"
        parts.append(f"{moment.strftime('%B')} {moment.day} at {clock}")
    return headline.startswith(owner["event"]) and all(p in headline for p in parts)


def _index(value, owner, event):
    """The bands moved over the years, so two words are right about a border."""
    level = owner["forecast"]
    bands = [
        (30, {"very low"}),
        (60, {"very low", "low"}),
        (100, {"low"}),
        (130, {"low", "moderate"}),
        (180, {"moderate"}),
        (220, {"moderate", "high"}),
        (330, {"moderate", "high", "very high"}),
        (9999, {"high", "very high"}),
    ]
    return value in next(words for limit, words in bands if level < limit)


def _half_hour(value):
    return value.endswith((":00Z", ":30Z"))


PAYLOADS = [
    Payload(
        "usgs-earthquakes",
        "earthquakes",
        "earthquakes/feed/v1.0/summary/all_hour.geojson",
        {
            "type": "FeatureCollection",
            "metadata": {
                "generated": 1719230400000,
                "url": "https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/all_hour.geojson",  # noqa: E501
                "title": "USGS All Earthquakes, Past Hour",
                "status": 200,
                "api": "1.14.1",
                "count": 1,
            },
            "features": [
                {
                    "type": "Feature",
                    "properties": {
                        "mag": 1.32,
                        "place": "8 km NW of The Geysers, CA",
                        "time": 1719228731210,
                        "updated": 1719228826478,
                        "tz": None,
                        "url": "https://earthquake.usgs.gov/earthquakes/eventpage/nc75023956",  # noqa: E501
                        "felt": None,
                        "alert": None,
                        "status": "automatic",
                        "tsunami": 0,
                        "sig": 27,
                        "net": "nc",
                        "code": "75023956",
                        "ids": ",nc75023956,",
                        "nst": 21,
                        "dmin": 0.008735,
                        "rms": 0.02,
                        "gap": 59,
                        "magType": "md",
                        "type": "earthquake",
                        "title": "M 1.3 - 8 km NW of The Geysers, CA",
                    },
                    "geometry": {
                        "type": "Point",
                        "coordinates": [-122.8196, 38.8288, 2.04],
                    },
                    "id": "nc75023956",
                }
            ],
        },
        {
            "metadata.generated": now(60),
            "metadata.count": equals(lambda o, e: len(e["features"])),
            "features": length(1, 30),
            P + "mag": (number(-1, 8), changes_only_with("updated")),
            P
            + "place": (
                unchanged | matching(r"\d+ km [NSEW]{1,3} of [A-Z].+"),
                changes_only_with("code"),
            ),
            P + "time": (past(1 / 24, fixed=False), changes_only_with("code")),
            P + "updated": (after("time", 0, 3600), past(1 / 24, fixed=False)),
            P
            + "url": equals(
                lambda o, e: "https://earthquake.usgs.gov/earthquakes/eventpage/"
                + o["net"]
                + o["code"]
            ),
            P + "status": one_of("automatic", "reviewed"),
            P + "sig": equals(lambda o, e: round(o["mag"] * 100 * o["mag"] / 6.5)),
            P + "code": matching(r"\d{8}"),
            P + "ids": equals(lambda o, e: f",{o['net']}{o['code']},"),
            P + "nst": (number(3, 150), changes_only_with("updated")),
            P + "dmin": (number(0, 1), changes_only_with("updated")),
            P + "rms": (number(0, 1), changes_only_with("updated")),
            P + "gap": (number(10, 360), changes_only_with("updated")),
            P + "magType": (one_of("md", "ml", "mw"), changes_only_with("updated")),
            P + "title": equals(lambda o, e: f"M {o['mag']:.1f} - {o['place']}"),
            "features.*.geometry.coordinates.0": (
                number(-125, -114),
                changes_only_with("$.features.0.id"),
            ),
            "features.*.geometry.coordinates.1": (
                number(32, 42),
                changes_only_with("$.features.0.id"),
            ),
            "features.*.geometry.coordinates.2": (
                number(-3, 40),
                changes_only_with("$.features.0.properties.updated"),
            ),
            "features.*.id": equals(
                lambda o, e: o["properties"]["net"] + o["properties"]["code"]
            ),
        },
    ),
    Payload(
        "openaq-latest",
        "air quality",
        "v3/locations/2178/latest",
        {
            "meta": {
                "name": "openaq-api",
                "website": "/",
                "page": 1,
                "limit": 100,
                "found": 2,
            },
            "results": [
                {
                    "datetime": {
                        "utc": "2024-07-02T19:00:00Z",
                        "local": "2024-07-02T13:00:00-06:00",
                    },
                    "value": 0.041,
                    "coordinates": {"latitude": 35.1353, "longitude": -106.584702},
                    "sensorsId": 3916,
                    "locationsId": 2178,
                    "parameter": {"id": 10, "name": "o3", "units": "ppm"},
                },
                {
                    "datetime": {
                        "utc": "2024-07-02T19:00:00Z",
                        "local": "2024-07-02T13:00:00-06:00",
                    },
                    "value": 7.2,
                    "coordinates": {"latitude": 35.1353, "longitude": -106.584702},
                    "sensorsId": 3919,
                    "locationsId": 2178,
                    "parameter": {"id": 2, "name": "pm25", "units": "µg/m³"},
                },
            ],
        },
        {
            "results.*.datetime.utc": past(2 / 24, fixed=False),
            "results.*.datetime.local": after("utc", 0, 0),
            "results.0.value": walk(0.004, 0.005, 0.12, rests=True),
            "results.1.value": walk(1.0, 0.5, 40, rests=True),
        },
    ),
    Payload(
        "inaturalist-observation",
        "nature",
        "v1/observations",
        {
            "id": 213847281,
            "uuid": "2c6bb8f5-6c9e-4f32-9d8b-1e0a6f0c9c53",
            "species_guess": "Monarch",
            "observed_on": "2024-05-04",
            "time_observed_at": "2024-05-04T14:22:10-07:00",
            "created_at": "2024-05-04T19:03:41-07:00",
            "updated_at": "2024-05-04T19:05:12-07:00",
            "observed_time_zone": "America/Los_Angeles",
            "quality_grade": "needs_id",
            "location": "37.871900,-122.258500",
            "geojson": {"type": "Point", "coordinates": [-122.2585, 37.8719]},
            "place_guess": "Berkeley, CA, USA",
            "positional_accuracy": 12,
            "captive": False,
            "uri": "https://www.inaturalist.org/observations/213847281",
            "identifications_count": 0,
            "comments_count": 0,
            "taxon": {
                "id": 48662,
                "name": "Danaus plexippus",
                "preferred_common_name": "Monarch",
                "rank": "species",
                "iconic_taxon_name": "Insecta",
            },
            "user": {"id": 1234567, "login": "kueda_fan", "observations_count": 982},
        },
        {
            "id": (new(r"\d{9}"), rising),
            "uuid": new(UUID),
            "species_guess": equals(lambda o, e: o["taxon"]["preferred_common_name"]),
            "observed_on": equals(lambda o, e: o["time_observed_at"][:10]),
            "time_observed_at": past(30, fixed=False),
            "created_at": (now(3600), after("time_observed_at", 0, 30 * 86400)),
            "updated_at": after("created_at", 0, 3600),
            "quality_grade": one_of("needs_id", "research", "casual"),
            "location": where(
                "the place of geojson",
                lambda v, o, e: [float(x) for x in v.split(",")]
                == o["geojson"]["coordinates"][::-1],
            ),
            "geojson.coordinates.0": number(-122.35, -122.15),
            "geojson.coordinates.1": number(37.8, 37.95),
            "positional_accuracy": number(1, 500),
            "uri": equals(
                lambda o, e: f"https://www.inaturalist.org/observations/{o['id']}"
            ),
            "taxon.name": unchanged | matching("[A-Z][a-z]+ [a-z]+"),
            "taxon.id": changes_only_with("name"),
            "taxon.preferred_common_name": changes_only_with("name"),
            "identifications_count": number(0, 3),
            "user.observations_count": (
                number(900, 1100),
                Rule("never falls", lambda s: all(a <= b for a, b in s.pairs())),
            ),
        },
    ),
    Payload(
        "nws-alert",
        "weather alerts",
        "alerts/active",
        {
            "id": "https://api.weather.gov/alerts/urn:oid:2.49.0.1.840.0.5b7c9f1a2e",
            "type": "Feature",
            "geometry": None,
            "properties": {
                "id": "urn:oid:2.49.0.1.840.0.5b7c9f1a2e",
                "areaDesc": "Cleveland, OK; Oklahoma, OK",
                "geocode": {"SAME": ["040027", "040109"], "UGC": ["OKC027", "OKC109"]},
                "sent": "2024-06-18T16:05:00-05:00",
                "effective": "2024-06-18T16:05:00-05:00",
                "onset": "2024-06-18T16:05:00-05:00",
                "expires": "2024-06-18T16:45:00-05:00",
                "ends": "2024-06-18T16:45:00-05:00",
                "status": "Actual",
                "messageType": "Alert",
                "category": "Met",
                "severity": "Severe",
                "certainty": "Observed",
                "urgency": "Immediate",
                "event": "Severe Thunderstorm Warning",
                "sender": "w-nws.webmaster@noaa.gov",
                "senderName": "NWS Norman OK",
                "headline": HEADLINE,
                "instruction": "For your protection move to an interior room.",
                "response": "Shelter",
            },
        },
        {
            "id": equals(
                lambda o, e: "https://api.weather.gov/alerts/" + e["properties"]["id"]
            ),
            "properties.id": matching(r"urn:oid:2\.49\.0\.1\.840\.0\.[0-9a-f.]+"),
            "properties.sent": (past(0.1, fixed=False), changes_only_with("id")),
            "properties.effective": after("sent", 0, 60),
            "properties.onset": after("sent", 0, 3600),
            "properties.expires": (
                ahead(0.2, fixed=False),
                changes_only_with("id"),
                after("sent", 60, 4 * 3600),
            ),
            "properties.ends": (
                after("expires", -60, 4 * 3600),
                changes_only_with("id"),
            ),
            "properties.messageType": one_of("Alert", "Update"),
            "properties.certainty": (
                one_of("Observed", "Likely"),
                changes_only_with("id"),
            ),
            "properties.severity": (
                one_of("Severe", "Extreme"),
                changes_only_with("id"),
            ),
            "properties.headline": where("names its times", _names_dates),
        },
    ),
    Payload(
        "carbon-intensity",
        "power grid",
        "regional/regionid/13",
        {
            "data": [
                {
                    "regionid": 13,
                    "dnoregion": "UKPN London",
                    "shortname": "London",
                    "data": [
                        {
                            "from": "2018-01-20T12:00Z",
                            "to": "2018-01-20T12:30Z",
                            "intensity": {"forecast": 167, "index": "moderate"},
                            "generationmix": [
                                {"fuel": "gas", "perc": 43.6},
                                {"fuel": "coal", "perc": 0.7},
                                {"fuel": "biomass", "perc": 4.2},
                                {"fuel": "nuclear", "perc": 17.6},
                                {"fuel": "hydro", "perc": 2.2},
                                {"fuel": "imports", "perc": 6.5},
                                {"fuel": "other", "perc": 0.3},
                                {"fuel": "wind", "perc": 18.1},
                                {"fuel": "solar", "perc": 6.8},
                            ],
                        }
                    ],
                }
            ]
        },
        {
            "data.*.data.*.from": (
                past(1 / 48, fixed=False),
                each("a half hour", _half_hour),
            ),
            "data.*.data.*.to": after("from", 1800, 1800),
            "data.*.data.*.intensity.forecast": walk(10, 20, 400, rests=True),
            "data.*.data.*.intensity.index": where("of the forecast", _index),
            "data.*.data.*.generationmix.*.perc": (
                walk(1.5, 0, 100, rests=True),
                where(
                    "all are 100",
                    lambda v, o, e: abs(
                        sum(m["perc"] for m in e["data"][0]["data"][0]["generationmix"])
                        - 100
                    )
                    <= 0.5,
                ),
            ),
        },
    ),
]
