"""Why a plan cannot be compiled."""

from __future__ import annotations

from ..errors import LLMockError


class Impossible(LLMockError):
    """No value of a bounded size can be made here; the text says why.

    A branch that is impossible is left out where the schema allows it. What
    reaches the root becomes a ``BadRequest``.
    """


class TooLarge(LLMockError):
    """The values would be too large; leaving out a branch is no answer to that."""
