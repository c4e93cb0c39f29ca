"""Changes of contacts, messages of a chat, submissions at schools, days of a watch."""

import ipaddress
import re
from datetime import datetime, timezone

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    each,
    equals,
    every,
    has_one,
    is_number,
    length,
    matching,
    new,
    now,
    one_of,
    one_to_one,
    unchanged,
    where,
)


def _is_written(value):
    """Words that somebody may have written, no placeholder."""
    return (
        isinstance(value, str)
        and 1 <= len(value) <= 500
        and any(char.isalpha() for char in value)
        and not re.search(
            r"lorem|ipsum|_|\b(string|text|value|message|item|sample)[ -]?\d+\b",
            value,
            re.IGNORECASE,
        )
    )


_WRITTEN = each("written by somebody", _is_written)

# -- HubSpot ---------------------------------------------------------------------

_STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)
_SOURCES = (
    "ACADEMY CRM CRM_UI CONTACTS CONTACTS_WEB IMPORT API FORM FORMS INTEGRATION"
    " AUTOMATION_PLATFORM WORKFLOWS EMAIL SALES BATCH_UPDATE MOBILE_IOS MOBILE_ANDROID"
).split()


def _is_change(series):
    """Not the same contact changed to the same again and again."""
    return (
        len({(v, o["propertyValue"]) for v, o in zip(series.values, series.owners)}) > 1
    )


# -- LINE ------------------------------------------------------------------------

MSG = "events.*."

# -- Canvas ----------------------------------------------------------------------

META = "metadata."
_GLOBAL = r"2107\d{13}"


def _address(value):
    ipaddress.ip_address(value)
    return isinstance(value, str)


def _attempts(series):
    """A submission's attempts are counted on."""
    known = {}
    for value, owner in zip(series.values, series.owners):
        before = known.get(owner["submission_id"])
        if type(value) is not int or not 1 <= value <= 200:
            return False
        if before is not None and not 1 <= value - before <= 2:
            return False
        known[owner["submission_id"]] = value
    return True


# -- Garmin ----------------------------------------------------------------------

DAY = "dailies.*."


def _begins(series):
    """Midnight where the watch is, of the example's day or of one of the last days."""
    return all(
        type(value) is int
        and (value + owner["startTimeOffsetInSeconds"]) % 86_400 == 0
        and (value == series.example or -3_600 <= time / 1000 - value <= 4 * 86_400)
        for value, owner, time in zip(series.values, series.owners, series.times)
    )


def _date(owner, event):
    local = owner["startTimeInSeconds"] + owner["startTimeOffsetInSeconds"]
    return f"{datetime.fromtimestamp(local, timezone.utc):%Y-%m-%d}"


def daily(low, high, most):
    """A count of the day: in a range, and never less in a later summary of the day."""

    def check(series):
        known = {}
        for value, owner in zip(series.values, series.owners):
            before = known.get(owner["summaryId"])
            if not is_number(value) or not low <= value <= high:
                return False
            if isinstance(series.example, int) and type(value) is not int:
                return False
            if before is not None and not 0 <= value - before <= most:
                return False
            known[owner["summaryId"]] = value
        return True

    return Rule(f"a day's {low}..{high}", check)


def _beats(value, owner, event):
    """From the least to the most, what it is at rest not above the average."""
    low, average, high, rest = (
        owner[f"{name}HeartRateInBeatsPerMinute"]
        for name in ("min", "average", "max", "resting")
    )
    return type(value) is int and 30 <= low <= rest <= average <= high <= 215


def in_a_day(name, holds):
    """What holds from one summary of a day to the next."""
    return Rule(
        name,
        lambda series: all(
            holds(a, b) or one["summaryId"] != two["summaryId"]
            for (a, b), (one, two) in zip(
                series.pairs(), zip(series.owners, series.owners[1:])
            )
        ),
    )


_BEATS = (where("in order", _beats), in_a_day("slowly", lambda a, b: abs(b - a) <= 5))


def _stride(value, owner, event):
    return 0.4 <= value / max(owner["steps"], 1) <= 1.3 and round(value, 2) == value


