"""Uploaded recordings, in Redis: all workers and machines have the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from ..recordings.recording import Header, Recording
from ..router.recordings import About, read_in_turns
from .documents import PREFIX
from .link import NOW, RedisLink

#: The keys of every script: contents, about, expiries.
_KEYS = tuple(f"{PREFIX}recordings{end}" for end in ("", ":about", ":expiry"))

#: Begins every script: drops what has expired.
_EXPIRE = f"""
{NOW}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
  redis.call('HDEL', KEYS[1], name)
  redis.call('HDEL', KEYS[2], name)
  redis.call('ZREM', KEYS[3], name)
end
"""

#: Arguments: most, name, about, content, and the expiry in ms, empty for never.
_ADD = f"""
{_EXPIRE}
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then
  return 'taken'
end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[1]) then
  return 'full'
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
if ARGV[5] ~= '' then
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[2])
end
return ''
"""

#: Argument: name.
_DELETE = f"""
{_EXPIRE}
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])
"""

_LIST = f"""
{_EXPIRE}
return redis.call('HGETALL', KEYS[2])
"""

#: Argument: name.
_GET = f"""
{_EXPIRE}
return redis.call('HGET', KEYS[1], ARGV[1])
"""


class RedisRecordingStore:
    """Recordings that all workers share which use the same database of a Redis."""

    def __init__(self, link: RedisLink) -> None:
        """Use ``link``, which others may use too."""
        self._link = link

    def open(self, handover: Path | None) -> None:
        """See ``RecordingStore.open``; what others share needs no handing over."""

    def list(self) -> Sequence[About]:
        """See ``RecordingStore.list``."""
        found = self._link.evaluate(_LIST, _KEYS, [])
        return sorted(map(_read, found[1::2]), key=lambda about: about.name)

    def get(self, name: str) -> Recording | None:
        """See ``RecordingStore.get``."""
        content = self._link.evaluate(_GET, _KEYS, [name])
        return None if content is None else read_in_turns(content)

    def add(self, about: About, recording: Recording, content: bytes, most: int) -> str:
        """See ``RecordingStore.add``."""
        written = orjson.dumps(
            {
                "name": about.name,
                "url": about.header.url,
                "content_type": about.header.content_type,
                "started": about.header.started,
                "events": about.events,
                "bytes": about.bytes,
                "expires_ms": about.expires_ms,
            }
        )
        expires = "" if about.expires_ms is None else about.expires_ms
        arguments = [most, about.name, written, content, expires]
        answer: bytes = self._link.evaluate(_ADD, _KEYS, arguments)
        return answer.decode()

    def delete(self, name: str) -> bool:
        """See ``RecordingStore.delete``."""
        return bool(self._link.evaluate(_DELETE, _KEYS, [name]))


def _read(text: bytes) -> About:
    known = orjson.loads(text)
    header = Header(known["url"], known["content_type"], known["started"])
    return About(
        known["name"], header, known["events"], known["bytes"], known["expires_ms"]
    )
