"""Functions in the cloud, document databases, sites, uptime checks, web analytics."""

import math
import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    constant,
    counter,
    each,
    equals,
    is_number,
    matching,
    new,
    now,
    number,
    one_of,
    unchanged,
    varied,
    walk,
    where,
    whole,
)
from public_payloads.times import seconds

# -- Lambda ----------------------------------------------------------------------

REC = "record."
METRIC = "record.metrics."


def _billed(value, owner, event):
    """The next whole millisecond, of late with the start-up."""
    known = {
        math.ceil(round(owner["durationMs"], 2)),
        math.ceil(round(owner["durationMs"] + owner["initDurationMs"], 2)),
    }
    return type(value) is int and value in known


# -- MongoDB ---------------------------------------------------------------------

OPS = "opcounters."
NET = "network."


def _uptime(series):
    """Milliseconds that go on as the time does."""
    values = series.values
    gone = [v - values[0] - (t - series.times[0]) for v, t in zip(values, series.times)]
    return (
        all(type(v) is int for v in values)
        and 0 <= values[0] - series.example <= 3_600_000
        and all(abs(each) <= 1_500 for each in gone)
        and all(a <= b for a, b in series.pairs())
    )


def _whole_seconds(value, owner, event):
    return is_number(value) and abs(value - owner["uptimeMillis"] / 1000) <= 1.01


# -- Vercel ----------------------------------------------------------------------

DEP = "payload.deployment."
_ID = "[0-9A-Za-z]{20,32}"
_COMMIT = r"^[A-Za-z\[(#][^{}<>]{3,120}$"


# -- Uptime Kuma -----------------------------------------------------------------

BEAT = "heartbeat."


def _told(owner, event):
    beat = event["heartbeat"]
    word = "✅ Up" if beat["status"] == 1 else "🔴 Down"
    return f"[{event['monitor']['name']}] [{word}] {beat['msg']}"


def _answer(value, owner, event):
    """What the site said: a good status where it is up, else what was wrong."""
    good = bool(re.fullmatch(r"20[0-9] - [A-Z][A-Za-z -]+", value))
    return good if owner["status"] == 1 else not good and len(value) > 3


def _ping(value, owner, event):
    if owner["status"] == 0:
        return value is None or type(value) is int
    return type(value) is int and 1 <= value <= 48_000


def _local(value, owner, event):
    wanted = seconds(owner["time"]) - 7 * 3_600
    return len(value) == 19 and -1 <= seconds(value) - wanted <= 1


# -- Google Analytics ------------------------------------------------------------

ROWS = "rows.*."


def _users(series):
    """Users of the last half hour, who come and go by few."""
    values = [int(value) for value in series.values]
    known = int(series.example)
    return (
        all(re.fullmatch(r"0|[1-9]\d*", v) for v in series.values)
        and all(abs(v - known) <= 0.4 * known + 8 for v in values)
        and all(abs(b - a) <= 0.06 * known + 4 for a, b in zip(values, values[1:]))
    )


def _all_users(value, owner, event):
    rows = event["rows"]
    return value == str(sum(int(row["metricValues"][0]["value"]) for row in rows))