PAYLOADS = (
    Payload(
        "hubspot-property-change",
        "customer contacts",
        "hubspot/webhooks",
        [
            {
                "objectId": 1246965,
                "propertyName": "lifecyclestage",
                "propertyValue": "subscriber",
                "changeSource": "ACADEMY",
                "eventId": 3816279340,
                "subscriptionId": 25,
                "portalId": 33,
                "appId": 1160452,
                "occurredAt": 1462216307945,
                "subscriptionType": "contact.propertyChange",
                "attemptNumber": 0,
            }
        ],
        {
            "*.objectId": (
                matching(r"[1-9]\d{4,11}"),
                Rule("not the same change", _is_change),
            ),
            "*.propertyValue": one_of(*_STAGES),
            "*.changeSource": one_of(*_SOURCES),
            "*.eventId": new(r"[1-9]\d{6,11}"),
            "*.occurredAt": now(120),
            "*.attemptNumber": each("a try", lambda v: type(v) is int and 0 <= v <= 9),
        },
    ),
    Payload(
        "line-text-message",
        "chats with shops",
        "line/webhook",
        {
            "destination": "xxxxxxxxxx",
            "events": [
                {
                    "type": "message",
                    "message": {
                        "type": "text",
                        "id": "14353798921116",
                        "text": "Hello, world",
                    },
                    "timestamp": 1625665242211,
                    "source": {
                        "type": "user",
                        "userId": "U80696558e1aa831e53d1b0e7c1ab9d3a",
                    },
                    "replyToken": "757913772c4646b784d4b7ce46d12671",
                    "mode": "active",
                    "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
                    "deliveryContext": {"isRedelivery": False},
                }
            ],
        },
        {
            MSG + "message.id": new(r"[1-9]\d{13,17}"),
            MSG + "message.text": _WRITTEN,
            MSG + "timestamp": now(30),
            MSG + "source.userId": matching("U[0-9a-f]{32}"),
            MSG + "replyToken": new("[0-9a-zA-Z]{30,32}"),
            MSG + "webhookEventId": new("[0-7][0-9A-HJKMNP-TV-Z]{25}"),
        },
    ),
    Payload(
        "canvas-submission-created",
        "submissions at schools",
        "canvas/live-events",
        {
            "metadata": {
                "client_ip": "93.184.216.34",
                "event_name": "submission_created",
                "event_time": "2019-11-01T19:11:21.419Z",
                "hostname": "oxana.instructure.com",
                "http_method": "POST",
                "producer": "canvas",
                "referrer": None,
                "request_id": "1dd9dc6f-2fb0-4c19-a6c5-7ee1bf3ed295",
                "root_account_id": "21070000000000001",
                "root_account_uuid": "VicYj3cu5BIFpoZhDVU4DZumnlBrWi1grgJEzADs",
                "session_id": "ef686f8ed684abf78cbfa1f6a58112b5",
                "user_agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_3) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/73.0.3683.103 Safari/537.36",  # noqa: E501
            },
            "body": {
                "assignment_id": "21070000001234012",
                "attempt": 12,
                "body": "Test Submission Data",
                "group_id": "120123",
                "late": False,
                "lti_user_id": "a1b2c3c4z9x8a1s2q5w6p9o8i7u6y5t6a2s3d4f5",
                "missing": False,
                "submission_id": "21070000012345567",
                "submission_type": "online_text_entry",
                "submitted_at": "2019-11-01T19:11:21.419Z",
                "updated_at": "2019-11-01T19:11:21.419Z",
                "user_id": "21070000000014012",
                "workflow_state": "submitted",
            },
        },
        {
            META + "client_ip": each("an address", _address),
            META + "event_time": now(30),
            META + "request_id": new(UUID),
            META + "session_id": matching("[0-9a-f]{32}"),
            META + "user_agent": unchanged | matching(r"Mozilla/5\.0 \(.+\) .+"),
            "body.assignment_id": (matching(_GLOBAL), has_one("submission_id")),
            "body.attempt": Rule("counted on", _attempts),
            "body.body": _WRITTEN,
            "body.group_id": unchanged
            | every(matching(r"\d{4,9}"), has_one("submission_id")),
            "body.lti_user_id": (matching("[0-9a-z]{40}"), one_to_one("user_id")),
            "body.submission_id": matching(_GLOBAL),
            "body.submitted_at": after("$.metadata.event_time", -120, 0.5),
            "body.updated_at": (
                after("submitted_at", -0.001, 120),
                after("$.metadata.event_time", -120, 0.5),
            ),
            "body.user_id": (matching(_GLOBAL), has_one("submission_id")),
            "body.workflow_state": one_of("submitted", "pending_review"),
        },
    ),
    Payload(
        "garmin-dailies",
        "watches",
        "garmin/dailies",
        {
            "dailies": [
                {
                    "userId": "4aacafe82427c251df9c9592d0c06768",
                    "summaryId": "x153a9f3-5a9478d4-6",
                    "calendarDate": "2016-01-11",
                    "activityType": "WALKING",
                    "activeKilocalories": 321,
                    "bmrKilocalories": 1731,
                    "steps": 4210,
                    "distanceInMeters": 3146.5,
                    "durationInSeconds": 86400,
                    "activeTimeInSeconds": 12240,
                    "startTimeInSeconds": 1452466800,
                    "startTimeOffsetInSeconds": 3600,
                    "floorsClimbed": 8,
                    "minHeartRateInBeatsPerMinute": 54,
                    "averageHeartRateInBeatsPerMinute": 64,
                    "maxHeartRateInBeatsPerMinute": 112,
                    "restingHeartRateInBeatsPerMinute": 59,
                    "stressDurationInSeconds": 13620,
                    "lowStressDurationInSeconds": 6700,
                    "mediumStressDurationInSeconds": 4350,
                    "highStressDurationInSeconds": 2570,
                    "stepsGoal": 4500,
                    "intensityDurationGoalInSeconds": 1500,
                    "floorsClimbedGoal": 18,
                }
            ]
        },
        {
            "dailies": length(1, 5),
            DAY + "userId": (matching("[0-9a-f]{32}"), has_one("summaryId")),
            DAY + "summaryId": matching("x?[0-9a-f]{6,9}-[0-9a-f]{8}-[0-9a-f]{1,6}"),
            DAY + "calendarDate": equals(_date),
            DAY + "activeKilocalories": daily(0, 4_000, 30),
            DAY + "bmrKilocalories": daily(0, 2_800, 30),
            DAY + "steps": daily(0, 40_000, 60),
            DAY
            + "distanceInMeters": (
                daily(0, 40_000, 80),
                where("of the steps", _stride),
            ),
            DAY + "durationInSeconds": daily(60, 86_400, 900),
            DAY
            + "activeTimeInSeconds": (
                daily(0, 86_400, 900),
                where("in the day", lambda v, o, e: v <= o["durationInSeconds"]),
            ),
            DAY
            + "startTimeInSeconds": (Rule("midnight", _begins), has_one("summaryId")),
            DAY + "floorsClimbed": daily(0, 120, 2),
            DAY
            + "minHeartRateInBeatsPerMinute": (
                *_BEATS,
                in_a_day("never rises", lambda a, b: b <= a),
            ),
            DAY + "averageHeartRateInBeatsPerMinute": _BEATS,
            DAY
            + "maxHeartRateInBeatsPerMinute": (
                *_BEATS,
                in_a_day("never falls", lambda a, b: b >= a),
            ),
            DAY + "restingHeartRateInBeatsPerMinute": _BEATS,
            DAY
            + "stressDurationInSeconds": (
                equals(
                    lambda o, e: o["lowStressDurationInSeconds"]
                    + o["mediumStressDurationInSeconds"]
                    + o["highStressDurationInSeconds"]
                ),
                where("in the day", lambda v, o, e: v <= o["durationInSeconds"]),
            ),
            DAY + "lowStressDurationInSeconds": daily(0, 60_000, 900),
            DAY + "mediumStressDurationInSeconds": daily(0, 60_000, 900),
            DAY + "highStressDurationInSeconds": daily(0, 60_000, 900),
        },
    ),
)
