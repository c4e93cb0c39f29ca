"""The open streams of all workers, whichever worker is asked."""

from __future__ import annotations

from typing import Any

from ..errors import NotFound
from ..request.selection import Selection
from .colleagues import Answer, Colleagues, has_found, the_found
from .directory import Description, Entry, Found, Place, Query, Stopped
from .own import OwnStreams


class SharedStreams:
    """A directory of all workers' streams.

    The worker that is asked answers for its own streams and sends the question to
    the others. Without the exchange, it still lists and stops its own streams.
    """

    def __init__(self, own: OwnStreams, colleagues: Colleagues) -> None:
        """``colleagues`` are the other workers."""
        self._own = own
        self._colleagues = colleagues
        colleagues.answered.update(
            find=self._answer_find,
            get=self._answer_get,
            stop=self._answer_stop,
            stopAll=self._answer_stop_all,
        )

    # -- Directory ------------------------------------------------------------

    def find(self, query: Query) -> Found:
        """See ``Directory.find``."""
        own = self._own.find(query)
        about = {
            "limit": query.limit,
            "path": query.path,
            "selection": query.selection.to_json(),
            "after": _list(query.after),
        }
        answers, complete = self._colleagues.ask("find", about)
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
        answers, complete = self._colleagues.ask("stopAll", path)
        count = own.count + sum(answer["count"] for answer in answers)
        return Stopped(count, complete)

    def start(self) -> None:
        """Listen to the other workers, in a greenlet."""
        self._colleagues.start()

    def close(self) -> None:
        """Leave the exchange, so that no worker waits for this one's answers."""
        self._colleagues.close()

    # -- asking ---------------------------------------------------------------

    def _ask_for_one(self, what: str, stream_id: str) -> Answer:
        """The answer of the worker that holds the stream."""
        answers, complete = self._colleagues.ask(what, stream_id, enough=has_found)
        return the_found(answers, complete)

    # -- answering ------------------------------------------------------------

    def _answer_find(self, about: dict[str, Any]) -> Answer:
        after = about["after"]
        query = Query(
            limit=about["limit"],
            path=about["path"],
            selection=Selection(**about["selection"]),
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
