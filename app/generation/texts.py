"""Texts: from a flat schema, examples and a role to a writer."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.generation.categories import sticky
from app.generation.census import Census
from app.generation.clocks import Clock, iso_date, iso_ms, iso_time, text_clock
from app.generation.conjunction import Flat
from app.generation.documents import Document
from app.generation.fitting import Fitting, TextMaker
from app.generation.formats import FORMATS, ROLES
from app.generation.identifiers import series
from app.generation.jsontext import dumps
from app.generation.makers import MAKERS, NOUNS, Maker
from app.generation.places import Place
from app.generation.roles import Part, TextRole, text_role
from app.generation.state import Draft, Layout, State, Writer
from app.generation.vocabulary import choices_for, choices_of
from app.generation.vocabulary.inflection import words
from app.generation.vocabulary.style import style_of

#: Makes a text when a record starts.
_Beginning = Callable[[State, Draft], str]

#: Examples that only say that a text is wanted.
_ANY_TEXT = re.compile(
    r"|string|str|text|any|\.\.\.|…|<.*>|\{.*\}|lorem ipsum.*", re.IGNORECASE
)
_SENTENCE = re.compile(r".*[.!?…]|(?:\S+\s+){3,}\S+", re.DOTALL)
_CLOCKS: dict[str, Clock] = {"date": iso_date, "date-time": iso_ms, "time": iso_time}
_WORD = TextRole(Part.CATEGORY, "word")
_LABEL = TextRole(Part.IDENTITY, "label")
_SENTENCES = TextRole(Part.CONTENT, "sentence")


def text_writer(
    flat: Flat, place: Place, layout: Layout, document: Document, census: Census
) -> Writer:
    """A writer of texts that fit ``flat``. Raises ``Impossible``."""
    return _Text(flat, place, layout, document, census).writer()


class _Text:
    """What is known about one text, and the choice of a writer for it."""

    def __init__(
        self,
        flat: Flat,
        place: Place,
        layout: Layout,
        document: Document,
        census: Census,
    ) -> None:
        self.place = place
        self.layout = layout
        self.census = census
        self.fitting = Fitting(flat, document)
        self.formats: tuple[str, ...] = flat.get("format", ())
        self.hints = tuple(
            hint
            for hint in flat.get("examples", ())
            if isinstance(hint, str)
            and not _ANY_TEXT.fullmatch(hint)
            and self.fitting.fits(hint)
        )
        self.named = text_role(place.name)
        self.role = self._by_format() or self.named or self._by_example()

    def writer(self) -> Writer:
        clock = self._clock()
        if clock is not None:
            return self._showing(clock)
        choices = self._choices()
        if choices:
            hints = [dumps(hint) for hint in self.hints]
            return sticky(choices, hints, self.place, self.layout)
        if self.role.part is Part.CONTENT and not self._goes_on():
            make, census = MAKERS[self.role.make], self.census
            return self._per_event(lambda state: make(state, Draft(0), census))
        return self._per_record(self._beginning())

    def _by_format(self) -> TextRole | None:
        for name in self.formats:
            make = ROLES.get(name)
            if make is not None:
                part = self.named.part if self.named else Part.IDENTITY
                return TextRole(part, make)
            if name in FORMATS and name not in _CLOCKS:
                return TextRole(Part.CONTENT, "sentence")
        return None

    def _by_example(self) -> TextRole:
        """The role of a text whose name says nothing."""
        if not self.hints:
            return _WORD
        return _SENTENCES if _SENTENCE.fullmatch(self.hints[0]) else _LABEL

    def _clock(self) -> Clock | None:
        """The format of a point in time, where the text is one."""
        is_named = self.named is not None and self.named.part is Part.CLOCK
        if self.hints:
            clock = text_clock(self.hints[0])
            return clock if is_named or not self.hints[0].isdecimal() else None
        for name in self.formats:
            if name in _CLOCKS:
                return _CLOCKS[name]
        return iso_ms if is_named else None

    def _choices(self) -> tuple[str, ...]:
        """The JSON texts of the words of a category; none for other texts."""
        name, owner = self.place.name, self.place.owner
        found: tuple[str, ...] | None = None
        if self.named is None or self.role.part is Part.CATEGORY:
            if self.hints:
                found = choices_of(self.hints[0], name, owner)
            else:
                found = choices_for(name, owner)
            if found is None and len(set(self.hints)) > 1 and self.role is not _LABEL:
                found = self.hints
            if found is None and self.role is _WORD:
                found = NOUNS
        return tuple(dumps(word) for word in found or () if self.fitting.fits(word))

    def _goes_on(self) -> bool:
        """Whether the example is an identifier with a following one."""
        return (
            self.role.make == "identifier"
            and bool(self.hints)
            and series(self.hints[-1]) is not None
        )

    def _beginning(self) -> _Beginning:
        """The text of a record, by its position among the others."""
        hints, census = self.hints, self.census
        following = series(hints[-1]) if hints else None
        if self.role.make != "identifier" and self.role is not _LABEL:
            following = None
        maker = MAKERS.get(self.role.make) or _label(hints)
        known = 0 if self.place.fresh and following is None else len(hints)

        def begin(state: State, draft: Draft) -> str:
            position = draft.position
            if position < known:
                return hints[position]
            if following is not None:
                number = position - known + 1
                return following(state.random, state.now_ms, number)
            return maker(state, draft, census)

        return begin

    def _showing(self, clock: Clock) -> Writer:
        if self.fitting.permits(clock):
            return lambda state, cell: f'"{clock(state.time())}"'
        return self._per_event(lambda state: clock(state.time()))

    def _per_record(self, begin: _Beginning) -> Writer:
        fitting = self.fitting

        def start(state: State, draft: Draft) -> str:
            text = begin(state, draft)
            return dumps(text if fitting.fits(text) else fitting.make(state))

        slot = self.layout.slot(start)
        return lambda state, cell: cell[slot]

    def _per_event(self, make: TextMaker) -> Writer:
        fitted = self.fitting.fitted(make)
        return lambda state, cell: dumps(fitted(state))


def _label(hints: tuple[str, ...]) -> Maker:
    """A text in the style of the first example: as many words, written as there."""
    example = hints[0] if hints else "word"
    style, count = style_of(example), max(len(words(example)), 1)

    def make(state: State, draft: Draft, census: Census) -> str:
        return style.write(
            [NOUNS[int(state.random() * len(NOUNS))] for _ in range(count)]
        )

    return make
