"""The virtual clocks of all workers, whichever worker is asked.

A stream's own clock is at its worker. A route's clock is at every worker that has
streams of it. Where only one has some, that one moves it; where several have, they
go from one due moment of all to the next together, so that the order stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from math import inf
from typing import Any

from ..errors import Conflict, NotFound
from ..ports import Clock
from ..request.selection import Selection
from .colleagues import Answer, Colleagues, has_found, the_found
from .own_clocks import OwnClocks
from .virtual_time import ClockName, Stand


class SharedClocks:
    """Moves virtual clocks together with the other workers."""

    def __init__(self, own: OwnClocks, colleagues: Colleagues, clock: Clock) -> None:
        """``clock`` is the real one."""
        self._own = own
        self._colleagues = colleagues
        self._clock = clock
        colleagues.answered.update(
            clockNames=self._answer_names, clockSet=self._answer_set
        )
        colleagues.answered_later.update(
            clockStand=self._answer_stand, clockAdvance=self._answer_advance
        )

    def names(self, selection: Selection) -> list[ClockName]:
        """See ``Clocks.names``."""
        answers, _ = self._colleagues.ask("clockNames", selection.to_json())
        others = [ClockName("", each) for answer in answers for each in answer["ids"]]
        return self._own.names(selection) + others

    def stand(self, name: ClockName, seconds: float) -> Stand:
        """See ``Clocks.stand``."""
        if not name.route:
            return self._at_its_worker(
                "clockStand", name, 0.0, seconds, lambda: self._own.stand(name, seconds)
            )
        return reduce(Stand.join, self._stands(name, seconds))

    def advance(self, name: ClockName, moment: float, seconds: float) -> Stand:
        """See ``Clocks.advance``."""
        if not name.route:
            return self._at_its_worker(
                "clockAdvance",
                name,
                moment,
                seconds,
                lambda: self._own.advance(name, moment, seconds),
            )
        until = self._clock.monotonic() + seconds
        stands = self._stands(name, seconds)
        events, is_there = 0, False
        while not is_there and all(stand.settled for stand in stands):
            left = until - self._clock.monotonic()
            if left <= 0:
                break
            dues = [stand.due for stand in stands if stand.due != inf]
            to = moment if len(dues) < 2 else min(moment, *dues)
            stands = self._go(name, to, left)
            events += sum(stand.events for stand in stands)
            is_there = to >= moment
        is_settled = is_there and all(stand.settled for stand in stands)
        return replace(reduce(Stand.join, stands), events=events, settled=is_settled)

    def set(self, name: ClockName, moment: float) -> None:
        """See ``Clocks.set``."""
        about = _about(name, moment, 0.0)
        if name.route:
            self._own.set(name, moment)
            self._colleagues.ask("clockSet", about)
            return
        try:
            self._own.set(name, moment)
        except NotFound:
            answers, complete = self._colleagues.ask(
                "clockSet", about, enough=has_found
            )
            _stand(the_found(answers, complete))

    def _stands(self, name: ClockName, seconds: float) -> list[Stand]:
        """How a route's clock stands at each worker, this one first."""
        own = self._own.stand(name, seconds)
        return [own, *self._ask_all("clockStand", name, 0.0, seconds)]

    def _go(self, name: ClockName, moment: float, seconds: float) -> list[Stand]:
        """Move a route's clock at each worker, this one first."""
        own = self._own.advance(name, moment, seconds)
        return [own, *self._ask_all("clockAdvance", name, moment, seconds)]

    def _ask_all(
        self, what: str, name: ClockName, moment: float, seconds: float
    ) -> list[Stand]:
        about = _about(name, moment, seconds)
        answers, _ = self._colleagues.ask(what, about, seconds=seconds)
        return [_stand(answer) for answer in answers]

    def _at_its_worker(
        self,
        what: str,
        name: ClockName,
        moment: float,
        seconds: float,
        here: Callable[[], Stand],
    ) -> Stand:
        """The answer of the worker that has the stream ``name``."""
        try:
            return here()
        except NotFound:
            answers, complete = self._colleagues.ask(
                what, _about(name, moment, seconds), enough=has_found, seconds=seconds
            )
            return _stand(the_found(answers, complete))

    # -- answering ------------------------------------------------------------

    def _answer_names(self, about: dict[str, Any]) -> Answer:
        names = self._own.names(Selection(**about))
        return {"ids": [name.stream_id for name in names]}

    def _answer_stand(self, about: dict[str, Any]) -> Answer:
        name = ClockName(*about["name"])
        return _found(lambda: self._own.stand(name, about["seconds"]))

    def _answer_advance(self, about: dict[str, Any]) -> Answer:
        name = ClockName(*about["name"])
        return _found(
            lambda: self._own.advance(name, about["moment"], about["seconds"])
        )

    def _answer_set(self, about: dict[str, Any]) -> Answer:
        name = ClockName(*about["name"])

        def set_and_stand() -> Stand:
            self._own.set(name, about["moment"])
            return self._own.stand(name, 0.0)

        return _found(set_and_stand)


def _about(name: ClockName, moment: float, seconds: float) -> dict[str, Any]:
    return {"name": [*name], "moment": moment, "seconds": seconds}


def _found(answer: Callable[[], Stand]) -> Answer:
    """What another worker hears; infinity is null in JSON."""
    try:
        stand = answer()
    except NotFound:
        return {"found": False}
    except Conflict as error:
        return {"found": True, "conflict": error.detail}
    due = None if stand.due == inf else stand.due
    return {
        "found": True,
        "stand": [stand.now, due, stand.streams, stand.events, stand.settled],
    }


def _stand(answer: Answer) -> Stand:
    """What another worker has answered. Raises ``Conflict`` where it says so."""
    if "conflict" in answer:
        raise Conflict(answer["conflict"])
    now, due, *rest = answer["stand"]
    return Stand(now, inf if due is None else due, *rest)
