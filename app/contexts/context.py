"""A context: what the requests of one session have said so far. Pure.

A context is a value; ``record`` and ``preset`` return the next one. Everything in
it is bounded, and the least recently touched goes first: a context takes a few
KB as a rule, and 250 KB at most.

A stream is one call, however many batches it makes: each batch replaces the
value that is kept for its call.

An answer repeats what it took from its context, perhaps after another request
has changed that. A call therefore carries the context as it was when the answer
was made, and members that equal it there are not news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

import orjson

from ..resources.names import normalised
from ..words import Json
from .observation import Scalar, Survey, survey_answer, survey_given

V = TypeVar("V")

#: The number of calls that are kept whole; older ones are only counted.
RECENT_CALLS = 15

#: The part of a call's value that is kept, in characters.
MAX_VALUE_LENGTH = 2000

#: Larger answers are not parsed, in bytes.
_MAX_ANSWER = 1 << 18

_MAX_PATHS = 100
_MAX_FIELDS = 300
_MAX_ENTITIES = 100
_MAX_CURRENT = 30
_MAX_MEMBERS = 24

#: Approximate memory of a short value together with its name, in bytes.
_FIELD_BYTES = 200
_CALL_BYTES = 400


@dataclass(frozen=True, slots=True)
class Call:
    """A batch that was made: one request's answer, or a stream's latest value.

    ``id`` identifies the request, and ``is_new`` is True for its first batch.
    ``value`` is JSON in UTF-8, or any text if no shape asked for JSON. ``at_ms``
    is in milliseconds since 1970. ``seen`` is the context as it was when the
    batch was made, or None if there was none.
    """

    id: str
    method: str
    path: str
    value: bytes
    at_ms: int
    is_new: bool = True
    seen: Context | None = None


class RecentCall(NamedTuple):
    """A call as it is kept: its value is cut to ``MAX_VALUE_LENGTH`` characters."""

    id: str
    method: str
    path: str
    text: str
    at_ms: int


class PathUse(NamedTuple):
    """The number of calls of a path (without its ids), and the time of the last."""

    times: int
    last_ms: int


@dataclass(frozen=True, slots=True)
class Context:
    """All that is known about a session.

    Times are in milliseconds since 1970. ``calls`` counts requests, and ``recent``
    holds the latest, oldest first. ``fields`` and ``lengths`` are by dotted
    name, ``entities`` by ``noun/id``; ``Survey`` explains ``current`` and
    ``shared``. Each mapping ends with its most recently touched member.
    """

    created_ms: int
    used_ms: int
    calls: int = 0
    recent: tuple[RecentCall, ...] = ()
    paths: Mapping[str, PathUse] = field(default_factory=dict)
    fields: Mapping[str, Scalar | None] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    entities: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)
    current: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Approximate memory in bytes."""
        members = sum(map(len, self.entities.values())) + len(self.entities)
        entries = len(self.fields) + len(self.lengths) + len(self.paths)
        entries += len(self.shared) + len(self.current) + members
        texts = sum(len(call.text) for call in self.recent)
        return texts + _CALL_BYTES * (len(self.recent) + 1) + _FIELD_BYTES * entries


#: The context of a session about which nothing is known.
NOTHING = Context(created_ms=0, used_ms=0)


def record(context: Context | None, call: Call) -> Context:
    """The context after ``call``; ``context`` is None if it does not exist yet."""
    before = context or Context(created_ms=call.at_ms, used_ms=call.at_ms)
    text = call.value.decode("utf-8", "replace")
    if len(text) > MAX_VALUE_LENGTH:
        text = text[:MAX_VALUE_LENGTH] + "..."
    others = [each for each in before.recent if each.id != call.id]
    is_known = len(others) < len(before.recent)
    others.append(RecentCall(call.id, call.method, call.path, text, call.at_ms))

    path = normalised(call.path)
    use = before.paths.get(path, PathUse(0, call.at_ms))
    # A later batch counts only where the call itself has been forgotten.
    count = 1 if not is_known and (call.is_new or use.times == 0) else 0
    uses = {path: PathUse(use.times + count, call.at_ms)}
    paths = _with(before.paths, uses, {}, _MAX_PATHS)
    found = survey_answer(_parsed(call.value), call.path)
    return replace(
        _with_survey(before, found, call.seen or NOTHING),
        used_ms=max(before.used_ms, call.at_ms),
        calls=before.calls + count,
        recent=tuple(others[-RECENT_CALLS:]),
        paths=paths,
    )


def preset(context: Context | None, fields: dict[str, Json], now_ms: int) -> Context:
    """The context after ``fields`` were set beforehand."""
    before = context or Context(created_ms=now_ms, used_ms=now_ms)
    return replace(
        _with_survey(before, survey_given(fields), NOTHING),
        used_ms=max(before.used_ms, now_ms),
    )


def _with_survey(context: Context, found: Survey, seen: Context) -> Context:
    current = _with(context.current, found.current, seen.current, _MAX_CURRENT)
    entities = dict(context.entities)
    for key, members in found.entities.items():
        # The id comes last, so that it is never dropped.
        changes = dict(members)
        changes["id"] = changes.pop("id")
        known = entities.pop(key, {})
        entities[key] = _with(known, changes, seen.entities.get(key, {}), _MAX_MEMBERS)
    return replace(
        context,
        fields=_with(context.fields, found.fields, seen.fields, _MAX_FIELDS),
        lengths=_with(context.lengths, found.lengths, seen.lengths, _MAX_FIELDS),
        entities=_without_oldest(entities, current),
        current=current,
        shared=_with(context.shared, found.shared, seen.shared, _MAX_FIELDS),
    )


def _without_oldest(
    entities: dict[str, Mapping[str, Scalar]], current: Mapping[str, str]
) -> dict[str, Mapping[str, Scalar]]:
    """Drop the oldest surplus entities, but none that is current."""
    surplus = len(entities) - _MAX_ENTITIES
    if surplus > 0:
        kept = {f"{noun}/{key}" for noun, key in current.items()}
        passing = [key for key in entities if key not in kept]
        for key in passing[:surplus]:
            del entities[key]
    return entities


def _with(
    known: Mapping[str, V], changes: Mapping[str, V], seen: Mapping[str, V], limit: int
) -> Mapping[str, V]:
    """The newest ``limit`` members of ``known`` followed by ``changes``.

    A change that equals what was ``seen`` is ignored.
    """
    result = dict(known)
    for name, value in changes.items():
        is_news = name not in result or name not in seen or seen[name] != value
        old = result.pop(name, value)
        result[name] = value if is_news else old
    return _newest(result, limit)


def _newest(table: dict[str, V], limit: int) -> dict[str, V]:
    for _ in range(len(table) - limit):
        del table[next(iter(table))]
    return table


def _parsed(value: bytes) -> Json:
    """``value`` parsed as JSON, or None if it is not JSON or too large."""
    if len(value) > _MAX_ANSWER:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


def to_json(context: Context) -> bytes:
    """A context as JSON, to be stored elsewhere."""
    return orjson.dumps(context, default=tuple)


def from_json(text: bytes) -> Context:
    """The context that ``to_json`` wrote; raises ``ValueError`` for other text."""
    try:
        members = orjson.loads(text)
        recent = tuple(RecentCall(*call) for call in members.pop("recent"))
        uses = members.pop("paths").items()
        paths = {path: PathUse(*use) for path, use in uses}
        return Context(recent=recent, paths=paths, **members)
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"not a context: {error}") from None
