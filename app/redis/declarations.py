"""What was declared at run time, in Redis: all workers and machines serve the same.

One hash holds the declarations of a kind by name. Every change counts a version up and
is told on a channel, so that other workers look again at once; they also look by
themselves now and then, in case they missed it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import gevent
import orjson
import redis

from ..errors import Unavailable
from ..router.store import Changed, Kept
from ..words import Json
from .documents import PREFIX
from .link import NOW, RedisLink, subscribed

#: The longest wait for a message, and between two looks, in seconds.
_SILENCE_S = 0.5
#: Between two tries to reach Redis, in seconds.
_PAUSE_S = 1.0

#: Keys: declarations, claims. Arguments: names. Drops what has expired; then each
#: name, its text and how often it was claimed.
_LOAD = f"""
{NOW}
local kept = {{}}
for i = 1, #ARGV do
  local text = redis.call('HGET', KEYS[1], ARGV[i])
  local expires = text and string.match(text, '^(%d*) ')
  if text and expires ~= '' and tonumber(expires) <= now then
    redis.call('HDEL', KEYS[1], ARGV[i])
    redis.call('HDEL', KEYS[2], ARGV[i])
  elseif text then
    kept[#kept + 1] = ARGV[i]
    kept[#kept + 1] = text
    kept[#kept + 1] = redis.call('HGET', KEYS[2], ARGV[i]) or '0'
  end
end
return kept
"""

#: Keys: declarations, next, claims. Arguments: create, channel, its message, then name,
#: expiry, text of each. A value is "expiry order revision text". Gives the names that
#: are taken.
_REPLACE = f"""
{NOW}
local taken = {{}}
local orders = {{}}
for i = 4, #ARGV, 3 do
  local old = redis.call('HGET', KEYS[1], ARGV[i])
  if old then
    local expires, order = string.match(old, '^(%d*) (%d+) ')
    if expires == '' or tonumber(expires) > now then
      taken[#taken + 1] = ARGV[i]
      orders[ARGV[i]] = order
    end
  end
end
if ARGV[1] == '1' and #taken > 0 then
  return taken
end
for i = 4, #ARGV, 3 do
  local revision = redis.call('INCR', KEYS[2])
  local order = orders[ARGV[i]] or tostring(revision)
  local head = ARGV[i + 1] .. ' ' .. order .. ' ' .. revision .. ' '
  redis.call('HSET', KEYS[1], ARGV[i], head .. ARGV[i + 2])
  redis.call('HDEL', KEYS[3], ARGV[i])
end
redis.call('PUBLISH', ARGV[2], ARGV[3])
return {{}}
"""

#: Keys: declarations, claims. Arguments: channel, its message, names.
_DELETE = """
local count = 0
for i = 3, #ARGV do
  count = count + redis.call('HDEL', KEYS[1], ARGV[i])
  redis.call('HDEL', KEYS[2], ARGV[i])
end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return count
"""

#: Keys: claims. Arguments: name, times.
_CLAIM = """
local used = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if used >= tonumber(ARGV[2]) then
  return 0
end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
return 1
"""


class RedisDeclarationStore:
    """Declarations that all workers share which use the same database of a Redis."""

    def __init__(self, link: RedisLink, kind: str) -> None:
        """Keep those of ``kind``; others may use ``link`` too."""
        self._link = link
        self._declared = f"{PREFIX}{kind}"
        self._next = f"{PREFIX}{kind}:next"
        self._claims = f"{PREFIX}{kind}:claims"
        self._channel = f"{PREFIX}{kind}:changed"
        self._listener: Any = None

    def load(self, names: Collection[str] | None = None) -> Sequence[Kept]:
        """See ``DeclarationStore.load``."""
        if names is None:
            names = self._link.run(self._names)
        found = self._link.evaluate(_LOAD, [self._declared, self._claims], [*names])
        each = zip(found[::3], found[1::3], found[2::3], strict=True)
        return [_read(name.decode(), text, int(used)) for name, text, used in each]

    def replace(
        self,
        declared: Sequence[tuple[str, int | None, Mapping[str, Json]]],
        *,
        create: bool,
    ) -> Collection[str]:
        """See ``DeclarationStore.replace``."""
        changed = orjson.dumps([name for name, _, _ in declared])
        arguments: list[object] = [int(create), self._channel, changed]
        for name, expires_ms, declaration in declared:
            expires = "" if expires_ms is None else expires_ms
            arguments += [name, expires, orjson.dumps(declaration)]
        keys = [self._declared, self._next, self._claims]
        taken = self._link.evaluate(_REPLACE, keys, arguments)
        return [name.decode() for name in taken]

    def delete(self, names: Collection[str]) -> int:
        """See ``DeclarationStore.delete``."""
        keys = [self._declared, self._claims]
        return int(
            self._link.evaluate(
                _DELETE, keys, [self._channel, orjson.dumps([*names]), *names]
            )
        )

    def claim(self, name: str, revision: int, times: int) -> bool:
        """See ``DeclarationStore.claim``."""
        return bool(self._link.evaluate(_CLAIM, [self._claims], [name, times]))

    def open(self, handover: Path | None, changed: Changed) -> None:
        """See ``DeclarationStore.open``; what is shared is left to nobody."""
        self._listener = gevent.spawn(self._listen, changed)

    def close(self) -> None:
        """See ``DeclarationStore.close``."""
        if self._listener is not None:
            self._listener.kill()

    def _names(self, client: redis.Redis) -> Collection[str]:
        names: Any = client.hkeys(self._declared)
        return [name.decode() for name in names]

    def _listen(self, changed: Changed) -> None:
        while True:
            try:
                self._follow(changed)
            except Unavailable:  # the link has said so
                gevent.sleep(_PAUSE_S)

    def _follow(self, changed: Changed) -> None:
        """Look whenever something is said, and once after each subscription."""
        subscription = self._link.run(lambda client: subscribed(client, self._channel))
        try:
            changed(None)
            while True:
                # Silence is no sign that Redis is there.
                message = self._link.run(
                    lambda _: subscription.get_message(timeout=_SILENCE_S),
                    is_answer=lambda message: message is not None,
                )
                if message is not None:
                    changed(orjson.loads(message["data"]))
        finally:
            subscription.close()


def _read(name: str, text: bytes, used: int) -> Kept:
    expires, order, revision, declaration = text.split(b" ", 3)
    return Kept(
        name=name,
        order=int(order),
        revision=int(revision),
        expires_ms=int(expires) if expires else None,
        used=used,
        declaration=orjson.loads(declaration),
    )
