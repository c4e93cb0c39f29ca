"""What machines report about themselves."""

from __future__ import annotations

from typing import Any

from realism_rules import (
    F,
    between,
    fits,
    fits_event,
    kept,
    matches,
    new,
    now,
    past,
    same,
    sentence,
    steady,
    walks,
    whole,
    words,
)

KUBERNETES_EVENT = {
    "apiVersion": F("v1", kept),
    "kind": F("Event", kept),
    "metadata": {
        "name": F(
            "web-7d4b9c6f5-x2x8z.17e5a3c1b2d4f6a8", matches(r"[\w-]+\.[0-9a-f]{16}")
        ),
        "namespace": F("default", matches("[a-z][a-z0-9-]*")),
        "uid": F("0f2c5a1e-8a0b-4f7e-9c7d-3b1d2e4f5a6b", matches("[0-9a-f-]{36}")),
        "resourceVersion": F("318456", matches(r"\d{6}")),
        "creationTimestamp": F("2025-01-06T12:34:56Z", now),
    },
    "involvedObject": {
        "kind": F("Pod", matches("[A-Z][A-Za-z]+")),
        "namespace": F(
            "default",
            fits_event(lambda v, event: v == event["metadata"]["namespace"]),
        ),
        "name": F("web-7d4b9c6f5-x2x8z", matches("[a-z][a-z0-9-]+")),
        "uid": F("5d0f7a3c-2b6e-4c7a-8f1b-6a9d8c7b5e4f", matches("[0-9a-f-]{36}")),
        "apiVersion": F("v1", kept),
        "resourceVersion": F("318449", matches(r"\d{6}")),
    },
    "reason": F("Scheduled", matches("([A-Z][a-z]+)+")),
    "message": F(
        "Successfully assigned default/web-7d4b9c6f5-x2x8z to node-3", sentence
    ),
    "source": {"component": F("default-scheduler", matches("[a-z][a-z-]+"))},
    "firstTimestamp": F(
        "2025-01-06T12:34:50Z", past(1), fits(lambda v, o: v <= o["lastTimestamp"])
    ),
    "lastTimestamp": F("2025-01-06T12:34:56Z", now),
    "count": F(1, between(1, 10_000), whole),
    "type": F("Normal", words("Normal|Warning")),
}

ALERTMANAGER = {
    "version": F("4", kept),
    "status": F("firing", words("firing|resolved|pending")),
    "receiver": F("team-ops", matches("[a-z][a-z-]+")),
    "externalURL": F(
        "http://alertmanager.example.com:9093", matches(r"https?://[\w.-]+(:\d+)?.*")
    ),
    "alerts": [
        {
            "status": F("firing", words("firing|resolved|pending")),
            "labels": {
                "alertname": F("InstanceDown", matches("([A-Z][A-Za-z]+)+")),
                "instance": F(
                    "web-01.example.com:9100", matches(r"[\w.-]+\.example\.com:\d+")
                ),
                "job": F("node", matches("[a-z][a-z0-9_-]*")),
                "severity": F(
                    "critical",
                    words(
                        "critical|warning|info|low|medium|high" "|error|page|none|debug"
                    ),
                ),
            },
            "annotations": {
                "summary": F("Instance web-01 is down", sentence),
                "description": F(
                    "web-01 of job node has been down for 5 minutes.", sentence
                ),
            },
            "startsAt": F("2025-01-06T12:34:56.789Z", past(7)),
            "endsAt": F("0001-01-01T00:00:00Z", matches(r"\d{4}-\d\d-\d\dT.*Z")),
            "generatorURL": F(
                "http://prometheus.example.com:9090/graph",
                matches(r"https?://[\w.-]+(:\d+)?.*"),
            ),
            "fingerprint": F("9e3c1f0b7a5d2c48", matches("[0-9a-f]{16}")),
        }
    ],
}

CLOUDTRAIL_EVENT = {
    "eventVersion": F("1.08", kept),
    "userIdentity": {
        "type": F("IAMUser", matches("[A-Z][A-Za-z]+")),
        "principalId": F("AIDAJ45Q7YFFAREXAMPLE", matches("[A-Z0-9]{21}")),
        "arn": F(
            "arn:aws:iam::123456789012:user/mary",
            fits(
                lambda v, o: v.endswith(":user/" + o["userName"])
                and o["accountId"] in v
            ),
        ),
        "accountId": F("123456789012", matches(r"\d{12}")),
        "userName": F("mary", matches(r"[\w.-]+")),
    },
    "eventTime": F("2025-01-06T12:34:56Z", now),
    "eventSource": F("ec2.amazonaws.com", matches(r"[a-z0-9.]+\.amazonaws\.com")),
    "eventName": F("StartInstances", matches("([A-Z][a-z]+){1,5}")),
    "awsRegion": F("us-east-2", matches(r"[a-z]{2}-[a-z]+-\d")),
    "sourceIPAddress": F("192.0.2.17", matches(r"\d+\.\d+\.\d+\.\d+")),
    "userAgent": F("aws-cli/2.13.5 Python/3.11.4", matches(r"[\w.-]+/\d.*")),
    "requestID": F(
        "f2e6a3b1-0b7d-4c1e-9a57-1d3f5b7a9c0e", new, matches("[0-9a-f-]{36}")
    ),
    "eventID": F("8c9d7e6f-5a4b-4321-8fed-cba987654321", new, matches("[0-9a-f-]{36}")),
    "readOnly": F(False, steady),
    "eventType": F("AwsApiCall", matches(r"Aws\w+")),
    "recipientAccountId": F(
        "123456789012",
        fits(lambda v, o: v == o["userIdentity"]["accountId"]),
    ),
}

HOME_ASSISTANT_STATE = {
    "entity_id": F(
        "sensor.living_room_temperature", same, matches(r"[a-z_]+\.[a-z0-9_]+")
    ),
    "state": F("21.4", matches(r"-?\d+\.\d"), walks(8, 2)),
    "attributes": {
        "unit_of_measurement": F("°C", kept),
        "device_class": F("temperature", kept),
        "friendly_name": F("Living room temperature", same),
    },
    "last_changed": F("2025-01-06T12:34:56.123456+00:00", now),
    "last_updated": F("2025-01-06T12:34:56.123456+00:00", now),
    "context": {
        "id": F("01JGXWQK3V5T7Y9B1D3F5H7J9M", matches("[0-9A-Z]{26}")),
        "parent_id": F(None),
    },
}

OPERATIONS: dict[str, tuple[str, Any]] = {
    "Kubernetes event": ("kubernetes/events", KUBERNETES_EVENT),
    "Alertmanager webhook": ("alertmanager/webhook", ALERTMANAGER),
    "CloudTrail event": ("cloudtrail/events", CLOUDTRAIL_EVENT),
    "Home Assistant state": ("homeassistant/states", HOME_ASSISTANT_STATE),
}
