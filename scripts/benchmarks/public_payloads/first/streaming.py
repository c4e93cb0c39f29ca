"""The examples of continuous streaming that everybody tries first."""

from public_payloads.payload import Payload
from public_payloads.rules import (
    constant,
    counter,
    entity,
    length,
    now,
    one_of,
    price,
    text,
    varied,
    walk,
    where,
)

#: Rooms that a house or an office has.
ROOM = (
    r"(living|dining|bed|bath|laundry|meeting|guest|utility|server|main|family|kids|"
    r"conference|store|class|play|sun|game|mud|master|spare)[-_ ]?(room|bedroom)(-\d)?|"
    r"kitchen|bedroom|bathroom|hallway|hall|office|study|garage|basement|attic|"
    r"nursery|library|pantry|lobby|cellar|balcony|den|loft|corridor|entrance|porch"
    r"|closet|toilet|patio|workshop|conservatory"
)
#: What a service writes into its log.
LOG = (
    r"request|connect|cache|job|user|query|server|service|timeout|retry|start|stop|"
    r"queue|session|token|disk|memory|response|health|config|database|message|"
    r"upload|download|shutdown|deploy|backup|loaded|listen|payment|email|webhook|"
    r"get /|post /|put /|delete /|certificate|index|batch|worker|pool|login|latency|"
    r"process|file|record|order|timed out|rate limit"
)
LEVELS = ("debug", "info", "warn", "warning", "error", "trace", "fatal", "critical")

PAYLOADS = [
    Payload(
        "stocks",
        "markets",
        "stocks",
        {"ticker": "AAPL", "price": 150.0, "change": 2.5},
        {
            "price": price(0.01),
            "change": (
                constant("previous close", lambda v, o: o["price"] - v),
                where("small", lambda v, o, e: abs(v) < 0.1 * o["price"]),
            ),
        },
    ),
    Payload(
        "stocks, price alone",
        "markets",
        "stocks",
        {"ticker": "AAPL", "price": 150.25},
        {"price": price(0.01)},
    ),
    Payload(
        "sensors",
        "devices",
        "sensors",
        {"sensors": [{"id": "s1", "temp": 72}]},
        {
            "sensors": length(1, 10),
            "sensors.*.id": entity(r"s\d+"),
            "sensors.*.temp": walk(2, 55, 95, rests=True),
        },
    ),
    Payload(
        "sensors with humidity",
        "devices",
        "sensors",
        {"sensors": [{"id": "s1", "temp": 72, "humidity": 45}]},
        {
            "sensors": length(1, 10),
            "sensors.*.id": entity(r"s\d+"),
            "sensors.*.temp": walk(2, 55, 95, rests=True),
            "sensors.*.humidity": walk(3, 20, 80, rests=True),
        },
    ),
    Payload(
        "rooms",
        "buildings",
        "temperature",
        {"rooms": [{"id": "living-room", "temp": 72, "humidity": 45}]},
        {
            "rooms": length(1, 10),
            "rooms.*.id": entity(ROOM),
            "rooms.*.temp": walk(2, 55, 90, rests=True),
            "rooms.*.humidity": walk(3, 20, 80, rests=True),
        },
    ),
    Payload(
        "logs",
        "operations",
        "logs",
        {
            "logs": [
                {
                    "level": "info",
                    "message": "string",
                    "timestamp": "2025-01-06T12:00:00Z",
                }
            ]
        },
        {
            "logs": length(1, 10),
            "logs.*.level": one_of(*LEVELS),
            "logs.*.message": (text(LOG), varied),
            "logs.*.timestamp": now(60),
        },
    ),
    Payload(
        "logs of services",
        "operations",
        "logs",
        {"logs": [{"level": "info", "service": "api", "message": "string"}]},
        {
            "logs": length(1, 10),
            "logs.*.level": one_of(*LEVELS),
            "logs.*.service": where(
                "a service", lambda v, o, e: v == v.lower() and " " not in v
            ),
            "logs.*.message": (text(LOG), varied),
        },
    ),
    Payload(
        "one log",
        "operations",
        "logs",
        {"level": "info", "message": "string", "timestamp": "2025-01-06T12:00:00Z"},
        {
            "level": (one_of(*LEVELS), varied),
            "message": (text(LOG), varied),
            "timestamp": now(5),
        },
    ),
    Payload(
        "a value",
        "anything",
        "data",
        {"value": 5},
        {"value": walk(3, 0, 20)},
    ),
    Payload(
        "a heartbeat",
        "anything",
        "data",
        {"type": "heartbeat"},
    ),
    Payload(
        "a count",
        "anything",
        "visits",
        {"page": "/home", "visits": 1024},
        {"visits": counter(0, 50)},
    ),
]