PAYLOADS = (
    Payload(
        "lambda-platform-report",
        "functions in the cloud",
        "telemetry/lambda",
        {
            "time": "2022-10-12T00:01:15.000Z",
            "type": "platform.report",
            "record": {
                "metrics": {
                    "billedDurationMs": 694,
                    "durationMs": 693.92,
                    "initDurationMs": 397.68,
                    "maxMemoryUsedMB": 84,
                    "memorySizeMB": 128,
                },
                "requestId": "6d68ca91-49c9-448d-89b8-7ca3e6dc66aa",
                "status": "success",
                "tracing": {
                    "spanId": "54565fb41ac79632",
                    "type": "X-Amzn-Trace-Id",
                    "value": "Root=1-62e900b2-710d76f009d6e7785905449a;Parent=0efbd19962d95b05;Sampled=1",  # noqa: E501
                },
            },
        },
        {
            "time": now(60),
            METRIC + "billedDurationMs": where("of the duration", _billed),
            METRIC + "durationMs": (number(0.5, 900_000), varied),
            METRIC + "initDurationMs": number(20, 10_000),
            METRIC
            + "maxMemoryUsedMB": (
                whole,
                where("in the size", lambda v, o, e: 20 <= v <= o["memorySizeMB"]),
            ),
            REC + "requestId": new(UUID),
            REC + "status": one_of("success", "error", "failure", "timeout"),
            REC + "tracing.spanId": new("[0-9a-f]{16}"),
            REC
            + "tracing.value": new(
                r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01]"
            ),
        },
    ),
    Payload(
        "mongodb-server-status",
        "document databases",
        "admin/serverStatus",
        {
            "host": "mongodb-0:27017",
            "version": "6.0.5",
            "process": "mongod",
            "pid": 1,
            "uptime": 351842.0,
            "uptimeMillis": 351842117,
            "localTime": "2023-04-18T09:26:41.503Z",
            "connections": {
                "current": 27,
                "available": 838833,
                "totalCreated": 8164,
                "active": 9,
            },
            "globalLock": {
                "currentQueue": {"total": 0, "readers": 0, "writers": 0},
            },
            "network": {
                "bytesIn": 4102930518,
                "bytesOut": 18237710402,
                "numRequests": 10482931,
            },
            "opcounters": {
                "insert": 304112,
                "query": 2918330,
                "update": 811745,
                "delete": 10873,
                "getmore": 402218,
                "command": 6019877,
            },
            "mem": {"bits": 64, "resident": 1182, "virtual": 2857},
        },
        {
            "uptime": where("whole seconds", _whole_seconds),
            "uptimeMillis": Rule("uptime", _uptime),
            "localTime": now(5),
            "connections.current": (whole, walk(12, 2, 400, rests=True)),
            "connections.available": (
                whole,
                constant("in all", lambda v, o: v + o["current"]),
            ),
            "connections.totalCreated": counter(0, 60),
            "connections.active": (
                walk(12, 1, 400, rests=True),
                where("of the current", lambda v, o, e: v <= o["current"]),
            ),
            "globalLock.currentQueue.total": equals(
                lambda o, e: o["readers"] + o["writers"]
            ),
            "globalLock.currentQueue.readers": walk(8, 0, 40, rests=True),
            "globalLock.currentQueue.writers": walk(8, 0, 40, rests=True),
            NET + "bytesIn": counter(0, 50_000_000, rests=False),
            NET + "bytesOut": counter(0, 200_000_000, rests=False),
            NET + "numRequests": counter(0, 50_000, rests=False),
            OPS + "insert": counter(0, 10_000),
            OPS + "query": counter(0, 20_000),
            OPS + "update": counter(0, 10_000),
            OPS + "delete": counter(0, 2_000),
            OPS + "getmore": counter(0, 5_000),
            OPS + "command": counter(0, 30_000, rests=False),
            "mem.resident": walk(30, 800, 2_000, rests=True),
            "mem.virtual": (
                walk(30, 1_500, 5_000, rests=True),
                where("not less", lambda v, o, e: v >= o["resident"]),
            ),
        },
    ),
    Payload(
        "vercel-deployment",
        "deployments of sites",
        "vercel/webhooks",
        {
            "id": "uev_Zk0aQ4vX1pLrT8sWm2YcB6Nd",
            "type": "deployment.succeeded",
            "createdAt": 1687361285412,
            "region": "sfo1",
            "payload": {
                "user": {"id": "kr1PsOIzqEL5Xg6M4VZcZosf"},
                "team": {"id": "team_4vGx2LkPqW9sDfJhTyRmNbCz"},
                "project": {"id": "prj_9sKdLm3QvXwYtRzBnHgFcPjA"},
                "deployment": {
                    "id": "dpl_89qyp1cskzkLrVicDaZoDbjyHuDJ",
                    "meta": {
                        "githubCommitAuthorName": "Jane Doe",
                        "githubCommitMessage": "Fix the padding of the header",
                        "githubCommitRef": "main",
                        "githubCommitSha": "f9bd2c1e0a7d4f63b58c2a9e1d07c4b8e6a3f512",
                        "githubOrg": "acme",
                        "githubRepo": "my-site",
                    },
                    "name": "my-site",
                    "url": "my-site-7q03y4pi5-acme.vercel.app",
                },
                "links": {
                    "deployment": "https://vercel.com/acme/my-site/89qyp1cskzkLrVicDaZoDbjyHuDJ",  # noqa: E501
                    "project": "https://vercel.com/acme/my-site",
                },
                "target": "production",
                "plan": "pro",
                "regions": ["sfo1"],
            },
        },
        {
            "id": new("uev_" + _ID),
            "createdAt": now(60),
            DEP + "id": new("dpl_" + _ID),
            DEP + "meta.githubCommitAuthorName": unchanged
            | matching(r"[A-Z][\w'’.-]*( [A-Z][\w'’.-]*){0,3}"),
            DEP
            + "meta.githubCommitMessage": each(
                "a message",
                lambda v: isinstance(v, str)
                and re.fullmatch(_COMMIT, v) is not None
                and " " in v,
            ),
            DEP + "meta.githubCommitSha": matching("[0-9a-f]{40}"),
            DEP + "url": new(r"my-site-[0-9a-z]{9}-acme\.vercel\.app"),
            "payload.links.deployment": equals(
                lambda o, e: o["project"] + "/" + e["payload"]["deployment"]["id"][4:]
            ),
        },
    ),
    Payload(
        "uptime-kuma-webhook",
        "uptime checks",
        "uptime-kuma/webhook",
        {
            "heartbeat": {
                "monitorID": 29,
                "status": 1,
                "time": "2024-09-24 23:51:35.527",
                "msg": "200 - OK",
                "ping": 143,
                "important": True,
                "duration": 61,
                "timezone": "America/Los_Angeles",
                "timezoneOffset": "-07:00",
                "localDateTime": "2024-09-24 16:51:35",
            },
            "monitor": {
                "id": 29,
                "name": "Test",
                "url": "https://test.com",
                "method": "GET",
                "type": "http",
                "interval": 60,
                "active": True,
            },
            "msg": "[Test] [✅ Up] 200 - OK",
        },
        {
            BEAT + "status": one_of(0, 1),
            BEAT + "time": now(60),
            BEAT + "msg": where("of its status", _answer),
            BEAT + "ping": where("of its status", _ping),
            BEAT
            + "duration": each("seconds", lambda v: type(v) is int and 0 <= v <= 600),
            BEAT + "localDateTime": where("in its zone", _local),
            "msg": equals(_told),
        },
    ),
    Payload(
        "ga-realtime-report",
        "web analytics",
        "v1beta/properties/1234:runRealtimeReport",
        {
            "dimensionHeaders": [{"name": "country"}],
            "metricHeaders": [{"name": "activeUsers", "type": "TYPE_INTEGER"}],
            "rows": [
                {
                    "dimensionValues": [{"value": "Japan"}],
                    "metricValues": [{"value": "2541"}],
                },
                {
                    "dimensionValues": [{"value": "France"}],
                    "metricValues": [{"value": "612"}],
                },
                {
                    "dimensionValues": [{"value": "Brazil"}],
                    "metricValues": [{"value": "187"}],
                },
            ],
            "totals": [
                {
                    "dimensionValues": [{"value": "RESERVED_TOTAL"}],
                    "metricValues": [{"value": "3340"}],
                }
            ],
            "rowCount": 3,
            "kind": "analyticsData#runRealtimeReport",
        },
        {
            ROWS + "metricValues.*.value": Rule("users", _users),
            "totals.*.metricValues.*.value": where("all of them", _all_users),
        },
    ),
)
