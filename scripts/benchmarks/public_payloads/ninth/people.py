"""Scales, grades, films at home, private messages, city services, cricket."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    changes_only_with,
    counter,
    each,
    equals,
    is_number,
    matching,
    new,
    now,
    one_to_one,
    past,
    rarely,
    rarely_changes,
    text,
    today,
    unchanged,
    where,
    whole,
)
from public_payloads.times import form, seconds

_NAME = r"[A-Z][\w'’.-]*( [A-Z][\w'’.-]*){0,3}"

# -- Withings ---------------------------------------------------------------------

BODY = "body."
GRP = "body.measuregrps.*."
MEAS = "body.measuregrps.*.measures."
_GROUP = changes_only_with("$.body.measuregrps.0.grpid")


def _group(series):
    """The group stays, or every measuring is a new one with a higher id."""
    values = series.values
    return all(type(v) is int and 10**8 < v < 10**11 for v in values) and all(
        a <= b for a, b in series.pairs()
    )


def _measured(series):
    """In the past, not going back, and another time for another group."""
    moments = [seconds(v) for v in series.values]
    groups = {owner["grpid"] for owner in series.owners}
    return (
        all(form(v) == form(series.example) for v in series.values)
        and moments == sorted(moments)
        and all(0 <= t / 1000 + 1 - m for m, t in zip(moments, series.times))
        and (not series.is_slow or len(groups) < 15 or len(set(moments)) > 1)
    )


def _parts(event):
    return [m["value"] for m in event["body"]["measuregrps"][0]["measures"]]


def _grams(low, high, step):
    def check(series):
        return all(type(v) is int and low <= v <= high for v in series.values) and all(
            abs(b - a) <= step for a, b in series.pairs()
        )

    return (Rule(f"{low}..{high} by {step}", check), _GROUP)


def _of_parts(wanted, slack):
    return where(
        "of the others",
        lambda v, o, e: type(v) is int and abs(v - wanted(_parts(e))) <= slack,
    )


# -- Caliper ----------------------------------------------------------------------

OBJ = "object."
GEN = "generated."
_ATTEMPT = changes_only_with("$.object.id")
_BASE = "https://example.edu/terms/201801/courses/7/sections/1"


def _student(owner, event):
    return re.search(r"/users/(\d+)/attempts/", event["object"]["id"])[1]


def _lasted(value, owner, event):
    """ISO 8601: what is between the start and the end."""
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", value)
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    known = seconds(owner["endedAtTime"]) - seconds(owner["startedAtTime"])
    return abs(hours * 3_600 + minutes * 60 + rest - known) <= 1


def _before_now(series):
    return all(form(v) == form(series.example) for v in series.values) and all(
        seconds(v) <= t / 1000 + 0.5 for v, t in zip(series.values, series.times)
    )


_gone = Rule("not ahead", _before_now)


def _points(value, owner, event):
    return (
        is_number(value)
        and 0 <= value <= owner["maxScore"]
        and float(value * 4).is_integer()
    )


# -- Jellyfin ---------------------------------------------------------------------

STATE = "*.PlayState."


def _plays(series):
    """It goes on as the time does, in steps of a report, or rests when paused."""
    tick = 10_000_000
    values = series.values
    owners = series.owners
    if not all(
        type(v) is int and 0 <= v <= e[0]["NowPlayingItem"]["RunTimeTicks"]
        for v, e in zip(values, series.events)
    ):
        return False
    paused = [owner["IsPaused"] for owner in owners]
    step = (series.times[1] - series.times[0]) / 1000
    played = sum(step for p in paused[1:] if not p)
    moved = (values[-1] - values[0]) / tick
    return (
        all(0 <= (b - a) / tick <= step + 10.5 for a, b in series.pairs())
        and abs(moved - played) <= 10.5
        and (not series.is_slow or played < 5 or moved > 0)
    )


# -- Signal -----------------------------------------------------------------------

ENV = "params.envelope."
_ODD = r"\b(error|server|exception|http|null|deploy|cpu|disk|invoice|lorem)\b"

# -- Open311 ----------------------------------------------------------------------

REQ = "*."
_REQUEST = changes_only_with("service_request_id")


def _note(series):
    """None, the example's or some words; another one with another state."""
    return all(
        v is None or v == series.example or (isinstance(v, str) and len(v.split()) > 1)
        for v in series.values
    )


