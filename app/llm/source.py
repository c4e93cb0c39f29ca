"""Values from a language model: ask, read, check, and ask again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeVar

import gevent

from ..cuts import Cut, Value, word_pieces
from ..errors import BackendFailed
from .answers import Answer, Declined, Refusal
from .chat import DECLINED, Answering, Chat, ChatRequest, Pieces, UpstreamError
from .excerpt import JsonExcerpt
from .sent import Repetition
from .task import Attempt, Task
from .thinking import Habits, spoken

T = TypeVar("T")

#: How long an answer may take to end after its last bracket, in seconds.
_SETTLE_S = 0.5

_DOES_NOT_FIT = "LLM answer does not fit the shape"
_REPEATED = "LLM repeated itself"
_NOTHING = "LLM answered nothing"


class Unfit(BackendFailed):
    """The model answered, but nothing that can be sent. Another may not help."""


@dataclass(slots=True)
class Tally:
    """One backend's unusable answers, each of which led to another question."""

    unfit: int = 0
    repeated: int = 0
    #: Why the latest of them was of no use.
    latest: str | None = None

    def count(self, refusal: Refusal) -> None:
        """Count one of them."""
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
        """The model's answer to ``question``, without its thinking.

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
        shape asks for ends in ``BackendFailed``. A text that could not be
        streamed is read as a whole, and asked for again if it does not fit.
        Without a shape any text will do that is not blank.
        """
        task = self._task
        question = task.question(
            number, now_ms, streaming=True, attempt=Attempt(self._model.temperature)
        )
        answer = Answering(self._model.stream(question))
        excerpt = task.excerpt()
        said: list[str] = []
        sent: list[str] = []
        with closing(answer):
            for piece in answer if excerpt is None else _live(answer, excerpt, said):
                sent.append(piece)
                yield piece
        if sent or excerpt is None:
            self._check("".join(sent), is_cut=answer.is_cut)
            return
        found = task.read("".join(said), is_cut=answer.is_cut, strict=True)
        yield from word_pieces(self.answer(number, now_ms, found).encoded.decode())

    def _check(self, text: str, *, is_cut: bool) -> None:
        """Remember a text that was sent. Raises ``Unfit`` where it should not be."""
        task = self._task
        if not text.strip():
            raise Unfit(_NOTHING)
        if task.wanted is not None:
            found = task.reader.exact(text, is_cut=is_cut)
            if isinstance(found, Refusal):
                self._model.tally.count(found)
                raise Unfit(_DOES_NOT_FIT)
            task.objection(found, strict=True)
        task.sent.add(text.encode())

    def answer(
        self, number: int, now_ms: int, found: Answer | Refusal | None = None
    ) -> Answer:
        """A new value that fits, asked for until there is one.

        ``found`` is the outcome of the first question, if it was asked already.
        """
        task, model = self._task, self._model
        attempt = Attempt(model.temperature)
        for retries_left in range(model.shape_retries, -1, -1):
            if found is None:
                question = task.question(
                    number, now_ms, streaming=False, attempt=attempt
                )
                found = self._ask(question, strict=retries_left > 0)
            if isinstance(found, Answer):
                task.sent.add(found.encoded)
                return found
            model.tally.count(found)
            reason = _why_unfit(found)
            attempt = attempt.after(found)
            found = None
        raise Unfit(reason)

    def _ask(self, question: ChatRequest, *, strict: bool) -> Answer | Refusal:
        """The outcome of one question. Raises ``UpstreamError``."""
        answer = Answering(self._model.stream(question))
        text = ""
        try:
            for piece in answer:
                text += piece
        except UpstreamError:
            # What fails after the end of a value has taken nothing from it.
            if isinstance(self._task.reader.read(text, is_cut=True), Refusal):
                raise
        return self._task.read(text, is_cut=answer.is_cut, strict=strict)


def _live(answer: Answering, excerpt: JsonExcerpt, said: list[str]) -> Iterator[str]:
    """The JSON in an answer as it comes; all of its text is added to ``said``."""
    pieces = iter(answer)
    try:
        for text in pieces:
            said.append(text)
            if piece := excerpt.feed(text):
                yield piece
            if excerpt.done:
                # An answer that comes to its end leaves its connection to the next
                # one; but some go on about something, or stall.
                gevent.with_timeout(_SETTLE_S, next, pieces, None, timeout_value=None)
                return
    except UpstreamError:
        # What fails after the last bracket has taken nothing from the value.
        if not excerpt.done:
            raise


def _why_unfit(refusal: Refusal) -> str:
    """What to tell a client of an answer that cannot be sent."""
    if isinstance(refusal, Declined):
        return DECLINED
    return _REPEATED if isinstance(refusal, Repetition) else _DOES_NOT_FIT


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
