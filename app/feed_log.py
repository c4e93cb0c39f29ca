"""The log of shared feeds: their events, where all workers append and read them.

A feed is in the log under its name, with one run of numbers, its epoch. One worker at
a time may append to it, the one whose token is the newest. ``app.redis`` has the log
of a deployment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from typing import NamedTuple, Protocol


class Key(NamedTuple):
    """One run of a feed's numbers."""

    name: str
    epoch: str


class Offer(NamedTuple):
    """What a feed becomes where there is none of its name.

    ``declaration`` says what it is made of. ``batch`` is the number of its first batch,
    ``started_ms`` when that is made, in milliseconds since 1970.
    """

    epoch: str
    declaration: bytes
    started_ms: int
    batch: int = 0


class Stand(NamedTuple):
    """How far a feed is: the event to come, the batch that it is of, and its place.

    ``part`` is how many events of the batch there are.
    """

    number: int
    batch: int
    part: int


class Logged(NamedTuple):
    """An event of the log; ``age_ms`` is the time since it was appended."""

    number: int
    data: bytes
    age_ms: int = 0


class Opened(NamedTuple):
    """A feed of the log, and the events that are kept of it."""

    epoch: str
    declaration: bytes
    started_ms: int
    stand: Stand
    kept: Sequence[Logged]


class Part(Enum):
    """What a worker has to do with a feed."""

    #: The log does not have it, or has another epoch of it.
    GONE = "gone"
    #: Nobody needs its events, so nobody makes them.
    RESTING = "resting"
    #: Another worker makes its events.
    FOLLOWING = "following"
    #: It makes the events.
    PRODUCING = "producing"


class Saved(NamedTuple):
    """What the values of a feed follow from, from batch ``batch`` on."""

    batch: int
    data: bytes


class Held(NamedTuple):
    """A worker's part in a feed.

    ``token`` lets its producer append, from ``stand`` on. ``is_taken`` tells that
    another worker had it, and has fallen silent. ``saved`` is what was saved of the
    feed's values, with a new token, and None where nothing was.
    """

    part: Part
    token: int = 0
    stand: Stand = Stand(0, 0, 0)
    is_taken: bool = False
    saved: Saved | None = None


class Addition(NamedTuple):
    """Events to append; ``stand`` is how far the feed is after them.

    ``number`` is that of the first event. Those before ``oldest`` need not be kept.
    ``saved`` takes the place of what was saved before, if there is any.
    """

    token: int
    number: int
    data: Sequence[bytes]
    stand: Stand
    oldest: int
    saved: Saved | None = None


class FeedLog(Protocol):
    """The feeds of all workers.

    Every method raises ``Unavailable`` where the log cannot be reached; then nobody
    knows whether it was done. Doing it again is harmless.
    """

    def open(self, name: str, offer: Offer) -> Opened | None:
        """The feed of that name, made as ``offer`` says where there is none.

        None where there are as many feeds as may be, and all are needed.
        """

    def hold(self, worker: str, claims: Mapping[Key, bool]) -> dict[Key, Held]:
        """What a worker has to do with each feed, for a short time.

        A claim is whether the worker needs the feed's events. Of the workers that do,
        one produces; it does as long as it says in time that it is there.
        """

    def release(self, worker: str, keys: Collection[Key]) -> None:
        """Let another worker produce at once what ``worker`` produces."""

    def append(self, key: Key, addition: Addition) -> bool:
        """Append events; False where another token is newer, or the feed is gone.

        Appending the same again is done once.
        """

    def end(self, key: Key, data: bytes, token: int | None = None) -> bool:
        """Append ``data`` as the last of a feed, which is gone then.

        False where it is gone already, or ``token`` is not the newest.
        """

    def latest(self, name: str) -> tuple[Key, int] | None:
        """A feed's epoch, and the number of the event to come; None without one."""

    def read(self, worker: str, after: Mapping[Key, int]) -> dict[Key, list[Logged]]:
        """The events from the given numbers on, as soon as there are any.

        Returns without any after half a second, or when the worker is woken.
        """

    def wake(self, worker: str) -> None:
        """Let ``read`` of a worker return."""