def _address(value):
    return bool(re.fullmatch(r"[0-9A-Za-z][\w .,'#/&-]{4,60}", value))


def _photo(value, owner, event):
    if value is None:
        return True
    number_ = re.search(r"(\d+)\.(jpe?g|png)$", value)
    return value.startswith("http") and (
        number_ is None or number_[1] == str(owner["service_request_id"])
    )


def _changed(series):
    """Not before the request nor ahead; of one request it does not go back."""
    ids = [owner["service_request_id"] for owner in series.owners]
    moments = [seconds(v) for v in series.values]
    return (
        all(form(v) == form(series.example) for v in series.values)
        and all(m <= t / 1000 + 0.5 for m, t in zip(moments, series.times))
        and all(
            m >= seconds(o["requested_datetime"]) - 1
            for m, o in zip(moments, series.owners)
        )
        and all(
            a <= b or one != two
            for a, b, one, two in zip(moments, moments[1:], ids, ids[1:])
        )
    )


# -- cricket ----------------------------------------------------------------------

LIVE = "data.score.1."


def _balls(overs):
    """The balls of overs such as 10.3, of which the part has 0 to 5."""
    whole_, part = divmod(round(float(overs) * 10), 10)
    if part > 5 or abs(float(overs) * 10 - round(float(overs) * 10)) > 1e-6:
        raise ValueError("no overs")
    return whole_ * 6 + part


def _overs(series):
    balls = [_balls(v) for v in series.values]
    return (
        all(is_number(v) and v <= 20 for v in series.values)
        and abs(balls[0] - _balls(series.example)) <= 12
        and all(0 <= b - a <= 6 for a, b in zip(balls, balls[1:]))
    )


def _runs(series):
    """Six a ball at most, and some for wides and no balls."""
    balls = [_balls(owner["o"]) for owner in series.owners]
    values = series.values
    return (
        all(type(v) is int and 0 <= v <= 250 for v in values)
        and abs(values[0] - series.example) <= 30
        and all(
            0 <= b - a <= 6 * (d - c) + 5
            for (a, b), c, d in zip(series.pairs(), balls, balls[1:])
        )
        and sum(
            a != b for (a, b), c, d in zip(series.pairs(), balls, balls[1:]) if c == d
        )
        <= 4
    )


def _wickets(series):
    return (
        all(type(v) is int and 0 <= v <= 10 for v in series.values)
        and all(0 <= b - a <= 1 for a, b in series.pairs())
        and series.values[-1] - series.example <= 6
        and series.values[0] >= series.example
    )


def _starts(series):
    """The day of the start."""
    return all(
        v == e["data"]["dateTimeGMT"][:10]
        or abs(seconds(v) - seconds(e["data"]["dateTimeGMT"])) <= 115_200
        for v, e in zip(series.values, series.events)
    )


