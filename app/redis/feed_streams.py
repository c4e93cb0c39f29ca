"""The log of shared feeds in Redis Streams, for all workers and machines.

A feed is a hash: its epoch, what it is made of, how far it is, who produces it and
until when, and the token of that producer. Its events are a stream, one for each
epoch; event n has the id ``0-(n+1)``, which Redis accepts once and in order alone. A
sorted set has the feeds by when they were last needed.

What must not be torn apart is a script, which goes by Redis's own clock, so that the
clocks of machines need not agree. A name is the end of a key and an argument of a
script, never part of the script's text, so any text is safe. The scripts use keys that
they find by name, so they need one Redis and its replicas, not a cluster.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

import ormsgpack

from ..feed_log import Addition, Held, Key, Logged, Offer, Opened, Part, Saved, Stand
from .documents import PREFIX
from .link import NOW, RedisLink

_INDEX = f"{PREFIX}feeds"
_HASH = f"{PREFIX}feed:"
_EVENTS = f"{PREFIX}feed-events:"
_BELL = f"{PREFIX}feed-bell:"

#: How long a worker produces that says no more that it is there, in milliseconds.
LEASE_MS = 1500
#: How long the events of a feed that has ended stay, for workers to read, and how long
#: a bell, in milliseconds.
_KEEP_MS = 60_000
#: Longest wait for events, in milliseconds; Redis is given up after a second.
_BLOCK_MS = 500
#: How much longer than it has to a feed stays that no worker claims, in milliseconds.
_SPARE_MS = 60_000
#: Maximum of events of one feed that are read at once.
_MAX_EVENTS = 1000
#: Maximum of producers of a worker that append at the same time.
_MAX_APPENDING = 8
#: Longest time after which it is noted again that a feed is needed, in milliseconds.
_MAX_NEED_MS = 1000
#: Maximum of feeds in one script, while which Redis does nothing else.
_MAX_CLAIMS = 500

_KEYS_OF = f"""
local function events_of(epoch, name)
  return '{_EVENTS}' .. epoch .. ':' .. name
end
"""

#: Keys: index. Arguments: name, epoch, declaration, start, first batch, most feeds,
#: and how long an unneeded feed is produced and stays at most, in milliseconds.
_OPEN = f"""
{NOW}
{_KEYS_OF}
local name, life = ARGV[1], tonumber(ARGV[8])
local key = '{_HASH}' .. name
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - life)
if redis.call('EXISTS', key) == 0 then
  redis.call('ZREM', KEYS[1], name)
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[6]) then
    local spare = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
    if tonumber(spare[2]) >= now - ARGV[7] then
      return false
    end
    local epoch = redis.call('HGET', '{_HASH}' .. spare[1], 'epoch')
    if epoch then
      redis.call('DEL', '{_HASH}' .. spare[1], events_of(epoch, spare[1]))
    end
    redis.call('ZREM', KEYS[1], spare[1])
  end
  redis.call('HSET', key, 'epoch', ARGV[2], 'declaration', ARGV[3], 'start', ARGV[4],
    'batch', ARGV[5], 'part', 0, 'next', 0, 'token', 0, 'until', 0, 'worker', '')
end
redis.call('ZADD', KEYS[1], now, name)
redis.call('PEXPIRE', key, life)
local found = redis.call('HMGET', key, 'epoch', 'declaration', 'start', 'next', 'batch',
  'part')
