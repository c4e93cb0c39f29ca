"""The memory of a simulation as JSON, for one that goes on in another process."""

from __future__ import annotations

import random

import orjson

from ..version import __version__
from .plan import Simulation

#: The mark of no value: Python gives no text this hash.
_NO_MARK = -1


def save(simulation: Simulation) -> bytes:
    """What its next value follows from; empty where JSON cannot tell that.

    It has to have begun, and with a seed. From now on it goes on as one that loads
    this: the next value may be like the one before it.
    """
    source = getattr(simulation.random, "__self__", None)
    if simulation.latest is None or not isinstance(source, random.Random):
        return b""
    simulation.latest = _NO_MARK
    told = [
        __version__,
        source.getstate(),
        simulation.cell,
        simulation.number,
        simulation.start_ms,
        simulation.turn,
        simulation.is_still,
    ]
    try:
        text = orjson.dumps(told)
    except TypeError:
        return b""
    # A tuple would come back as a list.
    return text if orjson.loads(text)[2] == simulation.cell else b""


def load(simulation: Simulation, saved: bytes) -> None:
    """Go on as the simulation of the same subject that saved this.

    Raises ``ValueError``.
    """
    version, state, cell, number, start_ms, turn, is_still = orjson.loads(saved)
    if version != __version__ or len(cell) != simulation.size:
        raise ValueError("it was saved by another version of the service")
    source = random.Random()
    source.setstate((state[0], tuple(state[1]), state[2]))
    simulation.random = source.random
    simulation.cell, simulation.number, simulation.start_ms = cell, number, start_ms
    simulation.turn, simulation.is_still = turn, is_still
    simulation.latest = _NO_MARK
