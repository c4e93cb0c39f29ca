"""Alerts, errors, incidents, tickets, logs and traces."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    after,
    changes_only_with,
    counter,
    equals,
    matching,
    new,
    now,
    number,
    one_of,
    past,
    text,
    unchanged,
    varied,
    varies_with,
    where,
)

#: The least and the most severity number of a level.
_SEVERITIES = {
    "TRACE": (1, 4),
    "DEBUG": (5, 8),
    "INFO": (9, 12),
    "WARN": (13, 16),
    "ERROR": (17, 20),
    "FATAL": (21, 24),
}


def _is_severity(number: int, level: str) -> bool:
    low, high = _SEVERITIES[level]
    return low <= number <= high


PAYLOADS = [
    Payload(
        "alertmanager",
        "monitoring",
        "alertmanager/webhook",
        {
            "version": "4",
            "groupKey": '{}:{alertname="HighRequestLatency"}',
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "team-X-mails",
            "groupLabels": {"alertname": "HighRequestLatency"},
            "commonLabels": {
                "alertname": "HighRequestLatency",
                "job": "myjob",
                "severity": "page",
            },
            "commonAnnotations": {"summary": "High request latency"},
            "externalURL": "http://alertmanager.example.com:9093",
            "alerts": [
                {
                    "status": "firing",
                    "labels": {
                        "alertname": "HighRequestLatency",
                        "instance": "10.0.0.5:8080",
                        "job": "myjob",
                        "severity": "page",
                    },
                    "annotations": {"summary": "High request latency"},
                    "startsAt": "2023-08-03T09:52:26.739Z",
                    "endsAt": "0001-01-01T00:00:00Z",
                    "generatorURL": "http://prometheus.example.com:9090/graph",
                    "fingerprint": "c7b5a5c4e8d3f2a1",
                }
            ],
        },
        {
            "alerts.*.startsAt": unchanged | past(1),
        },
    ),
    Payload(
        "sentry-error",
        "error tracking",
        "sentry/events",
        {
            "event_id": "fc6d8c0c43fc4630ad850ee518f1b9d0",
            "project": 1,
            "platform": "python",
            "level": "error",
            "timestamp": "2021-05-02T17:41:36Z",
            "release": "my-project@1.0.0",
            "environment": "production",
            "server_name": "web01.example.com",
            "transaction": "/checkout/<order_id>/",
            "culprit": "app.views in checkout",
            "title": "ZeroDivisionError: division by zero",
            "exception": {
                "values": [
                    {
                        "type": "ZeroDivisionError",
                        "value": "division by zero",
                        "mechanism": {"type": "django", "handled": False},
                        "stacktrace": {
                            "frames": [
                                {
                                    "filename": "app/views.py",
                                    "function": "checkout",
                                    "lineno": 42,
                                    "in_app": True,
                                }
                            ]
                        },
                    }
                ]
            },
            "user": {"id": "1047", "ip_address": "127.0.0.1"},
            "tags": [["environment", "production"], ["browser", "Chrome 120"]],
            "sdk": {"name": "sentry.python", "version": "1.39.1"},
        },
        {
            "event_id": new("[0-9a-f]{32}"),
            "timestamp": now(60),
            "server_name": matching(r"web\d\d\.example\.com"),
            "tags.1.1": matching(r"(Chrome|Firefox|Safari|Edge) \d{2,3}"),
            "user.id": unchanged | matching(r"\d{1,6}"),
            "user.ip_address": unchanged | matching(r"\d+\.\d+\.\d+\.\d+"),
        },
    ),
    Payload(
        "pagerduty-incident",
        "on-call",
        "pagerduty/webhooks",
        {
            "event": {
                "id": "5ac64822-4adc-4fda-ade0-410becf0de4f",
                "event_type": "incident.triggered",
                "resource_type": "incident",
                "occurred_at": "2020-10-02T18:45:22.169Z",
                "agent": {
                    "html_url": "https://acme.pagerduty.com/users/PLH1HKV",
                    "id": "PLH1HKV",
                    "self": "https://api.pagerduty.com/users/PLH1HKV",
                    "summary": "Tenex Engineer",
                    "type": "user_reference",
                },
                "client": {"name": "PagerDuty"},
                "data": {
                    "id": "PGR0VU2",
                    "type": "incident",
                    "self": "https://api.pagerduty.com/incidents/PGR0VU2",
                    "html_url": "https://acme.pagerduty.com/incidents/PGR0VU2",
                    "number": 2,
                    "status": "triggered",
                    "incident_key": "d3640fbd41094207a1c11e58e46b1662",
                    "created_at": "2020-10-02T18:45:22Z",
                    "title": "A little bump in the road",
                    "service": {
                        "html_url": "https://acme.pagerduty.com/services/PF9KMXH",
                        "id": "PF9KMXH",
                        "summary": "API Service",
                        "type": "service_reference",
                    },
                    "urgency": "high",
                    "priority": {"id": "PSO75BM", "summary": "P1"},
                    "resolve_reason": None,
                },
            }
        },
        {
            "event.id": new(UUID),
            "event.occurred_at": now(60),
            "event.data.id": unchanged | new("[PQ][A-Z0-9]{6,13}"),
            "event.event_type": equals(
                lambda o, e: "incident." + e["event"]["data"]["status"]
            ),
            "event.data.status": (
                one_of("triggered", "acknowledged", "resolved"),
                changes_only_with("id"),
            ),
            "event.data.urgency": (one_of("high", "low"), changes_only_with("id")),
            "event.data.self": where(
                "ends with the id", lambda v, o, e: v.endswith(f"/incidents/{o['id']}")
            ),
            "event.data.html_url": where(
                "ends with the id", lambda v, o, e: v.endswith(f"/incidents/{o['id']}")
            ),
            "event.data.number": (varies_with("id"), counter(0, 3)),
            "event.data.incident_key": (varies_with("id"), matching("[0-9a-f]{32}")),
            "event.data.created_at": unchanged | after("$.event.occurred_at", -10, 0),
            "event.data.title": (
                varies_with("id"),
                text(
                    r"error|latency|down|fail|cpu|disk|memory|api|service|database|high"
                    r"|unavailable|timeout|queue|certificate|bump|outage|degrad|slow"
                ),
            ),
        },
    ),
    Payload(
        "jira-issue",
        "issue tracking",
        "jira/webhooks",
        {
            "timestamp": 1446570000000,
            "webhookEvent": "jira:issue_updated",
            "issue_event_type_name": "issue_generic",
            "user": {
                "accountId": "99:27935d01-92a7-4687-8272-a9b8d3b2ae2e",
                "accountType": "atlassian",
                "displayName": "Bryan Rollins",
                "active": True,
                "timeZone": "Europe/Warsaw",
            },
            "issue": {
                "id": "99291",
                "self": "https://jira.example.com/rest/api/2/issue/99291",
                "key": "JRA-20002",
                "fields": {
                    "summary": "I feel the need for speed",
                    "issuetype": {"id": "1", "name": "Bug", "subtask": False},
                    "priority": {"id": "3", "name": "Medium"},
                    "status": {"id": "10001", "name": "In Progress"},
                    "project": {"id": "10400", "key": "JRA", "name": "Jira"},
                    "labels": ["UI", "dialogue", "move"],
                    "created": "2009-12-16T23:46:10.612-0600",
                    "updated": "2015-11-03T11:00:00.000-0600",
                    "resolution": None,
                },
            },
            "changelog": {
                "id": "10124",
                "items": [
                    {
                        "field": "priority",
                        "fieldtype": "jira",
                        "from": "4",
                        "fromString": "Low",
                        "to": "3",
                        "toString": "Medium",
                    }
                ],
            },
        },
        {
            "timestamp": now(5),
            "issue.fields.created": unchanged,
            "issue.fields.updated": after("$.timestamp", -5, 1),
            "changelog.id": counter(1, 100),
        },
    ),
    Payload(
        "otel-logs",
        "telemetry",
        "v1/logs",
        {
            "resourceLogs": [
                {
                    "resource": {
                        "attributes": [
                            {
                                "key": "service.name",
                                "value": {"stringValue": "checkout"},
                            },
                            {
                                "key": "service.version",
                                "value": {"stringValue": "1.4.2"},
                            },
                        ]
                    },
                    "scopeLogs": [
                        {
                            "scope": {"name": "my.library", "version": "1.0.0"},
                            "logRecords": [
                                {
                                    "timeUnixNano": "1544712660300000000",
                                    "observedTimeUnixNano": "1544712660300000000",
                                    "severityNumber": 9,
                                    "severityText": "INFO",
                                    "traceId": "5b8efff798038103d269b633813fc60c",
                                    "spanId": "eee19b7ec3c1b174",
                                    "body": {"stringValue": "Order accepted"},
                                    "attributes": [
                                        {
                                            "key": "http.response.status_code",
                                            "value": {"intValue": "200"},
                                        },
                                        {
                                            "key": "http.route",
                                            "value": {"stringValue": "/orders"},
                                        },
                                    ],
                                }
                            ],
                        }
                    ],
                }
            ]
        },
        {
            "resourceLogs.*.resource.attributes.0.value.stringValue": matching(
                "[a-z][a-z0-9-]+"
            ),
            "resourceLogs.*.scopeLogs.*.logRecords.*.timeUnixNano": now(5),
            "resourceLogs.*.scopeLogs.*.logRecords.*.observedTimeUnixNano": after(
                "timeUnixNano", 0, 2
            ),
            "resourceLogs.*.scopeLogs.*.logRecords.*.severityNumber": where(
                "of the level", lambda v, o, e: _is_severity(v, o["severityText"])
            ),
            "resourceLogs.*.scopeLogs.*.logRecords.*.severityText": where(
                "a level", lambda v, o, e: v in _SEVERITIES
            ),
            "resourceLogs.*.scopeLogs.*.logRecords.*.traceId": unchanged
            | new("[0-9a-f]{32}"),
            "resourceLogs.*.scopeLogs.*.logRecords.*.spanId": unchanged
            | new("[0-9a-f]{16}"),
            "resourceLogs.*.scopeLogs.*.logRecords.*.body.stringValue": (
                text(
                    r"order|payment|cart|request|cache|connect|user|session|retr|job"
                    r"|record|message|service|query|completed|timeout|queue|health"
                ),
                varied,
            ),
        },
    ),
    Payload(
        "otel-spans",
        "telemetry",
        "v1/traces",
        {
            "resourceSpans": [
                {
                    "resource": {
                        "attributes": [
                            {
                                "key": "service.name",
                                "value": {"stringValue": "my.service"},
                            }
                        ]
                    },
                    "scopeSpans": [
                        {
                            "scope": {"name": "my.library", "version": "1.0.0"},
                            "spans": [
                                {
                                    "traceId": "5b8efff798038103d269b633813fc60c",
                                    "spanId": "eee19b7ec3c1b174",
                                    "parentSpanId": "eee19b7ec3c1b173",
                                    "name": "GET /users",
                                    "startTimeUnixNano": "1544712660000000000",
                                    "endTimeUnixNano": "1544712660250000000",
                                    "kind": 2,
                                    "flags": 1,
                                    "droppedAttributesCount": 0,
                                    "attributes": [
                                        {
                                            "key": "http.request.method",
                                            "value": {"stringValue": "GET"},
                                        },
                                        {
                                            "key": "thread.id",
                                            "value": {"intValue": "23"},
                                        },
                                    ],
                                    "status": {"code": 1},
                                }
                            ],
                        }
                    ],
                }
            ]
        },
        {
            "resourceSpans.*.scopeSpans.*.spans.*.traceId": unchanged
            | new("[0-9a-f]{32}"),
            "resourceSpans.*.scopeSpans.*.spans.*.spanId": new("[0-9a-f]{16}"),
            "resourceSpans.*.scopeSpans.*.spans.*.parentSpanId": unchanged
            | matching("[0-9a-f]{16}"),
            "resourceSpans.*.scopeSpans.*.spans.*.startTimeUnixNano": now(15),
            "resourceSpans.*.scopeSpans.*.spans.*.endTimeUnixNano": (
                after("startTimeUnixNano", 0, 10),
                now(5),
            ),
            "resourceSpans.*.scopeSpans.*.spans.*.status.code": one_of(0, 1, 2),
            "resourceSpans.*.scopeSpans.*.spans.*.attributes.1.value.intValue": (
                unchanged | number(1, 500)
            ),
        },
    ),
]
