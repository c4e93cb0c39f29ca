"""Texts: from a flat schema, examples and a role to a writer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ...resources.inflection import words
from ...schema.conjunction import Flat
from ...schema.jsontext import dumps
from ..fields.moments import moment
from ..fields.parts import Part
from ..fields.places import Place
from ..fields.roles import KEPT, number_role
from ..fields.survey import Echo, says_nothing
from ..fields.text_kinds import text_kind, word_choices
from ..values.census import Census
from ..values.clocks import Clock, iso_date, iso_ms, iso_time, text_clock, text_moment
from ..values.fitting import Fitting, TextMaker
from ..values.makers import MAKERS
from ..values.motion import Number
from ..values.sentences import sentences
from ..values.state import Cell, Draft, Layout, State, Writer
from .beginnings import Beginning, beginning, goes_on
from .build import Scope
from .categories import sticky
from .numbers import number_writer

_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,12})\.\d{1,10}")
#: Tags around a text.
_TAGGED = re.compile(r"((?:<\w+>)+)(.*?)((?:</\w+>)+)", re.DOTALL)
_CLOCKS: dict[str, Clock] = {"date": iso_date, "date-time": iso_ms, "time": iso_time}
#: Makers of what stays as it is, even if it looks like a number.
_FIXED = frozenset({KEPT, "version", "identifier", "phone", "postcode"})
#: Last words of names of texts that belong to an entity.
_LASTING = [[word] for word in "title description summary bio about overview".split()]


class Text(NamedTuple):
    """A text: its writer, and what reads it where it is a word or a number."""

    write: Writer
    number: Number | None = None
    word: Callable[[Cell], str] | None = None


def text_writer(flat: Flat, place: Place, layout: Layout, scope: Scope) -> Text:
    """A writer of texts that fit ``flat``. Raises ``Impossible``."""
    return _Text(flat, place, layout, scope).text()


class _Text:
    """What is known about one text, and the choice of a writer for it."""

    def __init__(self, flat: Flat, place: Place, layout: Layout, scope: Scope) -> None:
        self.place = place
        self.layout = layout
        self.scope = scope
        self.fitting = Fitting(flat, scope.document)
        self.formats: tuple[str, ...] = flat.get("format", ())
        self.examples = tuple(
            example
            for example in flat.get("examples", ())
            if isinstance(example, str)
            and not says_nothing(example)
            and self.fitting.fits(example)
        )
        self.kind = text_kind(place, self.examples, self.formats)
        self.role = self.kind.role

    def text(self) -> Text:
        clock = self._clock()
        if clock is not None:
            return Text(clock)
        number = self._number()
        if number is not None:
            return Text(lambda state, cell: f'"{number.write(state, cell)}"', number)
        choices = word_choices(self.place, self.kind, self.examples)
        fitting = tuple(dumps(word) for word in choices if self.fitting.fits(word))
        if fitting:
            examples = [dumps(example) for example in self.examples]
            write, word = sticky(fitting, examples, self.place, self.layout)
            return Text(write, word=word)
        echo = self.scope.survey.echoes.get(self.place.path)
        if self._is_content() and (echo is None or not self.place.fresh):
            return Text(self._content())
        begin = beginning(
            self.place, self.role, self.examples, self.scope.census, self.scope.survey
        )
        return Text(self._per_record(begin, echo))

    def _is_content(self) -> bool:
        """Whether every event brings a new text."""
        if self.role.part is not Part.CONTENT or goes_on(self.role, self.examples):
            return False
        lasts = self.place.is_entity and not self.place.fresh
        return not (lasts and words(self.place.name)[-1:] in _LASTING)

    def _clock(self) -> Writer | None:
        """A point in time in the format of the example, where the text is one."""
        is_named = self.kind.is_named and self.role.part is Part.CLOCK
        example, clock = None, None
        if self.examples:
            if is_named or not self.examples[0].isdecimal():
                clock = text_clock(self.examples[0])
                example = text_moment(self.examples[0])
        else:
            clock = next(
                (_CLOCKS[name] for name in self.formats if name in _CLOCKS),
                iso_ms if is_named else None,
            )
        if clock is None:
            return None
        show = clock
        present = self.scope.survey.present
        has_date = not self.examples or example is not None
        at = moment(self.place, example, present, self.layout, has_date)
        if self.fitting.permits(show):
            return lambda state, cell: f'"{show(at(state, cell))}"'
        fitting = self.fitting

        def checked(state: State, cell: Cell) -> str:
            text = show(at(state, cell))
            return dumps(text if fitting.fits(text) else fitting.make(state))

        return checked

    def _number(self) -> Number | None:
        """A number that is written in a text, with the decimals of the example."""
        if not self.examples or not self.fitting.free or self.role.make in _FIXED:
            return None
        if not all(map(_DECIMAL.fullmatch, self.examples)):
            return None
        if self.kind.is_named and number_role(self.place.name) is None:
            return None
        digits = max(len(example.partition(".")[2]) for example in self.examples)
        flat = {"examples": [float(example) for example in self.examples]}
        survey = self.scope.survey
        return number_writer(flat, False, self.place, self.layout, survey, digits)

    def _content(self) -> Writer:
        """Something new in every event."""
        if self.role.make in ("sentence", "title"):
            return self._sentences()
        make, census = MAKERS[self.role.make], self.scope.census
        return self._per_event(lambda state: make(state, Draft(0, None, None), census))

    def _sentences(self) -> Writer:
        """Messages and titles, by turns of two kinds so that none comes twice."""
        census = self.scope.census
        return sentence_writer(
            self.place, self.examples, census, self.fitting, self.layout
        )

    def _per_record(self, begin: Beginning, echo: Echo | None) -> Writer:
        """A text that a record keeps, or takes from others of its fields."""
        fitting, path = self.fitting, self.place.path
        is_source = path in self.scope.survey.sources

        def fitted(state: State, draft: Draft, text: str) -> str:
            if not fitting.fits(text):
                text = fitting.make(state)
            if is_source:
                draft.texts[path] = text
            return dumps(text)

        def start(state: State, draft: Draft) -> str:
            if echo is not None:
                parts, cell = echo, draft.cell

                def finish() -> None:
                    text = _repeated(parts, draft)
                    if text is not None:
                        cell[slot] = fitted(state, draft, text)

                draft.later.append(finish)
            return fitted(state, draft, begin(state, draft))

        slot = self.layout.slot(start)
        return lambda state, cell: cell[slot]

    def _per_event(self, make: TextMaker) -> Writer:
        fitted = self.fitting.fitted(make)
        return lambda state, cell: dumps(fitted(state))


def sentence_writer(
    place: Place,
    examples: tuple[str, ...],
    census: Census,
    fitting: Fitting | None,
    layout: Layout,
) -> Writer:
    """Messages and titles, by turns of two kinds so that none comes twice.

    They have to be ``fitting``, where that is given.
    """
    field, noun = place.name or place.owner, f"{place.subject} {place.owner}"
    plain = sentences(field, noun)
    good = sentences(field, noun, False)
    bad = sentences(field, noun, True)
    is_bad = place.trouble
    tags = _TAGGED.fullmatch(examples[0]) if examples else None
    before = tags[1] if tags else ""
    after = "".join(f"</{name}>" for name in re.findall(r"\w+", before)[::-1])

    def write(state: State, cell: Cell) -> str:
        turn = cell[slot]
        cell[slot] = 1 - turn
        make = plain if is_bad is None else bad if is_bad(cell) else good
        text = before + make(state, census, turn) + after
        if fitting is not None and not fitting.fits(text):
            text = fitting.make(state)
        return dumps(text)

    slot = layout.slot(lambda state, draft: draft.position % 2)
    return write


def _repeated(echo: Echo, draft: Draft) -> str | None:
    """The text of an echo, None where something that it repeats is not there."""
    texts = [part if isinstance(part, str) else draft.text(part) for part in echo]
    known = [text for text in texts if text is not None]
    return "".join(known) if len(known) == len(texts) else None
