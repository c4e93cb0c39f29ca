"""The verbs that steer a live stream: what each takes, from JSON to one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from ..errors import BadRequest, NotFound, SettingsError
from ..faults.fault import Fault
from ..schema.pointers import as_sent
from ..settings.kinds import Choice, Flag, Number, OrNone, Whole, members
from ..settings.place import Place
from ..settings.route_kinds import GivenFaults, OneLine
from ..settings.route_streams import ExactEventDeclaration, check_exact_event
from ..settings.sections import (
    Section,
    required,
    setting,
)
from ..words import Json

#: Maximum of batches of one ``step``.
MAX_STEPS = 100_000
#: Longest ``stall``, in seconds.
MAX_STALL_SECONDS = 3600
#: Maximum of events, and of bytes, after which a ``cut`` comes.
MAX_CUT_AFTER = 1_000_000_000


class How(str, Enum):
    """How a connection is cut."""

    CLEAN = "clean"
    FIN = "fin"
    RST = "rst"


@dataclass(frozen=True, slots=True)
class Push:
    """Send ``events`` now."""

    events: tuple[ExactEventDeclaration, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Let the schedule stand still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Go on with the rest of the interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Pause, and then send the next batches at once."""

    batches: int = setting(
        "batches", Whole(1, MAX_STEPS), 1, "Batches that are sent at once."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CutAfter:
    """What a cut waits for, from now on."""

    events: int | None = setting(
        "events", OrNone(Whole(0, MAX_CUT_AFTER), "none"), None, "Events that go out."
    )
    bytes: int | None = setting(
        "bytes", OrNone(Whole(0, MAX_CUT_AFTER), "none"), None, "Bytes that go out."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """End the connection without an END event."""

    how: How = setting(
        "how",
        Choice(members(How)),
        How.CLEAN,
        "clean: with the last chunk; fin: without it; rst: reset.",
    )
    after: CutAfter = setting(
        "after", Section(CutAfter), CutAfter(), "What goes out before it."
    )
    mid_frame: bool = setting(
        "midFrame", Flag(), False, "Whether half of the next event is sent first."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """Send nothing, and keep the connection."""

    seconds: float = required(
        "seconds", Number(0, MAX_STALL_SECONDS), "How long, in seconds."
    )
    heartbeats: bool = setting("heartbeats", Flag(), False, "Whether heartbeats go on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """End the stream with an END event."""

    message: str | None = setting(
        "message", OrNone(OneLine(), "Stopped"), None, "Message of the END event."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Play faults from the next event on."""

    faults: tuple[Fault, ...] = required(
        "fault", GivenFaults(), "Faults, as a route has them."
    )


Verb: TypeAlias = "Push | Pause | Resume | Step | Cut | Stall | End | Play"

_EVENT = Section(ExactEventDeclaration, spell=str.lower)
#: The place of a body.
BODY = Place("body", "")

#: The verbs whose body is a mapping, by name.
_DECLARED: Mapping[str, Section[Verb]] = {
    "pause": Section(Pause),
    "resume": Section(Resume),
    "step": Section(Step),
    "cut": Section(Cut),
    "stall": Section(Stall),
    "end": Section(End),
    "fault": Section(Play),
}
#: The names of all verbs.
VERBS: tuple[str, ...] = ("push", *_DECLARED)


def read_verb(name: str, body: Json) -> Verb:
    """The verb ``name`` with its ``body``, None for an empty one.

    Raises ``NotFound`` for a verb that does not exist, and ``BadRequest`` with the
    pointer of what is wrong in the body.
    """
    if name not in VERBS:
        raise NotFound(f"There is no verb {name!r}; there are {', '.join(VERBS)}.")
    try:
        if name == "push":
            return _push(body)
        declared = _DECLARED[name]
        verb = declared.build(declared.from_file(body, BODY))
        if isinstance(verb, Play):
            _check_faults(verb.faults, BODY.key("fault"))
        return verb
    except SettingsError as error:
        raise refusal(name, body, error) from None


def refusal(name: str, body: Json, error: SettingsError) -> BadRequest:
    """The answer to the verb ``name`` whose ``body`` is wrong, as ``error`` says."""
    pointer, value = as_sent(body, error.pointer)
    subject = "" if pointer else "the body "
    return BadRequest(
        f"The verb {name} cannot be obeyed: {subject}{error.problem}.",
        parameter="body",
        value=value,
        allowed="a body as /docs/steering describes it",
        pointer=pointer,
    )


def _push(body: Json) -> Push:
    if not isinstance(body, list):
        return Push((_event(body, BODY),))
    if not body:
        raise BODY.error("is an empty list; accepted: an event, or some")
    return Push(
        tuple(_event(each, BODY.item(index)) for index, each in enumerate(body))
    )


def _event(body: Json, place: Place) -> ExactEventDeclaration:
    event = _EVENT.build(_EVENT.from_file(body, place))
    check_exact_event(event, place, spell=str.lower)
    return event


def _check_faults(faults: tuple[Fault, ...], place: Place) -> None:
    if not faults:
        raise place.error("is empty; accepted: a fault, or some")
    for fault in faults:
        if fault.kind.only_at_once:
            raise place.error(
                f"is {fault.name}, which comes before the first event; accepted: faults"
                " of a stream that has begun"
            )
