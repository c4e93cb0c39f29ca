"""Where is kept what was declared at run time: the port, and this machine.

Routes are, and hub contexts.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import gevent
import orjson

from ..errors import Unavailable
from ..words import Json

logger = logging.getLogger(__name__)

#: Between two looks for changes of another worker, in seconds.
_LOOK_EVERY_S = 0.05
#: Longest wait for another worker that writes, in seconds.
_BUSY_S = 0.2


#: Told of the names whose declarations changed, or of None: any may have changed.
Changed: TypeAlias = "Callable[[Collection[str] | None], None]"


@dataclass(frozen=True, slots=True)
class Kept:
    """A declaration as it is kept.

    ``order`` decides among equal routes and stays when it is replaced;
    ``revision`` changes with each replacement. ``expires_ms`` is in milliseconds
    since 1970, None for never. ``used`` is how many of a route's ``Times`` are used.
    """

    name: str
    order: int
    revision: int
    expires_ms: int | None
    used: int
    declaration: Mapping[str, Json]


def expiry(seconds: int | None, now_ms: int) -> int | None:
    """When what lives for so many seconds expires, in ms since 1970; None: never."""
    return None if seconds is None else now_ms + seconds * 1000


class DeclarationStore(Protocol):
    """Declarations by name, the same for all who share them.

    Every method raises ``Unavailable`` where the place that keeps them cannot be
    reached.
    """

    def load(self, names: Collection[str] | None = None) -> Sequence[Kept]:
        """Those of these names, or all, that have not expired."""

    def replace(
        self,
        declared: Sequence[tuple[str, int | None, Mapping[str, Json]]],
        *,
        create: bool,
    ) -> Collection[str]:
        """Keep each: name, expiry in ms since 1970, declaration; all or none.

        With ``create`` none of the names may be taken. Gives the names that are:
        where there are any, nothing was kept.
        """

    def delete(self, names: Collection[str]) -> int:
        """Forget those of these names; how many there were."""

    def claim(self, name: str, revision: int, times: int) -> bool:
        """Count one more service of a route, unless it was served ``times``."""

    def open(self, handover: Path | None, changed: Changed) -> None:
        """Begin; call ``changed`` whenever somebody else changed one.

        ``handover`` is the file in which the worker before this one left its own,
        for a store that others do not share.
        """

    def close(self) -> None:
        """End what runs in the background."""


_TABLES = """
CREATE TABLE IF NOT EXISTS declared (
  name TEXT PRIMARY KEY, place INTEGER, revision INTEGER, expires_ms INTEGER,
  used INTEGER, declaration BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS numbers (last INTEGER);
INSERT INTO numbers SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM numbers);
"""
_KEEP = """
INSERT INTO declared SELECT ?, last, last, ?, 0, ? FROM numbers WHERE true
ON CONFLICT (name) DO UPDATE SET revision = excluded.revision,
  expires_ms = excluded.expires_ms, used = 0, declaration = excluded.declaration
"""
_CLAIM = """
UPDATE declared SET used = used + 1 WHERE name = ? AND revision = ? AND used < ?
"""


class LocalDeclarationStore:
    """Declarations in memory, or in a file that outlives its worker.

    While one worker takes over from another, both have the file open.
    """

    def __init__(self, now_ms: Callable[[], int]) -> None:
        """Begin with none, in memory; ``now_ms`` is the time since 1970."""
        self._now_ms = now_ms
        self._database = _opened(":memory:")
        self._watcher: gevent.Greenlet[..., None] | None = None

    def load(self, names: Collection[str] | None = None) -> Sequence[Kept]:
        """See ``DeclarationStore.load``."""
        with self._changing() as database:
            if names is None:
                rows = database.execute("SELECT * FROM declared").fetchall()
            else:
                each = "SELECT * FROM declared WHERE name = ?"
                found = [database.execute(each, (name,)).fetchone() for name in names]
                rows = [row for row in found if row is not None]
        return [_kept(*row) for row in rows]

    def replace(
        self,
        declared: Sequence[tuple[str, int | None, Mapping[str, Json]]],
        *,
        create: bool,
    ) -> Collection[str]:
        """See ``DeclarationStore.replace``."""
        with self._changing() as database:
            found = database.execute("SELECT name FROM declared")
            known = {name for name, in found} if create else set()
            taken = [name for name, _, _ in declared if name in known]
            for name, expires_ms, declaration in () if taken else declared:
                database.execute("UPDATE numbers SET last = last + 1")
                text = orjson.dumps(declaration)
                database.execute(_KEEP, (name, expires_ms, text))
        return taken

    def delete(self, names: Collection[str]) -> int:
        """See ``DeclarationStore.delete``."""
        with self._changing() as database:
            given = [(name,) for name in names]
            done = database.executemany("DELETE FROM declared WHERE name = ?", given)
        return done.rowcount

    def claim(self, name: str, revision: int, times: int) -> bool:
        """See ``DeclarationStore.claim``."""
        with self._using() as database:
            return database.execute(_CLAIM, (name, revision, times)).rowcount == 1

    def open(self, handover: Path | None, changed: Changed) -> None:
        """See ``DeclarationStore.open``."""
        if handover is not None:
            self._database.close()
            self._database = _opened(str(handover))
            self._watcher = gevent.spawn(self._watch, changed)

    def close(self) -> None:
        """See ``DeclarationStore.close``."""
        if self._watcher is not None:
            self._watcher.kill()
        self._database.close()

    def _watch(self, changed: Changed) -> None:
        """Look now and then: the worker before this one may still make one."""
        seen = self._version()
        while True:
            gevent.sleep(_LOOK_EVERY_S)
            version = self._version()
            if version != seen:
                seen = version
                changed(None)

    def _version(self) -> int:
        """A number that differs once another worker has changed something."""
        (version,) = self._database.execute("PRAGMA data_version").fetchone()
        return int(version)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, without those that have expired."""
        with self._using() as database, database:
            database.execute("BEGIN IMMEDIATE")
            now = self._now_ms()
            database.execute("DELETE FROM declared WHERE expires_ms <= ?", (now,))
            yield database

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """The database. Raises ``Unavailable`` where it cannot be used."""
        try:
            yield self._database
        except sqlite3.OperationalError as error:
            logger.warning("the file of declarations cannot be used: %s", error)
            raise Unavailable(
                "What was declared cannot be kept.", retry_after=1
            ) from error


def _kept(
    name: str,
    order: int,
    revision: int,
    expires_ms: int | None,
    used: int,
    text: bytes,
) -> Kept:
    return Kept(name, order, revision, expires_ms, used, orjson.loads(text))


def _opened(path: str) -> sqlite3.Connection:
    """A database whose changes survive this process, though not the machine."""
    database = sqlite3.connect(
        path, _BUSY_S, isolation_level=None, check_same_thread=False
    )
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.executescript(_TABLES)
    return database
