"""Finds the role of a field by its name. The tables are in modules of their own."""

from __future__ import annotations

from functools import lru_cache

from .number_roles import NUMBERS
from .parts import NumberRole, Part, TextRole, role_of
from .text_roles import TEXTS

__all__ = ["NumberRole", "Part", "TextRole", "number_role", "text_role"]


@lru_cache(maxsize=2048)
def number_role(name: str) -> NumberRole | None:
    """The role of a number of this name, None for an unknown name."""
    return role_of(name, NUMBERS)


@lru_cache(maxsize=2048)
def text_role(name: str) -> TextRole | None:
    """The role of a text of this name, None for an unknown name."""
    return role_of(name, TEXTS)
