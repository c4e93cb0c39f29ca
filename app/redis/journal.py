"""The journal in Redis: all workers and machines write and read the same.

A sorted set has the numbers of the requests that are kept, and two hashes have
their records. A third hash finds a request by the key that both its records have,
as long as its response goes on.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import Any

import redis

from ..journal.store import MAX_JOURNAL_BYTES, Record, Standing, Stored
from .documents import PREFIX
from .link import RedisLink

_ORDER = f"{PREFIX}journal"
_TEXTS = f"{PREFIX}journal:texts"
_ENDS = f"{PREFIX}journal:ends"
_OPEN = f"{PREFIX}journal:open"
#: Its fields are the latest number, the bytes that are kept, and the changes.
_COUNTS = f"{PREFIX}journal:counts"
_KEY = f"{PREFIX}journal:key"
_KEYS = [_ORDER, _TEXTS, _ENDS, _OPEN, _COUNTS]

_KEY_BYTES = 32

#: Drops one request; a text is kept as "key text".
_DROP = """
local function drop(seq)
  local text = redis.call('HGET', KEYS[2], seq)
  if not text then
    return 0
  end
  local stop = redis.call('HGET', KEYS[3], seq) or ''
  redis.call('ZREM', KEYS[1], seq)
  redis.call('HDEL', KEYS[2], seq)
  redis.call('HDEL', KEYS[3], seq)
  redis.call('HDEL', KEYS[4], string.match(text, '^(%x+) '))
  redis.call('HINCRBY', KEYS[5], 'bytes', -(#text + #stop))
  return 1
end
"""

#: Arguments: most requests, most bytes; then is end, key and text of each record.
_APPEND = f"""
{_DROP}
for i = 3, #ARGV, 3 do
  local key, text = ARGV[i + 1], ARGV[i + 2]
  if ARGV[i] == '1' then
    local seq = redis.call('HGET', KEYS[4], key)
    if seq then
      redis.call('HDEL', KEYS[4], key)
      redis.call('HSET', KEYS[3], seq, text)
      redis.call('HINCRBY', KEYS[5], 'bytes', #text)
    end
  else
    local seq = redis.call('HINCRBY', KEYS[5], 'seq', 1)
    local kept = key .. ' ' .. text
    redis.call('ZADD', KEYS[1], seq, seq)
    redis.call('HSET', KEYS[2], seq, kept)
    redis.call('HSET', KEYS[4], key, seq)
    redis.call('HINCRBY', KEYS[5], 'bytes', #kept)
  end
end
redis.call('HINCRBY', KEYS[5], 'changes', 1)
local most, bytes = tonumber(ARGV[1]), tonumber(ARGV[2])
while redis.call('ZCARD', KEYS[1]) > most
    or tonumber(redis.call('HGET', KEYS[5], 'bytes')) > bytes do
  drop(redis.call('ZRANGE', KEYS[1], 0, 0)[1])
end
"""

#: Arguments: numbers. Gives how many there were.
_DELETE = f"""
{_DROP}
local count = 0
for i = 1, #ARGV do
  count = count + drop(ARGV[i])
end
redis.call('HINCRBY', KEYS[5], 'changes', 1)
return count
"""

#: Numbers that are given to one call of a script.
_AT_ONCE = 1_000


class RedisJournalStore:
    """Records that all workers share which use the same database of a Redis."""

    def __init__(self, link: RedisLink, size: int) -> None:
        """Use ``link``, which others may use too, for at most ``size`` requests."""
        self._link = link
        self._size = size

    def key(self) -> bytes:
        """See ``JournalStore.key``."""

        def agree(client: redis.Redis) -> Any:
            with client.pipeline() as pipeline:  # whole, whatever else happens
                pipeline.set(_KEY, secrets.token_bytes(_KEY_BYTES), nx=True)
                pipeline.get(_KEY)
                return pipeline.execute()[1]

        return bytes(self._link.run(agree))

    def append(self, records: Sequence[Record]) -> None:
        """See ``JournalStore.append``."""
        arguments: list[Any] = [self._size, MAX_JOURNAL_BYTES]
        for record in records:
            arguments += [int(record.is_end), record.key, record.text]
        self._link.evaluate(_APPEND, _KEYS, arguments)

    def read(self, since: int, most: int | None = None) -> Sequence[Stored]:
        """See ``JournalStore.read``."""

        def read(client: redis.Redis) -> Any:
            found: Any = client.zrangebyscore(
                _ORDER, f"({since}", "+inf", start=0, num=most or self._size
            )
            if not found:
                return [], [], []
            with client.pipeline() as pipeline:
                pipeline.hmget(_TEXTS, found)
                pipeline.hmget(_ENDS, found)
                return [found, *pipeline.execute()]

        # What was dropped in between has no text.
        return [
            Stored(int(seq), text.partition(b" ")[2], end)
            for seq, text, end in zip(*self._link.run(read), strict=True)
            if text is not None
        ]

    def standing(self) -> Standing:
        """See ``JournalStore.standing``."""

        def read(client: redis.Redis) -> Any:
            with client.pipeline() as pipeline:
                pipeline.hmget(_COUNTS, ["seq", "changes"])
                pipeline.zcard(_ORDER)
                return pipeline.execute()

        (seq, changes), count = self._link.run(read)
        return Standing(int(seq or 0), count, int(changes or 0))

    def delete(self, numbers: Collection[int] | None) -> int:
        """See ``JournalStore.delete``."""
        chosen = [*(self._numbers() if numbers is None else numbers)]
        return sum(
            int(self._link.evaluate(_DELETE, _KEYS, chosen[first : first + _AT_ONCE]))
            for first in range(0, len(chosen), _AT_ONCE)
        )

    def _numbers(self) -> list[int]:
        found: Any = self._link.run(lambda client: client.zrange(_ORDER, 0, -1))
        return [int(seq) for seq in found]
