"""What workers share of virtual clocks, in Redis."""

from __future__ import annotations

import hashlib

from .link import RedisLink

_CLOCKS = "llmock:1:clock:"
#: How long an unused clock is kept, in seconds.
_KEEP = 86_400


class RedisClockBook:
    """The clocks of routes, one hash each: ``now`` in seconds, and ``joined``."""

    def __init__(self, link: RedisLink) -> None:
        """Use ``link``, which others may use too."""
        self._link = link

    def read(self, route: str) -> float | None:
        """See ``ClockBook.read``."""
        found = self._link.run(lambda client: client.hget(_key(route), "now"))
        return None if found is None else float(found)

    def write(self, route: str, now: float) -> None:
        """See ``ClockBook.write``."""
        self._link.run(lambda client: client.hset(_key(route), "now", repr(now)))
        self._link.run(lambda client: client.expire(_key(route), _KEEP))

    def join(self, route: str) -> int:
        """See ``ClockBook.join``."""
        count: int = self._link.run(
            lambda client: client.hincrby(_key(route), "joined", 1)
        )
        return count - 1

    def forget(self, route: str) -> None:
        """See ``ClockBook.forget``."""
        self._link.run(lambda client: client.delete(_key(route)))


def _key(route: str) -> str:
    return _CLOCKS + hashlib.sha256(route.encode()).hexdigest()[:32]
