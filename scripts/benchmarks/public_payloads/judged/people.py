"""Vital signs, social networks, learning, transit, factories, printers, radio, polls."""  # noqa: E501

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    changes_only_with,
    counter,
    each,
    equals,
    matching,
    new,
    now,
    number,
    past,
    rarely,
    rising,
    travels,
    unchanged,
    varied,
    walk,
    where,
)
from public_payloads.times import seconds


def _reading(value):
    return (
        ("L", "Low")
        if value < 60
        else ("N", "Normal") if value <= 100 else ("H", "High")
    )


def _next_seq(series):
    return all((b - a) % 256 == 1 and 0 <= a <= 255 for a, b in series.pairs())


def _elapses(series):
    """The seconds since the song began, as the payload itself says."""
    return all(
        abs(time / 1000 - owner["played_at"] - value) <= 3
        for value, owner, time in zip(series.values, series.owners, series.times)
    )


def _falls(series):
    """The time left falls about as time goes by."""
    span = (series.times[-1] - series.times[0]) / 1000
    fall = series.values[0] - series.values[-1]
    return (
        all(abs(a - b) <= 10 for a, b in series.pairs()) and -1 <= fall <= 4 * span + 2
    )


MOVE = travels("latitude", "longitude", 3, 14, "bearing")
AT = "data.*.attributes."
RU = "races.*.reportingUnits.*."

