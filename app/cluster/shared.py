"""The open streams of all workers, whichever worker is asked."""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import gevent
import orjson

from ..errors import NotFound, Unavailable
from ..ports import Clock
from ..streams.counts import Counts
from .directory import Description, Entry, Found, Place, Query, Stopped
from .exchange import Exchange
from .own import OwnStreams

logger = logging.getLogger(__name__)

#: The time that the other workers have to answer, in seconds.
PATIENCE = 0.3
#: The time between a worker's reports that it is alive, in seconds.
BEAT_EVERY = 1.0
#: Shortest and longest wait before listening again after a loss, in seconds.
_MIN_WAIT, _MAX_WAIT = 0.25, 2.0

Answer = dict[str, Any]


def _any_number(_: Answer) -> bool:
    return False


class SharedStreams:
    """A directory of all workers' streams.

    The worker that is asked answers for its own streams and sends the question to
    the others, each of which listens in one greenlet. Without the exchange, a
    worker still lists and stops its own streams.
    """

    def __init__(
        self, own: OwnStreams, exchange: Exchange, *, clock: Clock, counts: Counts
    ) -> None:
        """``counts`` records losses of the ``exchange``."""
        self._own = own
        self._exchange = exchange
        self._clock = clock
        self._counts = counts
        self._listener: gevent.Greenlet[..., None] | None = None
        self._answers: Mapping[str, Callable[[Any], Answer]] = {
            "find": self._answer_find,
            "get": self._answer_get,
            "stop": self._answer_stop,
            "stopAll": self._answer_stop_all,
        }
        self.worker = secrets.token_hex(8)

    # -- Directory ------------------------------------------------------------

    def find(self, query: Query) -> Found:
        """See ``Directory.find``."""
        own = self._own.find(query)
        about = {"limit": query.limit, "path": query.path, "after": _list(query.after)}
        answers, complete = self._ask("find", about)
        entries = own.entries + [
            Entry(Place(*place), description)
            for answer in answers
            for place, description in answer["entries"]
        ]
        entries.sort(key=lambda entry: entry.place, reverse=True)
        return Found(
            entries[: query.limit],
            total=own.total + sum(answer["total"] for answer in answers),
            left=own.left + sum(answer["left"] for answer in answers),
            complete=complete,
        )

    def get(self, stream_id: str) -> Description:
        """See ``Directory.get``."""
        try:
            return self._own.get(stream_id)
        except NotFound:
            found: Description = self._ask_for_one("get", stream_id)["description"]
            return found

    def stop(self, stream_id: str) -> None:
        """See ``Directory.stop``."""
        try:
            self._own.stop(stream_id)
        except NotFound:
            self._ask_for_one("stop", stream_id)

    def stop_all(self, path: str) -> Stopped:
        """See ``Directory.stop_all``."""
        own = self._own.stop_all(path)
        answers, complete = self._ask("stopAll", path)
        count = own.count + sum(answer["count"] for answer in answers)
        return Stopped(count, complete)

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

    def _ask_for_one(self, what: str, stream_id: str) -> Answer:
        """The answer of the worker that holds the stream."""
        answers, complete = self._ask(what, stream_id, lambda each: each["found"])
        for answer in answers:
            if answer["found"]:
                return answer
        if complete:
            raise NotFound("No stream of that id is open.")
        raise Unavailable(
            "No stream of that id is open at the workers that answered.", retry_after=1
        )

    def _ask(
        self, what: str, about: Any, enough: Callable[[Answer], bool] = _any_number
    ) -> tuple[list[Answer], bool]:
        """The other workers' answers, and whether none that matters is missing."""
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
            until = self._clock.monotonic() + PATIENCE
            while silent and (left := until - self._clock.monotonic()) > 0:
                raw = self._exchange.next_reply(address, left)
                if raw is None:
                    break
                answer = orjson.loads(raw)
                answers.append(answer)
                silent.discard(answer["from"])
                if enough(answer):
                    return answers, True
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
                    self._answer(message)

    def _answer(self, message: bytes) -> None:
        try:
            question = orjson.loads(message)
            if question["from"] == self.worker:
                return
            what, about = question["what"], question["about"]
            reply = {"from": self.worker, **self._answers[what](about)}
            self._exchange.reply(question["to"], orjson.dumps(reply))
        except (KeyError, TypeError, ValueError) as error:
            # It came from another version, which will time out as usual.
            logger.warning("a question of another worker is not understood: %r", error)

    def _answer_find(self, about: dict[str, Any]) -> Answer:
        after = about["after"]
        query = Query(
            limit=about["limit"],
            path=about["path"],
            after=None if after is None else Place(*after),
        )
        found = self._own.find(query)
        return {
            "entries": [[_list(place), shown] for place, shown in found.entries],
            "total": found.total,
            "left": found.left,
        }

    def _answer_get(self, stream_id: str) -> Answer:
        try:
            return {"found": True, "description": self._own.get(stream_id)}
        except NotFound:
            return {"found": False}

    def _answer_stop(self, stream_id: str) -> Answer:
        try:
            self._own.stop(stream_id)
        except NotFound:
            return {"found": False}
        return {"found": True}

    def _answer_stop_all(self, path: str) -> Answer:
        return {"count": self._own.stop_all(path).count}


def _list(place: Place | None) -> list[int | str] | None:
    return None if place is None else [*place]
