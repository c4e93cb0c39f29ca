"""A source that finds, for each batch, a backend that delivers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TypeVar

from ..llm.chat import UpstreamError
from ..llm.source import Task
from ..ports import Elements, Source
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
    slow = True

    def __init__(self, rotation: Rotation, retry: Retry, task: Task) -> None:
        """``rotation`` and ``retry`` are shared, ``task`` is the stream's own."""
        self._rotation = rotation
        self._retry = retry
        self._task = task
        self._sources: dict[str, Source] = {}
        self._backend = rotation.members[0].name

    @property
    def backend(self) -> str:
        """The backend that delivered last; before the first batch, the first one."""
        return self._backend

    def value(self, number: int, now_ms: int) -> bytes:
        """See ``Source.value``."""
        return self._delivered(lambda source: source.value(number, now_ms))

    def elements(self, number: int, now_ms: int) -> Elements:
        """See ``Source.elements``."""
        return self._delivered(lambda source: source.elements(number, now_ms))

    def tokens(self, number: int, now_ms: int) -> Iterator[str]:
        """See ``Source.tokens``; from the first piece on there is no way back."""
        tokens = self._delivered(lambda source: _begun(source.tokens(number, now_ms)))
        with closing(tokens):
            try:
                yield from tokens
            except UpstreamError as error:
                _log_failure(self._backend, error)
                raise error.for_client() from error

    def _delivered(self, ask: Callable[[Source], T]) -> T:
        """What the first backend gives that can. Raises ``BackendError``."""
        hopeless: set[str] = set()
        try:
            return self._retry(lambda: self._round(ask, hopeless))
        except UpstreamError as error:
            raise error.for_client() from error

    def _round(self, ask: Callable[[Source], T], hopeless: set[str]) -> T:
        """Ask one backend after the other, each once.

        Raises the error that promises most, or ``BackendUnavailable`` where
        nobody could be asked. Backends that another round need not ask are added
        to ``hopeless``.
        """
        tried = set(hopeless)
        errors: list[UpstreamError] = []
        while (member := self._rotation.pick(tried)) is not None:
            tried.add(member.name)
            try:
                delivered = ask(self._source(member))
            except UpstreamError as error:
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


def _begun(pieces: Iterator[str]) -> Generator[str, None, None]:
    """``pieces`` with the first one fetched, so that what fails fails here."""
    first = next(pieces, "")

    def resumed() -> Generator[str, None, None]:
        yield first
        yield from pieces

    return resumed()


def _log_failure(name: str, error: UpstreamError) -> None:
    _log.warning("backend %s: %s: %s", name, type(error).__name__, error.cause)
