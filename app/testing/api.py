"""The management API of a server, as calls that return JSON or raise its words."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, Union

import requests

#: A length of time: ``"10m"``, ``"1.5s"``, a number of seconds, or a ``timedelta``.
Duration = Union[str, float, datetime.timedelta]

#: How long an answer may take that does not wait for anything, in seconds.
ANSWER_SECONDS = 10.0

#: Parameters of a call that has none.
NO_QUERY: Mapping[str, object] = {}

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)")
_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}


class MockServerError(Exception):
    """The server refused a call, or did not answer. The text is its own sentence.

    ``status`` is the HTTP status, 0 without an answer, and ``problem`` the document.
    """

    def __init__(self, text: str, status: int, problem: Mapping[str, Any]) -> None:
        """Keep the sentence and where it comes from."""
        super().__init__(text)
        self.status = status
        self.problem = problem


class Api:
    """The management API at ``url``, which has no slash at its end."""

    def __init__(self, url: str, key: str | None = None) -> None:
        """Call nothing yet. ``key`` is the server's ``ManagementApiKey``."""
        self.url = url.rstrip("/")
        self._session = requests.Session()
        # A proxy of the environment knows nothing of this machine's ports.
        self._session.trust_env = False
        if key:
            self._session.headers["Authorization"] = f"Bearer {key}"

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, object] = NO_QUERY,
        wait_seconds: float = 0,
    ) -> Any:
        """Return the JSON that ``/api/manage`` + ``path`` answers, or None.

        ``query`` are its parameters; those that are None are left out.
        ``wait_seconds`` is how long it may wait before it answers. Raises
        ``MockServerError``.
        """
        address = f"{self.url}/api/manage{path}"
        given = {name: value for name, value in query.items() if value is not None}
        try:
            response = self._session.request(
                method,
                address,
                params=given,  # type: ignore[arg-type]
                json=body,
                timeout=ANSWER_SECONDS + wait_seconds,
            )
        except requests.RequestException as error:
            raise MockServerError(f"{address}: {error}", 0, {}) from error
        if response.ok:
            return response.json() if response.content else None
        raise _refusal(response)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _refusal(response: requests.Response) -> MockServerError:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    text = problem.get("detail") or f"{response.status_code} {response.reason}"
    if pointer := problem.get("pointer"):
        text += f" (at {pointer})"
    if allowed := problem.get("allowed"):
        text += (
            f" Accepted: {allowed if isinstance(allowed, str) else ', '.join(allowed)}."
        )
    return MockServerError(text, response.status_code, problem)


def in_words(duration: Duration) -> str:
    """Return ``duration`` for a sentence: ``300ms``, or ``5 s`` for a number."""
    return (
        duration if isinstance(duration, str) else f"{milliseconds(duration) / 1e3:g} s"
    )


def milliseconds(duration: Duration) -> int:
    """Return ``duration`` in whole milliseconds. Raises ``ValueError``."""
    if isinstance(duration, datetime.timedelta):
        return round(duration.total_seconds() * 1_000)
    if not isinstance(duration, str):
        return round(duration * 1_000)
    found = _DURATION.fullmatch(duration)
    if found is None:
        raise ValueError(
            f"{duration!r} is no duration; accepted: text such as 250ms, 1.5s, 10m or"
            " 1h, a number of seconds, or a timedelta"
        )
    return round(float(found[1]) * _MILLISECONDS[found[2]])
