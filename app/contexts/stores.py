"""The stores of contexts and shapes, as the settings choose them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..ports import Clock
from ..settings import Settings
from ..shapes.learned import PathShape, Shapes
from ..store import Documents, MemoryDocuments
from .context import Context, from_json, to_json
from .sessions import Contexts

if TYPE_CHECKING:
    from ..redis.link import RedisLink

#: Most paths whose shape is kept, and most memory without a Redis, in bytes.
_MAX_SHAPES = 1000
_MAX_SHAPE_BYTES = 1 << 24

#: Approximate memory of a shape for each byte of its answer.
_SHAPE_FACTOR = 20


class Stores(NamedTuple):
    """The memory of one worker, or of all workers together."""

    contexts: Contexts
    shapes: Shapes


def make_stores(settings: Settings, clock: Clock, link: RedisLink | None) -> Stores:
    """Stores in Redis if there is a ``link``, else in memory."""
    if link is None:
        contexts, shapes = _in_memory(settings, clock)
    else:
        contexts, shapes = _in_redis(settings, link)
    return Stores(
        Contexts(contexts, clock),
        Shapes(
            shapes,
            max_bytes=settings.max_shape_bytes,
            max_depth=settings.max_shape_depth,
        ),
    )


def _in_memory(
    settings: Settings, clock: Clock
) -> tuple[Documents[Context], Documents[PathShape]]:
    contexts = MemoryDocuments[Context](
        clock,
        lifetime=settings.context_expiration_minutes * 60,
        max_values=settings.max_contexts,
        max_bytes=settings.max_context_bytes,
        size=lambda context: context.size,
    )
    shapes = MemoryDocuments[PathShape](
        clock,
        lifetime=settings.shape_expiration_minutes * 60,
        max_values=_MAX_SHAPES,
        max_bytes=_MAX_SHAPE_BYTES,
        size=lambda shape: len(shape.answer) * _SHAPE_FACTOR,
    )
    return contexts, shapes


def _in_redis(
    settings: Settings, link: RedisLink
) -> tuple[Documents[Context], Documents[PathShape]]:
    # Loaded only with a link, because the package redis takes memory.
    from ..redis.documents import RedisDocuments

    contexts = RedisDocuments[Context](
        link,
        "context",
        lifetime=settings.context_expiration_minutes * 60,
        max_values=settings.max_contexts,
        to_bytes=to_json,
        from_bytes=from_json,
    )
    shapes = RedisDocuments[PathShape](
        link,
        "shape",
        lifetime=settings.shape_expiration_minutes * 60,
        max_values=_MAX_SHAPES,
        to_bytes=lambda shape: shape.answer,
        from_bytes=PathShape,
    )
    return contexts, shapes
