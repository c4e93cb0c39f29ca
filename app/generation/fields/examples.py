"""What an example text says, apart from being one."""

from __future__ import annotations

import re

#: Examples that only say that a text is wanted.
_ANY_TEXT = re.compile(
    r"|string|str|text|any|\.\.\.|…|<[\w -]*>|\{[\w -]*\}|lorem ipsum.*", re.IGNORECASE
)


def says_nothing(text: str) -> bool:
    """Whether an example stands for any text: ``string``, ``...``, ``<name>``."""
    return _ANY_TEXT.fullmatch(text) is not None
