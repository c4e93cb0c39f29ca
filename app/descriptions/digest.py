"""A description boiled down to what is served: operations, and schemas by name.

It is JSON lines, so that its parts can stay bytes until they are needed: first what
the description says of itself, then two lines each for an operation and a schema.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson

from ..words import Json
from .operations import About, Named, Operation, Unserved, operation_from
from .shelf import PREFIX, Part, named_in

_OPERATION, _SCHEMA = "operation", "schema"
#: Between two turns so many lines are read.
_STRIDE = 200


@dataclass(frozen=True, slots=True)
class Digest:
    """What is served of a description."""

    about: About
    operations: Sequence[tuple[Named, bytes]]
    schemas: Mapping[str, Part]

    def read(self, text: bytes) -> Operation:
        """The operation of that text."""
        return operation_from(orjson.loads(text))

    def part(self, reference: str) -> Json:
        """The schema that a reference names; True for one that is not there."""
        part = self.schemas.get(reference.removeprefix(PREFIX))
        return True if part is None else orjson.loads(part.text)

    def whole(self, schema: Json) -> Json:
        """``schema`` with those beside it that it refers to, in ``components``."""
        waiting = [*named_in(schema)]
        needed: dict[str, Json] = {}
        while waiting:
            name = waiting.pop()
            part = self.schemas.get(name)
            if name not in needed and part is not None:
                needed[name] = orjson.loads(part.text)
                waiting += part.uses
        if not needed:
            return schema
        return {**schema, "components": {"schemas": needed}}


def written(digest: Digest) -> bytes:
    """The digest as bytes."""
    return b"\n".join(_lines(digest))


def _lines(digest: Digest) -> Iterator[bytes]:
    yield orjson.dumps(digest.about)
    for named, text in digest.operations:
        yield orjson.dumps([_OPERATION, named])
        yield text
    for name, part in digest.schemas.items():
        yield orjson.dumps([_SCHEMA, name, part.uses])
        yield part.text


def read_digest(content: bytes, turn: Callable[[], None] = lambda: None) -> Digest:
    """The digest that ``written`` wrote; ``turn`` is called now and then."""
    first, *lines = content.split(b"\n")
    turn()
    about = orjson.loads(first)
    unserved = tuple(Unserved(**each) for each in about.pop("unserved"))
    operations: list[tuple[Named, bytes]] = []
    schemas: dict[str, Part] = {}
    pairs = zip(lines[::2], lines[1::2], strict=True)
    while several := list(islice(pairs, _STRIDE)):
        for head, text in several:
            kind, *rest = orjson.loads(head)
            if kind == _OPERATION:
                named = rest[0]
                tags = tuple(named.pop("tags"))
                operations.append((Named(**named, tags=tags), text))
            else:
                name, uses = rest
                schemas[name] = Part(text, tuple(uses))
        turn()
    return Digest(About(**about, unserved=unserved), operations, schemas)
