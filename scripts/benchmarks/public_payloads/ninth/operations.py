"""Reviews of code, streams of metrics, telephone switches, providers of identity."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    changes_only_with,
    each,
    equals,
    is_number,
    matching,
    new,
    now,
    one_to_one,
    past,
    unchanged,
    where,
    whole,
)
from public_payloads.times import form, seconds

_NAME = r"[A-Za-z][\w'’.-]*( [A-Za-z][\w'’.-]*){0,3}"
_MAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"

# -- Gerrit -----------------------------------------------------------------------

CHG = "change."
SET = "patchSet."
APP = "approvals.*."
_CHANGE = changes_only_with("$.change.number")
_BASE = "https://gerrit.linuxfoundation.org/infra/"


def _set(event):
    return event["change"]["number"], event["patchSet"]["number"]


def _with_set(series):
    """Of one patch set it stays."""
    known = {}
    return all(
        known.setdefault(_set(event), value) == value
        for value, event in zip(series.values, series.events)
    )


_of_set = Rule("one of each patch set", _with_set)


def _numbered(series):
    """The patch sets of a change only go on."""
    known = {}
    for value, event in zip(series.values, series.events):
        at = event["change"]["number"]
        if type(value) is not int or not known.get(at, 1) <= value <= 60:
            return False
        known[at] = value
    return True


def _ref(owner, event):
    number, patch = _set(event)
    return f"refs/changes/{number % 100:02d}/{number}/{patch}"


def _said(value, owner, event):
    """Patch Set 2: Verified+1, and what else is said, as the approval has it."""
    head = re.match(r"Patch Set (\d+):", value)
    if head is None or int(head[1]) != owner["patchSet"]["number"]:
        return False
    approval = owner["approvals"][0]
    vote = re.search(r"(Verified|Code-Review)([+-]\d)", value)
    if vote is None:
        return int(approval["value"]) == 0 or approval["value"] == approval["oldValue"]
    return vote[1] == approval["type"] and int(vote[2]) == int(approval["value"])


def _vote(value, owner, event):
    most = 1 if owner["type"] == "Verified" else 2
    return isinstance(value, str) and abs(int(value)) <= most


def _epoch_gone(series):
    return all(form(v) == form(series.example) for v in series.values) and all(
        seconds(v) <= t / 1000 + 1 for v, t in zip(series.values, series.times)
    )


_gone = Rule("not ahead", _epoch_gone)

# -- CloudWatch -------------------------------------------------------------------

VAL = "value."


def _period(series):
    """Of the last minutes, not going back."""
    late = [t / 1000 - seconds(v) for v, t in zip(series.values, series.times)]
    return (
        all(type(v) is int and form(v) == form(series.example) for v in series.values)
        and all(-1 <= each <= 300 for each in late)
        and all(a <= b for a, b in series.pairs())
    )


def _sum(value, owner, event):
    """Between what all would be as the least and as the greatest, with both in it."""
    count, low, high = owner["count"], owner["min"], owner["max"]
    if not is_number(value):
        return False
    if count == 1:
        return abs(value - low) < 0.02 and abs(value - high) < 0.02
    least, most = high + low * (count - 1), low + high * (count - 1)
    return least - 0.02 <= value <= most + 0.02


def _between(value, owner, event):
    return is_number(value) and owner["min"] - 0.01 <= value <= owner["max"] + 0.01


# -- Asterisk ---------------------------------------------------------------------

CHAN = "channel."
_CHANNEL = changes_only_with("$.channel.id")


def _created(series):
    """Not ahead of the event; within some hours, or the example's."""
    return all(form(v) == form(series.example) for v in series.values) and all(
        -0.01 <= seconds(e["timestamp"]) - seconds(v) <= 14_400
        for v, e in zip(series.values, series.events)
    )


# -- Okta -------------------------------------------------------------------------

ACT = "*.actor."
CLI = "*.client."
GEO = "*.client.geographicalContext."
_ADDRESS = changes_only_with("$.0.client.ipAddress")
_AGENT = changes_only_with("$.0.client.userAgent.rawUserAgent")
_REASONS = ("INVALID_CREDENTIALS", "LOCKED_OUT", "VERIFICATION_ERROR")
_REASONS += ("PASSWORD_EXPIRED", "USER_LOCKED_OUT")


def _reason(value, owner, event):
    return value is None if owner["result"] == "SUCCESS" else value in _REASONS


def _done(event):
    return event[0]["outcome"]["result"] == "SUCCESS"


def _severity(value, owner, event):
    return value == "INFO" if _done(event) else value in ("WARN", "INFO", "ERROR")


def _legacy(owner, event):
    return "core.user_auth.login_" + ("success" if _done(event) else "failed")


def _address(value):
    parts = value.split(".")
    return len(parts) == 4 and all(p.isdigit() and int(p) <= 255 for p in parts)


def _system(value, owner, event):
    raw = owner["rawUserAgent"]
    known = {
        "Mac OS X": "Mac OS X",
        "Windows 10": "Windows NT 10",
        "Linux": "Linux",
        "iOS": "iPhone",
        "Android": "Android",
    }
    return known[value] in raw


