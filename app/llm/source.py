"""Values from a language model: ask, read, check, and ask again."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import gevent

from ..cuts import Cut, Value
from ..errors import BackendFailed
from ..ports import Memory
from ..schema.variety import type_names
from ..words import Json, MockRequest
from .answers import Answer, AnswerReader, Declined, Refusal
from .chat import DECLINED, Answering, Chat, ChatRequest, Pieces, UpstreamError
from .excerpt import JsonExcerpt
from .prompts.messages import Prompts, Templates, Turn
from .prompts.schemas import counted_schema, wanted_schema
from .sent import Repetition, Sent
from .thinking import Habits, spoken

T = TypeVar("T")

Schema: TypeAlias = "Mapping[str, Json] | bool"

#: What values have to fit when the caller asked for no shape.
_ANY_RECORD: Mapping[str, Json] = {"type": ["object", "array"]}

#: What a model is asked for when the caller asked for no shape.
_ANY_OBJECT: Mapping[str, Json] = {"type": "object"}

_SEED_BITS = 31

#: How the temperature changes with each repetition, and with each misfit.
_WARMER = 0.4
_COOLER = 0.7
_MAX_TEMPERATURE = 2.0

#: How long an answer may take to end after its last bracket, in seconds.
_SETTLE_S = 0.5

_DOES_NOT_FIT = "LLM answer does not fit the shape"
_REPEATED = "LLM repeated itself"
_NOTHING = "LLM answered nothing"


class Unfit(BackendFailed):
    """The model answered, but nothing that can be sent. Another may not help."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one question is put; after an answer of no use, it is put differently."""

    temperature: float
    complaint: str | None = None
    shows_previous: bool = True

    def after(self, refusal: Refusal) -> Attempt:
        """The next attempt: freer after a repetition, stricter after a misfit.

        A model that repeated itself copied the previous value from the prompt.
        """
        if isinstance(refusal, Repetition):
            warmer = min(self.temperature + _WARMER, _MAX_TEMPERATURE)
            return Attempt(warmer, refusal.reason, shows_previous=False)
        cooler = self.temperature * _COOLER
        return Attempt(cooler, refusal.reason, self.shows_previous)


class Task:
    """What one stream wants of language models, whichever of them answers."""

    __slots__ = (
        "_most_context",
        "_repeats",
        "_rng",
        "context",
        "prompts",
        "reader",
        "request",
        "sent",
        "wanted",
    )

    def __init__(
        self,
        request: MockRequest,
        templates: Templates,
        *,
        context: Memory | None,
        rng: random.Random,
    ) -> None:
        """``context`` is looked at for each question. ``rng`` gives the seeds.

        A request's own ``seed`` gives them instead, so that two streams ask the
        same.
        """
        shape = request.shape
        self.request = request
        self.context = context
        self._rng = rng if request.seed is None else random.Random(request.seed)
        #: The schema that a model is asked for; None where no shape was given.
        self.wanted: Schema | None = (
            None if shape is None else wanted_schema(shape, request.count)
        )
        self.reader = AnswerReader(self._required())
        self.sent = Sent(_ANY_OBJECT if shape is None else self.wanted, shape)
        self.prompts = Prompts(request, self.wanted, templates)
        self._most_context = templates.room
        self._repeats = False

    def question(
        self,
        number: int,
        now_ms: int,
        *,
        streaming: bool,
        attempt: Attempt,
    ) -> ChatRequest:
        """What to ask for batch ``number``; it is new each time."""
        seed = self._rng.getrandbits(_SEED_BITS)
        turn = Turn(
            number=number,
            now_ms=now_ms,
            seed=seed,
            previous=self.sent.latest if attempt.shows_previous else None,
            context=self._known(),
            complaint=attempt.complaint,
            streaming=streaming,
        )
        return ChatRequest(
            messages=self.prompts.messages(turn),
            schema=self._constraint(streaming),
            seed=seed,
            temperature=attempt.temperature,
        )

    def read(self, text: str, *, is_cut: bool, strict: bool) -> Answer | Refusal:
        """The value in a model's text, if it fits and is new (see ``Sent``)."""
        found = self.reader.read(text, is_cut=is_cut)
        if isinstance(found, Refusal):
            self._repeats = False  # what it may say was perhaps too little
            return found
        return self.objection(found, strict=strict) or found

    def objection(self, answer: Answer, *, strict: bool) -> Repetition | None:
        """Why ``answer`` is not new, if so; then the next questions allow less."""
        repetition = self.sent.objection(answer, strict=strict)
        self._repeats = self._repeats or repetition is not None
        return repetition

    def excerpt(self) -> JsonExcerpt | None:
        """What cuts a text that is sent as it comes; None if all of it is sent."""
        types = type_names(self.wanted) if isinstance(self.wanted, Mapping) else []
        if not types or not {"object", "array"}.issuperset(types):
            return None
        return JsonExcerpt(types)

    def _known(self) -> str | None:
        """What other requests of the context have said, as of now."""
        if self.context is None:
            return None
        return self.context.view().text(self._most_context)

    def _required(self) -> Schema:
        """The schema that values must fit.

        A number of elements that the caller named is part of it. The one that
        an example has is only asked for.
        """
        shape, count = self.request.shape, self.request.count
        if shape is None:
            return _ANY_RECORD
        return shape.schema if count is None else counted_schema(shape, count)

    def _constraint(self, streaming: bool) -> Mapping[str, Json] | None:
        shape = self.request.shape
        if shape is not None:
            wanted = self.wanted
            if self._repeats:
                wanted = wanted_schema(shape, self.request.count, self._rng)
            return wanted if isinstance(wanted, Mapping) else None
        # An operator's own prompt for tokens may be about prose.
        free = streaming and self.prompts.has_template(streaming)
        return None if free else _ANY_OBJECT


