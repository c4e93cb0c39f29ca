"""Texts: from a flat schema, examples and a role to a writer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from app.generation.categories import sticky
from app.generation.census import Census
from app.generation.clocks import (
    Clock,
    iso_date,
    iso_ms,
    iso_time,
    text_clock,
    text_moment,
)
from app.generation.conjunction import Flat
from app.generation.documents import Document
from app.generation.examples import says_nothing
from app.generation.fitting import Fitting, TextMaker
from app.generation.formats import FORMATS, ROLES
from app.generation.identifiers import other_digits, series
from app.generation.jsontext import dumps
from app.generation.makers import MAKERS, NOUNS, ROOMS, Maker, label
from app.generation.moments import moment
from app.generation.motion import Number
from app.generation.numbers import number_writer
from app.generation.parts import Part, TextRole, role_of
from app.generation.places import Place
from app.generation.roles import number_role, text_role
from app.generation.sentences import sentences
from app.generation.state import RENEW, Cell, Draft, Layout, State, Writer
from app.generation.survey import Echo, Survey
from app.generation.text_roles import NAMES
from app.generation.vocabulary import choices_for, choices_of
from app.generation.vocabulary.inflection import singular, words

#: Makes a text when a record starts.
_Beginning = Callable[[State, Draft], str]

_SENTENCE = re.compile(r".*[.!?…]|(?:\S+\s+){3,}\S+", re.DOTALL)
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,12})\.\d{1,10}")
#: Tags around a text.
_TAGGED = re.compile(r"((?:<\w+>)+)(.*?)((?:</\w+>)+)", re.DOTALL)
_CLOCKS: dict[str, Clock] = {"date": iso_date, "date-time": iso_ms, "time": iso_time}
_WORD = TextRole(Part.CATEGORY, "word")
_LABEL = TextRole(Part.IDENTITY, "label")
_SENTENCES = TextRole(Part.CONTENT, "sentence")
_KEPT = "kept"
#: Makers of what stays as it is, even if it looks like a number.
_FIXED = frozenset({_KEPT, "version", "identifier", "phone", "postcode"})
#: Members beside which a ``code`` is one of a fixed system.
_CODED = frozenset({"system", "display"})
#: Members beside which a ``state`` is a part of a country.
_ADDRESS = frozenset({"city", "zip", "country", "postalCode", "postal_code", "street"})


#: A text of a few words in lower case is no sentence, under names like these.
_SHORT = re.compile(r"[a-z]+( [a-z]+){0,2}")
_PLAIN_NAMES = frozenset("description summary detail details label".split())
#: What a text of an unknown name is, by its look.
_LOOKS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "email"),
    (re.compile(r"https?://\S+"), "url"),
    (re.compile(r"\d{1,3}(\.\d{1,3}){3}"), "ipv4"),
    (re.compile(r"\+\d[\d ()-]{7,16}"), "phone"),
)
#: First words of names that tell the people of one record apart.
_PEOPLE = frozenset("""
    agent approver assignee author away buyer creator customer doctor driver from
    guest home host manager owner passenger patient recipient reporter requester
    reviewer rider seller sender to
    """.split())
#: Last words of names of texts that belong to an entity.
_LASTING = [[word] for word in "title description summary bio about overview".split()]
#: Makers of titles of things that are not texts.
_TITLED = frozenset({"product", "work", "file"})
#: Other makers for examples of another form.
_FORMS = (
    ("country", re.compile("[A-Z]{2}"), "country_code"),
    ("state", re.compile("[A-Z]{2}"), "state_code"),
    ("full_name", re.compile(r"[a-z0-9]+([._-]?[a-z0-9]+)*"), "username"),
    ("place", re.compile("|".join(ROOMS), re.IGNORECASE), "room"),
    ("username", re.compile(r"[A-Z][\w'.-]+ [A-Z].*"), "full_name"),
)
#: Makers whose texts go on from an example as its numbers do.
_IN_SERIES = frozenset(
    "identifier digest name label username hostname url image ipv4 ipv6 mac slug"
    " product device room service file".split()
)
#: Makers that are used with an example, too.
_AS_THEY_ARE = frozenset("device digest ipv4 ipv6 mac room route service team".split())
#: Makers of which new records have texts of their own.
_NAMED_ANEW = frozenset({"name", "username", "slug", "route"})
#: So many others are there besides the examples, for references of new records.
_FEW = 3
#: Makers whose texts look like any example, so that new records need not keep it.
_IN_ANY_FORM = frozenset(
    "full_name first_name last_name email phone job city country country_code state"
    " state_code street address postcode timezone company product team ticker"
    " ticker_name work place".split()
)


class Text(NamedTuple):
    """A text: its writer, and what reads it where it is a word or a number."""

    write: Writer
    number: Number | None = None
    word: Callable[[Cell], str] | None = None


def text_writer(
    flat: Flat,
    place: Place,
    layout: Layout,
    document: Document,
    census: Census,
    survey: Survey,
) -> Text:
    """A writer of texts that fit ``flat``. Raises ``Impossible``."""
    return _Text(flat, place, layout, document, census, survey).text()


class _Text:
    """What is known about one text, and the choice of a writer for it."""

    def __init__(
        self,
        flat: Flat,
        place: Place,
        layout: Layout,
        document: Document,
        census: Census,
        survey: Survey,
    ) -> None:
        self.place = place
        self.layout = layout
        self.census = census
        self.survey = survey
        self.fitting = Fitting(flat, document)
        self.formats: tuple[str, ...] = flat.get("format", ())
        self.hints = tuple(
            hint
            for hint in flat.get("examples", ())
            if isinstance(hint, str)
            and not says_nothing(hint)
            and self.fitting.fits(hint)
        )
        self.named = self._by_name()
        self.role = self._by_format() or self.named or self._by_example()

    def text(self) -> Text:
        clock = self._clock()
        if clock is not None:
            return Text(clock)
        number = self._number()
        if number is not None:
            return Text(lambda state, cell: f'"{number.write(state, cell)}"', number)
        choices = self._choices()
        if choices:
            hints = [dumps(hint) for hint in self.hints]
            write, word = sticky(choices, hints, self.place, self.layout)
            return Text(write, word=word)
        echo = self.survey.echoes.get(self.place.path)
        if self.role.part is Part.CONTENT and not self._goes_on():
            if not self._is_trait() and (echo is None or not self.place.fresh):
                return Text(self._content())
        return Text(self._per_record(self._beginning(), echo))

    def _by_name(self) -> TextRole | None:
        """The role that the name gives, as far as the example agrees with it."""
        name, siblings = self.place.name, self.place.siblings
        role = text_role(name)
        example = self.hints[0] if self.hints else None
        if words(name) == ["code"] and _CODED & siblings.keys():
            return TextRole(Part.TRAIT, _KEPT)
        if words(name) == ["state"] and _ADDRESS & siblings.keys():
            role = TextRole(Part.IDENTITY, "state")
        if role is None:
            return None
        if role.make == "name":
            make = role_of(self.place.owner, NAMES)
            if make is None and example is not None:
                if choices_of(example, self.place.owner) is not None:
                    return None
            return TextRole(role.part, make or "name")
        if role.make == "title" and role_of(self.place.owner, NAMES) in _TITLED:
            return TextRole(Part.IDENTITY, role_of(self.place.owner, NAMES) or "name")
        if role.make in ("sentence", "title") and example is not None:
            if words(name)[-1] in _PLAIN_NAMES and _SHORT.fullmatch(example):
                return TextRole(Part.TRAIT, "label")
        for make, pattern, other in _FORMS:
            if role.make == make and example is not None and pattern.fullmatch(example):
                return TextRole(role.part, other)
        return role

    def _by_format(self) -> TextRole | None:
        for name in self.formats:
            make = ROLES.get(name)
            if make is not None:
                part = self.named.part if self.named else Part.IDENTITY
                return TextRole(part, make)
            if name in FORMATS and name not in _CLOCKS:
                return _SENTENCES
        return None

    def _by_example(self) -> TextRole:
        """The role of a text whose name says nothing."""
        if not self.hints:
            return _WORD
        for pattern, make in _LOOKS:
            if pattern.fullmatch(self.hints[0]):
                return TextRole(Part.IDENTITY, make)
        return _SENTENCES if _SENTENCE.fullmatch(self.hints[0]) else _LABEL

    def _clock(self) -> Writer | None:
        """A point in time in the format of the example, where the text is one."""
        is_named = self.named is not None and self.named.part is Part.CLOCK
        example, clock = None, None
        if self.hints:
            if is_named or not self.hints[0].isdecimal():
                clock = text_clock(self.hints[0])
                example = text_moment(self.hints[0])
        else:
            clock = next(
                (_CLOCKS[name] for name in self.formats if name in _CLOCKS),
                iso_ms if is_named else None,
            )
        if clock is None:
            return None
        show = clock
        has_date = not self.hints or example is not None
        at = moment(self.place, example, self.survey.present, self.layout, has_date)
        if self.fitting.permits(show):
            return lambda state, cell: f'"{show(at(state, cell))}"'
        fitting = self.fitting

        def checked(state: State, cell: Cell) -> str:
            text = show(at(state, cell))
            return dumps(text if fitting.fits(text) else fitting.make(state))

        return checked

    def _number(self) -> Number | None:
        """A number that is written in a text, with the decimals of the example."""
        if not self.hints or not self.fitting.free or self.role.make in _FIXED:
            return None
        if not all(map(_DECIMAL.fullmatch, self.hints)):
            return None
        if self.named is not None and number_role(self.place.name) is None:
            return None
        digits = max(len(hint.partition(".")[2]) for hint in self.hints)
        flat = {"examples": [float(hint) for hint in self.hints]}
        return number_writer(flat, False, self.place, self.layout, self.survey, digits)

    def _choices(self) -> tuple[str, ...]:
        """The JSON texts of the words of a category; none for other texts."""
        name, owner = self.place.name, self.place.owner
        found: tuple[str, ...] | None = None
        is_short = self.hints and self.hints[0].islower() and " " in self.hints[0]
        if words(name) == ["type"] and self._names_its_owner():
            return ()
        if self.named is None or self.role.part is Part.CATEGORY or is_short:
            if self.hints:
                found = choices_of(self.hints[0], name, owner)
            else:
                found = choices_for(name, owner)
            if found is None and len(set(self.hints)) > 1 and self.role is not _LABEL:
                found = self.hints
            if found is None and self.role is _WORD:
                found = NOUNS
        return tuple(dumps(word) for word in found or () if self.fitting.fits(word))

    def _is_trait(self) -> bool:
        """Whether it is the title or description of something that lasts."""
        last = words(self.place.name)[-1:]
        return self.place.is_entity and not self.place.fresh and last in _LASTING

    def _names_its_owner(self) -> bool:
        """Whether the example is the noun of its record: a ``Feature``."""
        owner = [singular(word) for word in words(self.place.owner)]
        return bool(self.hints) and words(self.hints[0]) == owner

    def _goes_on(self) -> bool:
        """Whether the example is an identifier with a following one."""
        return (
            self.role.make in ("identifier", "digest")
            and bool(self.hints)
            and series(self.hints[-1]) is not None
        )

    def _content(self) -> Writer:
        """Something new in every event."""
        census = self.census
        if self.role.make not in ("sentence", "title"):
            make = MAKERS[self.role.make]
            return self._per_event(
                lambda state: make(state, Draft(0, None, None), census)
            )
        return self._sentences()

    def _sentences(self) -> Writer:
        """Messages and titles, by turns of two kinds so that none comes twice."""
        place, census, fitting = self.place, self.census, self.fitting
        field = place.name or place.owner
        noun = f"{place.subject} {place.owner}"
        plain = sentences(field, noun)
        good = sentences(field, noun, False)
        bad = sentences(field, noun, True)
        is_bad = place.trouble
        tags = _TAGGED.fullmatch(self.hints[0]) if self.hints else None
        before, after = (tags[1], tags[3]) if tags else ("", "")

        def write(state: State, cell: Cell) -> str:
            turn = cell[slot]
            cell[slot] = 1 - turn
            make = plain if is_bad is None else bad if is_bad(cell) else good
            text = before + make(state, census, turn) + after
            return dumps(text if fitting.fits(text) else fitting.make(state))

        slot = self.layout.slot(lambda state, draft: draft.position % 2)
        return write

    def _beginning(self) -> _Beginning:
        """The text of a record, by its position among the others."""
        hints, census, place, make = self.hints, self.census, self.place, self.role.make
        following = series(hints[-1]) if hints and make in _IN_SERIES else None
        maker = self._maker()
        known = len(hints)
        if place.fresh and make in _IN_ANY_FORM and following is None:
            known = 0
        is_key = place.is_own_id or place.path in self.survey.keys
        is_new = self.role.part is Part.CONTENT or is_key
        is_reference = place.fresh and not is_new
        is_named_anew = place.fresh and make in _NAMED_ANEW
        is_varied = place.is_entity and not place.fresh and self._is_name_like()

        def begin(state: State, draft: Draft) -> str:
            position = draft.position
            if is_reference and known:
                position = int(state.random() * (known + _FEW))
            if position < known:
                return hints[position]
            if following is not None:
                return following(state.random, state.now_ms, position - known + 1)
            if known and not is_varied and state.restless < RENEW and not is_named_anew:
                return hints[position % known]
            return maker(state, draft, census)

        return begin

    def _maker(self) -> Maker:
        """What makes the texts of records for which there is no example."""
        make, hints, market = self.role.make, self.hints, self.place.market
        if make in ("sentence", "title"):
            write = sentences(
                self.place.name, f"{self.place.subject} {self.place.owner}"
            )
            return lambda state, draft, census: write(state, census, draft.position % 2)
        if market is not None and make == "ticker":
            return lambda state, draft, census: market.listing(draft.position).symbol
        if market is not None and make in ("ticker_name", "company"):
            return lambda state, draft, census: (
                market.listing(draft.position).asset.name
            )
        if hints and make in ("phone", "postcode"):
            digits = other_digits(hints[0])
            return lambda state, draft, census: digits(state.random)
        if hints and make not in _IN_ANY_FORM and make not in _AS_THEY_ARE:
            return label(hints[0])
        maker = MAKERS.get(make) or label("word")
        who = next((word for word in words(self.place.name) if word in _PEOPLE), None)
        return maker if who is None else _about(who, maker)

    def _is_name_like(self) -> bool:
        """Whether several entities have each another text here."""
        if self.role.make in (_KEPT, "label") or not self.hints:
            return self.role is _LABEL and len(words(self.hints[0])) > 1
        return True

    def _per_record(self, begin: _Beginning, echo: Echo | None) -> Writer:
        fitting, path = self.fitting, self.place.path
        is_source = path in self.survey.sources

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


def _about(who: str, maker: Maker) -> Maker:
    """``maker`` for one of several people that a record names."""

    def make(state: State, draft: Draft, census: Census) -> str:
        other = draft.known.get(who)
        if not isinstance(other, Draft):
            other = draft.known[who] = Draft(draft.position, draft, None)
        return maker(state, other, census)

    return make


def _repeated(echo: Echo, draft: Draft) -> str | None:
    """The text of an echo, None where something that it repeats is not there."""
    texts = [part if isinstance(part, str) else draft.text(part) for part in echo]
    known = [text for text in texts if text is not None]
    return "".join(known) if len(known) == len(texts) else None