def _browser(value, owner, event):
    raw = owner["rawUserAgent"]
    wanted = "CHROME" if "Chrome/" in raw else "SAFARI"
    wanted = "FIREFOX" if "Firefox/" in raw else wanted
    return value == ("EDGE" if "Edg/" in raw else wanted)


PAYLOADS = (
    Payload(
        "gerrit-comment-added",
        "reviews of code",
        "gerrit/stream-events",
        {
            "type": "comment-added",
            "eventCreatedOn": 1536938401,
            "change": {
                "project": "releng/lftools",
                "branch": "master",
                "id": "I6d84760368b6a12e9e9622b5ce9496a278321dc4",
                "number": 12510,
                "subject": "Add cmd to reset API tokens in jenkins_jobs.ini",
                "owner": {
                    "name": "Thanh Ha",
                    "email": "thanh.ha@linuxfoundation.org",
                    "username": "zxiiro",
                },
                "url": "https://gerrit.linuxfoundation.org/infra/12510",
                "createdOn": 1536436618,
                "status": "NEW",
            },
            "patchSet": {
                "number": 2,
                "revision": "5f9b4e1c2d0a7e36b8c4f1a29d7e60b3c8a51f42",
                "ref": "refs/changes/10/12510/2",
                "createdOn": 1536776618,
                "kind": "REWORK",
                "sizeInsertions": 41,
                "sizeDeletions": -3,
            },
            "author": {
                "name": "Anil Belur",
                "email": "abelur@linuxfoundation.org",
                "username": "abelur",
            },
            "approvals": [
                {
                    "type": "Code-Review",
                    "description": "Code-Review",
                    "value": "1",
                    "oldValue": "0",
                }
            ],
            "comment": "Patch Set 2: Code-Review+1",
        },
        {
            "eventCreatedOn": now(60),
            CHG + "id": (matching("I[0-9a-f]{40}"), one_to_one("number")),
            CHG
            + "number": (
                whole,
                each("a number", lambda v: 10_000 <= v <= 20_000),
            ),
            CHG
            + "subject": (
                unchanged | matching(r"[A-Z][\w'-]*( [\w',.:()/_-]+){1,14}"),
                _CHANGE,
            ),
            CHG + "owner.name": (unchanged | matching(_NAME), _CHANGE),
            CHG + "owner.email": (matching(_MAIL), one_to_one("name"), _CHANGE),
            CHG
            + "owner.username": (
                matching(r"[a-z][\w.-]{1,30}"),
                one_to_one("name"),
                _CHANGE,
            ),
            CHG + "url": equals(lambda o, e: _BASE + str(o["number"])),
            CHG + "createdOn": (unchanged | past(400, fixed=False), _CHANGE),
            SET + "number": Rule("goes on", _numbered),
            SET + "revision": (matching("[0-9a-f]{40}"), _of_set),
            SET + "ref": equals(_ref),
            SET
            + "createdOn": (
                _gone,
                _of_set,
                where(
                    "after the change",
                    lambda v, o, e: v >= e["change"]["createdOn"],
                ),
            ),
            SET
            + "kind": (
                each(
                    "a kind",
                    lambda v: v
                    in ("REWORK", "TRIVIAL_REBASE", "NO_CODE_CHANGE", "NO_CHANGE"),
                ),
                _of_set,
            ),
            SET
            + "sizeInsertions": (
                whole,
                each("lines", lambda v: 0 <= v <= 20_000),
                _of_set,
            ),
            SET
            + "sizeDeletions": (
                whole,
                each("lines", lambda v: -20_000 <= v <= 0),
                _of_set,
            ),
            "author.name": unchanged | matching(_NAME),
            "author.email": (matching(_MAIL), one_to_one("name")),
            "author.username": (
                matching(r"[a-z][\w.-]{1,30}"),
                one_to_one("name"),
            ),
            APP + "type": each("a label", lambda v: v in ("Code-Review", "Verified")),
            APP + "description": equals(lambda o, e: o["type"]),
            APP + "value": where("a vote", _vote),
            APP + "oldValue": where("a vote", _vote),
            "comment": where("of the patch set and the vote", _said),
        },
    ),
    Payload(
        "cloudwatch-metric-stream",
        "streams of metrics",
        "cloudwatch/metric-stream",
        {
            "metric_stream_name": "MyMetricStream",
            "account_id": "1234567890",
            "region": "us-east-1",
            "namespace": "AWS/EC2",
            "metric_name": "DiskWriteOps",
            "dimensions": {"InstanceId": "i-123456789012"},
            "timestamp": 1611929698000,
            "value": {
                "count": 3.0,
                "sum": 20.0,
                "max": 18.0,
                "min": 0.0,
                "p99": 17.56,
                "TM(25%:75%)": 16.43,
            },
            "unit": "Seconds",
        },
        {
            "timestamp": Rule("of the last minutes", _period),
            VAL
            + "count": each(
                "a count",
                lambda v: is_number(v) and 1 <= v <= 1_000 and float(v).is_integer(),
            ),
            VAL + "sum": where("of count, least and greatest", _sum),
            VAL
            + "max": where(
                "not below the least",
                lambda v, o, e: is_number(v) and o["min"] <= v <= 2_000,
            ),
            VAL + "min": each("not negative", lambda v: is_number(v) and v >= 0),
            VAL + "p99": where("between", _between),
            VAL + "TM(25%:75%)": where("between", _between),
        },
    ),
    Payload(
        "asterisk-dtmf",
        "telephone switches",
        "ari/events",
        {
            "type": "ChannelDtmfReceived",
            "timestamp": "2014-05-20T13:15:27.131-0500",
            "digit": "5",
            "duration_ms": 100,
            "channel": {
                "id": "1400609726.3",
                "name": "PJSIP/1000-00000001",
                "state": "Up",
                "caller": {"name": "", "number": "1000"},
                "connected": {"name": "", "number": ""},
                "dialplan": {"context": "default", "exten": "1000", "priority": 3},
                "creationtime": "2014-05-20T13:15:26.628-0500",
            },
            "asterisk_id": "00:15:5d:01:65:04",
            "application": "channel-dump",
        },
        {
            "timestamp": now(5),
            "digit": matching(r"[0-9A-D*#]"),
            "duration_ms": (whole, each("a press", lambda v: 20 <= v <= 4_000)),
            CHAN + "id": matching(r"\d{10}\.\d{1,6}"),
            CHAN + "name": (matching(r"PJSIP/\d{3,5}-[0-9a-f]{8}"), _CHANNEL),
            CHAN + "caller.number": (matching(r"\d{3,12}"), _CHANNEL),
            CHAN
            + "creationtime": (
                unchanged | Rule("before the event", _created),
                _CHANNEL,
            ),
        },
    ),
    Payload(
        "okta-system-log",
        "providers of identity",
        "api/v1/logs",
        [
            {
                "uuid": "dc9fd3c0-598c-11ef-8478-2b7584bf8d5a",
                "published": "2017-10-03T22:23:07.777Z",
                "eventType": "user.session.start",
                "version": "0",
                "severity": "INFO",
                "legacyEventType": "core.user_auth.login_success",
                "displayMessage": "User login to Okta",
                "actor": {
                    "id": "00uttidj01jqL21aM1d6",
                    "type": "User",
                    "alternateId": "john.doe@example.com",
                    "displayName": "John Doe",
                },
                "client": {
                    "userAgent": {
                        "rawUserAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0.4472.124 Safari/537.36",  # noqa: E501
                        "os": "Mac OS X",
                        "browser": "CHROME",
                    },
                    "device": "Computer",
                    "ipAddress": "10.0.0.1",
                    "geographicalContext": {
                        "city": "New York",
                        "state": "New York",
                        "country": "United States",
                        "postalCode": "10013",
                        "geolocation": {"lat": 40.7157, "lon": -74},
                    },
                },
                "outcome": {"result": "SUCCESS", "reason": None},
                "transaction": {
                    "type": "WEB",
                    "id": "V04Oy4ubUOc5UuG6s9DyNQAABtc",
                },
                "authenticationContext": {
                    "authenticationStep": 0,
                    "externalSessionId": "1013FfF-DKQSvCI4RVXChzX-w",
                },
            }
        ],
        {
            "*.uuid": new(UUID),
            "*.published": now(10),
            "*.severity": where("of the outcome", _severity),
            "*.legacyEventType": equals(_legacy),
            ACT + "id": (matching("00u[0-9a-zA-Z]{17}"), one_to_one("alternateId")),
            ACT + "alternateId": matching(_MAIL),
            ACT
            + "displayName": (
                unchanged | matching(_NAME),
                one_to_one("alternateId"),
            ),
            CLI + "userAgent.rawUserAgent": unchanged
            | matching(r"Mozilla/5\.0 \([^)]+\) .{20,}"),
            CLI + "userAgent.os": (where("of the agent", _system), _AGENT),
            CLI + "userAgent.browser": (where("of the agent", _browser), _AGENT),
            CLI
            + "device": (
                each("a device", lambda v: v in ("Computer", "Mobile", "Tablet")),
                _AGENT,
            ),
            CLI + "ipAddress": each("an address", _address),
            GEO + "city": (unchanged | matching(_NAME), _ADDRESS),
            GEO + "state": (unchanged | matching(_NAME), _ADDRESS),
            GEO + "country": (unchanged | matching(_NAME), _ADDRESS),
            GEO + "postalCode": (matching(r"[0-9A-Z][0-9A-Z -]{2,9}"), _ADDRESS),
            GEO
            + "geolocation.lat": (
                each("a latitude", lambda v: is_number(v) and -90 <= v <= 90),
                _ADDRESS,
            ),
            GEO
            + "geolocation.lon": (
                each("a longitude", lambda v: is_number(v) and -180 <= v <= 180),
                _ADDRESS,
            ),
            "*.outcome.result": each("a result", lambda v: v in ("SUCCESS", "FAILURE")),
            "*.outcome.reason": where("of the result", _reason),
            "*.transaction.id": matching(r"[\w-]{20,36}"),
            "*.authenticationContext.externalSessionId": matching(r"[\w-]{20,32}"),
        },
    ),
)
