"""The state of one blended stream: its simulation, and the texts in stock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import orjson

from ...cuts import WHOLE
from ...ports import Memory, Source
from ...schema.validation import schema_validator
from ...words import Json, MockRequest
from ..prompts.messages import Templates
from .prose import Path, Slot, facts_of, put, slots_of
from .question import Entry, TextQuestion, Wish

#: How many texts a stream remembers, so that none is used twice.
_MAX_REMEMBERED = 1000

#: The most entries that one question asks for, and the most fields of each.
_MAX_ENTRIES = 50

#: The most lines that are said about the simulated value.
_MAX_FACTS = 60


class BlendedStream:
    """The values of one stream, whichever model writes their texts.

    Each value is simulated, and takes one entry of texts for each record in it
    whose simulated texts are new. Where no entry is at hand, the simulated texts
    stay.
    """

    def __init__(
        self,
        request: MockRequest,
        simulation: Source,
        templates: Templates,
        *,
        context: Memory | None,
        events: int,
    ) -> None:
        """Blend what ``simulation`` makes; a question is for ``events`` of them."""
        self._request = request
        self._simulation = simulation
        self._templates = templates
        self._context = context
        self._events = events if request.continuous else 1
        shape = request.shape
        self._accepts: Callable[[Json], bool] | None = (
            None if shape is None else schema_validator(shape.schema).is_valid
        )
        self._used = _Remembered(_strings(shape.given) if shape is not None else ())
        self._entries: deque[Entry] = deque()
        self._has_answer = False
        self._rest = 0
        self._kept: Mapping[Path, tuple[str, str]] = {}
        self._number = -1
        self._now_ms = 0
        self._value: Json = None
        self._made = b""
        self._slots: Sequence[Slot] = ()

    @property
    def awaits_first(self) -> bool:
        """Whether texts are wanted and no model has answered yet."""
        return bool(self._slots) and not self._has_answer

    @property
    def wants_more(self) -> bool:
        """Whether to ask for the next batch of entries.

        A question without a usable answer is not repeated at once.
        """
        return (
            self._request.continuous
            and self._rest == 0
            and bool(self._slots)
            and len(self._entries) <= self._wanted()
        )

    def simulate(self, number: int, now_ms: int) -> None:
        """Make the value of batch ``number``, unless it is made already."""
        if number == self._number:
            return
        (self._made,) = self._simulation.make(WHOLE, number, now_ms)
        self._number, self._now_ms = number, now_ms
        self._value = orjson.loads(self._made)
        self._slots = slots_of(self._value)
        self._rest = max(0, self._rest - 1)

    def question(self) -> TextQuestion:
        """What to ask a model for the events that come next."""
        context = self._context
        wish = Wish(
            fields={slot.field: slot.text for slot in self._slots[:_MAX_ENTRIES]},
            count=self._wanted(),
            facts=[*islice(facts_of(self._value), _MAX_FACTS)],
            context=(
                "" if context is None else context.view().text(self._templates.room)
            ),
            now_ms=self._now_ms,
        )
        return TextQuestion(self._request, self._templates, wish)

    def take(self, entries: Sequence[Entry]) -> None:
        """Keep those ``entries`` whose texts are new."""
        self._has_answer = True
        before = len(self._entries)
        for entry in entries:
            if self._used.are_new(entry.values()):
                self._used.add(entry.values())
                self._entries.append(entry)
        if len(self._entries) == before:
            self._rest = self._events

    def value(self) -> bytes:
        """The simulated value with its texts, as compact JSON in UTF-8."""
        texts = dict(self._texts())
        self._kept = {
            slot.path: (slot.text, texts.get(slot.path, slot.text))
            for slot in self._slots
        }
        for path, text in texts.items():
            put(self._value, path, text)
        if not texts or (self._accepts and not self._accepts(self._value)):
            return self._made
        return orjson.dumps(self._value)

    def _texts(self) -> Iterator[tuple[Path, str]]:
        """The texts that take the place of simulated ones."""
        chosen: dict[Path, Entry] = {}
        for record in self._new_records():
            if self._entries:
                chosen[record] = self._entries.popleft()
        for slot in self._slots:
            if slot.record in chosen:
                entry = chosen[slot.record]
                if slot.field in entry:
                    yield slot.path, entry[slot.field]
            elif self._stays(slot):
                yield slot.path, self._kept[slot.path][1]

    def _new_records(self) -> dict[Path, None]:
        """The records whose texts are not those of the event before, in order."""
        return {slot.record: None for slot in self._slots if not self._stays(slot)}

    def _stays(self, slot: Slot) -> bool:
        return self._kept.get(slot.path, ("",))[0] == slot.text

    def _wanted(self) -> int:
        """The entries for the next events, if each is like this one.

        The first event waits for its own alone.
        """
        records = len({slot.record for slot in self._slots})
        return min(records * (self._events if self._has_answer else 1), _MAX_ENTRIES)


class _Remembered:
    """Texts not to be used again: the latest ones, and those of the example."""

    def __init__(self, always: Iterable[str]) -> None:
        self._always = {_plain(text) for text in always}
        self._order: deque[str] = deque()
        self._latest: set[str] = set()

    def are_new(self, texts: Iterable[str]) -> bool:
        plain = {_plain(text) for text in texts}
        return "" not in plain and not (plain & self._always or plain & self._latest)

    def add(self, texts: Iterable[str]) -> None:
        for text in map(_plain, texts):
            if text not in self._latest:
                self._latest.add(text)
                self._order.append(text)
        while len(self._order) > _MAX_REMEMBERED:
            self._latest.discard(self._order.popleft())


def _plain(text: str) -> str:
    """``text`` without differences in case, space and final punctuation."""
    return " ".join(text.casefold().split()).rstrip(".!")


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _strings(child)
    elif isinstance(value, str):
        yield value
