"""The fields of an example: for each the writer that its change has earned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain
from typing import TypeAlias

from ...resources.catalogue import noun_of
from ...schema.jsontext import dumps
from ...words import Json
from ..compile.build import Built, Scope, constant
from ..compile.categories import one_of, sticky
from ..compile.texts import sentence_writer, text_writer
from ..evidence.leaves import Leaf, Spot, is_open, time_of, words
from ..evidence.life import Life
from ..evidence.outline import Outline
from ..evidence.succession.sequences import strides
from ..evidence.utterances import OWN_WORDS, fitting, is_of_request, is_sentence
from ..fields.moments import When
from ..fields.parts import Part
from ..fields.places import Place
from ..fields.roles import KEPT
from ..fields.text_kinds import text_kind
from ..values.clocks import zone_offset
from ..values.identifiers import series
from ..values.sentences import piece
from ..values.spoken import between, may_have_times, spoken, told
from ..values.state import Cell, Draft, Layout, Path, State, Writer
from ..values.wording import reworded
from ..vocabulary import choices_of, family_slug, word_list
from .earlier import BEFORE
from .linked import Copies, follower, linked, numbered
from .readings import Numbers
from .times.present import Moment, clock, moment_of
from .times.timers import start_below_zero

#: What a look at one member costs, in steps.
_LOOK_STEPS = 10
#: Last words of names of levels, in logs.
_LEVELS = frozenset({"level", "severity", "loglevel", "lvl"})

#: Makers of addresses, which stay where they have no number to go on with.
_ADDRESSES = frozenset("hostname image ipv4 ipv6 mac route slug url".split())
#: Makes a text that is new in every event.
_Announcer: TypeAlias = Callable[[State], str]


class Fields:
    """Chooses the writers of one example's scalars."""

    def __init__(self, scope: Scope, whole: Outline, loose: bool) -> None:
        """With ``loose`` also plain numbers and sentences change."""
        self._scope = scope
        self._whole = whole
        self._loose = loose
        self._numbers = Numbers(scope, whole, loose)
        self._copies = Copies(whole, scope.census)
        self._announced: dict[Spot, _Announcer] = {**self._copies.announcers}
        self._life = Life(whole, self._numbers.role)

    def announced(self, write: Writer) -> Writer:
        """``write``, behind the choice of the identifiers that several texts repeat."""
        announcers = (*self._announced.items(), *self._numbers.draws.announcers.items())
        if not announcers:
            return write
        remembered = {block.own for block in self._whole.blocks}

        def announce(state: State, cell: Cell) -> str:
            for spot, make in announcers:
                if spot in remembered and spot in state.said:
                    state.said[(*spot, BEFORE)] = state.said[spot]
                state.said[spot] = make(state)
            return write(state, cell)

        return announce

    @cached_property
    def _followed(self) -> frozenset[Spot]:
        """Where the identifiers are that other texts repeat."""
        parts = chain.from_iterable(self._whole.follows.values())
        return frozenset(part.spot for part in parts if not isinstance(part, str))

    @cached_property
    def _strides(self) -> Mapping[str, int]:
        """How far the numbers of sequences rise, by the digits of each."""
        return strides(self._whole.leaves.values(), self._numbers.role)

    @cached_property
    def _said(self) -> frozenset[str]:
        """What the fields of the example say, which a text may repeat."""
        return frozenset(str(leaf.value) for leaf in self._whole.leaves.values())

    @cached_property
    def constants(self) -> tuple[float, ...]:
        """The numbers of the whole example that something may be a share of."""
        numbers = (leaf.value for leaf in self._whole.leaves.values())
        return tuple(
            float(number)
            for number in numbers
            if isinstance(number, (int, float)) and number > 1
        )

    def changing(
        self, spots: Mapping[str, Spot], place: Place, spend: Callable[[int], None]
    ) -> frozenset[str]:
        """The members of an object that are numbers and change by themselves."""
        found: set[str] = set()
        for name, spot in spots.items():
            spend(_LOOK_STEPS)
            leaf = self._leaf(place.siblings[name], spot, name, place)
            if self._numbers.role(leaf):
                found.add(name)
        return frozenset(found)

    def scalar(self, value: Json, spot: Spot, place: Place, layout: Layout) -> Built:
        """The writer of one scalar."""
        leaf = self._leaf(value, spot, place.name, place)
        copied = None if place.is_further else self._copies.built(leaf)
        in_chain = copied or linked(leaf, self._whole)
        if in_chain is not None:
            return in_chain
        for way in (self._number, self._time, self._text):
            built = way(leaf, place, layout)
            if built is not None:
                return self._numbers.history.told(leaf, built)
        kept = constant(dumps(value))
        number = self._numbers.constant(value)
        return kept if number is None else replace(kept, number=number)

    def _leaf(self, value: Json, spot: Spot, name: str, place: Place) -> Leaf:
        known = self._whole.leaves.get(spot)
        return known or Leaf(spot, name, place.owner, value, place.siblings)

    def _time(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        found = time_of(leaf)
        if found is None:
            start = start_below_zero(leaf, self._whole.leaves)
            at = self._moment(*start, place) if start else None
            return at and Built(lambda state, cell: str(-(at(state) // 1000)))
        record = self._life.record_of(leaf, found[0])
        write = clock(leaf, self._whole, place, self._life.is_alive(record), not record)
        return None if write is None else Built(write)

    def _retold(self, leaf: Leaf, place: Place, is_new: bool) -> Built | None:
        """A text with times that other fields have, None for any other.

        With ``is_new`` its other numbers differ, too.
        """
        if not may_have_times(str(leaf.value)) or time_of(leaf) is not None:
            return None
        text = str(leaf.value)
        parts: list[str | Callable[[State], str]] = [text]
        for other, found, ahead in self._times:
            tellings = spoken(text, found[1] + ahead) if other is not leaf else []
            at = self._moment(other, found[0], place) if tellings else None
            if at is not None:
                for said, form in tellings:
                    parts = _cut(parts, said, partial(told, form, at, ahead))
        if parts == [leaf.value]:
            return None
        if is_new:
            parts = [self._with_others(p) if isinstance(p, str) else p for p in parts]
        return Built(
            lambda state, cell: dumps(
                "".join([p if isinstance(p, str) else p(state) for p in parts])
            )
        )

    def _with_others(self, text: str) -> str | Callable[[State], str]:
        """A part of a text with other numbers, where it has some."""
        make = reworded(text, self._said)
        return text if make is None else lambda state: make(state.random)

    @cached_property
    def _times(self) -> list[tuple[Leaf, tuple[When, int], int]]:
        """The times of the example, and how far the clock of each is ahead (ms)."""
        found = ((leaf, time_of(leaf)) for leaf in self._whole.leaves.values())
        return [(leaf, at, zone_offset(str(leaf.value))) for leaf, at in found if at]

    def _moment(self, leaf: Leaf, kind: When, place: Place) -> Moment | None:
        """When it is that a time says, None where it stays as it is."""
        record = self._life.record_of(leaf, kind)
        alive = self._life.is_alive(record)
        return moment_of(leaf, self._whole, place, alive, not record)

    def _number(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        if leaf.spot in self._whole.ids:
            is_said = isinstance(leaf.value, int) or leaf.spot in self._followed
            return self._id(leaf) if is_said else None
        return self._numbers.built(leaf, place, layout)

    def _text(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        value = leaf.value
        if leaf.spot in self._whole.ids:
            return self._id(leaf)
        follows = self._whole.follows.get(leaf.spot)
        if follows is not None:
            return follower(leaf, follows, self._whole.leaves)
        if not isinstance(value, str) or not value:
            return None
        if is_open(leaf):
            return self._named(leaf, place, layout)
        in_sequence = numbered(leaf, self._strides)
        if in_sequence is not None:
            return in_sequence
        about = self._whole.messages.get(leaf.spot)
        if about == "delta":
            return Built(lambda state, cell: dumps(piece(state.number)))
        if about in (None, OWN_WORDS):
            retold = self._retold(leaf, place, about == OWN_WORDS)
            if retold is not None:
                return retold
        if about == OWN_WORDS:
            return self._reworded(value)
        if about is not None:
            return Built(self._sentences(leaf, about, place, layout))
        if place.is_further or place.fresh:
            echo = self._echo(leaf, place, layout)
            if echo is not None:
                return echo
        level = self._level(leaf, place, layout)
        if level is not None:
            return level
        if place.is_further or (place.many and place.fresh):
            built = self._entity(leaf, place, layout)
            if built is not None:
                return built
        if self._loose and is_sentence(leaf) and not place.is_further:
            about = fitting(value, place.subject, self._said) or place.subject
            if about == OWN_WORDS:
                return self._reworded(value)
            return Built(self._sentences(leaf, about, place, layout))
        return None

    def _id(self, leaf: Leaf) -> Built:
        """An identifier that no other event has."""
        value, spot = leaf.value, leaf.spot
        following = series(str(value))
        assert following is not None  # or it were no identifier of the outline
        go_on = following
        self._announced[spot] = lambda state: go_on(
            state.random, state.now_ms, state.number
        )
        if isinstance(value, int):
            return Built(lambda state, cell: state.said[spot])
        return Built(lambda state, cell: dumps(state.said[spot]))

    def _reworded(self, value: str) -> Built:
        """A text in which only numbers differ."""
        make = reworded(value, self._said)
        assert make is not None  # or it were no new text of the outline
        return Built(lambda state, cell: dumps(make(state.random)))

    def _named(self, leaf: Leaf, place: Place, layout: Layout) -> Built:
        """A text of which only the name is known."""
        schema = {"type": frozenset({"string"}), "examples": [leaf.value]}
        text = text_writer(schema, place, layout, self._scope)
        return Built(text.write, word=text.word)

    def _sentences(
        self, leaf: Leaf, about: str, place: Place, layout: Layout
    ) -> Writer:
        place = replace(place, subject=about, owner=about)
        return sentence_writer(
            place, (str(leaf.value),), self._scope.census, None, layout
        )

    def _echo(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        """A text that repeats others of its record, which is a new one."""
        echo = self._scope.survey.echoes.get(place.path)
        if echo is None:
            return None
        known = [
            (part, part) if isinstance(part, str) else (part, self._says(part, leaf))
            for part in echo
        ]

        def finish(state: State, draft: Draft, cell: Cell) -> None:
            texts = [
                says if isinstance(part, str) else draft.text(part) or says
                for part, says in known
            ]
            cell[slot] = dumps("".join(texts))

        def start(state: State, draft: Draft) -> str:
            cell = draft.cell
            draft.later.append(lambda: finish(state, draft, cell))
            return dumps(leaf.value)

        slot = layout.slot(start)
        return Built(lambda state, cell: cell[slot])

    def _says(self, path: Path, leaf: Leaf) -> str:
        """What a field says in the record of ``leaf``, in the example."""
        places = iter([step for step in leaf.spot if isinstance(step, int)])
        spot = tuple(next(places, 0) if step == "[]" else step for step in path)
        found = self._whole.leaves.get(spot)
        return "" if found is None else str(found.value)

    def _level(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        """The level of a log's entry, or the service that it is of."""
        known = noun_of(place.owner) or noun_of(place.subject)
        if known is None or known.name != "logs" or not self._is_told_anew(leaf):
            return None
        if is_of_request(leaf):
            return None
        if place.fresh and leaf.value in word_list("services"):
            return one_of([dumps(name) for name in word_list("services")], layout)
        if leaf.last not in _LEVELS or any(map(_is_kind, leaf.siblings)):
            return None
        choices = choices_of(str(leaf.value), leaf.name, "log")
        if not choices:
            return None
        texts = [dumps(choice) for choice in choices]
        write, word = sticky(texts, [dumps(leaf.value)], place, layout)
        return Built(write, word=word)

    def _is_told_anew(self, leaf: Leaf) -> bool:
        """Whether what an entry of a log says is another thing in each event."""
        whole = self._whole
        beside = [(*leaf.spot[:-1], name) for name in leaf.siblings]
        texts = [whole.leaves[spot] for spot in beside if spot in whole.leaves]
        kept = any(is_sentence(each) or _is_address(each) for each in texts)
        said = {whole.messages.get(each.spot) for each in texts} - {None, OWN_WORDS}
        return bool(said) or not kept

    def _entity(self, leaf: Leaf, place: Place, layout: Layout) -> Built | None:
        """What tells an entity from those of the example."""
        text = str(leaf.value)
        kind = text_kind(place, (text,), ())
        if not place.is_further and not _is_id_of_list(leaf, place):
            return None
        if kind.role.part is not Part.IDENTITY or kind.role.make == KEPT:
            return None
        if not kind.is_named or (kind.role.make in _ADDRESSES and not series(text)):
            return None
        slugs = family_slug(text)
        if slugs is not None:
            others = [dumps(slug) for slug in slugs]

            def start(state: State, draft: Draft) -> str:
                return others[draft.position % len(others)]

            slot = layout.slot(start)
            return Built(lambda state, cell: cell[slot])
        return self._named(leaf, place, layout)


def _is_kind(name: str) -> bool:
    """Whether a member says which of some events there was, each with its level."""
    return words(name) in (("event", "type"), ("event", "name"))


def _is_address(leaf: Leaf) -> bool:
    """Whether what a log says is only where something was: ``[my-index][0]``."""
    return leaf.last == "message" and str(leaf.value)[:1] == "["


def _is_id_of_list(leaf: Leaf, place: Place) -> bool:
    """Whether a field is the id of the elements of the list that brings new ones."""
    return (
        place.is_own_id
        and place.path.count("[]") == 1
        and leaf.last != "name"
        and series(str(leaf.value)) is not None
    )


def _cut(
    parts: Sequence[str | Callable[[State], str]],
    said: str,
    tell: Callable[[State], str],
) -> list[str | Callable[[State], str]]:
    """The parts of a sentence, with what tells a time in each place of ``said``."""
    cut = (
        [p] if not isinstance(p, str) else between(p.split(said), tell) for p in parts
    )
    return [piece for pieces in cut for piece in pieces]
