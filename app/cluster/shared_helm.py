"""Steering the streams of all workers, whichever worker is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import gevent

from ..errors import NotFound, ShuttingDown, StreamEnded
from ..ports import Clock
from ..request.selection import Selection
from ..request.verbs import Step
from ..words import Json
from .colleagues import Answer, Colleagues, has_found, the_found
from .helm import Clients, Command, Cursor, Steered, Until
from .own_helm import OwnHelm
from .stepping import Standing


class SharedHelm:
    """Steers all workers' streams.

    The cursor is taken at every worker before any of them obeys. A client that a
    verb makes reconnect is therefore always after it, at whichever worker.
    """

    def __init__(self, own: OwnHelm, colleagues: Colleagues, clock: Clock) -> None:
        """``colleagues`` are the other workers, and ``clock`` is the real one."""
        self._own = own
        self._clock = clock
        self._colleagues = colleagues
        colleagues.answered.update(
            opened=self._answer_opened,
            clients=self._answer_clients,
            advanced=self._answer_advanced,
            standings=self._answer_standings,
        )
        colleagues.answered_later.update(
            steer=self._answer_steer,
            steerAll=self._answer_steer_all,
            wait=self._answer_wait,
        )

    # -- Helm -----------------------------------------------------------------

    def steer(self, stream_id: str, command: Command, seconds: float) -> Steered:
        """See ``Helm.steer``."""
        cursor, _ = self._cursor()
        try:
            found = self._own.steer(stream_id, command, seconds).streams
        except NotFound:
            about = {"id": stream_id, "command": [*command], "seconds": seconds}
            found = self._ask_for_one("steer", about, seconds)["streams"]
        return Steered(found, cursor)

    def steer_all(
        self, selection: Selection, command: Command, seconds: float
    ) -> Steered:
        """See ``Helm.steer_all``."""
        cursor, _ = self._cursor()
        until, verb = self._clock.monotonic() + seconds, command.verb
        stepped: list[Json] = []
        heard_all = True
        if isinstance(verb, Step):
            ids, heard_all = self._advanced(selection)
            stepped = self._own.step(ids, verb, until, self._standings)
        left = max(until - self._clock.monotonic(), 0.0)
        about = {
            "selection": selection.to_json(),
            "command": [*command],
            "seconds": left,
        }
        asking = gevent.spawn(self._colleagues.ask, "steerAll", about, seconds=left)
        own = self._own.order_all(selection, verb, until)
        answers, complete = asking.get()
        others = [each for answer in answers for each in answer["streams"]]
        return Steered(stepped + own + others, cursor, complete and heard_all)

    def wait(self, stream_id: str, until: Until, seconds: float) -> Json:
        """See ``Helm.wait``."""
        try:
            return self._own.wait(stream_id, until, seconds)
        except NotFound:
            about = {"id": stream_id, "until": str(until), "seconds": seconds}
            return self._ask_for_one("wait", about, seconds)["waited"]

    def clients(self, selection: Selection, after: Cursor | None) -> Clients:
        """See ``Helm.clients``."""
        about = {
            "selection": selection.to_json(),
            "after": None if after is None else str(after),
        }
        own = self._own.clients(selection, after)
        answers, complete = self._colleagues.ask("clients", about)
        opened = dict(own.cursor.opened)
        opened.update((answer["from"], answer["opened"]) for answer in answers)
        count = own.count + sum(answer["count"] for answer in answers)
        return Clients(count, Cursor(opened), complete)

    def _advanced(self, selection: Selection) -> tuple[list[str], bool]:
        """See ``OwnHelm.advanced``; of all workers, and whether all answered."""
        own = self._own.advanced(selection)
        answers, complete = self._colleagues.ask("advanced", selection.to_json())
        others = [each for answer in answers for each in answer["ids"]]
        return own + others, complete

    def _standings(self, ids: Collection[str]) -> list[Standing]:
        """See ``OwnHelm.standings``; of all workers."""
        found = self._own.standings(ids)
        if len(found) < len(ids) or not all(each.is_open for each in found):
            answers, _ = self._colleagues.ask("standings", [*ids])
            found += [
                Standing(*each) for answer in answers for each in answer["standings"]
            ]
        # A seeded stream may have ended at one worker and come again at another.
        found.sort(key=lambda each: each.is_open)
        return [*{each.stream_id: each for each in found}.values()]

    def _cursor(self) -> tuple[Cursor, bool]:
        answers, complete = self._colleagues.ask("opened", None)
        opened = dict(self._own.cursor().opened)
        opened.update((answer["from"], answer["opened"]) for answer in answers)
        return Cursor(opened), complete

    def _ask_for_one(self, what: str, about: Json, seconds: float) -> Answer:
        """The answer of the worker that has the stream, or knows how it ended."""
        answers, complete = self._colleagues.ask(
            what, about, enough=has_found, seconds=seconds
        )
        found = the_found(answers, complete)
        if "ended" in found:
            raise StreamEnded(found["ended"])
        if "ending" in found:
            raise ShuttingDown("The server is ending.", retry_after=1)
        return found

    # -- answering ------------------------------------------------------------

    def _answer_opened(self, about: None) -> Answer:
        return {"opened": self._own.cursor().before(self._own.worker)}

    def _answer_clients(self, about: dict[str, Any]) -> Answer:
        after = about["after"]
        try:
            found = self._own.clients(
                Selection(**about["selection"]),
                None if after is None else Cursor.parse(after),
            )
        except ShuttingDown:
            return {"count": 0, **self._answer_opened(None)}
        return {"count": found.count, **self._answer_opened(None)}

    def _answer_steer(self, about: dict[str, Any]) -> Answer:
        command = Command(*about["command"])
        return _found(
            lambda: {
                "streams": self._own.steer(
                    about["id"], command, about["seconds"]
                ).streams
            }
        )

    def _answer_steer_all(self, about: dict[str, Any]) -> Answer:
        streams = self._own.order_all(
            Selection(**about["selection"]),
            Command(*about["command"]).verb,
            self._clock.monotonic() + about["seconds"],
        )
        return {"streams": streams}

    def _answer_advanced(self, about: dict[str, Any]) -> Answer:
        return {"ids": self._own.advanced(Selection(**about))}

    def _answer_standings(self, ids: list[str]) -> Answer:
        return {"standings": [[*each] for each in self._own.standings(ids)]}

    def _answer_wait(self, about: dict[str, Any]) -> Answer:
        until = Until.parse(about["until"])
        return _found(
            lambda: {"waited": self._own.wait(about["id"], until, about["seconds"])}
        )


def _found(answer: Callable[[], Answer]) -> Answer:
    """What another worker hears of one stream: whether it is here, and how it is."""
    try:
        return {"found": True, **answer()}
    except StreamEnded as error:
        return {"found": True, "ended": error.ended}
    except ShuttingDown:
        return {"found": True, "ending": True}
    except NotFound:
        return {"found": False}
