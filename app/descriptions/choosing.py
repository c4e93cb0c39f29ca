"""Which response a request gets: ``Prefer``, ``Accept`` and the description decide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import BadRequest, NotAcceptable, NotFound
from ..words import Json
from .media import acceptable
from .operations import Answer, Medium

_PREFERENCE = re.compile(r'\s*([A-Za-z_-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s,;]*))?\s*')
_LEAST_STATUS, _MOST_STATUS = 200, 599


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a header ``Prefer`` asks for: a status, a named example, generated data."""

    code: int | None = None
    example: str | None = None
    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A response that was chosen; ``medium`` is None where it has no body."""

    answer: Answer
    status: int
    medium: Medium | None


def read_preferences(text: str) -> Preferences:
    """The preferences of a header ``Prefer``; others than ours are ignored.

    Raises ``BadRequest``.
    """
    given: dict[str, str] = {}
    for part in re.split("[,;]", text):
        found = _PREFERENCE.fullmatch(part)
        if found is not None:
            value = (found.group(2) or "").strip('"')
            given.setdefault(found.group(1).lower(), value)
    code = given.get("code")
    if code is not None and not (
        code.isdecimal() and _LEAST_STATUS <= int(code[:9]) <= _MOST_STATUS
    ):
        raise BadRequest(
            "The header Prefer asks for a code that is no status.",
            parameter="Prefer",
            value=text,
            allowed=f"code={_LEAST_STATUS} to code={_MOST_STATUS}",
        )
    return Preferences(
        None if code is None else int(code),
        given.get("example"),
        given.get("dynamic", "false").lower() in ("", "true"),
    )


def choose(
    answers: Sequence[Answer],
    preferences: Preferences,
    headers: Mapping[str, str],
    body: Json,
) -> Choice:
    """The response for a request of these headers, under lower-case names.

    A body whose member ``stream`` is true asks for the medium that is a stream, where
    there is one. Raises ``NotFound`` and ``NotAcceptable``.
    """
    if preferences.code is None:
        answer, status = usual(answers)
    else:
        answer, status = _wanted(answers, preferences.code)
    if not answer.media:
        return Choice(answer, status, None)
    streams = [medium for medium in answer.media if medium.framing is not None]
    if streams and isinstance(body, dict) and body.get("stream") is True:
        return Choice(answer, status, streams[0])
    medium = acceptable(answer.media, headers.get("accept", ""))
    if medium is None:
        types = ", ".join(medium.type for medium in answer.media)
        raise NotAcceptable(
            f"The response {status} is there as {types} only, and the header Accept"
            " names none of these."
        )
    return Choice(answer, status, medium)


def usual(answers: Sequence[Answer]) -> tuple[Answer, int]:
    """The response without a preference, with its status: the first 2xx.

    Without one it is ``default``, and else the first that there is.
    """
    exact = [answer for answer in answers if answer.status.startswith("2")]
    if exact:
        first = min(exact, key=lambda answer: answer.status)
        return first, status_of(first, 200)
    for answer in answers:
        if answer.status == "default":
            return answer, 200
    first = min(answers, key=lambda answer: answer.status)
    return first, status_of(first, 200)


def _wanted(answers: Sequence[Answer], code: int) -> tuple[Answer, int]:
    by_status = {answer.status: answer for answer in answers}
    for status in (str(code), f"{code // 100}XX", "default"):
        if status in by_status:
            return by_status[status], code
    raise NotFound(
        f"The description has no response {code}; it has {', '.join(by_status)}."
    )


def status_of(answer: Answer, default: int) -> int:
    """The status that is sent for an answer: ``4XX`` is 400."""
    if answer.status.isdecimal():
        return int(answer.status)
    return int(answer.status[0]) * 100 if answer.status != "default" else default
