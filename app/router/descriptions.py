"""The descriptions in service: those of the configuration, and those that are sent."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from subprocess import DEVNULL, PIPE

import gevent
import orjson
from gevent import subprocess
from gevent.lock import BoundedSemaphore
from gevent.queue import Queue

from ..describer import READ, REFUSED, TRY_OUT, digest_file
from ..descriptions.described import described
from ..descriptions.description_text import BadDescription
from ..descriptions.digest import read_digest, written
from ..errors import BadRequest, Conflict, NotFound, Unavailable
from ..routes.contents import Compilation
from ..settings import Settings
from ..settings.free import Placed
from ..settings.place import Place
from ..settings.routes import SpecDeclaration
from ..settings.sections import Section
from ..words import Json
from .book import RouteBook
from .served import Served, unserved_lines, why_unserved
from .store import DeclarationStore, Kept, expiry

logger = logging.getLogger(__name__)

#: A description that takes longer to read is given up, in seconds.
_MAX_READING_S = 60.0
#: Trying out the operations of one is given up after so long, in seconds.
_MAX_TRYING_S = 600.0
#: A pause in which the loop looks at its sockets, in seconds.
_TURN_S = 0.0001

_DECLARED: Section[SpecDeclaration] = Section(SpecDeclaration)
#: What the process runs that reads a description.
_READER = f"{__name__.partition('.')[0]}.describer"
_IMPORTED_FROM = Path(__file__).parents[2]


class Descriptions:
    """All descriptions of this worker, whose routes are in the book of routes."""

    def __init__(
        self,
        configured: Sequence[Placed[SpecDeclaration]],
        book: RouteBook,
        store: DeclarationStore,
        *,
        settings: Settings,
        compilation: Compilation,
        sample: Callable[[Json], Json],
        now_ms: Callable[[], int],
    ) -> None:
        """Serve the ``configured`` ones. Raises ``SettingsError``.

        ``store`` keeps those that are sent, ``sample`` makes a value that fits a
        schema, and ``now_ms`` is the time since 1970.
        """
        self._book = book
        self._store = store
        self._most = settings.max_specs
        self._most_bytes = settings.max_spec_bytes
        self._most_routes = settings.max_routes
        self._compilation = compilation
        self._sample = sample
        self._now_ms = now_ms
        self._served: dict[str, Served] = {}
        self._known: dict[str, Kept] = {}
        # Until it is started, nothing is tried out.
        self._waiting: Queue[Served] = Queue()
        self._trying: gevent.Greenlet[..., None] | None = None
        # What ends each description that expires, by name.
        self._expiring: dict[str, gevent.Greenlet[..., None]] = {}
        # What was loaded first is served first.
        self._refreshing = BoundedSemaphore()
        for order, placed in enumerate(configured):
            self._configure(placed, order)

    def start(self, handover: Path | None = None) -> None:
        """Serve what is in the store, and follow its changes from now on.

        Beside ``handover`` the worker before this one left its descriptions.
        """
        for line in self.warnings():
            logger.warning("%s", line)
        beside = None if handover is None else handover.with_suffix(".specs")
        self._store.open(beside, self.refresh)
        self.refresh()
        self._trying = gevent.spawn(self._try_out_each)

    def close(self) -> None:
        """End what runs in the background."""
        if self._trying is not None:
            self._trying.kill()
        gevent.killall([*self._expiring.values()])
        self._store.close()

    # -- managing ---------------------------------------------------------------

    def list(self) -> list[Served]:
        """All descriptions, by name."""
        return [self._served[name] for name in sorted(self._served)]

    def warnings(self) -> Sequence[str]:
        """A line for each operation of the configured ones that is not served."""
        return [
            line
            for served in self.list()
            if served.is_configured
            for line in unserved_lines(
                served.description.name, served.description.unserved
            )
        ]

    def why_unserved(self, method: str, path: str) -> str | None:
        """Why no operation serves a request, if one was to: a sentence."""
        return why_unserved(self.list(), method, path)

    def get(self, name: str) -> Served:
        """One description. Raises ``NotFound``."""
        if name not in self._served:
            self.refresh([name])
        if name not in self._served:
            raise NotFound(f"There is no description {name!r}.")
        return self._served[name]

    def create(self, body: bytes) -> Served:
        """Serve a description that was sent, as the body of a request holds it.

        Raises ``BadRequest`` with the place of what is wrong, and ``Conflict`` where
        the name is taken or there would be too many.
        """
        head, digest = self._read(body)
        spec = _spec_of(orjson.loads(head))
        name = str(spec.name)
        if name in self._served:
            raise Conflict(f"There is a description {name!r} already.")
        if len(self._served) >= self._most:
            raise Conflict(
                f"There are {self._most} descriptions already (setting MaxSpecs)."
            )
        served = self._described(spec, digest, is_configured=False)
        if len(self._book) + len(served.description.routes) > self._most_routes:
            raise Conflict(
                f"There would be more than {self._most_routes} routes"
                " (setting MaxRoutes)."
            )
        # Each step over megabytes is a turn of its own.
        gevent.sleep(_TURN_S)
        declaration = {"spec": orjson.loads(head), "digest": digest.decode()}
        gevent.sleep(_TURN_S)
        expires_ms = expiry(spec.expires_seconds, self._now_ms())
        if self._store.replace([(name, expires_ms, declaration)], create=True):
            raise Conflict(f"There is a description {name!r} already.")
        gevent.sleep(_TURN_S)
        self.refresh([name])
        return self._served[name]

    def delete(self, name: str) -> None:
        """Serve a description no longer. Raises ``NotFound`` and ``Conflict``."""
        if self.get(name).is_configured:
            raise Conflict(
                f"The description {name!r} comes from the configuration; only those"
                " that were sent can be deleted here."
            )
        self._store.delete([name])
        self.refresh([name])

    def _read(self, body: bytes) -> tuple[bytes, bytes]:
        """The declaration and the digest of a body, read in a process of its own."""
        try:
            status, told = _run([READ, str(self._most_bytes)], body, _MAX_READING_S)
        except TimeoutError:
            raise _refused(
                f"The description takes more than {_MAX_READING_S:g} s to read", ""
            ) from None
        if status == REFUSED:
            raise _refused(*orjson.loads(told))
        if status:
            raise _refused("The process that reads the description broke off", "")
        gevent.sleep(_TURN_S)
        head, _, digest = told.partition(b"\n")
        return head, digest

    # -- serving ----------------------------------------------------------------

    def _configure(self, placed: Placed[SpecDeclaration], order: int) -> None:
        spec, place = placed.value, placed.place
        digest = digest_of(placed, self._most_bytes)
        name = name_of(spec)
        if name in self._served:
            raise place.key("Name").error(
                f"is {name}; accepted: a name that no other description has"
            )
        served = self._described(spec, digest, is_configured=True)
        if len(self._book) + len(served.description.routes) > self._most_routes:
            raise place.error(
                f"has {len(served.description.routes)} operations; accepted: at most"
                f" MaxRoutes routes, which is {self._most_routes}"
            )
        self._serve(served, order)

    def _described(
        self, spec: SpecDeclaration, digest: bytes, *, is_configured: bool
    ) -> Served:
        def turn() -> None:
            if not is_configured:
                gevent.sleep(_TURN_S)

        return Served(
            spec,
            described(
                name_of(spec),
                read_digest(digest, turn),
                self._compilation,
                self._sample,
                taken=self._book.names(),
                validates=spec.validate_requests,
                turn=turn,
            ),
            is_configured,
        )

    def _serve(self, served: Served, order: int) -> None:
        self._served[served.description.name] = served
        self._book.take_in(served.description.routes, order)
        self._waiting.put(served)

    # -- trying out -------------------------------------------------------------

    def _try_out_each(self) -> None:
        """Try out the operations of each description, one after the other."""
        while True:
            served = self._waiting.get()
            name = served.description.name
            try:
                content = written(served.description.digest)
                status, told = _run([TRY_OUT], content, _MAX_TRYING_S)
            except TimeoutError:
                logger.warning("trying out %s takes too long and is given up", name)
                continue
            if status:
                logger.warning("the process that tries out %s broke off", name)
                continue
            served.unmade = dict(orjson.loads(line) for line in told.splitlines())
            logger.info(
                "the description %s is tried out: %d of %d operations cannot be made",
                name,
                len(served.unmade),
                len(served.description.routes),
            )
            for line in unserved_lines(name, served.unmade_operations()):
                logger.warning("%s", line)

    # -- following the store ----------------------------------------------------

    def refresh(self, names: Collection[str] | None = None) -> None:
        """Bring what is served in line with the store, as far as that can be reached.

        Only the descriptions of these names can have changed; without them, any can.
        """
        with self._refreshing, contextlib.suppress(Unavailable):
            kept = {each.name: each for each in self._store.load(names)}
            for name in [*self._known] if names is None else names:
                old, new = self._known.get(name), kept.get(name)
                if old and (new is None or new.revision != old.revision):
                    self._forget(name)
            for name, each in kept.items():
                if name not in self._known and name not in self._served:
                    self._learn(each)

    def _learn(self, kept: Kept) -> None:
        declaration = kept.declaration
        gevent.sleep(_TURN_S)
        digest = declaration["digest"].encode()
        gevent.sleep(_TURN_S)
        served = self._described(
            _spec_of(declaration["spec"]), digest, is_configured=False
        )
        self._serve(served, self._most + kept.order)
        known = replace(kept, declaration={})  # without its megabytes
        self._known[kept.name] = known
        if kept.expires_ms is not None:
            left_s = max(0, kept.expires_ms - self._now_ms()) / 1000
            timer = gevent.spawn_later(left_s, self._expire, known)
            self._expiring[kept.name] = timer

    def _expire(self, known: Kept) -> None:
        """Serve a description no longer whose time is over."""
        with self._refreshing:
            if self._known.get(known.name) is known:
                del self._expiring[known.name]
                self._forget(known.name)

    def _forget(self, name: str) -> None:
        del self._known[name]
        gone = self._served.pop(name)
        self._book.let_go(gone.description.routes)
        timer = self._expiring.pop(name, None)
        if timer is not None:
            timer.kill(block=False)


def _run(arguments: list[str], given: bytes, most_s: float) -> tuple[int, bytes]:
    """The status and the output of a process for descriptions, given its input.

    Raises ``TimeoutError`` after ``most_s`` seconds.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", _READER, *arguments],
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=_IMPORTED_FROM,
    )
    try:
        with gevent.Timeout(most_s, TimeoutError()):
            told, _ = process.communicate(given)
    finally:
        if process.poll() is None:
            process.kill()
    return process.returncode, told


