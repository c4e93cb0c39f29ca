"""JSON Schemas of the events' payloads (contract, section 4)."""

from __future__ import annotations

from collections.abc import Mapping

from ..words import Json, Mode
from .event import EndReason

#: Members that an empty array, or an option that was not given, leaves out.
_OPTIONAL = frozenset({"arrayName", "schema", "details", "feed", "subscribers"})


def _object(description: str, **members: Json) -> dict[str, Json]:
    """An object whose members are all required, but for those in ``_OPTIONAL``."""
    return {
        "description": description,
        "type": "object",
        "required": [name for name in members if name not in _OPTIONAL],
        "properties": members,
    }


_TEXT: Mapping[str, Json] = {"type": "string"}
_COUNT: Mapping[str, Json] = {"type": "integer", "minimum": 0}
_FLAG: Mapping[str, Json] = {"type": "boolean"}
_STAMP: Mapping[str, Json] = {"type": "string", "format": "date-time"}
_MODE: Mapping[str, Json] = {"type": "string", "enum": [mode.value for mode in Mode]}
_OVER: Mapping[str, Json] = {"const": True}
_GOING_ON: Mapping[str, Json] = {"const": False}
_TOKEN: Mapping[str, Json] = {"chunk": _TEXT, "accumulated": _TEXT, "done": _GOING_ON}

#: The schema of the ``data`` of every kind of event.
PAYLOADS: Mapping[str, dict[str, Json]] = {
    "Info": _object(
        "Continuous: at once, before anything is generated",
        type={"const": "info"},
        message=_TEXT,
        mode=_MODE,
        intervalMs=_COUNT,
        maxDurationSeconds=_COUNT,
        feed=_TEXT,
        subscribers=_COUNT,
    ),
    "Gap": _object(
        "A subscriber of a feed does not get events; the next one's id is oldest",
        type={"const": "gap"},
        missed={"type": ["integer", "null"], "minimum": 0},
        oldest=_TEXT,
    ),
    "Error": _object(
        "A batch failed after eventCount whole ones",
        type={"const": "error"},
        message=_TEXT,
        eventCount=_COUNT,
    ),
    "End": _object(
        "Continuous: the last event",
        type={"const": "end"},
        message=_TEXT,
        eventCount=_COUNT,
        reason={"enum": [reason.code for reason in EndReason]},
        done=_OVER,
    ),
    "SimulatedError": _object(
        "The error that was asked for",
        error=_object("", code=_COUNT, message=_TEXT, details={}),
    ),
    "Object": _object(
        "CompleteObjects, regular: one element",
        data={},
        index=_COUNT,
        total=_COUNT,
        done=_FLAG,
    ),
    "BatchObject": _object(
        "CompleteObjects, continuous: one batch",
        data={},
        index=_COUNT,
        timestamp=_STAMP,
        done=_GOING_ON,
    ),
    "Item": _object(
        "ArrayItems, regular: one element",
        item={},
        index=_COUNT,
        total=_COUNT,
        arrayName=_TEXT,
        hasMore=_FLAG,
        done=_FLAG,
    ),
    "BatchItem": _object(
        "ArrayItems, continuous: one element of a batch",
        item={},
        index=_COUNT,
        total=_COUNT,
        arrayName=_TEXT,
        batchNumber=_COUNT,
        timestamp=_STAMP,
        hasMore=_FLAG,
        done=_GOING_ON,
    ),
    "NoElements": {
        "description": "ArrayItems and CompleteObjects: the array is empty",
        "type": "object",
        "required": ["total", "done"],
        "properties": {
            "total": {"const": 0},
            "arrayName": _TEXT,
            "batchNumber": _COUNT,
            "timestamp": _STAMP,
            "hasMore": _GOING_ON,
            "done": _FLAG,
        },
    },
    "Token": _object("LlmTokens, regular: one token", **_TOKEN),
    "Content": _object(
        "LlmTokens, regular: the end",
        content=_TEXT,
        schema={},
        done=_OVER,
    ),
    "BatchToken": _object(
        "LlmTokens, continuous: one token", **_TOKEN, batchNumber=_COUNT
    ),
    "BatchContent": _object(
        "LlmTokens, continuous: the end of a batch",
        content=_TEXT,
        batchNumber=_COUNT,
        timestamp=_STAMP,
        done=_GOING_ON,
    ),
}
