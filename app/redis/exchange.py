"""Messages between workers through Redis.

A question goes out on a channel to which each worker has one subscription. An
answer goes into a list that the question names and that expires soon. The workers
that are alive are a sorted set by the time of Redis's own clock, so that the clocks
of machines need not agree.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import redis

from .link import RedisLink, subscribed

_WORKERS = "llmock:1:workers"
_CHANNEL = "llmock:1:questions"
_REPLIES = "llmock:1:replies:"

#: Time after its last beat when a worker counts as gone, in seconds.
_LIFE = 4
#: How long Redis keeps an answer that nobody fetches, in seconds.
_KEEP = 10
#: Longest wait for a message, in seconds.
_MAX_SILENCE = 0.5

#: Keys: workers. Arguments: lifetime in s, and the worker that is alive, if any.
_PRESENT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
if ARGV[2] then
  redis.call('ZADD', KEYS[1], now, ARGV[2])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""


class RedisExchange:
    """An exchange for all workers that use the same database of a Redis."""

    def __init__(self, link: RedisLink) -> None:
        """Use ``link``, which others may use too."""
        self._link = link

    def beat(self, worker: str) -> set[str]:
        """See ``Exchange.beat``."""
        return self._evaluate(_LIFE, worker)

    def present(self) -> set[str]:
        """See ``Exchange.present``."""
        return self._evaluate(_LIFE)

    def _evaluate(self, *arguments: object) -> set[str]:
        found = self._link.evaluate(_PRESENT, [_WORKERS], arguments)
        return {name.decode() for name in found}

    def leave(self, worker: str) -> None:
        """See ``Exchange.leave``."""
        self._link.run(lambda client: client.zrem(_WORKERS, worker))

    def publish(self, message: bytes) -> None:
        """See ``Exchange.publish``."""
        self._link.run(lambda client: client.publish(_channel(client), message))

    def listen(self) -> Generator[bytes | None, None, None]:
        """See ``Exchange.listen``."""
        subscription = self._link.run(
            lambda client: subscribed(client, _channel(client))
        )
        try:
            yield None
            while True:
                # Silence is no sign that Redis is there.
                message = self._link.run(
                    lambda _: subscription.get_message(timeout=_MAX_SILENCE),
                    is_answer=lambda message: message is not None,
                )
                if message is None or message["type"] == "message":
                    yield None if message is None else message["data"]
        finally:
            subscription.close()

    def reply(self, address: str, answer: bytes) -> None:
        """See ``Exchange.reply``."""

        def send(client: redis.Redis) -> None:
            with client.pipeline(transaction=False) as pipeline:
                pipeline.rpush(_REPLIES + address, answer)
                pipeline.expire(_REPLIES + address, _KEEP)
                pipeline.execute()

        self._link.run(send)

    def next_reply(self, address: str, seconds: float) -> bytes | None:
        """See ``Exchange.next_reply``."""
        # Redis takes no time at all for ever.
        wait = max(seconds, 0.001)
        found: Any = self._link.run(
            lambda client: client.blpop([_REPLIES + address], timeout=wait)
        )
        return None if found is None else bytes(found[1])


def _channel(client: redis.Redis) -> str:
    # Databases of one Redis have their keys apart, but not their channels.
    return f"{_CHANNEL}:{client.get_connection_kwargs().get('db') or 0}"