@dataclass(slots=True)
class Tally:
    """Answers of one backend that were of no use, and led to another question."""

    unfit: int = 0
    repeated: int = 0
    #: Why the latest of them was of no use.
    latest: str | None = None

    def count(self, refusal: Refusal) -> None:
        """One more of them."""
        self.latest = refusal.reason
        if isinstance(refusal, Repetition):
            self.repeated += 1
        else:
            self.unfit += 1


@dataclass(frozen=True, slots=True)
class Model:
    """One backend that is a language model. Shared by all streams of the worker.

    ``temperature`` is its own for a first question. It is asked up to
    ``shape_retries`` times again after an answer that is of no use.
    """

    name: str
    chat: Chat
    temperature: float
    shape_retries: int
    tally: Tally = field(default_factory=Tally)
    habits: Habits = field(default_factory=Habits)

    def stream(self, question: ChatRequest) -> Pieces:
        """What the model says to ``question``, without what it thinks.

        See ``Chat.stream``.
        """
        answer = self.chat.stream(question)
        return spoken(answer, self.habits, wants_json=question.schema is not None)


class LlmSource:
    """One model's values for one stream.

    Raises ``UpstreamError`` where the backend failed, so that the caller can go
    on to another, and ``BackendFailed`` where it answered, but nothing of use.
    """

    blocking = True
    slow = True

    def __init__(self, model: Model, task: Task) -> None:
        """Ask ``model`` for what ``task`` wants."""
        self._model = model
        self._task = task

    @property
    def backend(self) -> str:
        """The model's name as a backend."""
        return self._model.name

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The parts of the next value; pieces are passed on as they come."""
        return cut.of(_NextValue(self, number, now_ms))

    def pieces(self, number: int, now_ms: int) -> Iterator[str]:
        """The model's text as it comes, checked at its end.

        What was sent cannot be asked for again: a text that is not what the
        shape asks for ends in ``BackendFailed``. Without a shape any text will
        do that is not blank.
        """
        task, model = self._task, self._model
        excerpt = task.excerpt()
        question = task.question(
            number, now_ms, streaming=True, attempt=Attempt(model.temperature)
        )
        pieces = []
        try:
            with closing(model.stream(question)) as answer:
                for text in answer:
                    piece = text if excerpt is None else excerpt.feed(text)
                    if piece:
                        pieces.append(piece)
                        yield piece
                    if excerpt is not None and excerpt.done:
                        # An answer that comes to its end leaves its connection to
                        # the next one; but some go on about something, or stall.
                        gevent.with_timeout(
                            _SETTLE_S, next, answer, None, timeout_value=None
                        )
                        break
        except UpstreamError:
            # What fails after the last bracket has taken nothing from the value.
            if excerpt is None or not excerpt.done:
                raise
        self._check("".join(pieces))

    def _check(self, text: str) -> None:
        """Remember a text that was sent. Raises ``Unfit`` where it should not be."""
        task = self._task
        if not text.strip():
            raise Unfit(_NOTHING)
        if task.wanted is not None:
            found = task.reader.exact(text)
            if isinstance(found, Refusal):
                self._model.tally.count(found)
                raise Unfit(_DOES_NOT_FIT)
            task.objection(found, strict=True)
        task.sent.add(text.encode())

    def answer(self, number: int, now_ms: int) -> Answer:
        """A value that fits and is new, asked for until there is one."""
        task, model = self._task, self._model
        attempt = Attempt(model.temperature)
        for retries_left in range(model.shape_retries, -1, -1):
            question = task.question(number, now_ms, streaming=False, attempt=attempt)
            answer = Answering(model.stream(question))
            text = "".join(answer)
            found = task.read(text, is_cut=answer.is_cut, strict=retries_left > 0)
            if isinstance(found, Answer):
                task.sent.add(found.encoded)
                return found
            model.tally.count(found)
            reason = _why_unfit(found)
            attempt = attempt.after(found)
        raise Unfit(reason)


@dataclass(frozen=True, slots=True)
class _NextValue(Value):
    """A model's next value: asked for when the form is known."""

    source: LlmSource
    number: int
    now_ms: int

    def whole(self) -> bytes:
        return self.source.answer(self.number, self.now_ms).encoded

    def pieces(self) -> Iterator[str]:
        return self.source.pieces(self.number, self.now_ms)


def _why_unfit(refusal: Refusal) -> str:
    """What to tell a client of an answer that cannot be sent."""
    if isinstance(refusal, Declined):
        return DECLINED
    return _REPEATED if isinstance(refusal, Repetition) else _DOES_NOT_FIT
