"""Status pages, metrics, brokers, network security, content delivery."""

import re

from public_payloads.payload import Payload
from public_payloads.rules import (
    Rule,
    after,
    changes_only_with,
    each,
    equals,
    every,
    matching,
    new,
    now,
    number,
    one_of,
    past,
    rarely,
    unchanged,
    walk,
    where,
)

IP = r"(\d{1,3}\.){3}\d{1,3}"


def an_address(value):
    return bool(re.fullmatch(IP, value)) and all(
        int(part) <= 255 for part in value.split(".")
    )


# -- Statuspage ------------------------------------------------------------------

_STATUSES = (
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
)
_PAGE = {
    "none": ("All Systems Operational",),
    "minor": ("Minor Service Outage", "Partially Degraded Service"),
    "major": ("Partial System Outage", "Major Service Outage"),
    "critical": ("Major Service Outage", "Major System Outage"),
    "maintenance": ("Service Under Maintenance",),
}


def _before_update(value, owner, event):
    return value[:19] <= event["component_update"]["created_at"][:19]


# -- Prometheus ------------------------------------------------------------------


def _evaluated(series):
    """Seconds with a fraction, whose last zeros a number does not have."""
    late = [time / 1000 - value for value, time in zip(series.values, series.times)]
    return (
        all(isinstance(value, (int, float)) for value in series.values)
        and all(len(str(v).partition(".")[2]) <= 3 for v in series.values)
        and all(-0.5 <= seconds_late <= 5 for seconds_late in late)
        and all(a <= b for a, b in series.pairs())
        and (not series.is_slow or series.values[-1] > series.values[0])
    )


def _one_evaluation(value, owner, event):
    """All samples of an instant query have its time."""
    return len({row["value"][0] for row in event["data"]["result"]}) == 1


# -- RabbitMQ --------------------------------------------------------------------


def _paced(rate):
    """A total that rises about as its rate says, by steps of some seconds."""

    def check(series):
        span = (series.times[-1] - series.times[0]) / 1000
        rate_most = max(owner[rate]["rate"] for owner in series.owners)
        rise = series.values[-1] - series.values[0]
        return (
            all(isinstance(value, int) for value in series.values)
            and all(a <= b for a, b in series.pairs())
            and abs(series.values[0] - series.example) <= 0.25 * series.example
            and rise <= 5 * rate_most * span + 250
            and (not series.is_slow or rise > 0)
        )

    return Rule("a total of its rate", check)


def _bytes(value, owner, event):
    if owner["messages"] == 0:
        return value == 0
    return 150 <= value / owner["messages"] <= 12_000


# -- Suricata --------------------------------------------------------------------

_OF_FLOW = changes_only_with("$.flow_id")
_OF_RULE = changes_only_with("signature_id")

# -- Cloudflare ------------------------------------------------------------------

PICTURE = "/static/img/testimonial-hipster.png"
_OF_CLIENT = changes_only_with("ClientIP")


def _size(value, owner, event):
    """One picture has one size, but for its headers."""
    if owner["EdgeResponseStatus"] == 304:
        return 0 <= value <= 2_000
    if owner["ClientRequestURI"] == PICTURE and owner["EdgeResponseStatus"] == 200:
        return 0.95 * 69_045 <= value <= 1.05 * 69_045
    return 100 <= value <= 50_000_000


def _origin(value, owner, event):
    """Where the cache has it, the origin is not asked."""
    if owner["CacheCacheStatus"] in ("hit", "stale"):
        return value == 0
    return value == owner["EdgeResponseStatus"] or value in (0, 200, 304)