PAYLOADS = (
    Payload(
        "withings-getmeas",
        "scales at home",
        "measure/getmeas",
        {
            "status": 0,
            "body": {
                "updatetime": 1646027990,
                "timezone": "America/New_York",
                "measuregrps": [
                    {
                        "grpid": 3415696183,
                        "attrib": 0,
                        "date": 1646027916,
                        "created": 1646027958,
                        "modified": 1646027958,
                        "category": 1,
                        "deviceid": "c57e2809f962b56b9c98c428e0240e16dba37d2f",
                        "hash_deviceid": "c57e2809f962b56b9c98c428e0240e16dba37d2f",
                        "measures": [
                            {"value": 79300, "type": 1, "unit": -3},
                            {"value": 65185, "type": 5, "unit": -3},
                            {"value": 17800, "type": 6, "unit": -3},
                            {"value": 14115, "type": 8, "unit": -3},
                        ],
                        "comment": None,
                    }
                ],
            },
        },
        {
            BODY + "updatetime": now(60),
            GRP + "grpid": Rule("a group", _group),
            GRP + "date": (unchanged | Rule("measured", _measured), _GROUP),
            GRP + "created": (unchanged | after("date", 0, 3_600), _GROUP),
            GRP
            + "modified": (
                unchanged | after("created", 0, 86_400),
                where("not before", lambda v, o, e: v >= o["created"]),
            ),
            MEAS + "0.value": _grams(72_000, 87_000, 1_500),
            MEAS + "1.value": _of_parts(lambda p: p[0] - p[3], 100),
            MEAS + "2.value": _of_parts(lambda p: p[3] / p[0] * 100_000, 200),
            MEAS + "3.value": _grams(10_000, 19_000, 1_000),
        },
    ),
    Payload(
        "caliper-grade",
        "grades of courses",
        "caliper/v1p2/events",
        {
            "@context": "http://purl.imsglobal.org/ctx/caliper/v1p2",
            "id": "urn:uuid:a50ca17f-5971-47bb-8fca-4e6e6879001d",
            "type": "GradeEvent",
            "profile": "GradingProfile",
            "actor": {
                "id": "https://example.edu/autograder",
                "type": "SoftwareApplication",
                "version": "v2",
            },
            "action": "Graded",
            "object": {
                "id": _BASE + "/assess/1/users/554433/attempts/1",
                "type": "Attempt",
                "assignee": "https://example.edu/users/554433",
                "assignable": _BASE + "/assess/1",
                "count": 1,
                "startedAtTime": "2018-11-15T10:05:00.000Z",
                "endedAtTime": "2018-11-15T10:55:12.000Z",
                "duration": "PT50M12S",
            },
            "eventTime": "2018-11-15T10:57:06.000Z",
            "generated": {
                "id": _BASE + "/assess/1/users/554433/attempts/1/scores/1",
                "type": "Score",
                "attempt": _BASE + "/assess/1/users/554433/attempts/1",
                "maxScore": 15.0,
                "scoreGiven": 10.0,
                "scoredBy": "https://example.edu/autograder",
                "comment": "auto-graded exam",
                "dateCreated": "2018-11-15T10:56:00.000Z",
            },
        },
        {
            "id": new("urn:uuid:" + UUID),
            OBJ + "id": matching(_BASE + r"/assess/1/users/\d{3,8}/attempts/\d{1,2}"),
            OBJ
            + "assignee": equals(
                lambda o, e: "https://example.edu/users/" + _student(o, e)
            ),
            OBJ
            + "count": (
                whole,
                where(
                    "of the attempts",
                    lambda v, o, e: o["id"].endswith(f"/attempts/{v}"),
                ),
            ),
            OBJ + "startedAtTime": (unchanged | _gone, _ATTEMPT),
            OBJ
            + "endedAtTime": (
                unchanged | _gone,
                after("startedAtTime", 10, 14_400),
                _ATTEMPT,
            ),
            OBJ + "duration": (where("of the times", _lasted), _ATTEMPT),
            "eventTime": now(60),
            GEN
            + "id": where(
                "of the attempt",
                lambda v, o, e: bool(
                    re.fullmatch(re.escape(e["object"]["id"]) + r"/scores/\d{1,3}", v)
                ),
            ),
            GEN + "attempt": equals(lambda o, e: e["object"]["id"]),
            GEN
            + "scoreGiven": (
                where("points", _points),
                _ATTEMPT | changes_only_with("id") | rarely_changes,
            ),
            GEN
            + "dateCreated": (
                unchanged | after("$.eventTime", -86_400, 0),
                where(
                    "after the end",
                    lambda v, o, e: seconds(v) >= seconds(e["object"]["endedAtTime"]),
                ),
            ),
        },
    ),
    Payload(
        "jellyfin-sessions",
        "films at home",
        "Sessions",
        [
            {
                "PlayState": {
                    "PositionTicks": 18431210000,
                    "IsPaused": False,
                    "IsMuted": False,
                    "VolumeLevel": 100,
                    "AudioStreamIndex": 1,
                    "PlayMethod": "DirectPlay",
                    "RepeatMode": "RepeatNone",
                },
                "RemoteEndPoint": "192.168.1.42",
                "Id": "b3c0d7e5a1f04c8f9e2d6a7b8c9d0e1f",
                "UserId": "894c752d448f45a3a1260ccaabd0adff",
                "UserName": "alice",
                "Client": "Jellyfin Web",
                "LastActivityDate": "2023-05-12T19:21:33.6214087Z",
                "LastPlaybackCheckIn": "2023-05-12T19:21:33.1093412Z",
                "DeviceName": "Firefox",
                "NowPlayingItem": {
                    "Name": "Pilot",
                    "RunTimeTicks": 34920880000,
                    "Type": "Episode",
                    "SeriesName": "Firefly",
                },
            }
        ],
        {
            STATE + "PositionTicks": Rule("plays", _plays),
            STATE + "IsPaused": rarely(True, False),
            STATE + "IsMuted": rarely(True, False),
            STATE
            + "VolumeLevel": (
                whole,
                each("a volume", lambda v: 0 <= v <= 100),
                rarely_changes,
            ),
            "*.LastActivityDate": now(15),
            "*.LastPlaybackCheckIn": now(15),
        },
    ),
    Payload(
        "signal-receive",
        "private messages",
        "signal/v1/receive",
        {
            "jsonrpc": "2.0",
            "method": "receive",
            "params": {
                "envelope": {
                    "source": "+33123456789",
                    "sourceNumber": "+33123456789",
                    "sourceUuid": "7a2c4f0e-6c1b-4a1d-9a53-0f5f3d1c8b21",
                    "sourceName": "Alice",
                    "sourceDevice": 1,
                    "timestamp": 1631458508784,
                    "serverReceivedTimestamp": 1631458508912,
                    "serverDeliveredTimestamp": 1631458508931,
                    "dataMessage": {
                        "timestamp": 1631458508784,
                        "message": "Hi, are we still on for tonight?",
                        "expiresInSeconds": 0,
                        "viewOnce": False,
                    },
                },
                "account": "+33987654321",
            },
        },
        {
            ENV + "source": matching(r"\+[1-9]\d{7,14}"),
            ENV + "sourceNumber": equals(lambda o, e: o["source"]),
            ENV + "sourceUuid": (matching(UUID), one_to_one("source")),
            ENV + "sourceName": (unchanged | matching(_NAME), one_to_one("source")),
            ENV + "sourceDevice": (whole, each("a device", lambda v: 1 <= v <= 6)),
            ENV + "timestamp": (now(60), new(r"\d{13}")),
            ENV
            + "serverReceivedTimestamp": (
                whole,
                now(60),
                after("timestamp", 0, 60),
            ),
            ENV
            + "serverDeliveredTimestamp": (
                whole,
                now(60),
                after("serverReceivedTimestamp", 0, 60),
            ),
            ENV
            + "dataMessage.timestamp": equals(
                lambda o, e: e["params"]["envelope"]["timestamp"]
            ),
            ENV + "dataMessage.message": text(r"[a-z]{2}", _ODD),
        },
    ),
    Payload(
        "open311-requests",
        "city services",
        "dev/v2/requests.json",
        [
            {
                "service_request_id": 638344,
                "status": "closed",
                "status_notes": "Duplicate request.",
                "service_name": "Sidewalk and Curb Issues",
                "service_code": "006",
                "description": None,
                "agency_responsible": None,
                "service_notice": None,
                "requested_datetime": "2010-04-14T06:37:38-08:00",
                "updated_datetime": "2010-04-14T06:37:38-08:00",
                "expected_datetime": "2010-04-15T06:37:38-08:00",
                "address": "8TH AVE and JUDAH ST",
                "address_id": 545483,
                "zipcode": 94122,
                "lat": 37.762221815,
                "long": -122.4651145,
                "media_url": "http://city.gov.s3.amazonaws.com/media/638344.jpg",
            }
        ],
        {
            REQ
            + "service_request_id": (
                whole,
                each("an id", lambda v: 500_000 <= v <= 999_999),
            ),
            REQ
            + "status": (
                each("a state", lambda v: v in ("open", "closed")),
                _REQUEST | rarely_changes,
            ),
            REQ
            + "status_notes": (
                Rule("a note", _note),
                _REQUEST | rarely_changes,
            ),
            REQ
            + "service_name": (
                unchanged | matching(r"[A-Z][\w&/-]*( [\w&/-]+){0,5}"),
                one_to_one("service_code"),
                _REQUEST,
            ),
            REQ + "service_code": (matching(r"\d{3}"), _REQUEST),
            REQ
            + "description": (
                each("some words", lambda v: v is None or isinstance(v, str)),
                _REQUEST,
            ),
            REQ
            + "requested_datetime": (
                unchanged | past(60, fixed=False),
                _REQUEST,
            ),
            REQ + "updated_datetime": Rule("changed", _changed),
            REQ
            + "expected_datetime": (
                after("requested_datetime", 0, 2_592_000),
                _REQUEST,
            ),
            REQ + "address": (each("an address", _address), _REQUEST),
            REQ
            + "address_id": (
                whole,
                each("an id", lambda v: 10_000 <= v <= 9_999_999),
                _REQUEST,
            ),
            REQ
            + "zipcode": (
                whole,
                each("of the city", lambda v: 94_102 <= v <= 94_188),
                _REQUEST,
            ),
            REQ
            + "lat": (
                each("of the city", lambda v: is_number(v) and 37.70 <= v <= 37.84),
                _REQUEST,
            ),
            REQ
            + "long": (
                each("of the city", lambda v: is_number(v) and -122.52 <= v <= -122.35),
                _REQUEST,
            ),
            REQ + "media_url": (where("a photo of it", _photo), _REQUEST),
        },
    ),
    Payload(
        "cricapi-match",
        "cricket",
        "v1/match_info",
        {
            "data": {
                "id": "30f1c5b2-3b6f-4b9c-8d0c-6a6b8f6b2a11",
                "name": "India vs Australia, 1st T20I",
                "matchType": "t20",
                "status": "Australia opt to bowl",
                "venue": "Punjab Cricket Association IS Bindra Stadium, Mohali",
                "date": "2022-09-20",
                "dateTimeGMT": "2022-09-20T14:00:00",
                "teams": ["India", "Australia"],
                "score": [
                    {"r": 208, "w": 6, "o": 20, "inning": "India Inning 1"},
                    {"r": 97, "w": 1, "o": 9.2, "inning": "Australia Inning 1"},
                ],
                "matchStarted": True,
                "matchEnded": False,
            },
            "status": "success",
            "info": {
                "hitsToday": 12,
                "hitsUsed": 1,
                "hitsLimit": 2000,
                "queryTime": 24.3105,
            },
        },
        {
            "data.status": text(
                r"need|opt|elect|chose|won|bowl|bat|require|run|trail|lead|break|play"
            ),
            "data.date": (
                unchanged | today | past(2),
                Rule("the day of the start", _starts),
            ),
            "data.dateTimeGMT": unchanged | past(0.6),
            LIVE + "r": Rule("runs", _runs),
            LIVE + "w": (Rule("wickets", _wickets), changes_only_with("o")),
            LIVE + "o": Rule("overs", _overs),
            "info.hitsToday": (whole, counter(0, 5)),
            "info.queryTime": each(
                "some milliseconds", lambda v: is_number(v) and 0 < v < 2_000
            ),
        },
    ),
)
