"""Values from a language model: ask, read, check, and ask again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeAlias

from app.backends.answers import Answer, AnswerReader, Refusal
from app.backends.chat import Chat, ChatRequest
from app.backends.elements import split
from app.backends.excerpt import JsonExcerpt
from app.backends.memory import Memory, Repetition
from app.backends.prompts import Prompts, Templates, Turn
from app.backends.schemas import counted_schema
from app.backends.variety import type_names
from app.errors import BackendFailed
from app.ports import Elements
from app.ports import Memory as Context
from app.request.model import Json, MockRequest

Schema: TypeAlias = "Mapping[str, Json] | bool"

#: What values have to fit when the caller asked for no shape.
_ANY_RECORD: Mapping[str, Json] = {"type": ["object", "array"]}

#: What a model is asked for when the caller asked for no shape.
_ANY_OBJECT: Mapping[str, Json] = {"type": "object"}

_SEED_BITS = 31

#: How the temperature changes with each repetition, and with each misfit.
_WARMER = 0.25
_COOLER = 0.7
_HOTTEST = 2.0

_DOES_NOT_FIT = "LLM answer does not fit the shape"
_REPEATED = "LLM repeated itself"
_NOTHING = "LLM answered nothing"


class Unfit(BackendFailed):
    """The model answered, but nothing that can be sent. Another may not help."""


class Task:
    """What one stream wants of language models, whichever of them answers."""

    __slots__ = (
        "_most_context",
        "_rng",
        "context",
        "memory",
        "prompts",
        "reader",
        "request",
        "wanted",
    )

    def __init__(
        self,
        request: MockRequest,
        templates: Templates,
        *,
        context: Context | None,
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
            None if shape is None else counted_schema(shape, request.count)
        )
        self.reader = AnswerReader(self._required())
        self.memory = Memory(_ANY_OBJECT if shape is None else self.wanted, shape)
        self.prompts = Prompts(request, self.wanted, templates)
        self._most_context = templates.room

    def question(
        self,
        number: int,
        now_ms: int,
        *,
        streaming: bool,
        temperature: float,
        complaint: str | None = None,
    ) -> ChatRequest:
        """What to ask for batch ``number``; it is new each time."""
        seed = self._rng.getrandbits(_SEED_BITS)
        turn = Turn(
            number=number,
            now_ms=now_ms,
            seed=seed,
            previous=self.memory.latest,
            context=self._known(),
            complaint=complaint,
            streaming=streaming,
        )
        return ChatRequest(
            messages=self.prompts.messages(turn),
            schema=self._constraint(streaming),
            seed=seed,
            temperature=temperature,
        )

    def read(self, text: str, *, strict: bool) -> Answer | Refusal:
        """The value in a model's text, if it fits and is new (see ``Memory``)."""
        found = self.reader.read(text)
        if isinstance(found, Refusal):
            return found
        return self.memory.objection(found, strict=strict) or found

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
        shape = self.request.shape
        if shape is None or self.wanted is None:
            return _ANY_RECORD
        return shape.schema if self.request.count is None else self.wanted

    def _constraint(self, streaming: bool) -> Mapping[str, Json] | None:
        if self.wanted is not None:
            return self.wanted if isinstance(self.wanted, Mapping) else None
        # An operator's own prompt for tokens may be about prose.
        free = streaming and self.prompts.has_template(streaming)
        return None if free else _ANY_OBJECT


@dataclass(slots=True)
class Tally:
    """Answers of one backend that were of no use, and led to another question."""

    unfit: int = 0
    repeated: int = 0


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


class LlmSource:
    """One model's values for one stream.

    Raises ``UpstreamError`` where the backend failed, so that the caller can go
    on to another, and ``BackendFailed`` where it answered, but nothing of use.
    """

    blocking = True

    def __init__(self, model: Model, task: Task) -> None:
        """Ask ``model`` for what ``task`` wants."""
        self._model = model
        self._task = task

    @property
    def backend(self) -> str:
        """The model's name as a backend."""
        return self._model.name

    def value(self, number: int, now_ms: int) -> bytes:
        """The whole root value (see ``Source.value``)."""
        return self._answer(number, now_ms).encoded

    def elements(self, number: int, now_ms: int) -> Elements:
        """The value, cut at its array (see ``Source.elements``)."""
        return split(self._answer(number, now_ms).value)

    def tokens(self, number: int, now_ms: int) -> Iterator[str]:
        """The model's text as it comes, checked at its end.

        What was sent cannot be asked for again: a text that is not what the
        shape asks for ends in ``BackendFailed``. Without a shape any text will
        do that is not blank.
        """
        task, model = self._task, self._model
        excerpt = task.excerpt()
        question = task.question(
            number, now_ms, streaming=True, temperature=model.temperature
        )
        pieces = []
        with closing(model.chat.stream(question)) as answer:
            for text in answer:
                piece = text if excerpt is None else excerpt.feed(text)
                if piece:
                    pieces.append(piece)
                    yield piece
                if excerpt is not None and excerpt.done:
                    break
        self._check("".join(pieces))

    def _check(self, text: str) -> None:
        """Remember a text that was sent. Raises ``Unfit`` where it should not be."""
        task = self._task
        if not text.strip():
            raise Unfit(_NOTHING)
        if task.wanted is not None and isinstance(task.reader.exact(text), Refusal):
            self._model.tally.unfit += 1
            raise Unfit(_DOES_NOT_FIT)
        task.memory.add(text.encode())

    def _answer(self, number: int, now_ms: int) -> Answer:
        """A value that fits and is new, asked for until there is one."""
        task, model = self._task, self._model
        temperature = model.temperature
        complaint: str | None = None
        failure = _NOTHING
        for retries_left in range(model.shape_retries, -1, -1):
            question = task.question(
                number,
                now_ms,
                streaming=False,
                temperature=temperature,
                complaint=complaint,
            )
            found = task.read(
                "".join(model.chat.stream(question)), strict=retries_left > 0
            )
            if isinstance(found, Answer):
                task.memory.add(found.encoded)
                return found
            complaint = found.reason
            if isinstance(found, Repetition):
                failure = _REPEATED
                temperature = min(temperature + _WARMER, _HOTTEST)
                model.tally.repeated += 1
            else:
                failure = _DOES_NOT_FIT
                temperature *= _COOLER
                model.tally.unfit += 1
        raise Unfit(failure)
