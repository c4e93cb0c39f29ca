"""The pool of backends, which opens streams as a backend does."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

import orjson

from ..cuts import WHOLE
from ..llm.blend.blended import BlendedStream
from ..llm.chat import Chat
from ..llm.client import make_client
from ..llm.prompts.messages import Templates
from ..llm.source import Model
from ..llm.task import Task
from ..ports import Backend, Memory, Source
from ..settings.model import BackendSettings, Provider, Settings
from ..words import Json, MockRequest
from .breaker import Breaker
from .entries import EmbeddedEntry, Entry, ModelEntry, described
from .guard import GuardedChat
from .retry import Retry
from .rotation import Rotation
from .routing import RoutedSource

#: Makes the embedded backend of the given name.
MakeEmbedded: TypeAlias = Callable[[str], Backend]

#: Makes the client of a configured language model.
MakeChat: TypeAlias = Callable[[BackendSettings, Settings], Chat]


class _Route(NamedTuple):
    """Where a request goes: to ``direct``, or to the next one in ``rotation``.

    ``blends`` says that no backend here lets a model write whole values.
    """

    direct: Backend | None
    rotation: Rotation
    blends: bool


class Backends:
    """Opens streams on the backends of a worker. It is a ``Backend`` itself."""

    name = "llmock"

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        retry: Retry,
        templates: Templates,
        rng: random.Random,
        timeout_s: float,
        simulation: Backend,
        blend_batch: int,
        disabled: Sequence[BackendSettings] = (),
    ) -> None:
        """Serve with ``entries``, at least one; ``disabled`` ones are only shown.

        ``timeout_s`` (seconds) is the longest that one request is kept waiting.
        ``simulation`` makes what a blended value has besides a model's texts,
        which are asked for ``blend_batch`` events at once.
        """
        self._entries = tuple(entries)
        self._any = _route(self._entries)
        self._by_name = {entry.configured.name.casefold(): entry for entry in entries}
        # The routes of requests that name backends, by their names.
        self._named: dict[tuple[str, ...], _Route] = {}
        self._retry = retry
        self._templates = templates
        self._rng = rng
        self._timeout_s = timeout_s
        self._simulation = simulation
        self._blend_batch = blend_batch
        self._disabled = tuple(disabled)

    @property
    def names(self) -> list[str]:
        """The names by which a request can select a backend."""
        return [entry.configured.name for entry in self._entries]

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        """A source for one request: of the backends it names, or of all.

        ``memory`` is what the request's context knows. Raises ``KeyError`` for an
        unknown backend; a request is checked against ``names`` when it is parsed.
        """
        route = self._route_of(request)
        if route.direct is not None:
            return route.direct.open(request, memory)
        blends = route.blends if request.blend is None else request.blend
        return RoutedSource(
            route.rotation,
            self._retry,
            self._task(request, memory),
            timeout_s=self._timeout_s,
            slow=not blends,
        )

    def draft(self, request: MockRequest) -> Json | None:
        """A JSON Schema for what ``request`` describes in its body.

        None where none of the backends that it names is a language model. Raises
        ``BackendError``.
        """
        room = self._templates.room
        members = [each.drafting(room) for each in self._entries_of(request)]
        rotation = [member for member in members if member is not None]
        if not rotation:
            return None
        source = RoutedSource(
            Rotation(rotation),
            self._retry,
            self._task(request, None),
            timeout_s=self._timeout_s,
            slow=True,
        )
        (text,) = source.make(WHOLE, 0, 0)
        return orjson.loads(text)

    def _route_of(self, request: MockRequest) -> _Route:
        if not request.backends and request.backend is None:
            return self._any
        entries = self._entries_of(request)
        key = tuple(entry.configured.name for entry in entries)
        if key not in self._named:
            self._named[key] = _route(entries)
        return self._named[key]

    def _entries_of(self, request: MockRequest) -> Sequence[Entry]:
        """The backends that a request names, or all."""
        named = request.backends
        if not named and request.backend is not None:
            named = (request.backend,)
        wanted = {name.casefold() for name in named}
        if not wanted:
            return self._entries
        if missing := wanted - self._by_name.keys():
            raise KeyError(min(missing))
        return [entry for name, entry in self._by_name.items() if name in wanted]

    def _task(self, request: MockRequest, memory: Memory | None) -> Task:
        def blended() -> BlendedStream:
            return BlendedStream(
                request,
                self._simulation.open(request, memory),
                self._templates,
                context=memory,
                events=self._blend_batch,
            )

        return Task(
            request,
            self._templates,
            context=memory,
            rng=self._rng,
            blended=cache(blended),
        )

    def status(self) -> list[dict[str, Json]]:
        """The state of each configured backend, without keys and addresses."""
        return [
            *(entry.status() for entry in self._entries),
            *(described(each) for each in self._disabled),
        ]

    def close(self) -> None:
        """Close idle connections."""
        for entry in self._entries:
            entry.close()


def _route(entries: Sequence[Entry]) -> _Route:
    direct = entries[0].direct if len(entries) == 1 else None
    blends = all(entry.direct or entry.configured.blend for entry in entries)
    return _Route(direct, Rotation([entry.member() for entry in entries]), blends)


def build_backends(
    settings: Settings,
    *,
    embedded: MakeEmbedded,
    clock: Callable[[], float],
    rng: random.Random,
    sleep: Callable[[float], None] = time.sleep,
    make_chat: MakeChat = make_client,
) -> Backends:
    """The backends that ``settings`` configure.

    ``clock`` gives monotonic seconds; ``rng`` jitters pauses and seeds the
    questions. Raises ``SettingsError`` for a backend that cannot be used.
    """

    def entry(configured: BackendSettings) -> Entry:
        if configured.provider is Provider.EMBEDDED:
            return EmbeddedEntry(configured, embedded(configured.name))
        chat = make_chat(configured, settings)
        return _model_entry(configured, settings, chat, clock)

    attempts = settings.max_retry_attempts if settings.enable_retry_policy else 0
    return Backends(
        [entry(configured) for configured in settings.effective_backends()],
        retry=Retry(
            attempts=attempts,
            base_s=settings.retry_base_delay_seconds,
            clock=clock,
            sleep=sleep,
            rng=rng,
        ),
        templates=Templates(
            whole=settings.custom_prompt_template,
            streaming=settings.custom_streaming_prompt_template,
            window=settings.max_context_window,
            answer=settings.max_tokens,
        ),
        rng=rng,
        timeout_s=settings.timeout_seconds,
        simulation=embedded(Provider.EMBEDDED.value),
        blend_batch=settings.blend_batch,
        disabled=[each for each in settings.llm_backends if not each.enabled],
    )


def _model_entry(
    configured: BackendSettings,
    settings: Settings,
    chat: Chat,
    clock: Callable[[], float],
) -> ModelEntry:
    """A language model; ``settings`` apply where it has none of its own."""
    breaker = Breaker(
        threshold=(
            settings.circuit_breaker_failure_threshold
            if settings.enable_circuit_breaker
            else None
        ),
        duration_s=settings.circuit_breaker_duration_seconds,
        clock=clock,
    )
    guard = GuardedChat(
        chat,
        breaker,
        places=configured.max_concurrent_requests,
        patience_s=_first(configured.timeout_seconds, settings.timeout_seconds),
        clock=clock,
    )
    model = Model(
        name=configured.name,
        chat=guard,
        temperature=_first(configured.temperature, settings.temperature),
        shape_retries=settings.max_shape_retries,
    )
    return ModelEntry(configured, model, guard)


def _first(own: float | None, common: float) -> float:
    return common if own is None else own
