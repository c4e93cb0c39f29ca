"""Values of a simulation with a model's texts: one question serves many events.

The first event waits for its texts, and its question is for these alone. Those of
later events are asked for ahead, and no event waits for them: one that comes
before they do keeps its simulated texts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

import gevent

from ...cuts import Cut, Text
from ..answers import Refusal
from ..chat import Answering, UpstreamError
from ..source import Model
from ..task import SEED_BITS, Attempt
from .blended import BlendedStream
from .question import Entry, TextQuestion

T = TypeVar("T")


class BlendedSource:
    """One model's texts in one stream's values.

    Raises ``UpstreamError`` where the model failed, also for a question that was
    asked ahead, so that the caller can go on to another. A model that answers
    nothing of use takes nothing from the values: the simulated texts stay.
    """

    blocking = True
    slow = False

    def __init__(self, model: Model, stream: BlendedStream, rng: random.Random) -> None:
        """Ask ``model`` for the texts of ``stream``; ``rng`` seeds the questions."""
        self._model = model
        self._stream = stream
        self._rng = rng
        self._ahead: gevent.Greenlet[..., Sequence[Entry] | UpstreamError] | None = None

    def __del__(self) -> None:
        """Cancel the question that was asked ahead."""
        if self._ahead is not None:
            self._ahead.kill(block=False)

    @property
    def backend(self) -> str:
        """The model's name as a backend."""
        return self._model.name

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The parts of the next value."""
        stream = self._stream
        stream.simulate(number, now_ms)
        if stream.awaits_first:
            stream.take(_asked(self._model, stream.question(), self._rng))
        self._collect()
        value = stream.value()
        if self._ahead is None and stream.wants_more:
            question = stream.question()
            self._ahead = gevent.spawn(_outcome, self._model, question, self._rng)
        return cut.of(Text(value))

    def _collect(self) -> None:
        """Take what was asked for ahead, if it is there."""
        if self._ahead is None or not self._ahead.ready():
            return
        outcome, self._ahead = self._ahead.get(), None
        if isinstance(outcome, UpstreamError):
            raise outcome
        self._stream.take(outcome)


def _asked(model: Model, question: TextQuestion, rng: random.Random) -> Sequence[Entry]:
    """The entries in the model's answer; none if it stays unusable."""
    attempt = Attempt(model.temperature)
    for _ in range(model.shape_retries + 1):
        answer = Answering(
            model.stream(
                question.ask(
                    seed=rng.getrandbits(SEED_BITS),
                    temperature=attempt.temperature,
                    complaint=attempt.complaint,
                )
            )
        )
        text = "".join(answer)
        found = question.read(text, is_cut=answer.is_cut)
        if not isinstance(found, Refusal):
            return found
        model.tally.count(found)
        attempt = attempt.after(found)
    return ()


def _outcome(
    model: Model, question: TextQuestion, rng: random.Random
) -> Sequence[Entry] | UpstreamError:
    """What ``_asked`` returns or raises, for a greenlet that is not waited for."""
    try:
        return _asked(model, question, rng)
    except UpstreamError as error:
        return error
