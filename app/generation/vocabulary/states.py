"""Families of levels and states."""

from __future__ import annotations

from .model import Family

_STATUS = ("status", "state", "phase", "stage", "result", "outcome")

STATES: tuple[Family, ...] = (
    # Levels and urgency
    Family(
        {"debug": 6, "info": 24, "warning": 4, "error": 2, "critical": 1},
        fields=("level", "loglevel", "severity"),
        nouns=("log", "logger", "entry"),
    ),
    Family(
        {"trace": 2, "debug": 6, "info": 24, "warn": 4, "error": 2, "fatal": 1},
    ),
    Family(
        {"info": 8, "notice": 4, "warning": 4, "error": 2, "critical": 1, "alert": 1},
    ),
    Family(
        {"low": 6, "medium": 8, "high": 4, "critical": 1},
        fields=("severity", "priority", "risk", "impact", "urgency", "level"),
        nouns=("alert", "incident", "vulnerability", "risk"),
    ),
    Family(
        {"low": 6, "normal": 12, "high": 4, "urgent": 1},
        fields=("priority", "urgency", "importance"),
        nouns=("ticket", "notification", "email", "message", "task", "support"),
    ),
    Family({"minor": 6, "moderate": 4, "major": 2, "severe": 1}),
    Family({"p4": 6, "p3": 8, "p2": 3, "p1": 1}, fields=("priority",)),
    Family({"sev4": 6, "sev3": 8, "sev2": 3, "sev1": 1}),
    Family({"very-low": 1, "low": 3, "moderate": 4, "high": 2, "very-high": 1}),
    # Status of work, people and things
    Family(
        {"pending": 4, "in-progress": 6, "completed": 10, "failed": 1, "cancelled": 1},
        fields=_STATUS,
        nouns=("task", "job", "step", "import", "export", "request", "process"),
    ),
    Family(
        {"active": 16, "inactive": 3, "pending": 2, "suspended": 1},
        fields=_STATUS,
        nouns=("user", "account", "customer", "member", "subscription", "item"),
    ),
    Family(
        {
            "pending": 3,
            "confirmed": 4,
            "processing": 6,
            "shipped": 6,
            "delivered": 8,
            "cancelled": 1,
            "refunded": 1,
        },
        fields=_STATUS,
        nouns=("order", "purchase", "checkout", "fulfillment"),
    ),
    Family(
        {
            "pending": 3,
            "authorized": 2,
            "paid": 12,
            "failed": 1,
            "refunded": 1,
            "disputed": 1,
        },
        fields=_STATUS,
        nouns=("payment", "charge", "financial"),
    ),
    Family(
        {"succeeded": 14, "pending": 3, "processing": 2, "failed": 1, "canceled": 1},
        nouns=("payment", "charge", "intent", "transfer", "payout"),
    ),
    Family(
        {"draft": 2, "open": 4, "paid": 12, "overdue": 2, "void": 1},
        fields=_STATUS,
        nouns=("invoice", "bill"),
    ),
    Family(
        {"pending": 2, "posted": 6, "completed": 12, "declined": 1, "reversed": 1},
        fields=_STATUS,
        nouns=("transaction", "card"),
    ),
    Family(
        {"open": 6, "in-progress": 6, "waiting": 3, "resolved": 5, "closed": 4},
        fields=_STATUS,
        nouns=("ticket", "support", "case", "complaint"),
    ),
    Family({"open": 6, "pending": 4, "on-hold": 1, "solved": 6, "closed": 4}),
    Family(
        {"open": 6, "closed": 5, "merged": 5, "draft": 1},
        fields=_STATUS,
        nouns=("issue", "pull", "pr", "merge", "review"),
    ),
    Family(
        {"todo": 6, "in-progress": 5, "in-review": 3, "blocked": 1, "done": 8},
        fields=_STATUS,
        nouns=("todo", "card", "story", "kanban"),
    ),
    Family(
        {
            "queued": 2,
            "running": 5,
            "passed": 12,
            "failed": 2,
            "cancelled": 1,
        },
        fields=_STATUS,
        nouns=("build", "pipeline", "test", "ci"),
    ),
    Family(
        {"queued": 2, "running": 5, "success": 12, "failure": 2, "cancelled": 1},
        nouns=("build", "workflow", "run", "pipeline", "login", "audit"),
        fields=("outcome", "result"),
    ),
    Family(
        {
            "queued": 2,
            "deploying": 4,
            "succeeded": 12,
            "failed": 1,
            "rolled-back": 1,
        },
        fields=_STATUS,
        nouns=("deployment", "deploy", "release", "rollout"),
    ),
    Family({"success": 14, "failed": 1, "error": 1}, nouns=("response", "call")),
    Family({"pass": 12, "warn": 2, "fail": 1}, nouns=("check", "test", "health")),
    Family({"success": 12, "warning": 2, "error": 1, "info": 5}, nouns=("toast",)),
    Family(
        {"firing": 6, "pending": 2, "resolved": 8},
        fields=_STATUS,
        nouns=("alert", "alarm"),
    ),
    Family({"triggered": 4, "acknowledged": 3, "resolved": 8}, nouns=("incident",)),
    Family(
        {"investigating": 3, "identified": 3, "monitoring": 3, "resolved": 6},
        fields=_STATUS,
        nouns=("incident", "outage"),
    ),
    Family(
        {"healthy": 18, "degraded": 2, "unhealthy": 1},
        fields=("health", "status"),
        nouns=("service", "server", "health", "instance", "node", "database"),
    ),
    Family({"operational": 18, "degraded": 2, "outage": 1, "maintenance": 1}),
    Family({"up": 20, "down": 1}, nouns=("service", "host", "monitor", "link")),
    Family({"ok": 20, "warning": 3, "critical": 1, "unknown": 1}),
    Family({"ok": 20, "error": 1}),
    Family({"normal": 18, "warning": 3, "critical": 1}, nouns=("vital", "sensor")),
    Family({"normal": 14, "elevated": 3, "high": 2, "low": 2}, nouns=("vital",)),
    Family({"stable": 12, "improving": 3, "critical": 1, "serious": 2}),
    Family(
        {"online": 18, "offline": 2, "idle": 3, "maintenance": 1},
        fields=_STATUS,
        nouns=("device", "sensor", "machine", "camera", "printer", "gateway"),
    ),
    Family(
        {"online": 10, "away": 4, "busy": 3, "offline": 6},
        fields=("presence",),
        nouns=("presence", "contact", "player"),
    ),
    Family(
        {"running": 16, "pending": 2, "stopped": 1, "failed": 1, "terminated": 1},
        fields=_STATUS,
        nouns=("container", "pod", "instance", "server", "vm", "engine"),
    ),
    Family(
        {"running": 14, "idle": 4, "stopped": 1, "fault": 1, "maintenance": 1},
        fields=_STATUS,
        nouns=("machine", "robot", "plant", "motor", "pump"),
    ),
    Family(
        {"scheduled": 6, "running": 3, "completed": 10, "failed": 1},
        nouns=("job", "backup", "cron"),
    ),
    Family(
        {
            "scheduled": 5,
            "boarding": 2,
            "departed": 3,
            "en-route": 8,
            "delayed": 3,
            "landed": 4,
            "cancelled": 1,
        },
        fields=_STATUS,
        nouns=("flight", "departure", "arrival"),
    ),
    Family(
        {"on-time": 12, "delayed": 4, "boarding": 2, "departed": 3, "cancelled": 1},
        fields=_STATUS,
        nouns=("train", "bus", "transit", "flight", "ferry"),
    ),
    Family(
        {
            "label-created": 2,
            "picked-up": 3,
            "in-transit": 10,
            "out-for-delivery": 4,
            "delivered": 6,
            "exception": 1,
        },
        fields=_STATUS,
        nouns=("delivery", "shipment", "parcel", "package", "tracking"),
    ),
    Family(
        {
            "requested": 3,
            "accepted": 4,
            "arriving": 3,
            "in-progress": 8,
            "completed": 6,
        },
        fields=_STATUS,
        nouns=("ride", "trip", "driver"),
    ),
    Family(
        {"moving": 10, "idle": 3, "parked": 5, "charging": 2, "maintenance": 1},
        fields=_STATUS,
        nouns=("vehicle", "car", "truck", "fleet", "scooter"),
    ),
    Family({"charging": 4, "discharging": 10, "full": 3, "idle": 1}),
    Family(
        {"available": 10, "occupied": 8, "reserved": 3, "out-of-service": 1},
        fields=_STATUS + ("availability",),
        nouns=("parking", "charger", "room", "table", "seat", "spot", "desk"),
    ),
    Family(
        {"confirmed": 12, "pending": 3, "checked-in": 3, "cancelled": 1, "no-show": 1},
        fields=_STATUS,
        nouns=("booking", "reservation", "appointment"),
    ),
    Family(
        {"in-stock": 16, "low-stock": 3, "out-of-stock": 1, "backordered": 1},
        fields=("availability", "stock", "status"),
        nouns=("product", "inventory", "item", "sku"),
    ),
    Family(
        {"scheduled": 4, "live": 6, "half-time": 1, "finished": 5, "postponed": 1},
        fields=_STATUS,
        nouns=("match", "game", "fixture", "score"),
    ),
    Family(
        {"admitted": 8, "under-observation": 3, "discharged": 4, "waiting": 3},
        fields=_STATUS,
        nouns=("patient", "encounter"),
    ),
    Family(
        {"trialing": 3, "active": 18, "past-due": 1, "canceled": 2, "paused": 1},
        fields=_STATUS,
        nouns=("subscription",),
    ),
    Family(
        {"sent": 6, "delivered": 10, "opened": 4, "clicked": 2, "bounced": 1},
        fields=_STATUS,
        nouns=("email", "sms", "campaign", "newsletter"),
    ),
    Family({"sent": 4, "delivered": 5, "read": 8}, nouns=("message", "chat")),
    Family({"read": 6, "unread": 5, "archived": 2}, nouns=("notification", "inbox")),
    Family(
        {"draft": 3, "in-review": 2, "published": 12, "archived": 1},
        fields=_STATUS,
        nouns=("post", "article", "page", "document", "content", "news"),
    ),
    Family({"draft": 3, "scheduled": 2, "published": 12, "archived": 1}),
    Family({"pending": 4, "approved": 10, "rejected": 2}, nouns=("request", "leave")),
    Family({"new": 5, "contacted": 4, "qualified": 3, "converted": 2, "lost": 2}),
    Family({"new": 5, "open": 5, "in-progress": 5, "closed": 4}),
    Family({"new": 6, "used": 3, "refurbished": 1}, fields=("condition",)),
    Family({"enabled": 12, "disabled": 2}, fields=("status",), nouns=("feature",)),
    Family({"allowed": 12, "denied": 2}, fields=("decision", "access")),
    Family({"allow": 12, "deny": 2, "block": 1}, fields=("decision", "policy")),
    Family({"granted": 12, "denied": 2}, nouns=("access", "door")),
    Family({"connected": 14, "connecting": 1, "disconnected": 2}),
    Family({"valid": 14, "expired": 2, "revoked": 1}, nouns=("certificate", "token")),
    Family({"verified": 12, "unverified": 3, "pending": 1}, nouns=("kyc", "identity")),
    Family({"normal": 14, "warning": 4}),
)
