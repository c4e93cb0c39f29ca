"""The port to a language model: one chat request in, text pieces out.

What goes wrong is one tree, so that the layer above can retry, fail over,
count and answer without knowing HTTP::

    LLMockError
    └── UpstreamError
        ├── UpstreamTimeout       it took too long        -> BackendTimeout
        ├── UpstreamUnreachable   no connection           -> BackendUnavailable
        ├── UpstreamRefused       a status other than 200 -> BackendUnavailable
        │                         for 429 and 503, else      BackendFailed
        ├── UpstreamDeclined      it will not answer      -> BackendFailed
        └── UpstreamBroken        reset, cut, or garbage  -> BackendFailed

Each error may come before the first piece or after some of them. Another
backend may help after any of them; ``retryable`` is about the same one.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ..errors import (
    BackendError,
    BackendFailed,
    BackendTimeout,
    BackendUnavailable,
    LLMockError,
)
from ..words import Json

#: What a client is told to wait (seconds) when the upstream did not say.
DEFAULT_RETRY_AFTER_S = 5

#: What a client is told where a model refused to answer.
DECLINED = "LLM refused to answer"

#: The text of an answer in pieces, none of them empty. What it returns at its end
#: tells whether the answer was cut at its limit of tokens.
Pieces: TypeAlias = Generator[str, None, bool]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat; ``role`` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a model is asked.

    ``schema`` is a JSON Schema that constrains the answer, or None for free
    text. It is a wish: a backend that cannot constrain is asked without, so
    the answer must be validated. ``max_tokens`` and ``temperature`` are what is
    configured for the backend that is asked, where they are None.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Json] | None
    seed: int
    max_tokens: int | None = None
    temperature: float | None = None


@dataclass(slots=True)
class Usage:
    """What one backend has been asked for so far.

    ``tokens`` counts text pieces while they come, and is corrected to the
    upstream's own count when it gives one. ``requests`` are HTTP requests, so
    one that is asked again without a refused parameter counts twice. ``cut``
    counts answers that stopped at their limit of tokens.
    """

    requests: int = 0
    tokens: int = 0
    cut: int = 0


class Chat(Protocol):
    """A language model behind a network. Shared by all streams of the worker."""

    usage: Usage

    def stream(self, request: ChatRequest) -> Pieces:
        """Yield the answer's text in pieces, as they come; none is empty.

        Nothing is sent before the first ``next``. The upstream connection is
        closed at once when the iterator is closed or its greenlet is killed.
        The time in which the caller does not wait for a piece is not counted
        against the backend's timeout. Raises ``UpstreamError``.
        """

    def close(self) -> None:
        """Close the connections that are idle."""


class Answering:
    """Iterates over the pieces of an answer, and keeps what they return."""

    def __init__(self, pieces: Pieces) -> None:
        """Take over ``pieces``, which are closed with this."""
        self._pieces = pieces
        #: Whether the answer was cut at its limit of tokens; known at its end.
        self.is_cut = False

    def __iter__(self) -> Iterator[str]:
        """The pieces, once."""
        self.is_cut = yield from self._pieces

    def close(self) -> None:
        """Stop, and close the connection."""
        self._pieces.close()


class UpstreamError(LLMockError):
    """A language model did not deliver.

    ``cause`` is for the operator's log: it may name the host, never a key.
    ``reason`` is the same for the management API, without the host.
    ``retryable`` tells whether the same backend may answer if asked again, and
    ``retry_after_s`` how long it wants to be left alone (seconds), if it said.
    """

    def __init__(
        self,
        cause: str,
        *,
        reason: str | None = None,
        retryable: bool = True,
        retry_after_s: float | None = None,
    ) -> None:
        """Say why; without a ``reason``, the ``cause`` names no host."""
        super().__init__(cause)
        self.cause = cause
        self.reason = cause if reason is None else reason
        self.retryable = retryable
        self.retry_after_s = retry_after_s

    def for_client(self) -> BackendError:
        """The error that a client sees: no address, key or prompt in it."""
        return BackendFailed("LLM failed")


class UpstreamTimeout(UpstreamError):
    """The model exceeded a time limit."""

    def for_client(self) -> BackendError:
        """504 with the message ``LLM timeout``."""
        return BackendTimeout("LLM timeout")


class UpstreamUnreachable(UpstreamError):
    """There is no connection: refused, unknown host, or a failed handshake."""

    def for_client(self) -> BackendError:
        """503 with ``Retry-After``."""
        return unavailable(self.retry_after_s)


class UpstreamRefused(UpstreamError):
    """The upstream answered with a ``status`` other than 200."""

    def __init__(
        self,
        cause: str,
        *,
        status: int,
        retryable: bool = True,
        retry_after_s: float | None = None,
    ) -> None:
        """Keep the HTTP status."""
        super().__init__(cause, retryable=retryable, retry_after_s=retry_after_s)
        self.status = status

    def for_client(self) -> BackendError:
        """503 when the upstream is busy, else 502."""
        if self.status in (429, 503):
            return unavailable(self.retry_after_s)
        return super().for_client()


class UpstreamDeclined(UpstreamError):
    """The model, or the provider's filter, refused to answer this question."""

    def __init__(self, cause: str) -> None:
        """Not retryable: another attempt would be refused as well."""
        super().__init__(cause, retryable=False)

    def for_client(self) -> BackendError:
        """502 with a message that says so."""
        return BackendFailed(DECLINED)


class UpstreamBroken(UpstreamError):
    """The answer was reset, cut, reported an error, or made no sense."""


def unavailable(wait_s: float | None) -> BackendUnavailable:
    """503 with the seconds to wait, rounded up; None if unknown."""
    if wait_s is None:
        return BackendUnavailable("LLM unavailable", retry_after=DEFAULT_RETRY_AFTER_S)
    seconds = max(1, math.ceil(wait_s))
    return BackendUnavailable(
        f"LLM unavailable for another {seconds} s", retry_after=seconds
    )
