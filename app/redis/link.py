"""The connection to Redis: short waits, and one warning when it cannot be used.

Two kinds of failure are kept apart. Where Redis does not answer, it is left alone for
a moment, for everyone. Where it answers with an error, because a key holds another
type or its memory is full, only the call that asked for it fails.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.commands.core import Script
from redis.retry import Retry

from ..errors import Unavailable
from ..ports import Clock
from ..settings import Secret

T = TypeVar("T")

logger = logging.getLogger(__name__)

#: Longest wait for a free connection, to connect, and for an answer, in seconds.
_TIMEOUT = 1.0

#: Most connections of one worker.
_MAX_CONNECTIONS = 32

#: How long Redis is left alone after it did not answer, in seconds.
_PAUSE = 1.0

#: Shortest time between two warnings of a kind, in seconds.
_WARNING_EVERY = 60.0


#: Part of a script: ``now`` is the time since 1970 by Redis's clock, in milliseconds.
NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""

#: Where the secret of the deployment is.
_SECRET = "llmock:1:secret"
#: Keys: secret. Arguments: a new secret, kept unless there is one.
_SHARE = """
redis.call('SETNX', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])
"""


class RedisLink:
    """Redis as this worker reaches it. Shared by everything that it keeps there.

    ``failures`` counts what could not be done, and ``available`` tells whether Redis
    answered the latest call. A call that waits lets other greenlets run.
    """

    def __init__(self, url: Secret, clock: Clock) -> None:
        """``url`` is redis, rediss or unix. Nothing is sent before the first call."""
        pool = redis.BlockingConnectionPool.from_url(
            url.reveal(),
            max_connections=_MAX_CONNECTIONS,
            timeout=_TIMEOUT,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            # A pooled connection that Redis has closed meanwhile is worth a second
            # try; a silent Redis is not.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
            protocol=2,
        )
        self._client = redis.Redis.from_pool(pool)
        self._scripts: dict[str, Script] = {}
        self._clock = clock
        self._lock = threading.Lock()
        self._next_try = 0.0
        self._next_warning = 0.0
        self._next_refusal_warning = 0.0
        self._has_warned = False
        self.available = True
        self.failures = 0

    def run(
        self,
        call: Callable[[redis.Redis], T],
        *,
        is_answer: Callable[[T], bool] = lambda _: True,
    ) -> T:
        """Return what ``call`` returns for the client.

        A result shows that Redis is there if it ``is_answer``. Raises ``Unavailable``
        where Redis refuses the call, does not answer, or has just not answered.
        """
        self._check()
        try:
            result = call(self._client)
        except redis.ResponseError as error:
            self._answered()
            self._refused(error)
            raise Unavailable(
                "The shared memory refused the request.", retry_after=1
            ) from error
        except redis.RedisError as error:
            self._failed(error)
            raise self._away() from error
        if not self.available and is_answer(result):
            self._answered()
        return result

    def evaluate(self, script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Return the result of a Lua script, which Redis keeps after the first time.

        Raises ``Unavailable`` as ``run`` does.
        """
        known = self._scripts.get(script)
        if known is None:
            known = self._scripts[script] = self._client.register_script(script)
        ready = known
        return self.run(lambda client: ready(keys, args, client))

    def _check(self) -> None:
        """Raise ``Unavailable`` while Redis is left alone; then let one caller try."""
        if self.available:
            return
        with self._lock:
            now = self._clock.monotonic()
            if now < self._next_try:
                self.failures += 1
                raise self._away()
            self._next_try = now + _PAUSE

    def _failed(self, error: redis.RedisError) -> None:
        with self._lock:
            now = self._clock.monotonic()
            self.failures += 1
            self._next_try = now + _PAUSE
            was_available, self.available = self.available, False
            warn = was_available and now >= self._next_warning
            if warn:
                self._next_warning = now + _WARNING_EVERY
                self._has_warned = True
        if warn:
            logger.warning(
                "Redis cannot be used (%s: %s); streams go on without shared memory",
                type(error).__name__,
                error,
            )

    def _refused(self, error: redis.ResponseError) -> None:
        with self._lock:
            now = self._clock.monotonic()
            self.failures += 1
            warn = now >= self._next_refusal_warning
            if warn:
                self._next_refusal_warning = now + _WARNING_EVERY
        if warn:
            logger.warning("Redis refused a request (%s)", error)

    def _answered(self) -> None:
        with self._lock:
            self.available = True
            tell, self._has_warned = self._has_warned, False
        if tell:
            logger.info("Redis is back")

    @staticmethod
    def _away() -> Unavailable:
        return Unavailable("The shared memory cannot be reached.", retry_after=1)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._client.close()
        self._client.connection_pool.disconnect()


def subscribed(client: redis.Redis, channel: str) -> PubSub:
    """A subscription to ``channel`` that Redis has confirmed."""
    subscription: PubSub = client.pubsub()  # type: ignore[no-untyped-call]
    try:
        subscription.subscribe(channel)
        if subscription.get_message(timeout=_TIMEOUT) is None:
            raise redis.TimeoutError("no answer to a subscription")
    except BaseException:
        subscription.close()
        raise
    return subscription


def shared_secret(link: RedisLink) -> bytes | None:
    """A secret of the deployment, made by whoever is first; None without Redis."""
    try:
        found = link.evaluate(_SHARE, [_SECRET], [secrets.token_bytes(32)])
    except Unavailable:
        return None
    return bytes(found)
