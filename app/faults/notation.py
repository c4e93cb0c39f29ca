"""Reads faults as they are written: as text, as an object, or as a list of both.

The text form is ``name[:argument][*times][@when]``, the object form has the keys
``Fault``, ``Arg``, ``Times``, ``When`` and ``RetryAfter``, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from .catalogue import BY_NAME, KINDS, TIME_ACCEPTED, read_seconds, read_whole
from .fault import AT_ONCE, Fault, FaultKind, Value, When

#: Maximum of faults that are played together.
MAX_FAULTS = 50
#: Maximum of ``times``, and of an event's number.
MAX_TIMES = 1_000_000_000
#: Maximum of bytes before a fault.
MAX_BYTES = 1 << 40
#: Maximum of ``RetryAfter``, in seconds.
MAX_RETRY_AFTER = 86_400

WHEN_ACCEPTED = (
    "an event's number (5), bytes of the body (bytes:2000), an age (10s) or a"
    " probability above 0 and up to 1 (p0.05)"
)
TEXT_ACCEPTED = "name[:argument][*times][@when], such as cut@5 or stall:10s@3"
OBJECT_ACCEPTED = "an object of Fault, Arg, Times, When and RetryAfter"

_TEXT = re.compile(r"([a-z0-9-]+)(?::([^*@]*))?(?:\*([^@]*))?(?:@(.*))?")
_CHANCE = re.compile(r"p(0?\.[0-9]{1,9}|1(?:\.0{1,9})?)")
_KEYS = {"fault": "Fault", "arg": "Arg", "times": "Times", "when": "When"}
_KEYS["retryafter"] = "RetryAfter"


class BadFault(ValueError):
    """No fault is written so; the message says what was given and is accepted."""


def read_list(text: str) -> tuple[Fault, ...]:
    """Faults in the text form, separated by commas. Raises ``BadFault``."""
    return _counted([read_fault(each.strip()) for each in text.split(",")])


def read_faults(value: Any) -> tuple[Fault, ...]:
    """Faults as JSON: one in either form, or a list of them. Raises ``BadFault``."""
    if isinstance(value, str):
        return read_list(value)
    return _counted([*map(read_fault, value if isinstance(value, list) else [value])])


def bounded(faults: tuple[Fault, ...], max_event_bytes: int) -> tuple[Fault, ...]:
    """``faults``, whose events are not too large. Raises ``BadFault``."""
    for fault in faults:
        if fault.name == "huge" and int(fault.argument or 0) > max_event_bytes:
            raise BadFault(
                f"is huge with {fault.argument} bytes; accepted: at most MaxEventBytes,"
                f" which is {max_event_bytes}"
            )
    return faults


def suitable(
    faults: tuple[Fault, ...], *, is_stream: bool, is_sse: bool
) -> tuple[Fault, ...]:
    """``faults``, all of which such a response can have. Raises ``BadFault``."""
    for fault in faults:
        if not is_stream and not fault.kind.suits_answers:
            accepted = ", ".join(kind.name for kind in KINDS if kind.suits_answers)
            raise BadFault(
                f"is {fault.name}, but the response is no stream; accepted: {accepted}"
            )
        if is_stream and fault.kind.needs_sse and not is_sse:
            raise BadFault(
                f"is {fault.name}, but the stream does not consist of Server-Sent"
                " Events; accepted: Framing sse"
            )
    return faults


def _counted(faults: list[Fault]) -> tuple[Fault, ...]:
    if not 1 <= len(faults) <= MAX_FAULTS:
        raise BadFault(f"are {len(faults)} faults; accepted: 1 to {MAX_FAULTS}")
    return tuple(faults)


def read_fault(value: Any) -> Fault:
    """One fault in either form. Raises ``BadFault``."""
    if isinstance(value, str):
        found = _TEXT.fullmatch(value)
        if found is None:
            raise BadFault(f"is {value[:60]!r}; accepted: {TEXT_ACCEPTED}")
        name, argument, times, when = found.groups()
        return _made(name, argument, times, when)
    if not isinstance(value, Mapping):
        raise BadFault(f"accepted: {TEXT_ACCEPTED}, or {OBJECT_ACCEPTED}")
    members: dict[str, Any] = {}
    for key, member in value.items():
        known = _KEYS.get(str(key).casefold())
        if known is None or known in members:
            raise BadFault(
                f"has the key {str(key)[:60]!r}; accepted: {OBJECT_ACCEPTED}"
            )
        members[known] = member
    if not isinstance(members.get("Fault"), str):
        raise BadFault("has no name; accepted: Fault with the name of a fault")
    return _made(
        members["Fault"],
        _text(members.get("Arg"), "Arg"),
        _text(members.get("Times"), "Times"),
        _text(members.get("When"), "When", sign="@"),
        members.get("RetryAfter"),
    )


def _text(member: Any, key: str, sign: str = "") -> str | None:
    """A member as the text form would have it."""
    if member is None:
        return None
    if isinstance(member, bool) or not isinstance(member, (str, int)):
        raise BadFault(f"has {key} {str(member)[:60]}; accepted: text or an integer")
    return str(member).removeprefix(sign)


def _made(
    name: str,
    argument: str | None,
    times: str | None,
    when: str | None,
    retry_after: Any = None,
) -> Fault:
    kind = _kind(name)
    moment = AT_ONCE if when is None else _when(kind, when)
    count = None if times is None else _times(kind, times)
    text = "".join(
        [
            name,
            "" if argument is None else f":{argument}",
            "" if times is None else f"*{times}",
            "" if when is None else f"@{when}",
        ]
    )
    return Fault(
        kind,
        _argument(kind, argument),
        count,
        moment,
        text,
        _retry_after(kind, retry_after),
    )


def _kind(name: str) -> FaultKind:
    kind = BY_NAME.get(name)
    if kind is None:
        near = get_close_matches(name, BY_NAME, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise BadFault(
            f"names the fault {name[:60]!r}{hint}; accepted: {', '.join(BY_NAME)}"
        )
    return kind


def _argument(kind: FaultKind, text: str | None) -> Value | None:
    argument = kind.argument
    if argument is None:
        if text is not None:
            raise BadFault(f"is {kind.name} with an argument; accepted: {kind.name}")
        return None
    if text is None:
        if argument.default is None:
            raise BadFault(
                f"is {kind.name} without its argument; accepted: {kind.form}, with"
                f" {argument.accepted}"
            )
        return argument.default
    try:
        return argument.read(text)
    except ValueError:
        raise BadFault(
            f"is {kind.name} with {text[:60]!r}; accepted: {argument.accepted}"
        ) from None


def _times(kind: FaultKind, text: str) -> int:
    try:
        return read_whole(text, 1, MAX_TIMES)
    except ValueError:
        raise BadFault(
            f"is {kind.name} {text[:60]!r} times; accepted: an integer from 1 to"
            f" {MAX_TIMES}"
        ) from None


def _when(kind: FaultKind, text: str) -> When:
    if kind.only_at_once:
        raise BadFault(
            f"is {kind.name} at a moment; accepted: {kind.form} without @, because it"
            " comes first"
        )
    try:
        if text.startswith("bytes:"):
            return When(bytes=read_whole(text.removeprefix("bytes:"), 0, MAX_BYTES))
        if text.startswith("p"):
            found = _CHANCE.fullmatch(text)
            if found is None or not float(found[1]):
                raise ValueError(text)
            return When(chance=float(found[1]))
        if text.isdigit():
            return When(event=read_whole(text, 0, MAX_TIMES))
        return When(seconds=read_seconds(text))
    except ValueError:
        raise BadFault(
            f"is {kind.name} at {text[:60]!r}; accepted: {WHEN_ACCEPTED}, with"
            f" {TIME_ACCEPTED}"
        ) from None


def _retry_after(kind: FaultKind, given: Any) -> int | None:
    if given is None:
        return None
    if kind.name != "status":
        raise BadFault(f"is {kind.name} with RetryAfter; accepted: with status alone")
    if isinstance(given, bool) or not isinstance(given, int):
        raise BadFault("has a RetryAfter that is no integer; accepted: whole seconds")
    if not 0 <= given <= MAX_RETRY_AFTER:
        raise BadFault(
            f"has RetryAfter {given}; accepted: 0 to {MAX_RETRY_AFTER} (seconds)"
        )
    return given