PAYLOADS = [
    Payload(
        "fhir-heart-rate",
        "hospitals",
        "fhir/Observation",
        {
            "resourceType": "Observation",
            "id": "1348291",
            "meta": {
                "versionId": "1",
                "lastUpdated": "2024-07-02T09:30:12.418Z",
                "profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"],
            },
            "status": "final",
            "category": [
                {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/observation-category",  # noqa: E501
                            "code": "vital-signs",
                            "display": "Vital Signs",
                        }
                    ]
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
            "effectiveDateTime": "2024-07-02T09:30:10Z",
            "valueQuantity": {
                "value": 72,
                "unit": "beats/minute",
                "system": "http://unitsofmeasure.org",
                "code": "/min",
            },
            "interpretation": [{"coding": [{"code": "N", "display": "Normal"}]}],
            "referenceRange": [
                {
                    "low": {"value": 60, "unit": "beats/minute"},
                    "high": {"value": 100, "unit": "beats/minute"},
                }
            ],
        },
        {
            "id": new(r"\d{7,8}|" + UUID),
            "meta.lastUpdated": (now(30), after("$.effectiveDateTime", -1, 60)),
            "effectiveDateTime": now(60),
            "valueQuantity.value": walk(6, 45, 130),
            "interpretation.*.coding.*.code": equals(
                lambda o, e: _reading(e["valueQuantity"]["value"])[0]
            ),
            "interpretation.*.coding.*.display": equals(
                lambda o, e: _reading(e["valueQuantity"]["value"])[1]
            ),
        },
    ),
    Payload(
        "mastodon-status",
        "social networks",
        "api/v1/streaming/public",
        {
            "id": "112553498210445870",
            "created_at": "2024-06-03T16:26:43.000Z",
            "in_reply_to_id": None,
            "sensitive": False,
            "spoiler_text": "",
            "visibility": "public",
            "language": "en",
            "uri": "https://mastodon.social/users/trwnh/statuses/112553498210445870",
            "url": "https://mastodon.social/@trwnh/112553498210445870",
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "content": "<p>Lovely light over the harbour this evening.</p>",
            "reblog": None,
            "account": {
                "id": "14715",
                "username": "trwnh",
                "acct": "trwnh",
                "display_name": "infinite love",
                "bot": False,
                "created_at": "2016-11-24T00:00:00.000Z",
                "url": "https://mastodon.social/@trwnh",
                "followers_count": 2821,
                "following_count": 178,
                "statuses_count": 33120,
                "last_status_at": "2024-06-03",
            },
            "media_attachments": [],
            "mentions": [],
            "tags": [],
        },
        {
            "id": (new(r"1\d{17}"), rising),
            "created_at": now(60),
            "uri": equals(
                lambda o, e: f"https://mastodon.social/users/{o['account']['username']}"
                f"/statuses/{o['id']}"
            ),
            "url": equals(
                lambda o, e: f"https://mastodon.social/@{o['account']['username']}/{o['id']}"  # noqa: E501
            ),
            "replies_count": number(0, 2),
            "reblogs_count": number(0, 2),
            "favourites_count": number(0, 3),
            "content": (
                varied,
                each(
                    "a paragraph",
                    lambda v: v.startswith("<p>")
                    and v.endswith("</p>")
                    and len(v[3:-4].split()) > 2,
                ),
            ),
            "account.followers_count": walk(3, 2700, 2950, rests=True),
            "account.following_count": walk(2, 150, 200, rests=True),
            "account.statuses_count": counter(0, 2),
            "account.last_status_at": equals(lambda o, e: e["created_at"][:10]),
        },
    ),
    Payload(
        "xapi-statement",
        "e-learning",
        "xapi/statements",
        {
            "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
            "actor": {
                "objectType": "Agent",
                "name": "Sally Glider",
                "mbox": "mailto:sally@example.com",
            },
            "verb": {
                "id": "http://adlnet.gov/expapi/verbs/answered",
                "display": {"en-US": "answered"},
            },
            "object": {
                "objectType": "Activity",
                "id": "http://example.com/activities/hang-gliding/quiz/1",
                "definition": {
                    "name": {"en-US": "Hang gliding, quiz 1"},
                    "type": "http://adlnet.gov/expapi/activities/assessment",
                },
            },
            "result": {
                "score": {"scaled": 0.95, "raw": 95, "min": 0, "max": 100},
                "success": True,
                "completion": True,
                "duration": "PT4M12S",
            },
            "context": {
                "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
                "platform": "Example LMS",
                "language": "en-US",
            },
            "timestamp": "2024-05-11T14:20:44.780Z",
            "stored": "2024-05-11T14:20:45.120Z",
            "version": "1.0.3",
        },
        {
            "id": new(UUID),
            "actor.name": unchanged | matching(r"[A-Z]\w+ [A-Z][\w'-]+"),
            "actor.mbox": where(
                "of the name",
                lambda v, o, e: v.startswith("mailto:")
                and o["name"].split()[0].lower() in v,
            ),
            "verb.id": unchanged
            | matching(
                "http://adlnet.gov/expapi/verbs/(answered|completed|passed|failed)"
            ),
            "verb.display.en-US": equals(
                lambda o, e: e["verb"]["id"].rsplit("/", 1)[1]
            ),
            "result.score.scaled": equals(lambda o, e: o["raw"] / 100),
            "result.score.raw": number(20, 100),
            "result.success": where(
                "of the score",
                lambda v, o, e: isinstance(v, bool)
                and (o["score"]["raw"] >= 50 if v else o["score"]["raw"] < 80),
            ),
            "result.duration": matching(r"PT(\d{1,2}M)?(\d{1,2}(\.\d+)?S)?"),
            "context.registration": unchanged | matching(UUID),
            "timestamp": now(60),
            "stored": (after("timestamp", 0, 60), now(5)),
        },
    ),
    Payload(
        "mbta-vehicle",
        "city buses",
        "v3/vehicles",
        {
            "data": [
                {
                    "type": "vehicle",
                    "id": "y1866",
                    "links": {"self": "/vehicles/y1866"},
                    "attributes": {
                        "bearing": 155,
                        "current_status": "IN_TRANSIT_TO",
                        "current_stop_sequence": 8,
                        "direction_id": 0,
                        "label": "1866",
                        "latitude": 42.33186193,
                        "longitude": -71.04938745,
                        "occupancy_status": "MANY_SEATS_AVAILABLE",
                        "revenue": "REVENUE",
                        "speed": 8.9,
                        "updated_at": "2024-01-26T11:53:07-05:00",
                    },
                    "relationships": {
                        "route": {"data": {"id": "11", "type": "route"}},
                        "stop": {"data": {"id": "286", "type": "stop"}},
                        "trip": {"data": {"id": "58367730", "type": "trip"}},
                    },
                }
            ],
            "jsonapi": {"version": "1.0"},
        },
        {
            AT + "bearing": walk(20, 0, 359, rests=True),
            AT
            + "current_status": (
                rarely("IN_TRANSIT_TO", "INCOMING_AT", "STOPPED_AT"),
                where(
                    "of the speed",
                    lambda v, o, e: v != "STOPPED_AT" or o["speed"] < 2,
                ),
            ),
            AT + "current_stop_sequence": counter(0, 1),
            AT + "latitude": MOVE,
            AT + "longitude": MOVE,
            AT
            + "occupancy_status": rarely(
                "MANY_SEATS_AVAILABLE", "FEW_SEATS_AVAILABLE", "FULL"
            ),
            AT + "speed": walk(3, 0, 20),
            AT + "updated_at": now(60),
            "data.*.relationships.stop.data.id": (
                matching(r"\d{1,6}"),
                changes_only_with("$.data.0.attributes.current_stop_sequence"),
            ),
        },
    ),
    Payload(
        "sparkplug-ddata",
        "factories",
        "spBv1.0/Plant1/DDATA/Line3/Filler",
        {
            "timestamp": 1486144502122,
            "metrics": [
                {
                    "name": "Product Temperature",
                    "timestamp": 1486144502122,
                    "dataType": "Float",
                    "value": 64.5,
                },
                {
                    "name": "Tank Pressure",
                    "timestamp": 1486144502122,
                    "dataType": "Float",
                    "value": 2.41,
                },
                {
                    "name": "Bottles Filled",
                    "timestamp": 1486144502122,
                    "dataType": "UInt64",
                    "value": 118204,
                },
                {
                    "name": "Motor Speed",
                    "timestamp": 1486144502122,
                    "dataType": "Int32",
                    "value": 1480,
                },
                {
                    "name": "Running",
                    "timestamp": 1486144502122,
                    "dataType": "Boolean",
                    "value": True,
                },
            ],
            "seq": 2,
        },
        {
            "timestamp": now(2),
            "metrics.*.timestamp": after("$.timestamp", -5, 0),
            "metrics.0.value": walk(1.0, 55, 75),
            "metrics.1.value": walk(0.1, 1.8, 3.0),
            "metrics.2.value": counter(0, 20, rests=False),
            "metrics.3.value": walk(60, 1300, 1600),
            "metrics.4.value": rarely(True, False),
            "seq": Rule("one more, to 255", _next_seq),
        },
    ),
    Payload(
        "octoprint-current",
        "3D printers",
        "octoprint/current",
        {
            "state": {
                "text": "Printing",
                "flags": {
                    "operational": True,
                    "printing": True,
                    "paused": False,
                    "cancelling": False,
                    "error": False,
                    "ready": False,
                },
            },
            "job": {
                "file": {
                    "name": "whistle_v2.gcode",
                    "origin": "local",
                    "size": 1468987,
                    "date": 1378847754,
                },
                "estimatedPrintTime": 1188,
                "filament": {"tool0": {"length": 810, "volume": 5.36}},
            },
            "progress": {
                "completion": 23.0051,
                "filepos": 337942,
                "printTime": 276,
                "printTimeLeft": 912,
            },
            "currentZ": 12.6,
            "temps": [
                {
                    "time": 1700000000,
                    "tool0": {"actual": 214.8, "target": 215.0},
                    "bed": {"actual": 60.1, "target": 60.0},
                }
            ],
        },
        {
            "progress.completion": equals(
                lambda o, e: o["filepos"] / e["job"]["file"]["size"] * 100
            ),
            "progress.filepos": counter(0, 8_000, rests=False),
            "progress.printTime": counter(0, 2, rests=False),
            "progress.printTimeLeft": Rule("falls", _falls),
            "currentZ": (number(12, 16), counter(0, 0.4)),
            "temps.*.time": now(5),
            "temps.*.tool0.actual": walk(1.0, 211, 219),
            "temps.*.bed.actual": walk(0.6, 58, 62),
        },
    ),
    Payload(
        "azuracast-nowplaying",
        "radio",
        "api/nowplaying/1",
        {
            "station": {
                "id": 1,
                "name": "AzuraTest Radio",
                "shortcode": "azuratest_radio",
                "frontend": "icecast",
                "timezone": "UTC",
            },
            "listeners": {"total": 15, "unique": 12, "current": 15},
            "live": {"is_live": False, "streamer_name": "", "broadcast_start": None},
            "now_playing": {
                "sh_id": 86213,
                "played_at": 1700000000,
                "duration": 241,
                "playlist": "default",
                "is_request": False,
                "song": {
                    "id": "9f33bbc912c19603e51be8e0987d076b",
                    "text": "Joe Bagale - Until We Meet Again",
                    "artist": "Joe Bagale",
                    "title": "Until We Meet Again",
                    "album": "Night Drive",
                },
                "elapsed": 25,
                "remaining": 216,
            },
            "is_online": True,
        },
        {
            "listeners.total": walk(3, 3, 40, rests=True),
            "listeners.unique": (
                walk(3, 3, 40, rests=True),
                where("some of the total", lambda v, o, e: v <= o["total"]),
            ),
            "listeners.current": equals(lambda o, e: o["total"]),
            "now_playing.sh_id": counter(0, 1),
            "now_playing.played_at": (
                past(0.01, fixed=False),
                changes_only_with("sh_id"),
            ),
            "now_playing.duration": (number(120, 420), changes_only_with("sh_id")),
            "now_playing.song.id": (
                matching("[0-9a-f]{32}"),
                changes_only_with("$.now_playing.sh_id"),
            ),
            "now_playing.song.text": equals(
                lambda o, e: f"{o['artist']} - {o['title']}"
            ),
            "now_playing.song.artist": changes_only_with("id"),
            "now_playing.song.title": changes_only_with("id"),
            "now_playing.song.album": changes_only_with("id"),
            "now_playing.elapsed": (
                Rule("elapses", _elapses),
                where("in the song", lambda v, o, e: 0 <= v <= o["duration"]),
            ),
            "now_playing.remaining": equals(lambda o, e: o["duration"] - o["elapsed"]),
        },
    ),
    Payload(
        "ap-elections",
        "elections",
        "v3/elections/2024-11-05",
        {
            "electionDate": "2024-11-05",
            "timestamp": "2024-11-06T02:52:48.276Z",
            "races": [
                {
                    "resultsType": "live",
                    "raceID": "49001",
                    "raceType": "General",
                    "raceTypeID": "G",
                    "officeID": "G",
                    "officeName": "Governor",
                    "eevp": 41,
                    "reportingUnits": [
                        {
                            "statePostal": "WV",
                            "stateName": "West Virginia",
                            "level": "state",
                            "lastUpdated": "2024-11-06T02:51:35Z",
                            "precinctsReporting": 742,
                            "precinctsTotal": 1846,
                            "precinctsReportingPct": 40.2,
                            "candidates": [
                                {
                                    "first": "Ruth",
                                    "last": "Calloway",
                                    "party": "Dem",
                                    "candidateID": "55621",
                                    "ballotOrder": 2,
                                    "voteCount": 105833,
                                },
                                {
                                    "first": "Keith",
                                    "last": "Marsh",
                                    "party": "GOP",
                                    "candidateID": "55622",
                                    "ballotOrder": 1,
                                    "voteCount": 142459,
                                },
                            ],
                        }
                    ],
                }
            ],
        },
        {
            "electionDate": unchanged
            | Rule(
                "the day or the day before",
                lambda s: all(
                    0 <= t / 1000 - seconds(v) <= 2 * 86400
                    for v, t in zip(s.values, s.times)
                ),
            ),
            "timestamp": now(60),
            "races.*.eevp": (
                walk(2, 30, 60, rests=True),
                Rule("never falls", lambda s: all(a <= b for a, b in s.pairs())),
            ),
            RU
            + "lastUpdated": (
                past(0.1, fixed=False),
                Rule(
                    "never goes back",
                    lambda s: all(seconds(a) <= seconds(b) for a, b in s.pairs()),
                ),
            ),
            RU
            + "precinctsReporting": (
                counter(0, 30),
                where("of the total", lambda v, o, e: v <= o["precinctsTotal"]),
            ),
            RU
            + "precinctsReportingPct": equals(
                lambda o, e: 100 * o["precinctsReporting"] / o["precinctsTotal"]
            ),
            RU + "candidates.*.voteCount": counter(0, 6_000),
        },
    ),
]
