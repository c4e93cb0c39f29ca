"""Where routes are kept that were made at run time: the port, and one in memory."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import orjson

from ..words import Json


@dataclass(frozen=True, slots=True)
class Kept:
    """A route as it is kept.

    ``order`` decides among equal routes and stays when the route is replaced;
    ``revision`` changes with each replacement. ``expires_ms`` is in milliseconds
    since 1970, None for never.
    """

    name: str
    order: int
    revision: int
    expires_ms: int | None
    declaration: Mapping[str, Json]


class RouteStore(Protocol):
    """Routes by name, the same for all who share them.

    Every method raises ``Unavailable`` where the place that keeps them cannot be
    reached.
    """

    def load(self) -> Sequence[Kept]:
        """All routes that have not expired, in their order."""

    def replace(
        self,
        routes: Sequence[tuple[str, int | None, Mapping[str, Json]]],
        *,
        create: bool,
    ) -> Collection[str]:
        """Keep routes: name, expiry in ms since 1970, declaration; all or none.

        With ``create`` none of the names may be taken. Gives the names that are:
        where there are any, nothing was kept.
        """

    def delete(self, names: Collection[str]) -> int:
        """Forget routes; how many there were."""

    def claim(self, name: str, revision: int, times: int) -> bool:
        """Count one more service of a route, unless it was served ``times``."""

    def watch(self, changed: Callable[[], None]) -> None:
        """Call ``changed`` whenever somebody else changed a route."""

    def close(self) -> None:
        """End what runs in the background."""


class MemoryRouteStore:
    """Routes in this process; a file hands them on when the server reloads."""

    def __init__(self, now_ms: Callable[[], int], handover: Path | None = None) -> None:
        """Begin with the routes that ``handover`` holds; keep it up to date."""
        self._now_ms = now_ms
        self._handover = handover
        self._kept: dict[str, Kept] = {}
        self._claims: dict[tuple[str, int], int] = {}
        self._next = 0
        self._read()

    def load(self) -> Sequence[Kept]:
        """See ``RouteStore.load``."""
        now = self._now_ms()
        expired = [
            name
            for name, kept in self._kept.items()
            if kept.expires_ms is not None and kept.expires_ms <= now
        ]
        for name in expired:
            del self._kept[name]
        return sorted(self._kept.values(), key=lambda kept: kept.order)

    def replace(
        self,
        routes: Sequence[tuple[str, int | None, Mapping[str, Json]]],
        *,
        create: bool,
    ) -> Collection[str]:
        """See ``RouteStore.replace``."""
        self.load()
        if create:
            taken = [name for name, _, _ in routes if name in self._kept]
            if taken:
                return taken
        for name, expires_ms, declaration in routes:
            self._next += 1
            before = self._kept.get(name)
            order = self._next if before is None else before.order
            self._kept[name] = Kept(name, order, self._next, expires_ms, declaration)
        self._write()
        return ()

    def delete(self, names: Collection[str]) -> int:
        """See ``RouteStore.delete``."""
        found = [name for name in names if self._kept.pop(name, None) is not None]
        if found:
            self._write()
        return len(found)

    def claim(self, name: str, revision: int, times: int) -> bool:
        """See ``RouteStore.claim``."""
        used = self._claims.get((name, revision), 0)
        if used >= times:
            return False
        self._claims[name, revision] = used + 1
        self._write()
        return True

    def watch(self, changed: Callable[[], None]) -> None:
        """Nobody else can change them."""

    def close(self) -> None:
        """Nothing runs."""

    def _read(self) -> None:
        if self._handover is None or not self._handover.exists():
            return
        state = orjson.loads(self._handover.read_bytes())
        self._next = state["next"]
        self._kept = {each["name"]: Kept(**each) for each in state["routes"]}
        self._claims = {
            (name, revision): used for name, revision, used in state["claims"]
        }

    def _write(self) -> None:
        """Replace the file whole, so that a reader sees the old or the new one."""
        if self._handover is None:
            return
        state = {
            "next": self._next,
            "routes": [
                {
                    "name": kept.name,
                    "order": kept.order,
                    "revision": kept.revision,
                    "expires_ms": kept.expires_ms,
                    "declaration": dict(kept.declaration),
                }
                for kept in self._kept.values()
            ],
            "claims": [[*key, used] for key, used in self._claims.items()],
        }
        directory = self._handover.parent
        descriptor, name = tempfile.mkstemp(dir=directory, prefix="routes-")
        try:
            with open(descriptor, "wb") as file:
                file.write(orjson.dumps(state))
            os.replace(name, self._handover)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
