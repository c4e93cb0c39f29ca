"""A backend whose values have the shape in force for their path.

An ordered list of givers decides which shape that is before anything is opened:
the request's own, then the one that the path has had. Where no giver has one,
the backend's own idea of the path holds: the noun of the embedded backend, or
what a model makes of the path.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from ..ports import Backend, Memory, Source
from ..words import MockRequest, Shape
from .learned import LearningSource, Shapes

#: Gives a request its shape, or None where it has none to give.
Giver: TypeAlias = "Callable[[MockRequest], Shape | None]"


def requested(request: MockRequest) -> Shape | None:
    """The shape that the request brings along."""
    return request.shape


class ShapingBackend:
    """Another backend, asked for values of the shape in force."""

    def __init__(self, backend: Backend, shapes: Shapes) -> None:
        """``shapes`` holds those that paths have had."""
        self.name = backend.name
        self._backend = backend
        self._shapes = shapes
        #: The first giver that has a shape decides.
        self._givers: tuple[Giver, ...] = (requested, shapes.give)

    def open(self, request: MockRequest, memory: Memory | None = None) -> Source:
        """A source for one request."""
        shape = next(filter(None, (giver(request) for giver in self._givers)), None)
        if request.auto_shape and request.shape is None:
            return LearningSource(
                self._backend, request, memory, shapes=self._shapes, known=shape
            )
        return self._backend.open(replace(request, shape=shape), memory)
