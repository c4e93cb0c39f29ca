"""The configured backends, each with its health and counters."""

from __future__ import annotations

from typing import Protocol

from ..llm.blend.source import BlendedSource
from ..llm.drafting import DraftSource
from ..llm.providers import model_name
from ..llm.source import LlmSource, Model
from ..llm.task import Task
from ..ports import Backend, Source
from ..settings.model import BackendSettings
from ..words import Json
from .guard import GuardedChat
from .rotation import AlwaysHealthy, Health, Join, Member


class Entry(Protocol):
    """One backend in use."""

    @property
    def configured(self) -> BackendSettings:
        """Its settings."""

    @property
    def direct(self) -> Backend | None:
        """The backend to open a stream on without routing; None for a model."""

    def member(self) -> Member:
        """Its place in a rotation."""

    def drafting(self, room: int) -> Member | None:
        """Its place in a rotation for schemas; None where it makes none.

        ``room`` is how long a prompt may be, in characters.
        """

    def status(self) -> dict[str, Json]:
        """Its state and counters; times are in milliseconds."""

    def close(self) -> None:
        """Close idle connections."""


class EmbeddedEntry:
    """The embedded generator: it only computes, so nothing is guarded or counted."""

    def __init__(self, configured: BackendSettings, backend: Backend) -> None:
        """``backend`` generates under the configured name."""
        self.configured = configured
        self.direct = backend

    def member(self) -> Member:
        """Its place in a rotation."""
        return _member(self.configured, AlwaysHealthy(), self._join)

    def drafting(self, room: int) -> None:
        """The generator needs a schema, and makes none."""

    def status(self) -> dict[str, Json]:
        """Its settings; there is nothing to count."""
        return described(self.configured)

    def close(self) -> None:
        """Nothing is open."""

    def _join(self, task: Task) -> Source:
        return self.direct.open(task.request, task.context)


class ModelEntry:
    """A language model, with its limits and counters."""

    direct = None

    def __init__(
        self, configured: BackendSettings, model: Model, guard: GuardedChat
    ) -> None:
        """``guard`` is the model's chat."""
        self.configured = configured
        self._model = model
        self._guard = guard

    def member(self) -> Member:
        """Its place in a rotation."""
        return _member(self.configured, self._guard, self._join)

    def drafting(self, room: int) -> Member:
        """Its place in a rotation for schemas."""
        return _member(
            self.configured,
            self._guard,
            lambda task: DraftSource(self._model, task, room),
        )

    def status(self) -> dict[str, Json]:
        """The state of its breaker, and its counters since the start."""
        guard, tally = self._guard, self._model.tally
        return {
            **described(self.configured),
            "model": model_name(self.configured),
            "maxConcurrentRequests": self.configured.max_concurrent_requests,
            "inFlight": guard.in_flight,
            "breaker": guard.breaker.state.value,
            "requests": guard.usage.requests,
            "failures": guard.failures,
            "lastError": guard.last_error,
            "tokens": guard.usage.tokens,
            "cutAnswers": guard.usage.cut,
            "unfitAnswers": tally.unfit,
            "repeatedAnswers": tally.repeated,
            "lastUnfit": tally.latest,
            "latencyMs": guard.latency_ms.rounded,
            "firstTokenMs": guard.first_token_ms.rounded,
        }

    def close(self) -> None:
        """Close the connections that are idle."""
        self._guard.close()

    def _join(self, task: Task) -> Source:
        blend = task.request.blend
        if self.configured.blend if blend is None else blend:
            return BlendedSource(self._model, task.blended(), task.rng)
        return LlmSource(self._model, task)


def described(configured: BackendSettings) -> dict[str, Json]:
    """A backend's settings, without its key and its address."""
    return {
        "name": configured.name,
        "provider": configured.provider.value,
        "model": configured.model_name,
        "weight": configured.weight,
        "priority": configured.priority,
        "enabled": configured.enabled,
    }


def _member(configured: BackendSettings, health: Health, join: Join) -> Member:
    return Member(
        name=configured.name,
        weight=configured.weight,
        priority=configured.priority,
        health=health,
        join=join,
    )
