"""How often faults that end a response have been played, request by request."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence

from .fault import Fault

#: How long a client's requests are counted after the last one, in seconds.
KEPT_SECONDS = 600.0
#: Maximum of clients and requests that are counted.
MAX_KEPT = 10_000


class Tally:
    """Counts the requests that were served with the same list of faults."""

    __slots__ = ("_played",)

    def __init__(self) -> None:
        """None yet."""
        self._played: Counter[int] = Counter()

    def take(self, faults: Sequence[Fault]) -> tuple[Fault, ...]:
        """Those of ``faults`` that the next request gets, which counts for them.

        Those after one that takes the response's place are left for another.
        """
        taken: list[Fault] = []
        for index, fault in enumerate(faults):
            if fault.kind.ends and fault.times is not None:
                if self._played[index] >= fault.times:
                    continue
                self._played[index] += 1
            taken.append(fault)
            if fault.kind.replaces:
                break
        return tuple(taken)


class Tallies:
    """A tally for each of the clients and addresses that asked lately."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """``monotonic`` gives seconds."""
        self._monotonic = monotonic
        self._kept: OrderedDict[tuple[str, ...], tuple[float, Tally]] = OrderedDict()

    def take(self, key: tuple[str, ...], faults: Sequence[Fault]) -> tuple[Fault, ...]:
        """Those of ``faults`` that the next request of ``key`` gets."""
        now = self._monotonic()
        used, tally = self._kept.pop(key, (now, None))
        if tally is None or now - used > KEPT_SECONDS:
            tally = Tally()
        self._kept[key] = now, tally
        if len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return tally.take(faults)
