"""CI, payments, SMS, calendars, audit trails, orchestration, containers."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    UUID,
    Rule,
    after,
    ahead,
    changes_only_with,
    counter,
    equals,
    matching,
    new,
    now,
    number,
    one_of,
    past,
    rising,
    text,
    unchanged,
    varied,
    varies_with,
    walk,
    where,
)

SHA = "acb5820ced9479c074f688cc328bf03f341a511d"
ACCOUNT = "AC5ef8732a3c49700934481addd5ce1659"
SID = "SM1f0e8ae6ade43cb3c0ce4525424e404f"
_ORDER = ["requested", "in_progress", "completed"]
_RUN_STATUS = {
    "requested": "queued",
    "in_progress": "in_progress",
    "completed": "completed",
}


def _goes_on(series):
    """A run does not go back, and is over once."""
    seen = {}
    for value, event in zip(series.values, series.events):
        run = event["workflow_run"]["id"]
        step = _ORDER.index(value)
        if step < seen.get(run, 0):
            return False
        seen[run] = step
    return True


def _of_action(value, owner, event):
    if event["action"] == "completed":
        return value in ("success", "failure", "cancelled", "skipped", "timed_out")
    return value is None


_REASONS = {
    "BackOff": ("Warning", "back-off|backoff"),
    "Unhealthy": ("Warning", "probe"),
    "FailedScheduling": ("Warning", "nodes|insufficient"),
    "Pulled": ("Normal", "image"),
    "Pulling": ("Normal", "image"),
    "Created": ("Normal", "created"),
    "Started": ("Normal", "started"),
    "Killing": ("Normal", "stopping|kill"),
    "Scheduled": ("Normal", "assigned"),
}


def _of_reason(value, owner, event):
    import re

    return bool(re.search(_REASONS[owner["reason"]][1], value.lower()))


PAYLOADS = [
    Payload(
        "github-workflow-run",
        "continuous integration",
        "webhooks/github/workflow_run",
        {
            "action": "in_progress",
            "workflow_run": {
                "id": 9571683121,
                "name": "CI",
                "head_branch": "main",
                "head_sha": SHA,
                "path": ".github/workflows/ci.yml",
                "run_number": 562,
                "run_attempt": 1,
                "event": "push",
                "status": "in_progress",
                "conclusion": None,
                "workflow_id": 159038,
                "html_url": "https://github.com/octo-org/octo-repo/actions/runs/9571683121",  # noqa: E501
                "created_at": "2024-06-18T19:33:08Z",
                "updated_at": "2024-06-18T19:33:21Z",
                "run_started_at": "2024-06-18T19:33:08Z",
                "actor": {"login": "octocat", "id": 583231, "type": "User"},
                "head_commit": {
                    "id": SHA,
                    "message": "Create linter.yaml",
                    "timestamp": "2024-06-18T19:33:05Z",
                    "author": {"name": "Octo Cat", "email": "octocat@github.com"},
                },
            },
            "repository": {
                "id": 217723378,
                "full_name": "octo-org/octo-repo",
                "private": False,
                "default_branch": "main",
            },
            "sender": {"login": "octocat", "id": 583231},
        },
        {
            "action": (one_of(*_ORDER), Rule("goes on", _goes_on)),
            "workflow_run.id": matching(r"\d{10,11}"),
            "workflow_run.head_branch": unchanged | matching(r"[a-z][a-z0-9/_-]+"),
            "workflow_run.head_sha": (matching("[0-9a-f]{40}"), varies_with("id")),
            "workflow_run.run_number": (varies_with("id"), counter(0, 3)),
            "workflow_run.status": equals(lambda o, e: _RUN_STATUS[e["action"]]),
            "workflow_run.conclusion": where("of the action", _of_action),
            "workflow_run.html_url": equals(
                lambda o, e: "https://github.com/octo-org/octo-repo/actions/runs/"
                + str(o["id"])
            ),
            "workflow_run.created_at": (
                past(0.3, fixed=False),
                changes_only_with("id"),
            ),
            "workflow_run.updated_at": (now(120), after("created_at", 0, 6 * 3600)),
            "workflow_run.run_started_at": after("created_at", 0, 600),
            "workflow_run.head_commit.id": equals(
                lambda o, e: e["workflow_run"]["head_sha"]
            ),
            "workflow_run.head_commit.message": (
                varies_with("id"),
                text(
                    r"\b(add|fix|update|remove|create|refactor|bump|merge|test|lint"
                    r"|improve|revert|use|rename|move|support|handle|drop|document)"
                ),
            ),
            "workflow_run.head_commit.timestamp": after(
                "$.workflow_run.created_at", -86400, 0
            ),
        },
    ),
    Payload(
        "stripe-payment-intent",
        "card payments",
        "stripe/webhooks",
        {
            "id": "evt_3MtwBwLkdIwHu7ix0SNM0i2W",
            "object": "event",
            "api_version": "2023-10-16",
            "created": 1680800504,
            "type": "payment_intent.succeeded",
            "livemode": False,
            "pending_webhooks": 2,
            "request": {
                "id": "req_b27HTVGv3xXyZ1",
                "idempotency_key": "0a7e4c0c-9c3d-4f0c-8a07-6a3f6f1f0b7e",
            },
            "data": {
                "object": {
                    "id": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
                    "object": "payment_intent",
                    "amount": 2000,
                    "amount_capturable": 0,
                    "amount_received": 2000,
                    "capture_method": "automatic",
                    "client_secret": "pi_3MtwBwLkdIwHu7ix28a3tqPa_secret_YrKJUKribcBjcG8HVhfZluoGH",  # noqa: E501
                    "created": 1680800502,
                    "currency": "usd",
                    "customer": "cus_NffrFeUfNV2Hib",
                    "description": None,
                    "latest_charge": "ch_3MtwBwLkdIwHu7ix2m4HqY7q",
                    "payment_method": "pm_1MtwBwLkdIwHu7ixUEgbFdYF",
                    "payment_method_types": ["card"],
                    "receipt_email": "jenny.rosen@example.com",
                    "status": "succeeded",
                }
            },
        },
        {
            "id": new("evt_[A-Za-z0-9]{24}"),
            "created": now(60),
            "type": equals(
                lambda o, e: "payment_intent." + e["data"]["object"]["status"]
            ),
            "pending_webhooks": number(0, 4),
            "request.id": new("req_[A-Za-z0-9]{14}"),
            "request.idempotency_key": new(UUID),
            "data.object.id": new("pi_[A-Za-z0-9]{24}"),
            "data.object.amount": (number(50, 500_000), varied),
            "data.object.amount_received": equals(
                lambda o, e: o["amount"] if o["status"] == "succeeded" else 0
            ),
            "data.object.client_secret": (
                where("of the id", lambda v, o, e: v.startswith(o["id"] + "_secret_")),
                matching("pi_[A-Za-z0-9]{24}_secret_[A-Za-z0-9]{25}"),
            ),
            "data.object.created": after("$.created", -600, 0),
            "data.object.customer": matching("cus_[A-Za-z0-9]{14}"),
            "data.object.latest_charge": new("ch_[A-Za-z0-9]{24}"),
            "data.object.payment_method": matching("pm_[A-Za-z0-9]{24}"),
            "data.object.receipt_email": (
                matching(r"[a-z0-9.+_-]+@[a-z0-9.-]+\.[a-z]+"),
                changes_only_with("customer"),
            ),
        },
    ),
    Payload(
        "twilio-message",
        "text messages",
        f"2010-04-01/Accounts/{ACCOUNT}/Messages",
        {
            "sid": SID,
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": "Your appointment is confirmed for 3:00 PM tomorrow",
            "date_created": "Thu, 24 Aug 2023 05:01:45 +0000",
            "date_sent": "Thu, 24 Aug 2023 05:01:45 +0000",
            "date_updated": "Thu, 24 Aug 2023 05:01:47 +0000",
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": "+14155552345",
            "to": "+14155552346",
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": "-0.00750",
            "price_unit": "USD",
            "status": "delivered",
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json",
        },
        {
            "sid": new("SM[0-9a-f]{32}"),
            "body": (
                varied,
                text(
                    r"appointment|code|order|confirm|deliver|reminder|your|thank|reply"
                    r"|hi |payment|package|booking|verif"
                ),
            ),
            "date_created": now(120),
            "date_sent": after("date_created", 0, 60),
            "date_updated": after("date_sent", 0, 120),
            "status": one_of(
                "queued", "sending", "sent", "delivered", "undelivered", "failed"
            ),
            "error_code": where(
                "only of a failure",
                lambda v, o, e: (v is None)
                == (o["status"] not in ("undelivered", "failed")),
            ),
            "to": (matching(r"\+1[2-9]\d{9}"),),
            "num_segments": where(
                "by its length",
                lambda v, o, e: v
                == str(1 if len(o["body"]) <= 160 else -(-len(o["body"]) // 153)),
            ),
            "price": where(
                "per segment",
                lambda v, o, e: abs(float(v) + 0.0075 * int(o["num_segments"])) < 1e-9
                and len(v) == 8,
            ),
            "uri": equals(
                lambda o, e: f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{o['sid']}.json"
            ),
        },
    ),
    Payload(
        "google-calendar-event",
        "calendars",
        "calendar/v3/calendars/primary/events",
        {
            "kind": "calendar#event",
            "etag": '"3181161784712000"',
            "id": "4eahs9ghkhrvkld72hogu9ph3e",
            "status": "confirmed",
            "htmlLink": "https://www.google.com/calendar/event?eid=NGVhaHM5Z2hraHJ2a2xkNzJob2d1OXBoM2U",  # noqa: E501
            "created": "2020-05-27T12:01:30.000Z",
            "updated": "2020-05-27T12:01:32.356Z",
            "summary": "Quarterly planning",
            "location": "Room 4B, Mountain View",
            "creator": {"email": "ana@example.com", "self": True},
            "organizer": {"email": "ana@example.com", "self": True},
            "start": {
                "dateTime": "2020-05-28T09:00:00-07:00",
                "timeZone": "America/Los_Angeles",
            },
            "end": {
                "dateTime": "2020-05-28T10:00:00-07:00",
                "timeZone": "America/Los_Angeles",
            },
            "iCalUID": "4eahs9ghkhrvkld72hogu9ph3e@google.com",
            "sequence": 0,
            "attendees": [
                {"email": "ana@example.com", "responseStatus": "accepted"},
                {"email": "bo@example.com", "responseStatus": "needsAction"},
            ],
            "eventType": "default",
        },
        {
            "etag": (matching(r'"\d{16}"'), changes_only_with("updated")),
            "id": matching("[a-v0-9]{26}"),
            "status": one_of("confirmed", "tentative", "cancelled"),
            "htmlLink": (
                matching(
                    r"https://www\.google\.com/calendar/event\?eid=[A-Za-z0-9_-]+"
                ),
                changes_only_with("id"),
            ),
            "created": (unchanged | past(365, fixed=False), changes_only_with("id")),
            "updated": (
                unchanged | past(365, fixed=False),
                after("created", 0, 365 * 86400),
            ),
            "summary": (
                text(
                    r"plan|review|sync|meeting|standup|call|interview|1:1|workshop|demo"
                ),
                changes_only_with("updated"),
            ),
            "start.dateTime": (
                unchanged | ahead(365, fixed=False),
                changes_only_with("$.updated"),
            ),
            "end.dateTime": after("$.start.dateTime", 900, 4 * 3600),
            "iCalUID": equals(lambda o, e: o["id"] + "@google.com"),
            "attendees.*.responseStatus": (
                one_of("needsAction", "accepted", "declined", "tentative"),
                changes_only_with("$.updated"),
            ),
        },
    ),
    Payload(
        "aws-cloudtrail",
        "audit trails",
        "cloudtrail/events",
        {
            "eventVersion": "1.08",
            "userIdentity": {
                "type": "IAMUser",
                "principalId": "EXAMPLE6E4XEGITWATV6R",
                "arn": "arn:aws:iam::123456789012:user/Mateo",
                "accountId": "123456789012",
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
                "userName": "Mateo",
            },
            "eventTime": "2023-07-19T21:17:28Z",
            "eventSource": "ec2.amazonaws.com",
            "eventName": "StartInstances",
            "awsRegion": "us-east-1",
            "sourceIPAddress": "192.0.2.0",
            "userAgent": "aws-cli/2.13.5 Python/3.11.4 Linux/4.14.255 exe/x86_64",
            "requestParameters": {
                "instancesSet": {"items": [{"instanceId": "i-0a1b2c3d4e5f60718"}]}
            },
            "responseElements": {
                "instancesSet": {
                    "items": [
                        {
                            "instanceId": "i-0a1b2c3d4e5f60718",
                            "currentState": {"code": 0, "name": "pending"},
                            "previousState": {"code": 80, "name": "stopped"},
                        }
                    ]
                }
            },
            "requestID": "e4336db0-149f-4a6b-844d-a5ea6f8a1f9e",
            "eventID": "e755e09c-42f9-4c5c-9064-6b3dd5c2a2f4",
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": "123456789012",
            "eventCategory": "Management",
        },
        {
            "eventTime": now(900),
            "sourceIPAddress": matching(r"(\d{1,3}\.){3}\d{1,3}"),
            "requestParameters.instancesSet.items.*.instanceId": matching(
                "i-[0-9a-f]{17}"
            ),
            "responseElements.instancesSet.items.*.instanceId": equals(
                lambda o, e: e["requestParameters"]["instancesSet"]["items"][0][
                    "instanceId"
                ]
            ),
            "requestID": new(UUID),
            "eventID": new(UUID),
        },
    ),
    Payload(
        "kubernetes-event",
        "orchestration",
        "api/v1/namespaces/default/events",
        {
            "type": "MODIFIED",
            "object": {
                "kind": "Event",
                "apiVersion": "v1",
                "metadata": {
                    "name": "web-6d4cf56db6-x7k2p.17d1f3b2c4e5a607",
                    "namespace": "default",
                    "uid": "b3a5c7de-2f8a-4f8e-9b1c-0d6f4e2a8c11",
                    "resourceVersion": "1059612",
                    "creationTimestamp": "2024-05-21T08:12:03Z",
                },
                "involvedObject": {
                    "kind": "Pod",
                    "namespace": "default",
                    "name": "web-6d4cf56db6-x7k2p",
                    "uid": "7c1e9a44-5d0b-4c53-8f7e-3a9d2b6c0e55",
                },
                "reason": "BackOff",
                "message": "Back-off restarting failed container web",
                "source": {"component": "kubelet", "host": "node-1"},
                "firstTimestamp": "2024-05-21T08:12:03Z",
                "lastTimestamp": "2024-05-21T08:15:41Z",
                "count": 14,
                "type": "Warning",
            },
        },
        {
            "type": one_of("ADDED", "MODIFIED"),
            "object.metadata.name": (
                where(
                    "of its object",
                    lambda v, o, e: v.startswith(
                        e["object"]["involvedObject"]["name"] + "."
                    ),
                ),
                changes_only_with("uid"),
                matching(r"[a-z0-9-]+\.[0-9a-f]{16}"),
            ),
            "object.metadata.uid": matching(UUID),
            "object.metadata.resourceVersion": (matching(r"\d{7}"), rising),
            "object.metadata.creationTimestamp": (
                past(1, fixed=False),
                changes_only_with("uid"),
            ),
            "object.involvedObject.name": matching("web-6d4cf56db6-[a-z0-9]{5}"),
            "object.involvedObject.uid": changes_only_with("name"),
            "object.reason": (
                one_of(*_REASONS),
                changes_only_with("$.object.metadata.uid"),
            ),
            "object.message": (
                where("of the reason", _of_reason),
                changes_only_with("$.object.metadata.uid"),
            ),
            "object.firstTimestamp": after(
                "$.object.metadata.creationTimestamp", -1, 1
            ),
            "object.lastTimestamp": now(120),
            "object.count": counter(0, 2, rests=False),
            "object.type": equals(lambda o, e: _REASONS[o["reason"]][0]),
        },
    ),
    Payload(
        "docker-stats",
        "containers",
        "containers/redis1/stats",
        {
            "id": "f6b0b5a2c8f4d9e1a7c3b2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1",
            "name": "/redis1",
            "read": "2024-01-08T22:57:31.547920715Z",
            "preread": "2024-01-08T22:57:30.541134217Z",
            "pids_stats": {"current": 5},
            "networks": {
                "eth0": {
                    "rx_bytes": 5338214,
                    "rx_dropped": 0,
                    "rx_errors": 0,
                    "rx_packets": 36021,
                    "tx_bytes": 648811,
                    "tx_dropped": 0,
                    "tx_errors": 0,
                    "tx_packets": 8014,
                }
            },
            "memory_stats": {"usage": 6537216, "limit": 67108864},
            "cpu_stats": {
                "cpu_usage": {
                    "total_usage": 36488948000,
                    "usage_in_kernelmode": 20000000000,
                    "usage_in_usermode": 16488948000,
                },
                "system_cpu_usage": 739306590000000,
                "online_cpus": 4,
            },
            "precpu_stats": {
                "cpu_usage": {"total_usage": 36481291000},
                "system_cpu_usage": 739302600000000,
                "online_cpus": 4,
            },
        },
        {
            "read": now(2),
            "preread": after("read", -5, 0),
            "pids_stats.current": walk(3, 1, 40, rests=True),
            "networks.eth0.rx_bytes": counter(0, 5_000_000, rests=False),
            "networks.eth0.rx_dropped": counter(0, 1),
            "networks.eth0.rx_errors": counter(0, 1),
            "networks.eth0.tx_dropped": counter(0, 1),
            "networks.eth0.tx_errors": counter(0, 1),
            "networks.eth0.rx_packets": (
                counter(0, 20_000),
                where("per packet", lambda v, o, e: 40 <= o["rx_bytes"] / v <= 1514),
            ),
            "networks.eth0.tx_bytes": counter(0, 5_000_000, rests=False),
            "networks.eth0.tx_packets": (
                counter(0, 20_000),
                where("per packet", lambda v, o, e: 40 <= o["tx_bytes"] / v <= 1514),
            ),
            "memory_stats.usage": walk(1_000_000, 3_000_000, 67_108_864),
            "cpu_stats.cpu_usage.total_usage": counter(0, 4.2e9, rests=False),
            "cpu_stats.cpu_usage.usage_in_kernelmode": counter(0, 4.2e9),
            "cpu_stats.cpu_usage.usage_in_usermode": (
                counter(0, 4.2e9),
                where(
                    "a part of the total",
                    lambda v, o, e: abs(v + o["usage_in_kernelmode"] - o["total_usage"])
                    <= 0.01 * o["total_usage"],
                ),
            ),
            "cpu_stats.system_cpu_usage": counter(0, 8.4e9, rests=False),
            "precpu_stats.cpu_usage.total_usage": where(
                "before the other",
                lambda v, o, e: 0
                <= e["cpu_stats"]["cpu_usage"]["total_usage"] - v
                <= 20e9,
            ),
            "precpu_stats.system_cpu_usage": where(
                "before the other",
                lambda v, o, e: 0 <= e["cpu_stats"]["system_cpu_usage"] - v <= 40e9,
            ),
        },
    ),
]
