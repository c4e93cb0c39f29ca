"""Values of the embedded generator, read back for tests."""

from __future__ import annotations

import json
from typing import Any

from app.generation.plan import Subject, compile_plan
from app.schema.shapes import make_shape

NOW_MS = 1_736_166_896_789
STEP_MS = 1_000


def schema_of(shape: Any) -> Any:
    return make_shape(shape).schema


def subject_of(path: str, shape: Any, **more: Any) -> Subject:
    """What a request asks for: ``shape`` is an example, a schema, or None."""
    if shape is None:
        return Subject(path, **more)
    made = make_shape(shape)
    keeps = made.is_example and not more.pop("vary_all", False)
    example = made.given if keeps else None
    return Subject(path, made.schema, example=example, keeps=keeps, **more)


def texts(subject: Subject, events: int = 5, seed: int | None = 1) -> list[bytes]:
    """The first values of a stream, a second apart."""
    simulation = compile_plan(subject).start(seed)
    return [simulation.value(NOW_MS + STEP_MS * number) for number in range(events)]


def values(
    path: str, shape: Any = None, events: int = 5, seed: int | None = 1, **more: Any
) -> list[Any]:
    """The first values of a stream about ``path``, for an example or a schema."""
    subject = subject_of(path, shape, **more)
    return [json.loads(text) for text in texts(subject, events, seed)]
