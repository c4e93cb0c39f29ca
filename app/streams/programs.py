"""What the streams of a route are made of: a producer, and how its events are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from typing import Any
from uuid import UUID

from ..events.envelope import CONTRACT, Envelope
from ..events.event import EndReason, Event, Fields
from ..events.modes import BARE_BATCHES, BARE_SINGLES, BATCHES, SINGLES, Row
from ..events.payloads import timestamp
from ..events.schedule import Schedule
from ..routes.requests import Places
from ..routes.route import EventKind, ExactData, ExactEvent, Generated, StreamPlan
from ..settings.route_streams import Envelope as EnvelopeName
from ..settings.route_streams import Framing as FramingName
from ..settings.route_streams import Gaps, Ids, Then
from ..sse.frames import FRAMINGS, RETRY_MS
from ..sse.frames import Ids as MakeIds
from ..sse.frames import sse_framing
from ..words import MockRequest
from .mixture import Finite, Kind, Lane, Mixture, Scripted, ScriptStep
from .opening import Program
from .producer import Exact, Maker, Producer, Single
from .workshop import Workshop

#: The ends that a client is told of by the route's closing events.
_NATURAL = frozenset({EndReason.MAX_DURATION, EndReason.MAX_EVENTS, EndReason.COMPLETE})


def route_program(
    plan: StreamPlan,
    places: Places,
    route: str | None,
    contract: Envelope = CONTRACT,
) -> Program:
    """The program of one stream of a route; ``places`` fills exact data.

    ``route`` is the route's name, None where none was declared. ``contract`` is what
    stands around events where the route asks for that.
    """
    made = _RouteProgram(plan, places, contract)
    framing = FRAMINGS[plan.framing.value]
    return Program(
        made.producer,
        made.envelope(),
        # The opening says when to reconnect, before any event.
        sse_framing(None) if plan.framing is FramingName.SSE else framing,
        made.ids,
        made.heartbeat_s,
        made.heartbeat,
        route=route,
        has_faults=plan.script is not None and plan.script.has_faults,
    )


def bare_plan(request: MockRequest, framing: str) -> StreamPlan:
    """The plan of a stream whose options a request carries, without an envelope."""
    return StreamPlan(
        kinds=(EventKind(None, Generated(request.shape), 1, None, None),),
        script=None,
        mode=request.mode,
        continuous=request.continuous,
        interval_ms=request.interval_ms,
        jitter_ms=request.jitter_ms,
        gaps=Gaps.FIXED,
        max_duration_s=request.max_duration_s,
        max_events=request.max_events,
        framing=FramingName(framing),
        envelope=EnvelopeName.BARE,
        opening=(),
        closing=(),
        ids=Ids.STREAM,
        retry_ms=RETRY_MS,
        heartbeat=None,
    )


class _RouteProgram:
    """Makes the parts of a route's stream."""

    def __init__(self, plan: StreamPlan, places: Places, contract: Envelope) -> None:
        self._plan = plan
        self._contract = contract
        self._places = places

    # -- what it sends ----------------------------------------------------------

    def producer(self, request: MockRequest, shop: Workshop) -> Producer:
        """The producer of the stream's events.

        From now on places are filled by the stream's own time and chance.
        """
        self._places = replace(
            self._places,
            now=lambda: timestamp(shop.clock.now_ms()).decode(),
            uuid=lambda: str(UUID(int=shop.rng.getrandbits(128), version=4)),
        )
        plan, script = self._plan, self._plan.script
        if script is None:
            return self._generated(request, shop)
        interval = plan.interval_ms / 1000
        then = None
        if script.then is Then.GENERATE and script.runs is not None:
            then = self._generated(request, shop)
        ends = script.then is Then.CLOSE and script.runs is not None
        is_told = ends and not plan.closing

        def step(index: int, is_last: bool) -> ScriptStep:
            event = script.steps[index]
            return ScriptStep(
                self._step(event, is_last=is_last and is_told),
                interval if event.after_ms is None else event.after_ms / 1000,
            )

        return Scripted(
            len(script.steps),
            step,
            runs=script.runs,
            then=then,
            holds=script.then is Then.HOLD,
            clock=shop.clock,
            waits_first=script.waits_first,
        )

    def _step(self, event: ExactEvent, *, is_last: bool) -> Callable[[int], Event]:
        def make(number: int) -> Event:
            made = self._exact(event, number)
            return made._replace(whole=True, last=is_last)

        return make

    def _exact(self, event: ExactEvent, number: int) -> Event:
        look = self._places.at(number)
        fields = Fields(
            name=(event.name or "").encode(),
            id=None if event.id is None else event.id.written(look),
            retry=event.retry_ms,
            comment=None if event.comment is None else event.comment.encode(),
            raw=event.raw,
            faults=event.faults,
        )
        data = None if event.data is None else event.data.written(look)
        return Event(data, fields=fields)

    def _generated(self, request: MockRequest, shop: Workshop) -> Producer:
        plan = self._plan
        is_bare = plan.envelope is EnvelopeName.BARE
        if not plan.continuous:
            rows = BARE_SINGLES if is_bare else SINGLES
            kinds = self._kinds(request, shop, rows[plan.mode])
            single = Single(Lane(kinds, Schedule(1, 0), shop.rng.random).next().maker)
            if not is_bare:
                return single
            return Finite(single, is_followed=bool(plan.closing))
        rows = BARE_BATCHES if is_bare else BATCHES
        kinds = self._kinds(request, shop, rows[plan.mode])
        sources = [kind.maker.source for kind in kinds]
        supplies = [source for source in sources if source is not None]
        return Mixture(
            lambda: self._lanes(kinds, shop),
            supplies,
            envelope=self.envelope(),
            clock=shop.clock,
            counts=shop.counts,
            max_consecutive_errors=shop.pace.max_consecutive_errors,
        )

    def _kinds(self, request: MockRequest, shop: Workshop, row: Row[Any]) -> list[Kind]:
        return [
            Kind(
                self._maker(kind, request, shop, row),
                kind.weight,
                None if kind.id is None else self._id_maker(kind.id),
            )
            for kind in self._plan.kinds
        ]

    def _id_maker(self, data: ExactData) -> Callable[[int], bytes]:
        return lambda number: data.written(self._places.at(number))

    def _maker(
        self, kind: EventKind, request: MockRequest, shop: Workshop, row: Row[Any]
    ) -> Maker:
        content = kind.content
        fields = None if kind.name is None else Fields(kind.name.encode())
        if isinstance(content, Generated):
            wanted = replace(request, shape=content.shape)
            return shop.batches(wanted, row, fields)
        return Exact(lambda number: content.written(self._places.at(number)), fields)

    # -- when -------------------------------------------------------------------

    def _lanes(self, kinds: Sequence[Kind], shop: Workshop) -> list[Lane]:
        """The kinds that share the stream's clock, and each that has its own."""
        plan, now = self._plan, shop.clock.monotonic()
        together: list[Kind] = []
        lanes: list[Lane] = []
        for kind, planned in zip(kinds, plan.kinds, strict=True):
            if planned.every_ms is None:
                together.append(kind)
            else:
                schedule = Schedule(planned.every_ms / 1000, now)
                lanes.append(Lane([kind], schedule, shop.rng.random))
        if together:
            schedule = Schedule(
                plan.interval_ms / 1000,
                now,
                jitter=plan.jitter_ms / 1000,
                draw=shop.rng.random,
                stretch=_STRETCHES[plan.gaps],
            )
            lanes.insert(0, Lane(together, schedule, shop.rng.random))
        return lanes

    # -- how it is told ---------------------------------------------------------

    def envelope(self) -> Envelope:
        """The events around those of the producer."""
        plan = self._plan
        is_contract = plan.envelope is EnvelopeName.CONTRACT
        is_sse = plan.framing is FramingName.SSE

        def end(
            reason: EndReason, batches: int, message: str | None
        ) -> tuple[Event, ...]:
            closing: list[Event] = []
            if reason in _NATURAL:
                closing = [self._exact(event, batches) for event in plan.closing]
            if is_contract:
                return (*closing, *self._contract.end(reason, batches, message))
            if closing and reason is not EndReason.MAX_DURATION:
                closing[-1] = closing[-1]._replace(last=True)
            return tuple(closing)

        def error(message: str, batches: int) -> Event | None:
            if is_contract:
                return self._contract.error(message, batches)
            text = f"error {message}".encode()
            return Event(None, fields=Fields(comment=text)) if is_sse else None

        def opening(request: MockRequest) -> tuple[Event, ...]:
            first = (_first(plan.retry_ms),) if is_sse else ()
            told = self._contract.opening(request) if is_contract else ()
            exact = [self._exact(event, 0) for event in plan.opening]
            return (*first, *told, *exact)

        return Envelope(opening=opening, error=error, end=end)

    def ids(self, stream_ids: MakeIds) -> MakeIds:
        """What makes the ids of events; ``stream_ids`` makes the contract's."""
        if self._plan.ids is Ids.STREAM:
            return stream_ids
        if self._plan.ids is Ids.COUNTER:
            return lambda number, last: b"%d" % number
        if self._plan.ids is Ids.UUID:
            return lambda number, last: self._places.uuid().encode()
        return lambda number, last: None

    @property
    def heartbeat_s(self) -> float | None:
        """The longest silence, in seconds; None is the usual one."""
        own = self._plan.heartbeat
        return None if own is None else own.seconds

    def heartbeat(self) -> Event | None:
        """What ends a silence; None is the framing's sign of life."""
        own = self._plan.heartbeat
        if own is None:
            return None
        if own.comment is not None:
            return Event(None, fields=Fields(comment=own.comment.encode()))
        if own.data is None:
            return None
        data = own.data.written(self._places.at(0))
        return Event(data, fields=Fields((own.name or "").encode()))


def _first(retry_ms: int | None) -> Event:
    """What lets the headers leave at once: when to reconnect, or a comment."""
    if retry_ms is None:
        return Event(None, fields=Fields(comment=b""))
    return Event(None, fields=Fields(retry=retry_ms))


def _uniform(point: float) -> float:
    return 2 * point


def _poisson(point: float) -> float:
    return -log(1 - point)


#: What each gap is multiplied with, by a number in [0, 1); the mean is 1.
_STRETCHES: dict[Gaps, Callable[[float], float] | None] = {
    Gaps.FIXED: None,
    Gaps.UNIFORM: _uniform,
    Gaps.POISSON: _poisson,
}
