"""Every error that the service answers with, in one tree.

::

    LLMockError
    ├── SettingsError               the start stops with one line
    └── ApiError                    an HTTP status and a problem document
        ├── BadRequest              400  an option, and what it accepts
        ├── Unauthorized            401  a key is missing or wrong
        ├── Forbidden               403  not from here
        ├── NotFound                404  no such resource
        │   └── NoRoute                  nothing is served at a path
        ├── MethodNotAllowed        405  another method has a route
        ├── Conflict                409  it contradicts what is there
        │   └── FeedConflict             the options contradict those of the feed
        │   └── StreamEnded              the stream is over
        ├── PayloadTooLarge         413  body or shape over its limit
        ├── UnsupportedMediaType    415  a change that is not JSON
        ├── Undescribed         422  a description forbids the request
        ├── TooManyFeeds            429  a limit of shared feeds
        ├── Unavailable             503  come back after ``retry_after`` seconds
        │   ├── TooManyStreams           a limit of concurrent streams
        │   └── ShuttingDown             the process is ending
        ├── ClockTimeout            504  a virtual clock was not advanced in time
        └── BackendError            why a batch failed
            ├── BackendTimeout      504  the LLM took too long
            ├── BackendFailed       502  the LLM failed or answered nothing usable
            │   └── ValueTooLarge   413  a value is over a limit of its size or work
            └── BackendUnavailable  503  no LLM is available at the moment

Each class knows its status and its title. ``app.web.errors`` turns an
``ApiError`` into a response before the first byte; after it, the stream
turns a ``BackendError`` into an error event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class LLMockError(Exception):
    """The root of every error that is raised on purpose."""


class SettingsError(LLMockError):
    """The configuration cannot be used. The text is one line for the operator.

    ``problem`` is the line without the source that it names first, and
    ``pointer`` the JSON pointer of the value inside that source.
    """

    def __init__(self, text: str, *, problem: str = "", pointer: str = "") -> None:
        """Keep the line and its parts."""
        super().__init__(text)
        self.problem = problem or text
        self.pointer = pointer


class ApiError(LLMockError):
    """An error with an HTTP status.

    ``detail`` is fit for the client: it holds no internal address, key, prompt or
    traceback.
    """

    status = 500
    title = "Internal server error"

    def __init__(self, detail: str) -> None:
        """Keep ``detail``, one or two sentences."""
        super().__init__(detail)
        self.detail = detail

    @property
    def headers(self) -> dict[str, str]:
        """Response headers that belong to this error."""
        return {}

    def problem(self) -> dict[str, object]:
        """The members of the problem document (RFC 9457)."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }


class BadRequest(ApiError):
    """A value that a client sent is not one that the option accepts.

    Where the value is a shape, ``pointer`` is the JSON Pointer to the schema in it
    that is refused, ``keyword`` the keyword there, and ``limit`` the most that is
    accepted; each is None where it is not known.
    """

    status = 400
    title = "Bad request"

    def __init__(
        self,
        detail: str,
        *,
        parameter: str,
        value: object,
        allowed: str | Sequence[str],
        pointer: str | None = None,
        keyword: str | None = None,
        limit: int | None = None,
    ) -> None:
        """Name the option, the given value and what is accepted."""
        super().__init__(detail)
        self.parameter = parameter
        self.value = value
        self.allowed = allowed if isinstance(allowed, str) else list(allowed)
        self.pointer = pointer
        self.keyword = keyword
        self.limit = limit

    def problem(self) -> dict[str, object]:
        """The document, with ``parameter``, ``value``, ``allowed`` and the place."""
        place = {
            "pointer": self.pointer,
            "keyword": self.keyword,
            "limit": self.limit,
        }
        return {
            **super().problem(),
            "parameter": self.parameter,
            "value": self.value,
            "allowed": self.allowed,
            **{name: member for name, member in place.items() if member is not None},
        }


class Unauthorized(ApiError):
    """The request carries no accepted key."""

    status = 401
    title = "Unauthorized"

    @property
    def headers(self) -> dict[str, str]:
        """The challenge (RFC 9110, section 11.6.1)."""
        return {"WWW-Authenticate": 'Bearer realm="llmock"'}


class Forbidden(ApiError):
    """The client may not use this resource."""

    status = 403
    title = "Forbidden"


class NotFound(ApiError):
    """Nothing has that name."""

    status = 404
    title = "Not found"


class NoRoute(NotFound):
    """Nothing is served at a path; ``nearest`` are routes, each with what differed."""

    def __init__(self, detail: str, nearest: Sequence[tuple[str, str]]) -> None:
        """Name the nearest routes."""
        super().__init__(detail)
        self.nearest = nearest

    def problem(self) -> dict[str, object]:
        """The document, with ``nearest``."""
        nearest = [{"name": name, "reason": reason} for name, reason in self.nearest]
        return {**super().problem(), "nearest": nearest}


