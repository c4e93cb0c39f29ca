"""Values in Redis, shared by all workers and machines.

A value is a hash of its text and its version. A writer reads, changes and writes back
only if the version is still the one that it read; otherwise it tries again, so that
no update is lost. It waits a moment first, a random one: where all try again at once,
the same one wins each time. A reader names the version that it saw last, and receives
the text only if the version has changed. An index in the order of use bounds the
number of values.

A name is the end of a key and an argument of a script, never part of the script's
text, so any text is safe. The scripts use keys that they find in the index, so they
need one Redis and its replicas, not a cluster.
"""

from __future__ import annotations

import os
import random
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

import gevent

from ..errors import Unavailable
from ..store import Change, Page
from .link import NOW, RedisLink

T = TypeVar("T")

#: Prefix of all keys; the number is the version of the stored format.
PREFIX = "llmock:1:"

#: Most values that a worker caches, so that Redis need not send them each time.
_CACHED = 256

#: Locks for writers of one worker; those of the same value wait for each other.
_LOCKS = 64

#: Most tries of a writer whose value others change in between.
_MAX_TRIES = 100

#: Longest wait before the second try, and before any, in seconds; it doubles.
_FIRST_WAIT_S = 0.001
_LONGEST_WAIT_S = 0.032

_VERSION_BYTES = 8

#: Keys: value, index. Arguments: known version, touch, lifetime in ms, name.
_READ = f"""
local version = redis.call('HGET', KEYS[1], 'version')
if not version then
  return false
end
if ARGV[2] == '1' then
  {NOW}
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  redis.call('ZADD', KEYS[2], now, ARGV[4])
end
if version == ARGV[1] then
  return {{version}}
end
return {{version, redis.call('HGET', KEYS[1], 'text')}}
"""

#: Keys: value, index. Arguments: expected version, new version, text, lifetime in
#: ms, name, maximum number of values, prefix of the values' keys.
_REPLACE = f"""
local version = redis.call('HGET', KEYS[1], 'version') or ''
if version ~= ARGV[1] then
  return 0
end
{NOW}
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'text', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[2], now, ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[4])
local surplus = redis.call('ZCARD', KEYS[2]) - ARGV[6]
if surplus > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[2], surplus)
  for i = 1, #oldest, 2 do
    redis.call('DEL', ARGV[7] .. oldest[i])
  end
end
return 1
"""

#: Keys: value, index. Arguments: name.
_DELETE = """
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('DEL', KEYS[1])
"""

#: Keys: index. Arguments: prefix of the values' keys.
_CLEAR = """
local count = 0
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  count = count + redis.call('DEL', ARGV[1] .. name)
end
redis.call('DEL', KEYS[1])
return count
"""

#: Keys: index. Arguments: lifetime in ms, number of the first and the last value,
#: prefix of the values' keys.
_VERSIONS = f"""
{NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
local found = {{}}
for _, name in ipairs(redis.call('ZREVRANGE', KEYS[1], ARGV[2], ARGV[3])) do
  found[#found + 1] = name
  found[#found + 1] = redis.call('HGET', ARGV[4] .. name, 'version') or ''
end
return {{redis.call('ZCARD', KEYS[1]), found}}
"""


class RedisDocuments(Generic[T]):
    """Values of one kind in Redis."""

    remote = True

    def __init__(
        self,
        link: RedisLink,
        kind: str,
        *,
        lifetime: float,
        max_values: int,
        to_bytes: Callable[[T], bytes],
        from_bytes: Callable[[bytes], T],
    ) -> None:
        """Keep at most ``max_values``, each ``lifetime`` seconds after its last use.

        ``kind`` is a word that is part of each key. ``from_bytes`` raises
        ``ValueError`` for what ``to_bytes`` did not write.
        """
        self._link = link
        self._prefix = f"{PREFIX}{kind}:"
        self._index = f"{PREFIX}{kind}s"
        self._lifetime_ms = int(lifetime * 1000)
        self._max_values = max_values
        self._to_bytes = to_bytes
        self._from_bytes = from_bytes
        self._cached: OrderedDict[str, tuple[bytes, T]] = OrderedDict()
        self._locks = [threading.Lock() for _ in range(_LOCKS)]

    def read(self, name: str, *, touch: bool = True) -> T | None:
        """See ``Documents.read``."""
        return self._fetch(name, touch=touch)[1]

    def update(self, name: str, change: Change[T]) -> T | None:
        """See ``Documents.update``."""
        with self._locks[hash(name) % _LOCKS]:
            wait = _FIRST_WAIT_S
            for _ in range(_MAX_TRIES):
                version, old = self._fetch(name)
                value = change(old)
                if value is None:
                    return old
                if self._replace(name, version, value):
                    return value
                gevent.sleep(random.uniform(0, wait))
                wait = min(2 * wait, _LONGEST_WAIT_S)
        raise Unavailable("The shared memory is too busy.", retry_after=1)

    def delete(self, name: str) -> bool:
        """See ``Documents.delete``."""
        return bool(
            self._link.evaluate(_DELETE, [self._key(name), self._index], [name])
        )

    def clear(self) -> int:
        """See ``Documents.clear``."""
        return int(self._link.evaluate(_CLEAR, [self._index], [self._prefix]))

    def page(self, offset: int, limit: int) -> Page[T]:
        """See ``Documents.page``."""
        last = offset + limit - 1
        arguments = [self._lifetime_ms, offset, last, self._prefix]
        total, found = self._link.evaluate(_VERSIONS, [self._index], arguments)
        entries = []
        for name_text, version in zip(found[::2], found[1::2], strict=True):
            name = name_text.decode()
            known, value = self._cached.get(name, (b"", None))
            if version != known:
                value = self.read(name, touch=False)
            if value is not None:
                entries.append((name, value))
        return Page(entries, total)

    def _fetch(self, name: str, *, touch: bool = True) -> tuple[bytes, T | None]:
        """Return a value and its version; the version is empty without a value."""
        known, value = self._cached.get(name, (b"", None))
        keys = [self._key(name), self._index]
        arguments = [known, int(touch), self._lifetime_ms, name]
        found = self._link.evaluate(_READ, keys, arguments)
        if found is None:
            self._cached.pop(name, None)
            return b"", None
        version: bytes = found[0]
        if len(found) == 2:
            try:
                value = self._from_bytes(found[1])
            except ValueError:  # foreign: the next update replaces it
                return version, None
            self._cache(name, version, value)
        return version, value

    def _replace(self, name: str, version: bytes, value: T) -> bool:
        """Write ``value`` if the version is still ``version``."""
        new_version = os.urandom(_VERSION_BYTES)
        arguments = [
            version,
            new_version,
            self._to_bytes(value),
            self._lifetime_ms,
            name,
            self._max_values,
            self._prefix,
        ]
        keys = [self._key(name), self._index]
        is_done = bool(self._link.evaluate(_REPLACE, keys, arguments))
        if is_done:
            self._cache(name, new_version, value)
        return is_done

    def _cache(self, name: str, version: bytes, value: T) -> None:
        self._cached[name] = version, value
        self._cached.move_to_end(name)
        if len(self._cached) > _CACHED:
            self._cached.popitem(last=False)

    def _key(self, name: str) -> str:
        return self._prefix + name