def digest_of(placed: Placed[SpecDeclaration], most: int) -> bytes:
    """The digest of a configured description. Raises ``SettingsError``."""
    spec, place = placed.value, placed.place.key("File")
    if spec.expires_seconds is not None:
        raise placed.place.key("ExpiresSeconds").error(
            "is given, but only a description that was sent expires"
        )
    if spec.file is None:
        raise place.error("is missing; accepted: a file")
    path = Path(placed.place.source).parent / spec.file
    try:
        return digest_file(path, spec, most)
    except BadDescription as error:
        raise place.error(f"is {path}, which cannot be used: {error}") from None


def name_of(spec: SpecDeclaration) -> str:
    """The name of a description: its own, or that of its file."""
    if spec.name is not None:
        return spec.name
    stem = Path(spec.file or "description").stem
    usable = "".join(
        char if char.isascii() and char.isalnum() else "-" for char in stem
    )
    return usable.strip("-")[:40] or "description"


def _spec_of(written: Mapping[str, Json]) -> SpecDeclaration:
    return _DECLARED.build(_DECLARED.from_file(written, Place("description", "")))


def _refused(detail: str, pointer: str) -> BadRequest:
    return BadRequest(
        f"{detail}.",
        parameter="document",
        value=None,
        allowed="a description, as the documentation of descriptions says",
        pointer=pointer,
    )