PAYLOADS = [
    Payload(
        "statuspage-component",
        "service status",
        "statuspage/webhook",
        {
            "meta": {
                "unsubscribe": "http://statustest.flyingkleinbrothers.com:5000/?unsubscribe=j0vqr9kl3513",  # noqa: E501
                "documentation": "http://doers.statuspage.io/customer-notifications/webhooks/",  # noqa: E501
            },
            "page": {
                "id": "j2mfxwj97wnj",
                "status_indicator": "major",
                "status_description": "Partial System Outage",
            },
            "component_update": {
                "created_at": "2013-05-29T21:32:28Z",
                "new_status": "operational",
                "old_status": "major_outage",
                "id": "k7730b5v92bv",
                "component_id": "rb5wq1dczvbm",
            },
            "component": {
                "created_at": "2013-05-29T21:32:28Z",
                "id": "rb5wq1dczvbm",
                "name": "Some Component",
                "status": "operational",
            },
        },
        {
            "page.status_indicator": one_of(*_PAGE),
            "page.status_description": where(
                "of the indicator", lambda v, o, e: v in _PAGE[o["status_indicator"]]
            ),
            "component_update.created_at": now(60),
            "component_update.new_status": one_of(*_STATUSES),
            "component_update.old_status": (
                one_of(*_STATUSES),
                where("another", lambda v, o, e: v != o["new_status"]),
            ),
            "component_update.id": new("[a-z0-9]{12}"),
            "component_update.component_id": equals(lambda o, e: e["component"]["id"]),
            "component.created_at": (
                unchanged | every(past(5_000, fixed=False), changes_only_with("id")),
                where("before the update", _before_update),
            ),
            "component.id": unchanged | matching("[a-z0-9]{12}"),
            "component.name": unchanged
            | every(matching(r"[A-Z]\w*( [\w()-]+){0,4}"), changes_only_with("id")),
            "component.status": equals(
                lambda o, e: e["component_update"]["new_status"]
            ),
        },
    ),
    Payload(
        "prometheus-query",
        "metrics",
        "api/v1/query",
        {
            "status": "success",
            "data": {
                "resultType": "vector",
                "result": [
                    {
                        "metric": {
                            "__name__": "up",
                            "job": "prometheus",
                            "instance": "localhost:9090",
                        },
                        "value": [1435781451.781, "1"],
                    },
                    {
                        "metric": {
                            "__name__": "up",
                            "job": "node",
                            "instance": "localhost:9100",
                        },
                        "value": [1435781451.781, "0"],
                    },
                ],
            },
        },
        {
            "data.result.*.value.0": (
                Rule("the time of the query", _evaluated),
                where("of one query", _one_evaluation),
            ),
            "data.result.*.value.1": rarely("0", "1"),
        },
    ),
    Payload(
        "rabbitmq-queue",
        "message brokers",
        "rabbitmq/api/queues/vhost/orders",
        {
            "name": "orders",
            "vhost": "/",
            "node": "rabbit@rmq1",
            "state": "running",
            "type": "classic",
            "durable": True,
            "auto_delete": False,
            "exclusive": False,
            "consumers": 3,
            "consumer_utilisation": 0.98,
            "memory": 143112,
            "messages": 42,
            "messages_ready": 39,
            "messages_unacknowledged": 3,
            "messages_details": {"rate": -1.2},
            "message_bytes": 53760,
            "message_stats": {
                "publish": 118342,
                "publish_details": {"rate": 25.4},
                "deliver_get": 118303,
                "deliver_get_details": {"rate": 26.6},
                "ack": 118300,
                "ack_details": {"rate": 26.6},
            },
        },
        {
            "consumers": walk(1, 1, 12, rests=True),
            "consumer_utilisation": walk(0.3, 0, 1, rests=True),
            "memory": walk(80_000, 20_000, 2_000_000, rests=True),
            "messages": (
                equals(lambda o, e: o["messages_ready"] + o["messages_unacknowledged"]),
                walk(80, 0, 1_000, rests=True),
            ),
            "messages_ready": walk(60, 0, 1_000, rests=True),
            "messages_unacknowledged": walk(30, 0, 300, rests=True),
            "messages_details.rate": walk(40, -200, 200, rests=True),
            "message_bytes": where("per message", _bytes),
            "message_stats.publish": _paced("publish_details"),
            "message_stats.publish_details.rate": walk(20, 0, 300, rests=True),
            "message_stats.deliver_get": _paced("deliver_get_details"),
            "message_stats.deliver_get_details.rate": walk(20, 0, 300, rests=True),
            "message_stats.ack": (
                _paced("ack_details"),
                where("no more than delivered", lambda v, o, e: v <= o["deliver_get"]),
            ),
            "message_stats.ack_details.rate": walk(20, 0, 300, rests=True),
        },
    ),
    Payload(
        "suricata-alert",
        "network security",
        "suricata/eve",
        {
            "timestamp": "2017-04-07T22:24:37.251547+0100",
            "flow_id": 586497171462735,
            "in_iface": "eth0",
            "event_type": "alert",
            "src_ip": "192.168.2.14",
            "src_port": 50096,
            "dest_ip": "209.53.113.5",
            "dest_port": 80,
            "proto": "TCP",
            "metadata": {"flowbits": ["http.dottedquadhost"]},
            "tx_id": 4,
            "alert": {
                "action": "allowed",
                "gid": 1,
                "signature_id": 2018358,
                "rev": 10,
                "signature": "ET HUNTING GENERIC SUSPICIOUS POST to Dotted Quad with Fake Browser 1",  # noqa: E501
                "category": "Potentially Bad Traffic",
                "severity": 2,
            },
            "app_proto": "http",
        },
        {
            "timestamp": now(5),
            "flow_id": unchanged | matching(r"\d{13,16}"),
            "src_ip": unchanged | every(each("an address", an_address), _OF_FLOW),
            "src_port": unchanged | every(number(1_024, 65_535), _OF_FLOW),
            "dest_ip": unchanged | every(each("an address", an_address), _OF_FLOW),
            "dest_port": unchanged
            | every(one_of(80, 8080, 8000, 8888, 3128), _OF_FLOW),
            "tx_id": unchanged | number(0, 500),
            "alert.action": one_of("allowed", "blocked"),
            "alert.signature_id": unchanged | number(2_000_000, 2_999_999),
            "alert.rev": unchanged | every(number(1, 50), _OF_RULE),
            "alert.signature": unchanged
            | every(matching("(ET|GPL) [A-Z_]+ .+"), _OF_RULE),
            "alert.category": unchanged
            | every(
                one_of(
                    "Potentially Bad Traffic",
                    "Misc activity",
                    "Misc Attack",
                    "A Network Trojan was detected",
                    "Attempted Information Leak",
                    "Web Application Attack",
                ),
                _OF_RULE,
            ),
            "alert.severity": unchanged | every(one_of(1, 2, 3), _OF_RULE),
        },
    ),
    Payload(
        "cloudflare-http",
        "content delivery",
        "cloudflare/logpush/http_requests",
        {
            "ClientIP": "89.163.242.206",
            "ClientCountry": "de",
            "ClientRequestHost": "www.theburritobot.com",
            "ClientRequestMethod": "GET",
            "ClientRequestProtocol": "HTTP/2",
            "ClientRequestURI": PICTURE,
            "CacheCacheStatus": "hit",
            "EdgeColoCode": "FRA",
            "EdgeStartTimestamp": 1506702504433000200,
            "EdgeEndTimestamp": 1506702504461999900,
            "EdgeResponseBytes": 69045,
            "EdgeResponseStatus": 200,
            "OriginResponseStatus": 0,
            "RayID": "3a6050bcbe121a87",
        },
        {
            "ClientIP": unchanged | each("an address", an_address),
            "ClientCountry": unchanged | every(matching("[a-z]{2}"), _OF_CLIENT),
            "ClientRequestMethod": one_of("GET", "HEAD"),
            "ClientRequestProtocol": unchanged | one_of("HTTP/1.1", "HTTP/2", "HTTP/3"),
            "ClientRequestURI": unchanged | matching(r"/[\w/.?=&%-]*"),
            "CacheCacheStatus": one_of(
                "hit", "miss", "expired", "stale", "revalidated", "dynamic", "bypass"
            ),
            "EdgeColoCode": unchanged | every(matching("[A-Z]{3}"), _OF_CLIENT),
            "EdgeStartTimestamp": now(60),
            "EdgeEndTimestamp": after("EdgeStartTimestamp", 0, 30),
            "EdgeResponseBytes": where("of what is asked for", _size),
            "EdgeResponseStatus": one_of(200, 206, 301, 302, 304, 403, 404, 500, 502),
            "OriginResponseStatus": where("of the cache", _origin),
            "RayID": new("[0-9a-f]{16}"),
        },
    ),
]