class MethodNotAllowed(ApiError):
    """A path is served, but not for this method."""

    status = 405
    title = "Method not allowed"

    def __init__(self, detail: str, allowed: Sequence[str]) -> None:
        """Name the methods that are served."""
        super().__init__(detail)
        self.allowed = allowed

    @property
    def headers(self) -> dict[str, str]:
        """``Allow``."""
        return {"Allow": ", ".join(self.allowed)}


class NotAcceptable(ApiError):
    """No medium of a response is one that the client accepts."""

    status = 406
    title = "Not acceptable"


class Conflict(ApiError):
    """What is asked for contradicts what is there."""

    status = 409
    title = "Conflict"


class FeedConflict(Conflict):
    """A subscriber's options contradict its feed's."""

    def __init__(
        self, detail: str, contradictions: Sequence[dict[str, object]]
    ) -> None:
        """List each option with the client's value and the feed's."""
        super().__init__(detail)
        self.contradictions = contradictions

    def problem(self) -> dict[str, object]:
        """The document, with ``contradictions``."""
        return {**super().problem(), "contradictions": [*self.contradictions]}


class StreamEnded(Conflict):
    """A stream that is over cannot be steered; ``ended`` says how it ended."""

    title = "Stream ended"

    def __init__(self, ended: Mapping[str, object]) -> None:
        """``ended`` has at least ``outcome`` and ``endedAt``."""
        super().__init__(f"The stream ended at {ended['endedAt']}: {ended['outcome']}.")
        self.ended = ended

    def problem(self) -> dict[str, object]:
        """The document, with ``ended``."""
        return {**super().problem(), "ended": self.ended}


class PayloadTooLarge(ApiError):
    """The body or the shape is over its limit."""

    status = 413
    title = "Content too large"


class UnsupportedMediaType(ApiError):
    """The media type of a change is not accepted."""

    status = 415
    title = "Unsupported media type"


class Undescribed(ApiError):
    """A request that a description forbids.

    Each violation says ``in`` which part of the request it is, its ``name`` or
    ``pointer`` there, and the ``reason``.
    """

    title = "The description forbids this request"

    def __init__(self, status: int, violations: Sequence[Mapping[str, object]]) -> None:
        """``status`` is the one that the description has for such a request."""
        places = "; ".join(
            f"{each['in']} {each.get('name') or each.get('pointer') or ''}".rstrip()
            + f" {each['reason']}"
            for each in violations
        )
        super().__init__(f"{places}.")
        self.status = status
        self.violations = violations

    @property
    def headers(self) -> dict[str, str]:
        """The challenge, where a credential is missing."""
        return {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}

    def problem(self) -> dict[str, object]:
        """The document, with ``violations``."""
        return {**super().problem(), "violations": [*map(dict, self.violations)]}


class TooManyFeeds(ApiError):
    """There are as many feeds as are permitted."""

    status = 429
    title = "Too many feeds"


class Unavailable(ApiError):
    """The service cannot answer now; ``retry_after`` is in whole seconds."""

    status = 503
    title = "Service unavailable"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        """Say why, and after how many seconds to try again."""
        super().__init__(detail)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """``Retry-After`` in seconds."""
        return {"Retry-After": str(self.retry_after)}


class TooManyStreams(Unavailable):
    """A limit of concurrent streams is reached."""

    title = "Too many streams"


class ShuttingDown(Unavailable):
    """The process is ending and takes no new streams."""

    title = "Server shutting down"


class ClockTimeout(ApiError):
    """A clock did not come as far as it was to be advanced; ``moved`` says how far."""

    status = 504
    title = "Clock timeout"

    def __init__(self, moved: Mapping[str, object]) -> None:
        """``moved`` has at least ``now`` and ``events``."""
        super().__init__(f"Not all was sent in time; the clock is at {moved['now']}.")
        self.moved = moved

    def problem(self) -> dict[str, object]:
        """The document, with ``now`` and ``events``."""
        return {**super().problem(), **self.moved}


class BackendError(ApiError):
    """A batch could not be generated; ``detail`` is the message of its event."""


class BackendTimeout(BackendError):
    """The LLM did not answer in time."""

    status = 504
    title = "LLM timeout"


class BackendFailed(BackendError):
    """The LLM failed, or answered nothing that fits the shape."""

    status = 502
    title = "LLM failed"


class ValueTooLarge(BackendFailed):
    """A value would exceed a limit of its size, or of the work for it."""

    status = 413
    title = "Value too large"


class BackendUnavailable(BackendError):
    """No LLM is available at the moment; ``retry_after`` is in whole seconds."""

    status = 503
    title = "LLM unavailable"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        """Say why, and after how many seconds to try again."""
        super().__init__(detail)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """``Retry-After`` in seconds."""
        return {"Retry-After": str(self.retry_after)}
