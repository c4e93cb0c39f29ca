"""Messages between workers through Redis.

A question goes out on a channel, which each worker has one subscription to. An
answer is put into a list that is named in the question and expires soon. Who
lives is a sorted set by the time of Redis's own clock, so that machines need
not agree on theirs.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import redis
from redis.client import PubSub

from .link import RedisLink

_WORKERS = "llmock:1:workers"
_CHANNEL = "llmock:1:questions"
_REPLIES = "llmock:1:replies:"

#: Who has not said so for this time lives no more, in seconds.
_LIFE = 4
#: How long answers are kept for one who does not fetch them, in seconds.
_KEEP = 10
#: The longest wait for a message, in seconds.
_SILENCE = 0.5

#: Keys: workers. Arguments: lifetime in s, and the one who lives, where one does.
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
        subscription = self._link.run(_subscription)
        try:
            self._link.run(lambda client: subscription.subscribe(_channel(client)))
            subscribed = False
            while True:
                message = self._link.run(
                    lambda _: subscription.get_message(timeout=_SILENCE)
                )
                kind = None if message is None else message["type"]
                subscribed = subscribed or kind == "subscribe"
                if kind == "message":
                    yield message["data"]
                elif subscribed:
                    yield None
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


def _subscription(client: redis.Redis) -> PubSub:
    made: PubSub = client.pubsub()  # type: ignore[no-untyped-call]
    return made


def _channel(client: redis.Redis) -> str:
    # Databases of one Redis have their keys apart, but not their channels.
    return f"{_CHANNEL}:{client.get_connection_kwargs().get('db') or 0}"
