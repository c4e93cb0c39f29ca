"""A source that finds, for each batch, a backend that delivers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from itertools import islice
from typing import TypeVar

from ..cuts import Cut
from ..llm.chat import UpstreamError
from ..llm.task import Task
from ..ports import Source
from ..schema.refusal import Refusal
from .retry import Retry
from .rotation import Member, Rotation

T = TypeVar("T")

_log = logging.getLogger(__name__)


class RoutedSource:
    """One stream's source over all the backends that may serve it.

    Each batch goes to whose turn it is. A failure before anything was passed on
    goes over to the next one at once; when all have failed, there is a pause
    and another round, without those that cannot do better.
    """

    blocking = True

    def __init__(
        self,
        rotation: Rotation,
        retry: Retry,
        task: Task,
        *,
        timeout_s: float,
        slow: bool,
    ) -> None:
        """``rotation`` and ``retry`` are shared, ``task`` is the stream's own.

        ``timeout_s`` (seconds) is the longest that one request is kept waiting.
        For ``slow`` see ``Source``.
        """
        self.slow = slow
        self._rotation = rotation
        self._retry = retry
        self._task = task
        self._timeout_s = timeout_s
        self._sources: dict[str, Source] = {}
        self._backend = rotation.members[0].name
        self._is_waiting = False

    @property
    def backend(self) -> str:
        """The backend of the latest batch; initially the first backend."""
        return self._backend

    def make(self, cut: Cut[T], number: int, now_ms: int) -> Iterable[T]:
        """The parts of a value; once the first is out, no other backend is tried."""
        parts = self._delivered(lambda source: _begun(source.make(cut, number, now_ms)))
        with closing(parts):
            try:
                yield from parts
            except UpstreamError as error:
                _log_failure(self._backend, error)
                raise error.for_client() from error

    def _delivered(self, ask: Callable[[Source], T]) -> T:
        """What the first backend gives that can. Raises ``BackendError``.

        One request waits for a backend that asks to be left alone, if it has the
        time. A continuous stream hears of it at once, and waits before its next
        batch.
        """
        if self._is_waiting:
            self._is_waiting = False
            self._retry.wait(max(0.0, self._rotation.ready_in_s))
        hopeless: set[str] = set()
        patience_s = 0.0 if self._task.request.continuous else self._timeout_s
        try:
            return self._retry(
                lambda: self._round(ask, hopeless), patience_s=patience_s
            )
        except UpstreamError as error:
            self._is_waiting = error.retry_after_s is not None
            raise error.for_client() from error

    def _round(self, ask: Callable[[Source], T], hopeless: set[str]) -> T:
        """Ask one backend after the other, each once.

        Raises the error that promises most, or ``BackendUnavailable`` where
        no backend could be asked. Backends that another round can skip are added
        to ``hopeless``.
        """
        tried = set(hopeless)
        errors: list[UpstreamError] = []
        while (member := self._rotation.pick(tried)) is not None:
            tried.add(member.name)
            try:
                delivered = ask(self._source(member))
            except (UpstreamError, Refusal) as failure:
                error = _as_upstream(failure)
                _log_failure(member.name, error)
                errors.append(error)
                if not error.retryable:
                    hopeless.add(member.name)
                continue
            self._backend = member.name
            return delivered
        if not errors:
            raise self._rotation.none_available()
        raise next((each for each in errors if each.retryable), errors[-1])

    def _source(self, member: Member) -> Source:
        """The stream's own source at ``member``, made when it is first needed."""
        source = self._sources.get(member.name)
        if source is None:
            source = self._sources[member.name] = member.join(self._task)
        return source


def _as_upstream(failure: UpstreamError | Refusal) -> UpstreamError:
    """``failure`` as a model's, so that another backend is tried."""
    if isinstance(failure, UpstreamError):
        return failure
    return UpstreamError(failure.reason, retryable=False)


def _begun(parts: Iterable[T]) -> Generator[T, None, None]:
    """``parts``, with the first one fetched so that a failure shows here."""
    rest = iter(parts)
    first = [*islice(rest, 1)]

    def resumed() -> Generator[T, None, None]:
        yield from first
        yield from rest

    return resumed()


def _log_failure(name: str, error: UpstreamError) -> None:
    _log.warning("backend %s: %s: %s", name, type(error).__name__, error.cause)
