"""Requests of a hub's clients, which find their connection at whichever worker it is.

A WebSocket is one connection to one worker. The requests of Server-Sent Events and of
long polling meet any worker: one that does not have the connection asks the others,
and passes on what the client sends or gets.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from functools import partial

import gevent

from ..errors import NotFound, Unavailable
from ..hubs.groups import Groups
from ..hubs.http_transports import FIRST_POLL, POLL_SECONDS, Watch
from ..hubs.hub import Hub, no_messages
from ..ports import Clock
from ..words import Json
from .colleagues import Answer, Colleagues, has_found

#: How often a worker asks another for what a polling client gets, in seconds.
ASK_SECONDS = 0.25


class HubClients:
    """The clients of a hub, through whichever worker their requests come."""

    def __init__(
        self, hub: Hub, groups: Groups, colleagues: Colleagues | None, clock: Clock
    ) -> None:
        """Serve the clients of ``hub`` here, and those that ``colleagues`` have.

        ``groups`` are those who subscribe to hub contexts.
        """
        self._hub = hub
        self._groups = groups
        self._colleagues = colleagues
        self._clock = clock
        if colleagues is not None:
            colleagues.answered.update(
                hubSend=self._answer_send,
                hubPoll=self._answer_poll,
                hubLeave=self._answer_leave,
                hubSubscribers=self._answer_subscribers,
            )

    def send(self, token: str, data: bytes, *, client: str, key: bytes) -> None:
        """Take what a client sends. Raises as ``Hub.receiver`` does."""
        connection_id = self._hub.id_of(token, key)
        if self._hub.get(connection_id) is None:
            about = {"id": connection_id, "data": b64encode(data).decode()}
            answer = self._ask("hubSend", about, token, key)
            if answer is not None:
                if not answer["takesRequests"]:
                    raise no_messages()
                return
        self._hub.receiver(token, client=client, key=key).receive(data)

    def poll(
        self, token: str, watch: Watch, *, client: str, key: bytes
    ) -> bytes | None:
        """What a poll gets; None at the end. Raises as ``Hub.polling`` does."""
        hub = self._hub
        connection_id = hub.id_of(token, key)
        if hub.polled(connection_id) is None:
            about = {"id": connection_id, "number": None}
            answer = self._ask("hubPoll", about, token, key)
            if answer is not None:
                about["number"] = answer["number"]
                again = partial(self._ask, "hubPoll", about, token, key)
                return self._poll_there(answer, again, watch)
        polling = hub.polling(token, client=client, key=key)
        data = polling.poll(watch)
        if data is None and polling.over:
            hub.forget(polling)
        return data

    def leave(self, token: str, key: bytes) -> None:
        """End the connection of a client that polls. Raises as ``Hub.leave`` does."""
        connection_id = self._hub.id_of(token, key)
        if self._hub.get(connection_id) is None:
            if self._ask("hubLeave", {"id": connection_id}, token, key) is not None:
                return
        self._hub.leave(token, key)

    def subscribers(self) -> Counter[str]:
        """How many clients of all workers subscribe to each hub context."""
        counts = Counter(self._groups.counts())
        if self._colleagues is not None:
            answers, _ = self._colleagues.ask("hubSubscribers", None)
            for answer in answers:
                counts.update(answer["counts"])
        return counts

    # -- asking -------------------------------------------------------------------

    def _ask(self, what: str, about: Json, token: str, key: bytes) -> Answer | None:
        """The answer of the worker that has the connection; None if nobody has.

        Raises ``Unavailable`` where one that has it may not have been reached.
        """
        if self._colleagues is None:
            return None
        answers, complete = self._colleagues.ask(what, about, enough=has_found)
        found = next(filter(has_found, answers), None)
        if found is None and not complete and not self._hub.may_connect(token, key):
            raise Unavailable("Not every worker can be asked.", retry_after=1)
        return found

    def _poll_there(
        self, first: Answer, again: Callable[[], Answer | None], watch: Watch
    ) -> bytes | None:
        """Ask again and again, until there is something or the poll's time is over."""
        left: list[bool] = []
        unwatch = watch(lambda: left.append(True))
        until = self._clock.monotonic() + POLL_SECONDS
        answer: Answer | None = first
        try:
            while answer is not None:
                if answer["isOver"]:
                    return None
                if answer["data"] is not None:
                    return b64decode(answer["data"])
                is_late = self._clock.monotonic() >= until
                if left or is_late or first["number"] == FIRST_POLL:
                    return b""
                gevent.sleep(ASK_SECONDS)
                answer = again()
        finally:
            unwatch()
        raise NotFound("No hub connection has this id.")

    # -- answering ----------------------------------------------------------------

    def _answer_send(self, about: Json) -> Answer:
        connection = self._hub.get(about["id"])
        if connection is None:
            return {"found": False}
        takes = connection.takes_requests
        if takes:
            connection.receive(b64decode(about["data"]))
        return {"found": True, "takesRequests": takes}

    def _answer_poll(self, about: Json) -> Answer:
        polling = self._hub.polled(about["id"])
        if polling is None:
            return {"found": False}
        number = polling.begin() if about["number"] is None else about["number"]
        found = polling.look(number)
        if found is None and polling.over:
            self._hub.forget(polling)
        return {
            "found": True,
            "number": number,
            "isOver": found is None,
            "data": b64encode(found).decode() if found else None,
        }

    def _answer_leave(self, about: Json) -> Answer:
        connection = self._hub.get(about["id"])
        if connection is None:
            return {"found": False}
        connection.lose()
        return {"found": True}

    def _answer_subscribers(self, about: Json) -> Answer:
        return {"counts": self._groups.counts()}