local events = events_of(found[1], name)
redis.call('PEXPIRE', events, life)
return {{found, now, redis.call('XRANGE', events, '-', '+')}}
"""

#: Keys: index. Arguments: worker; how long an unneeded feed is produced, is known, and
#: stays at most, how long a claim holds, and the time after which it is noted again
#: that a feed is needed, in milliseconds; then name, epoch and need of each claim,
#: packed. Returns what becomes of the claims, packed, and what was saved of those that
#: are produced from now on: the place of the claim, the batch, and the data.
_HOLD = f"""
{NOW}
{_KEYS_OF}
local found, saved, claims = {{}}, {{}}, cmsgpack.unpack(ARGV[7])
for i = 1, #claims, 3 do
  local name, epoch, needed = claims[i], claims[i + 1], claims[i + 2]
  local key = '{_HASH}' .. name
  local its = redis.call('HMGET', key, 'epoch', 'worker', 'until', 'token', 'next',
    'batch', 'part', 'needed')
  local part, token = 'gone', 0
  if its[1] == epoch then
    local score = now
    if needed then
      if now - (its[8] or 0) >= tonumber(ARGV[6]) then
        redis.call('HSET', key, 'needed', now)
        redis.call('ZADD', KEYS[1], now, name)
        redis.call('PEXPIRE', key, ARGV[4])
        redis.call('PEXPIRE', events_of(epoch, name), ARGV[4])
      end
    else
      score = tonumber(redis.call('ZSCORE', KEYS[1], name) or 0)
    end
    if score < now - ARGV[3] then
      redis.call('DEL', key, events_of(epoch, name))
      redis.call('ZREM', KEYS[1], name)
    elseif score < now - ARGV[2] then
      part = 'resting'
      if its[2] == ARGV[1] then
        redis.call('HSET', key, 'worker', '', 'until', 0)
      end
    elseif its[2] == ARGV[1] then
      part, token = 'producing', its[4]
      redis.call('HSET', key, 'until', now + ARGV[5])
    elseif needed and tonumber(its[3]) <= now then
      part, token = its[2] == '' and 'producing' or 'taken', its[4] + 1
      redis.call('HSET', key, 'worker', ARGV[1], 'until', now + ARGV[5], 'token', token)
      local its_saved = redis.call('HMGET', key, 'savedAt', 'saved')
      if its_saved[1] then
        saved[#saved + 1] = {{(i - 1) / 3, its_saved[1], its_saved[2]}}
      end
    else
      part = 'following'
    end
  end
  found[#found + 1] = {{part, token, its[5] or 0, its[6] or 0, its[7] or 0}}
end
return {{cmsgpack.pack(found), saved}}
"""

#: Arguments: worker, then name and epoch of each feed.
_RELEASE = f"""
for i = 2, #ARGV, 2 do
  local key = '{_HASH}' .. ARGV[i]
  local its = redis.call('HMGET', key, 'epoch', 'worker')
  if its[1] == ARGV[i + 1] and its[2] == ARGV[1] then
    redis.call('HSET', key, 'worker', '', 'until', 0)
  end
end
"""

#: Keys: hash, events. Arguments: epoch, token, number of the first event, batch and
#: part after the last, the oldest number to keep, how long an unneeded feed stays in
#: milliseconds, the batch from which values are saved or nothing, and what is saved;
#: then the events. A second time the same is known by its numbers.
_APPEND = f"""
local its = redis.call('HMGET', KEYS[1], 'epoch', 'token', 'next')
if its[1] ~= ARGV[1] or its[2] ~= ARGV[2] then
  return 0
end
local number, count = tonumber(ARGV[3]), #ARGV - 9
if tonumber(its[3]) == number + count then
  return 1
end
if tonumber(its[3]) ~= number then
  return 0
end
{NOW}
for i = 1, count do
  redis.call('XADD', KEYS[2], '0-' .. (number + i), 't', now, 'e', ARGV[i + 9])
end
redis.call('HSET', KEYS[1], 'next', number + count, 'batch', ARGV[4], 'part', ARGV[5])
if ARGV[8] ~= '' then
  redis.call('HSET', KEYS[1], 'savedAt', ARGV[8], 'saved', ARGV[9])
end
redis.call('XTRIM', KEYS[2], 'MINID', '0-' .. (ARGV[6] + 1))
if number == 0 then
  redis.call('PEXPIRE', KEYS[2], ARGV[7])
end
return 1
"""

#: Keys: hash, events, index. Arguments: epoch, token or nothing, name, last event, how
#: long the events stay in milliseconds.
_END = f"""
local its = redis.call('HMGET', KEYS[1], 'epoch', 'token', 'next')
if its[1] ~= ARGV[1] or (ARGV[2] ~= '' and ARGV[2] ~= its[2]) then
  return 0
end
{NOW}
redis.call('XADD', KEYS[2], '0-' .. (its[3] + 1), 't', now, 'e', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[3], ARGV[3])
return 1
"""


#: Keys: hash.
_LATEST = "return redis.call('HMGET', KEYS[1], 'epoch', 'next')"


class RedisFeedLog:
    """The log of all workers that use the same database of a Redis."""

    def __init__(
        self, link: RedisLink, *, max_feeds: int, linger_s: float, keep_s: float
    ) -> None:
        """Keep at most ``max_feeds`` feeds; times are in seconds.

        A feed is produced for ``linger_s`` after it was last needed, and then kept for
        ``keep_s``.
        """
        self._link = link
        self._max_feeds = max_feeds
        # Thousands of producers would take all connections, and others wait in vain.
        self._appending = threading.BoundedSemaphore(_MAX_APPENDING)
        #: The latest ring that this worker has heard.
        self._rung: str | bytes = "0"
        self._linger_ms = int(linger_s * 1000)
        self._idle_ms = self._linger_ms + int(keep_s * 1000)
        self._life_ms = self._idle_ms + _SPARE_MS

    def open(self, name: str, offer: Offer) -> Opened | None:
        """See ``FeedLog.open``."""
        arguments = [
            name,
            offer.epoch,
            offer.declaration,
            offer.started_ms,
            offer.batch,
            self._max_feeds,
            self._linger_ms,
            self._life_ms,
        ]
        found = self._link.evaluate(_OPEN, [_INDEX], arguments)
        if found is None:
            return None
        (epoch, declaration, start, *stand), now, kept = found
        return Opened(
            epoch.decode(),
            declaration,
            int(start),
            Stand(*map(int, stand)),
            [_logged(each, now) for each in kept],
        )

    def hold(self, worker: str, claims: Mapping[Key, bool]) -> dict[Key, Held]:
        """See ``FeedLog.hold``."""
        held: dict[Key, Held] = {}
        left = iter(claims.items())
        while some := dict(islice(left, _MAX_CLAIMS)):
            arguments: list[object] = [
                worker,
                self._linger_ms,
                self._idle_ms,
                self._life_ms,
                LEASE_MS,
                min(_MAX_NEED_MS, self._linger_ms // 4),
                ormsgpack.packb(
                    [part for claim in some.items() for part in _flat(claim)]
                ),
            ]
            packed, kept = self._link.evaluate(_HOLD, [_INDEX], arguments)
            saved = {place: Saved(int(batch), data) for place, batch, data in kept}
            found = ormsgpack.unpackb(packed)
            for place, (key, told) in enumerate(zip(some, found, strict=True)):
                held[key] = _held(told, saved.get(place))
        return held

    def release(self, worker: str, keys: Collection[Key]) -> None:
        """See ``FeedLog.release``."""
        names = [part for key in keys for part in key]
        self._link.evaluate(_RELEASE, [], [worker, *names])

    def append(self, key: Key, addition: Addition) -> bool:
        """See ``FeedLog.append``."""
        token, number, data, stand, oldest, saved = addition
        arguments = [
            key.epoch,
            token,
            number,
            stand.batch,
            stand.part,
            oldest,
            self._life_ms,
            *(saved or ("", "")),
            *data,
        ]
        with self._appending:
            done = self._link.evaluate(_APPEND, [_hash(key), _events(key)], arguments)
        return bool(done)

    def end(self, key: Key, data: bytes, token: int | None = None) -> bool:
        """See ``FeedLog.end``."""
        given = "" if token is None else token
        arguments = [key.epoch, given, key.name, data, _KEEP_MS]
        keys = [_hash(key), _events(key), _INDEX]
        return bool(self._link.evaluate(_END, keys, arguments))

    def latest(self, name: str) -> tuple[Key, int] | None:
        """See ``FeedLog.latest``."""
        epoch, number = self._link.evaluate(_LATEST, [_HASH + name], [])
        return None if epoch is None else (Key(name, epoch.decode()), int(number))

    def read(self, worker: str, after: Mapping[Key, int]) -> dict[Key, list[Logged]]:
        """See ``FeedLog.read``."""
        keys = {_events(key).encode(): key for key in after}
        streams: dict[Any, Any] = {
            _events(key): f"0-{number}" for key, number in after.items()
        }
        streams[_BELL + worker] = self._rung
        found: Any = self._link.run(
            lambda client: client.xread(streams, count=_MAX_EVENTS, block=_BLOCK_MS),
            # Silence is no sign that Redis is there.
            is_answer=bool,
        )
        read: dict[Key, list[Logged]] = {}
        for name, events in found:
            if name in keys:
                read[keys[name]] = [
                    Logged(_number(event_id), fields[b"e"])
                    for event_id, fields in events
                ]
            else:
                self._rung = events[-1][0]
        return read

    def wake(self, worker: str) -> None:
        """See ``FeedLog.wake``."""
        name = _BELL + worker
        self._link.run(lambda client: client.xadd(name, {"": ""}, maxlen=1))
        self._link.run(lambda client: client.pexpire(name, _KEEP_MS))


def _hash(key: Key) -> str:
    return _HASH + key.name


def _events(key: Key) -> str:
    return f"{_EVENTS}{key.epoch}:{key.name}"


def _number(event_id: bytes) -> int:
    return int(event_id.partition(b"-")[2]) - 1


def _logged(each: Any, now: int) -> Logged:
    """An event of ``XRANGE``: its id, and fields and values in turn."""
    event_id, (_, made_at, _, data) = each
    return Logged(_number(event_id), data, max(now - int(made_at), 0))


def _flat(claim: tuple[Key, bool]) -> tuple[str, str, bool]:
    (name, epoch), is_needed = claim
    return name, epoch, is_needed


def _held(found: Any, saved: Saved | None) -> Held:
    word, token, number, batch, part = found
    is_taken = word == "taken"
    its_part = Part.PRODUCING if is_taken else Part(word)
    stand = Stand(int(number), int(batch), int(part))
    return Held(its_part, int(token), stand, is_taken, saved)
