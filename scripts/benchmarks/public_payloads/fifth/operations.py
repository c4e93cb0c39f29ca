"""Data pipelines, journals, sign-ins, provisioning, product analytics."""

import ipaddress
import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    changes_only_with,
    each,
    equals,
    every,
    has_one,
    matching,
    new,
    now,
    one_to_one,
    text,
    unchanged,
    where,
)


def _public(value):
    return isinstance(value, str) and ipaddress.ip_address(value).is_global


# -- dbt -------------------------------------------------------------------------


def _nanoseconds(value):
    return bool(re.search(r":\d\d\.\d{9}Z$", value))


# -- journald --------------------------------------------------------------------

_CURSOR = (
    "s=739ad463348b4ceca5a9e69c95a3c93f;i=[0-9a-f]+;"
    "b=6c7c6013a26343b29e964691ff25d04c;m=[0-9a-f]+;t=[0-9a-f]+;"
    "x=[0-9a-f]{1,16};p=system.journal"
)


def _serial(series):
    """The number of an entry in the cursor rises."""
    numbers = [int(re.search("i=([0-9a-f]+)", v)[1], 16) for v in series.values]
    return all(a < b for a, b in zip(numbers, numbers[1:]))


def _since_boot(series):
    """It goes on as the clock does."""
    if not all(re.fullmatch(r"\d{8,13}", value) for value in series.values):
        return False
    boots = [
        int(e["__REALTIME_TIMESTAMP"]) - int(v)
        for v, e in zip(series.values, series.events)
    ]
    return max(boots) - min(boots) <= 500_000


# -- Auth0 -----------------------------------------------------------------------

IN = "data."


def _logins(series):
    """A count that goes up with the logins of a user."""
    known = {}
    for value, event in zip(series.values, series.events):
        user = event["data"]["user_id"]
        if not isinstance(value, int) or not 1 <= value < 100_000:
            return False
        if user in known and not 1 <= value - known[user] <= 3:
            return False
        known[user] = value
    return True


# -- Terraform -------------------------------------------------------------------

RUN = "notifications.*."
_STATES = {
    "run:created": {"pending": "Run Created"},
    "run:planning": {"planning": "Run Planning"},
    "run:needs_attention": {
        "planned": "Run Needs Attention",
        "cost_estimated": "Run Needs Attention",
        "policy_checked": "Run Needs Attention",
        "policy_override": "Run Needs Attention",
    },
    "run:applying": {"applying": "Run Applying"},
    "run:completed": {
        "applied": "Run Applied|Run Completed",
        "planned_and_finished": "Run Planned and Finished|Run Completed",
        "discarded": "Run Discarded",
    },
    "run:errored": {"errored": "Run Errored", "canceled": "Run Canceled"},
}


def _state(value, owner, event):
    return value in _STATES[owner["trigger"]]


def _says_state(value, owner, event):
    wanted = _STATES[owner["trigger"]].get(owner["run_status"])
    return wanted is not None and bool(re.fullmatch(wanted, value))


_STEPS = ("pending", "planning", "planned", "cost_estimated", "policy_checked")
_STEPS += ("policy_override", "applying")


def _goes_on(series):
    """A run does not go back, and what is at its end stays so."""
    known = {}
    for value, event in zip(series.values, series.events):
        before = known.get(event["run_id"], value)
        known[event["run_id"]] = value
        if before == value:
            continue
        if before not in _STEPS:
            return False
        if value in _STEPS and _STEPS.index(value) < _STEPS.index(before):
            return False
    return True


_OF_RUN = changes_only_with("$.run_id")

# -- Segment ---------------------------------------------------------------------

PAGE = "context.page."


def _address(owner, event):
    return "https://segment.com" + owner["path"] + owner["search"]


