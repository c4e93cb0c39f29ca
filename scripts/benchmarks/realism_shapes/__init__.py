"""Twenty shapes as public APIs document them, each field with its rules."""

from __future__ import annotations

from typing import Any

from realism_shapes.commerce import COMMERCE
from realism_shapes.messages import MESSAGES
from realism_shapes.operations import OPERATIONS
from realism_shapes.world import WORLD

#: Name to path and shape.
SHAPES: dict[str, tuple[str, Any]] = {**COMMERCE, **MESSAGES, **OPERATIONS, **WORLD}
