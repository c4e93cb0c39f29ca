"""The other workers, to whom questions go and who answer them."""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any, TypeAlias

import gevent
import orjson

from ..errors import NotFound, Unavailable
from ..ports import Clock
from ..streams.counts import Counts
from .exchange import Exchange

logger = logging.getLogger(__name__)

#: The time that the other workers have to answer, in seconds.
PATIENCE = 0.3
#: The time between a worker's reports that it is alive, in seconds.
BEAT_EVERY = 1.0
#: Shortest and longest wait before listening again after a loss, in seconds.
_MIN_WAIT, _MAX_WAIT = 0.25, 2.0

#: Longest wait for one reply, in seconds; Redis's own calls take no longer.
_MAX_SILENCE = 0.5

#: A worker's answer, ready for JSON.
Answer: TypeAlias = dict[str, Any]


def _any_number(_: Answer) -> bool:
    return False


class Colleagues:
    """The other workers, over an exchange.

    A question goes to all of them, each of which listens in one greenlet. What is
    ``answered`` takes no time; what is ``answered_later`` may, and is worked on in
    greenlets of its own. Both are by the question's name.
    """

    def __init__(self, exchange: Exchange, *, clock: Clock, counts: Counts) -> None:
        """``counts`` records losses of the ``exchange``."""
        self._exchange = exchange
        self._clock = clock
        self._counts = counts
        self._listener: gevent.Greenlet[..., None] | None = None
        self.answered: dict[str, Callable[[Any], Answer]] = {}
        self.answered_later: dict[str, Callable[[Any], Answer]] = {}
        self.worker = secrets.token_hex(8)

    def start(self) -> None:
        """Listen to the other workers, in a greenlet."""
        self._listener = gevent.spawn(self._listen_for_ever)

    def close(self) -> None:
        """Leave the exchange, so that no worker waits for this one's answers."""
        if self._listener is not None:
            self._listener.kill()
        try:
            self._exchange.leave(self.worker)
        except Unavailable:
            logger.debug("the exchange is away; the other workers will time out")

    # -- asking ---------------------------------------------------------------

    def ask(
        self,
        what: str,
        about: Any,
        *,
        enough: Callable[[Answer], bool] = _any_number,
        seconds: float = 0.0,
    ) -> tuple[list[Answer], bool]:
        """The other workers' answers, and whether none that matters is missing.

        Those that say that they answer later have ``seconds`` more.
        """
        answers: list[Answer] = []
        if self._counts.redis_lost:
            return answers, False
        try:
            silent = self._exchange.present() - {self.worker}
            if not silent:
                return answers, True
            address = secrets.token_hex(8)
            question = {
                "from": self.worker,
                "to": address,
                "what": what,
                "about": about,
            }
            self._exchange.publish(orjson.dumps(question))
            until = soon = self._clock.monotonic() + PATIENCE
            later: set[str] = set()
            while silent and (left := until - self._clock.monotonic()) > 0:
                raw = self._exchange.next_reply(address, min(left, _MAX_SILENCE))
                if raw is None:
                    continue
                answer = orjson.loads(raw)
                if answer.get("later"):
                    later.add(answer["from"])
                    until = soon + seconds
                    continue
                answers.append(answer)
                silent.discard(answer["from"])
                if enough(answer):
                    return answers, True
                if not silent & later:
                    until = soon
        except Unavailable:
            return answers, False
        return answers, not silent

    # -- answering ------------------------------------------------------------

    def _listen_for_ever(self) -> None:
        wait = _MIN_WAIT
        while True:
            try:
                for _ in self._listen():
                    self._counts.redis_lost = False
                    wait = _MIN_WAIT
            except Unavailable:
                if not self._counts.redis_lost:
                    self._counts.redis_lost = True
                    self._counts.redis_losses += 1
            gevent.sleep(random.uniform(wait / 2, wait))
            wait = min(wait * 2, _MAX_WAIT)

    def _listen(self) -> Iterator[None]:
        """Answer every question; yields once a beat until ``Unavailable`` is raised."""
        beat_at = self._clock.monotonic()
        with closing(self._exchange.listen()) as messages:
            for message in messages:
                if self._clock.monotonic() >= beat_at:
                    self._exchange.beat(self.worker)
                    beat_at = self._clock.monotonic() + BEAT_EVERY
                    yield
                if message is not None:
                    self._receive(message)

    def _receive(self, message: bytes) -> None:
        try:
            question = orjson.loads(message)
            if question["from"] == self.worker:
                return
            what, to, about = question["what"], question["to"], question["about"]
            if what in self.answered_later:
                self._reply(to, {"later": True})
                gevent.spawn(self._answer_later, self.answered_later[what], to, about)
            else:
                self._reply(to, self.answered[what](about))
        except _NOT_UNDERSTOOD as error:
            _warn(error)

    def _answer_later(
        self, answer: Callable[[Any], Answer], to: str, about: Any
    ) -> None:
        try:
            self._reply(to, answer(about))
        except _NOT_UNDERSTOOD as error:
            _warn(error)
        except Unavailable:
            logger.debug("the exchange is away; the other worker will time out")

    def _reply(self, to: str, answer: Answer) -> None:
        self._exchange.reply(to, orjson.dumps({"from": self.worker, **answer}))


#: What answering raises for a question of another version, which will time out.
_NOT_UNDERSTOOD = (KeyError, TypeError, ValueError)


def _warn(error: Exception) -> None:
    logger.warning("a question of another worker is not understood: %r", error)


def has_found(answer: Answer) -> bool:
    """Whether the worker has what it was asked for."""
    return bool(answer["found"])


def the_found(answers: Sequence[Answer], complete: bool) -> Answer:
    """The answer of the worker that has found what was asked for.

    Raises ``NotFound``, or ``Unavailable`` where not all have answered.
    """
    for answer in answers:
        if answer["found"]:
            return answer
    if complete:
        raise NotFound("No stream of that id is open.")
    raise Unavailable(
        "No stream of that id is open at the workers that answered.", retry_after=1
    )