PAYLOADS = [
    Payload(
        "dbt-run-started",
        "data pipelines",
        "dbt/webhooks",
        {
            "accountId": 1,
            "webhookId": "wsu_12345abcde",
            "eventId": "wev_2L6Z3l8uPedXKPq9D2nWbPIip7Z",
            "timestamp": "2023-01-31T19:28:15.742843678Z",
            "eventType": "job.run.started",
            "webhookName": "test",
            "data": {
                "jobId": "123",
                "jobName": "Daily Job (dbt build)",
                "runId": "12345",
                "environmentId": "1234",
                "environmentName": "Production",
                "dbtVersion": "1.0.0",
                "projectName": "Snowflake Github Demo",
                "projectId": "167194",
                "runStatus": "Running",
                "runStatusCode": 3,
                "runStatusMessage": "None",
                "runReason": "Kicked off from the UI by test@test.com",
                "runStartedAt": "2023-01-31T19:28:07Z",
            },
        },
        {
            "eventId": new("wev_[0-9A-Za-z]{27}"),
            "timestamp": (now(30), each("nanoseconds", _nanoseconds)),
            "data.jobId": matching(r"\d{2,7}"),
            "data.jobName": (
                unchanged | text("job|dbt|build|daily|run"),
                one_to_one("jobId"),
            ),
            "data.runId": new(r"\d{5,9}"),
            "data.runReason": unchanged
            | matching(r"(Kicked off|Scheduled|Triggered)\b.*"),
            "data.runStartedAt": after("$.timestamp", -120, 0.5),
        },
    ),
    Payload(
        "journald-entry",
        "journals of machines",
        "journald/entries",
        {
            "__CURSOR": "s=739ad463348b4ceca5a9e69c95a3c93f;i=4ece7;b=6c7c6013a26343b29e964691ff25d04c;m=4fc72436e;t=4c508a72423d9;x=d3e5610681098c10;p=system.journal",  # noqa: E501
            "__REALTIME_TIMESTAMP": "1342540861416409",
            "__MONOTONIC_TIMESTAMP": "21415215982",
            "_BOOT_ID": "6c7c6013a26343b29e964691ff25d04c",
            "_TRANSPORT": "syslog",
            "PRIORITY": "4",
            "SYSLOG_FACILITY": "3",
            "SYSLOG_IDENTIFIER": "gdm-password]",
            "SYSLOG_PID": "587",
            "MESSAGE": "AccountsService-DEBUG(+): ActUserManager: ignoring unspecified session '8' since it's not graphical: Success",  # noqa: E501
            "_PID": "587",
            "_UID": "0",
            "_GID": "500",
            "_COMM": "gdm-session-wor",
            "_EXE": "/usr/libexec/gdm-session-worker",
            "_CMDLINE": "gdm-session-worker [pam/gdm-password]",
            "_AUDIT_SESSION": "2",
            "_AUDIT_LOGINUID": "500",
            "_SYSTEMD_CGROUP": "/user/lennart/2",
            "_SYSTEMD_SESSION": "2",
            "_SELINUX_CONTEXT": "system_u:system_r:xdm_t:s0-s0:c0.c1023",
            "_SOURCE_REALTIME_TIMESTAMP": "1342540861413961",
            "_MACHINE_ID": "a91663387a90b89f185d4e860000001a",
            "_HOSTNAME": "epsilon",
        },
        {
            "__CURSOR": (new(_CURSOR), Rule("rises", _serial)),
            "__REALTIME_TIMESTAMP": now(10),
            "__MONOTONIC_TIMESTAMP": Rule("since boot", _since_boot),
            "PRIORITY": each("a priority", lambda v: v in tuple("01234567")),
            "SYSLOG_PID": equals(lambda o, e: o["_PID"]),
            "MESSAGE": text(
                r"session|user|account|gdm|pam|display|auth|login|graphical"
            ),
            "_PID": matching(r"[1-9]\d{1,6}"),
            "_SOURCE_REALTIME_TIMESTAMP": after("__REALTIME_TIMESTAMP", -2, 0),
        },
    ),
    Payload(
        "auth0-login",
        "sign-ins",
        "auth0/logs",
        {
            "log_id": "90020231020161037131000000000000000001223372061311523769",
            "data": {
                "date": "2023-10-20T16:10:32.131Z",
                "type": "s",
                "connection": "Username-Password-Authentication",
                "connection_id": "con_2Qp6wCH0wbqsLcOW",
                "client_id": "vZtdOfJvXsfc9fs8aQdCRB55UP8xJ6kr",
                "client_name": "Deploy portal",
                "ip": "82.14.201.7",
                "user_agent": "Chrome 118.0.0 / Mac OS X 10.15.7",
                "details": {
                    "initiatedAt": 1697818231998,
                    "completedAt": 1697818232130,
                    "elapsedTime": 132,
                    "session_id": "q0zLLJ2JyYyVYJqUNsaTLkkMUzNbzcEb",
                    "stats": {"loginsCount": 12},
                },
                "hostname": "dev-acme.us.auth0.com",
                "user_id": "auth0|56c75c4e42b6359e98374bc2",
                "user_name": "jane.roe@example.com",
                "strategy": "auth0",
                "strategy_type": "database",
                "log_id": "90020231020161037131000000000000000001223372061311523769",
            },
        },
        {
            "log_id": new(r"900\d{53}"),
            IN + "date": now(10),
            IN + "ip": unchanged | every(each("public", _public), has_one("user_id")),
            IN + "user_agent": unchanged
            | every(
                matching(r"[A-Z][\w ]+ \d+[\d.]* / [A-Z][\w ]+ [\d.]+"),
                has_one("user_id"),
            ),
            IN + "details.initiatedAt": after("completedAt", -120, 0),
            IN + "details.completedAt": after("$.data.date", -5, 0.5),
            IN
            + "details.elapsedTime": (
                equals(lambda o, e: o["completedAt"] - o["initiatedAt"]),
                each("whole", lambda value: type(value) is int),
            ),
            IN + "details.session_id": matching("[0-9A-Za-z_-]{32}"),
            IN + "details.stats.loginsCount": Rule("logins", _logins),
            IN + "user_id": matching(r"auth0\|[0-9a-f]{24}"),
            IN
            + "user_name": (
                matching(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
                one_to_one("user_id"),
            ),
            IN + "log_id": equals(lambda o, e: e["log_id"]),
        },
    ),
    Payload(
        "terraform-run",
        "provisioning",
        "terraform/notifications",
        {
            "payload_version": 1,
            "notification_configuration_id": "nc-AeUQ2zfKZzW9TiGZ",
            "run_url": "https://app.terraform.io/app/acme-org/my-workspace/runs/run-FwnENkvDnrpyFC7M",  # noqa: E501
            "run_id": "run-FwnENkvDnrpyFC7M",
            "run_message": "Add five new queue workers",
            "run_created_at": "2019-01-25T18:34:00.000Z",
            "run_created_by": "sample-user",
            "workspace_id": "ws-XdeUVMWShTesDMME",
            "workspace_name": "my-workspace",
            "organization_name": "acme-org",
            "notifications": [
                {
                    "message": "Run Canceled",
                    "trigger": "run:errored",
                    "run_status": "canceled",
                    "run_updated_at": "2019-01-25T18:37:04.000Z",
                    "run_updated_by": "sample-user",
                }
            ],
        },
        {
            "run_url": equals(
                lambda o, e: "https://app.terraform.io/app/acme-org/my-workspace/runs/"
                + e["run_id"]
            ),
            "run_id": matching("run-[0-9A-Za-z]{16}"),
            "run_message": (
                text(
                    r"add|remov|updat|chang|fix|bump|queue|worker|scal|resiz|instanc"
                    r"|merge|deploy|rotat|enabl|triggered|upgrade|move|creat|delet"
                    r"|increas|reduc"
                ),
                _OF_RUN,
            ),
            "run_created_at": (
                after("notifications.0.run_updated_at", -86_400, 0),
                _OF_RUN,
            ),
            "run_created_by": unchanged | every(matching("[a-z0-9_.-]{2,40}"), _OF_RUN),
            RUN + "message": where("of the state", _says_state),
            RUN + "trigger": each("a trigger", lambda v: v in _STATES),
            RUN
            + "run_status": (
                where("of the trigger", _state),
                Rule("goes on", _goes_on),
            ),
            RUN + "run_updated_at": now(60),
            RUN + "run_updated_by": unchanged | matching("[a-z0-9_.-]{2,40}"),
        },
    ),
    Payload(
        "segment-track",
        "product analytics",
        "segment/v1/track",
        {
            "anonymousId": "23adfd82-aa0f-45a7-a756-24f2a7a4c895",
            "context": {
                "library": {"name": "analytics.js", "version": "2.11.1"},
                "page": {
                    "path": "/academy/",
                    "referrer": "",
                    "search": "",
                    "title": "Analytics Academy",
                    "url": "https://segment.com/academy/",
                },
                "userAgent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/40.0.2214.115 Safari/537.36",  # noqa: E501
                "ip": "108.0.78.21",
            },
            "event": "Course Clicked",
            "integrations": {},
            "messageId": "ajs-f8ca1e4de5024d9430b3928bd8ac6b96",
            "properties": {"title": "Intro to Analytics"},
            "receivedAt": "2015-12-12T19:11:01.266Z",
            "sentAt": "2015-12-12T19:11:01.169Z",
            "timestamp": "2015-12-12T19:11:01.249Z",
            "type": "track",
            "userId": "AiUGstSDIg",
            "originalTimestamp": "2015-12-12T19:11:01.152Z",
        },
        {
            "anonymousId": matching(UUID),
            PAGE + "path": unchanged | matching(r"/([a-z0-9-]+/)*[a-z0-9-]*"),
            PAGE + "referrer": unchanged | matching(r"https?://\S+"),
            PAGE
            + "title": (
                unchanged | matching(r"[A-Z][\w',&:-]*( [\w',&:|-]+)*"),
                has_one("path"),
            ),
            PAGE + "url": equals(_address),
            "context.userAgent": unchanged
            | every(
                matching(r"Mozilla/5\.0 \(.+\) .+"), changes_only_with("$.anonymousId")
            ),
            "context.ip": unchanged
            | every(each("public", _public), changes_only_with("$.anonymousId")),
            "event": unchanged
            | matching(
                r"(Course|Lesson|Video|Page|Link|Button|Chapter|Quiz)"
                r" (Clicked|Viewed|Started|Completed|Opened|Played)"
            ),
            "messageId": new("ajs-[0-9a-f]{32}"),
            "properties.title": text(
                r"analytic|intro|data|course|track|event|learn|guide|product|metric"
            ),
            "receivedAt": now(10),
            "sentAt": after("receivedAt", -60, 0),
            "timestamp": after("receivedAt", -60, 0),
            "userId": (matching("[0-9A-Za-z]{10}"), one_to_one("anonymousId")),
            "originalTimestamp": after("sentAt", -60, 0),
        },
    ),
]
