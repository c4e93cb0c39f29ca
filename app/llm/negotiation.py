"""The parameters that a backend refuses, learned from its refusals. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b

import orjson

from ..words import Json
from .refusals import ABOUT_PARAMETERS, blamed, is_too_large

#: The two names of the limit of an answer's tokens; a server knows one or both.
_OTHER_LIMIT: Mapping[str, str] = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}

#: The parameters that a request can do without when a server refuses them.
OPTIONAL = frozenset(
    {"response_format", "seed", "stream_options", "temperature", *_OTHER_LIMIT}
)

_DIGITS = re.compile(rb"\d+")


class Refusals:
    """Which optional parameters one backend is asked without, as it turns out.

    A refused ``response_format`` may be about its schema alone, so it is kept
    by schema, until several were refused and none was ever taken.
    """

    __slots__ = ("_formats", "_omitted", "_takes_formats", "renamed")

    #: As many refused schemas, and none taken, mean that schemas are not known.
    ENOUGH = 3

    #: How many refused schemas are kept before they are all forgotten.
    KEPT = 1000

    def __init__(self) -> None:
        """Begin with everything allowed."""
        self._omitted: set[str] = set()
        self._formats: set[bytes] = set()
        self._takes_formats = False
        #: The names by which the backend knows parameters that it refused.
        self.renamed: dict[str, str] = {}

    def of(self, body: Mapping[str, Json]) -> set[str]:
        """The parameters to leave out of ``body``."""
        omitted = set(self._omitted)
        if self._formats and "response_format" in body:
            if _digest(body["response_format"]) in self._formats:
                omitted.add("response_format")
        return omitted

    def taken(self, body: Mapping[str, Json]) -> None:
        """Remember that ``body`` was answered."""
        self._takes_formats = self._takes_formats or "response_format" in body

    def learn(self, name: str, body: Mapping[str, Json]) -> None:
        """Remember that ``body`` was refused with ``name`` and taken without it."""
        if name != "response_format":
            self._omitted.add(name)
            return
        if len(self._formats) >= self.KEPT:
            self._formats.clear()
        self._formats.add(_digest(body[name]))
        if len(self._formats) >= self.ENOUGH and not self._takes_formats:
            self._omitted.add(name)


class Negotiation:
    """One request, which gives up one parameter after each refusal.

    A change that did not help is undone: a message may name a parameter that is
    not at fault.
    """

    __slots__ = (
        "_innocent",
        "_latest",
        "_omitted",
        "_refusals",
        "_renamed",
        "_said",
        "_whole",
    )

    def __init__(self, refusals: Refusals, whole: Mapping[str, Json]) -> None:
        """Begin with the ``whole`` body, less what is known to be refused."""
        self._refusals = refusals
        self._whole = whole
        self._omitted = refusals.of(whole)
        self._renamed = dict(refusals.renamed)
        self._innocent: set[str] = set()
        self._latest: str | None = None
        self._said: tuple[int, bytes] | None = None

    @property
    def body(self) -> dict[str, Json]:
        """The body to send next."""
        return {
            self._renamed.get(name, name): value
            for name, value in self._whole.items()
            if name not in self._omitted
        }

    def concede(self, status: int, text: bytes) -> bool:
        """Change the body after a refusal; False where nothing can be changed."""
        if status not in ABOUT_PARAMETERS:
            return False
        said = (status, _DIGITS.sub(b"", text))
        is_same, self._said = said == self._said, said
        if is_same and self._latest in self._omitted:
            self._restore(self._latest)
        names = {
            self._renamed.get(name, name): name
            for name in self._whole.keys() - self._omitted - self._innocent
        }
        name = blamed(status, text, OPTIONAL & names.keys())
        if self._latest in self._renamed and (is_same or name is None):
            name = self._renamed[self._latest]  # the other name is no better
        if name is None:
            return False
        self._latest = names[name]
        if name in _OTHER_LIMIT and name == names[name] and not is_too_large(text):
            self._renamed[name] = _OTHER_LIMIT[name]
        else:
            self._omitted.add(names[name])
            self._renamed.pop(names[name], None)
        return True

    def taken(self) -> Iterator[str]:
        """Remember what helped; yield a log text for each thing learned."""
        refusals, whole = self._refusals, self._whole
        refusals.taken(self.body)
        for name in sorted(self._omitted - refusals.of(whole)):
            refusals.learn(name, whole)
            yield f"without {name}"
        for name in sorted(self._renamed):
            if name not in refusals.renamed:
                refusals.renamed[name] = self._renamed[name]
                yield f"for {self._renamed[name]} instead of {name}"

    def _restore(self, name: str) -> None:
        """Send ``name`` again: leaving it out did not help."""
        self._omitted.discard(name)
        self._innocent.add(name)


def _digest(value: Json) -> bytes:
    """A short stand-in for a JSON value."""
    return blake2b(orjson.dumps(value), digest_size=16).digest()
