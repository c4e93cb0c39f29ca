"""From the key ``Stream`` as it is written to the plan of a route's streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from ..faults.fault import Fault
from ..faults.notation import BadFault, suitable
from ..settings.free import Presence
from ..settings.place import Place
from ..settings.route_streams import (
    Envelope,
    EventKindDeclaration,
    ExactEventDeclaration,
    Framing,
    Gaps,
    HeartbeatDeclaration,
    Ids,
    StepDeclaration,
    StreamDeclaration,
    Then,
    check_exact_event,
)
from ..sse.frames import RETRY_MS
from ..words import Json
from .contents import (
    Compilation,
    check_names,
    checked_faults,
    exact,
    generated,
)
from .placeholders import SINGLE_ROOTS
from .replays import (
    check_replay,
    framing_of,
    like_interval_ms,
    like_kinds,
    recording_at,
    replay_script,
)
from .route import (
    Content,
    EventKind,
    ExactData,
    ExactEvent,
    FeedPlan,
    Heartbeat,
    Script,
    StreamPlan,
)
from .template import Template

_Usual = TypeVar("_Usual")


@dataclass(frozen=True, slots=True)
class StreamCompiler:
    """Compiles the key ``Stream``."""

    compilation: Compilation
    template: Template
    count: int | None

    def plan(
        self, declaration: StreamDeclaration, place: Place, content: Content
    ) -> StreamPlan:
        """The plan that a declaration writes. Raises ``SettingsError``.

        ``content`` is the route\'s own data, for a stream without kinds of event.
        """
        check_replay(declaration, place)
        replay, at = declaration.replay, place.key("Replay")
        recording = None
        framing = declaration.framing or Framing.SSE
        if replay is not None:
            recording = recording_at(replay, at, self.compilation)
            framing = declaration.framing or framing_of(recording)
        retry_ms: int | None = RETRY_MS
        max_duration_s = self.compilation.max_duration_s
        self._check_framing(declaration, framing, place)
        self._check_script(declaration, place)
        interval = declaration.interval_ms or self.compilation.interval_ms
        kinds = self._kinds(declaration, place.key("Events"), content)
        script = self._script(declaration, place.key("Script"))
        ids = declaration.ids
        if replay is not None and recording is not None:
            if replay.like:
                kinds = tuple(like_kinds(recording, at, self.compilation))
                usual = like_interval_ms(recording, replay)
                interval = declaration.interval_ms or usual
            else:
                script = replay_script(recording, replay, framing, at, self.compilation)
                ids, retry_ms = Ids.NONE, None
                if not replay.loop:
                    max_duration_s = 0  # it ends by itself
        return StreamPlan(
            kinds=kinds,
            script=script,
            mode=declaration.mode,
            continuous=declaration.continuous,
            interval_ms=interval,
            jitter_ms=self._jitter(declaration, interval, place.key("JitterMs")),
            gaps=declaration.gaps,
            max_duration_s=_given(declaration.max_duration_seconds, max_duration_s),
            max_events=declaration.max_events,
            framing=framing,
            envelope=declaration.envelope,
            opening=self._events(declaration.opening, place.key("Opening")),
            closing=self._events(declaration.closing, place.key("Closing")),
            ids=ids,
            retry_ms=_given(declaration.retry_ms, retry_ms),
            heartbeat=self._heartbeat(declaration.heartbeat, place.key("Heartbeat")),
            recording=None if replay is None else replay.recording,
            feed=self._feed(declaration, place),
        )

    def _feed(self, declaration: StreamDeclaration, place: Place) -> FeedPlan | None:
        """The shared feed, which has generated values of one kind."""
        name, at = declaration.feed, place.key("Feed")
        if name is None:
            for key, given in (
                ("History", declaration.history),
                ("GapEvent", declaration.gap_event),
            ):
                if given is not None:
                    raise place.key(key).error("is given without Feed")
            return None
        check_names(name, self.template, at)
        others = {
            "Script": declaration.script,
            "Replay": declaration.replay,
            "Continuous": not declaration.continuous,
            "Gaps": declaration.gaps is not Gaps.FIXED,
            "Ids": declaration.ids is not Ids.STREAM,
            "Events": len(declaration.events) > 1
            or any(_is_special(each) for each in declaration.events),
        }
        for key, is_given in others.items():
            if is_given:
                raise at.error(
                    f"is given beside {key}; accepted: continuous generated events of"
                    " one kind, whose ids are the feed's"
                )
        return FeedPlan(name, declaration.history, declaration.gap_event)

    def _check_framing(
        self, declaration: StreamDeclaration, framing: Framing, place: Place
    ) -> None:
        if framing is Framing.SSE:
            return
        lists = {
            "Events": declaration.events,
            "Script": declaration.script,
            "Opening": declaration.opening,
            "Closing": declaration.closing,
        }
        for key, items in lists.items():
            for index, item in enumerate(items):
                self._check_members(item, framing, place.key(key).item(index))
        if declaration.heartbeat is not None:
            self._check_members(declaration.heartbeat, framing, place.key("Heartbeat"))
        if declaration.ids not in (Ids.STREAM, Ids.NONE):
            raise place.key("Ids").error(f"is given, but {framing.value} has no ids")

    def _check_members(self, item: object, framing: Framing, place: Place) -> None:
        for key in ("Event", "Id", "Retry", "Comment"):
            if getattr(item, key.lower(), None) is not None:
                raise place.key(key).error(
                    f"is given, but {framing.value} has no such thing;"
                    " accepted: Framing sse"
                )
        if isinstance(item, StepDeclaration):
            try:
                suitable(item.fault, is_stream=True, is_sse=False)
            except BadFault as error:
                raise place.key("Fault").error(str(error)) from None

    def _check_script(self, declaration: StreamDeclaration, place: Place) -> None:
        if declaration.script:
            if declaration.envelope is Envelope.CONTRACT:
                raise place.key("Envelope").error(
                    "is contract beside Script; accepted: bare, because a script's"
                    " steps are sent exactly"
                )
            if declaration.events and declaration.then is not Then.GENERATE:
                raise place.key("Events").error(
                    "is given beside Script; accepted: with Then: generate"
                )
        elif declaration.repeat or declaration.then is not Then.CLOSE:
            key = "Repeat" if declaration.repeat else "Then"
            raise place.key(key).error("is given without Script")

    def _jitter(
        self, declaration: StreamDeclaration, interval: int, place: Place
    ) -> int:
        jitter = declaration.jitter_ms
        if jitter is None:
            return min(self.compilation.jitter_ms, interval)
        if jitter > interval:
            raise place.error(
                f"is {jitter}; accepted: at most the interval, which is {interval}"
            )
        if jitter and declaration.gaps is not Gaps.FIXED:
            raise place.error("is given beside Gaps; accepted: one of them")
        return jitter

    def _kinds(
        self, declaration: StreamDeclaration, place: Place, content: Content
    ) -> tuple[EventKind, ...]:
        if not declaration.events:
            return (EventKind(None, content, 1, None, None),)
        return tuple(
            self._kind(kind, place.item(index), content)
            for index, kind in enumerate(declaration.events)
        )

    def _kind(
        self, declaration: EventKindDeclaration, place: Place, content: Content
    ) -> EventKind:
        given = {
            "Shape": declaration.shape,
            "Schema": declaration.schema,
            "Data": declaration.data,
        }
        names = [name for name, value in given.items() if value is not None]
        if len(names) > 1:
            raise place.key(names[1]).error(
                f"is given beside {names[0]}; accepted: one of {', '.join(given)}"
            )
        if declaration.data is not None:
            content = exact(declaration.data.value, place.key("Data"), self.template)
        elif names:
            content = generated(
                declaration.shape,
                declaration.schema,
                place,
                self.compilation,
                self.count,
            )
        return EventKind(
            declaration.event,
            content,
            declaration.weight,
            self._id(declaration.id, place.key("Id")),
            declaration.every_ms,
        )

    def _id(self, text: str | None, place: Place) -> ExactData | None:
        """An id, whose places are made by the service: none can break the line."""
        if text is None:
            return None
        return exact(text, place, self.template, SINGLE_ROOTS)

    def _script(self, declaration: StreamDeclaration, place: Place) -> Script | None:
        if not declaration.script:
            return None
        repeat = declaration.repeat
        if repeat is True:
            runs = None
        else:
            runs = 1 + int(repeat)
        steps = self._events(declaration.script, place)
        has_faults = any(step.faults for step in steps)
        return Script(steps, runs, declaration.then, has_faults=has_faults)

    def _events(
        self, declarations: tuple[ExactEventDeclaration, ...], place: Place
    ) -> tuple[ExactEvent, ...]:
        return tuple(
            self._event(event, place.item(index))
            for index, event in enumerate(declarations)
        )

    def _event(self, declaration: ExactEventDeclaration, place: Place) -> ExactEvent:
        after = (
            declaration.after_ms if isinstance(declaration, StepDeclaration) else None
        )
        faults: tuple[Fault, ...] = ()
        if isinstance(declaration, StepDeclaration):
            faults = self._faults(declaration.fault, place.key("Fault"))
        check_exact_event(declaration, place, may_be_empty=bool(faults))
        if declaration.raw is not None:
            return ExactEvent(
                raw=declaration.raw.encode(), after_ms=after, faults=faults
            )
        return ExactEvent(
            name=declaration.event,
            data=self._data(declaration.data, place.key("Data")),
            id=self._id(declaration.id, place.key("Id")),
            retry_ms=declaration.retry,
            comment=declaration.comment,
            after_ms=after,
            faults=faults,
        )

    def _faults(self, faults: tuple[Fault, ...], place: Place) -> tuple[Fault, ...]:
        """The faults of a step, which are played once the stream is open."""
        for fault in faults:
            if fault.kind.only_at_once:
                raise place.error(
                    f"is {fault.name}, which comes before the first event; accepted:"
                    " in the route's Faults"
                )
        return checked_faults(faults, place, self.compilation)

    def _data(self, given: Presence[Json] | None, place: Place) -> ExactData | None:
        return None if given is None else exact(given.value, place, self.template)

    def _heartbeat(
        self, declaration: HeartbeatDeclaration | None, place: Place
    ) -> Heartbeat | None:
        if declaration is None:
            return None
        if declaration.comment is not None and (
            declaration.event is not None or declaration.data is not None
        ):
            raise place.key("Comment").error(
                "is given beside Event or Data; accepted: a comment or an event"
            )
        if declaration.event is not None and declaration.data is None:
            raise place.key("Data").error(
                "is missing; an event without data is not handed on by clients"
            )
        return Heartbeat(
            declaration.seconds,
            declaration.comment,
            declaration.event,
            self._data(declaration.data, place.key("Data")),
        )


def _given(value: int | None, usual: _Usual) -> int | _Usual:
    return usual if value is None else value


def _is_special(kind: EventKindDeclaration) -> bool:
    """Whether a kind has more than values of its own, and a name."""
    return bool(kind.data is not None or kind.id or kind.every_ms)
