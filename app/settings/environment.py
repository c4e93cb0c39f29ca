"""Settings in environment variables: ``MockLlmApi__LlmBackends__0__ApiKey=...``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .place import Place

#: Between the parts of a variable's name, as .NET has it.
SEPARATOR = "__"


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that gives a setting.

    ``parts`` are the parts of its name that have not been followed yet.
    """

    name: str
    text: str
    parts: tuple[str, ...]

    @property
    def name_so_far(self) -> str:
        """The name without ``parts``."""
        return self.name.removesuffix(SEPARATOR + SEPARATOR.join(self.parts))

    def inner(self) -> Variable:
        """The same variable, seen from inside the key that its first part names."""
        return Variable(self.name, self.text, self.parts[1:])

    def place(self, path: str) -> Place:
        """The place ``path`` as this variable gives it."""
        return Place(f"environment variable {self.name}", path)


def variables_of(section: str, environ: Mapping[str, str]) -> list[Variable]:
    """The variables of ``environ`` that set keys of ``section``, sorted by name.

    The section's name may be in any case. An empty variable counts as absent.
    """
    prefix = section.lower() + SEPARATOR
    return [
        Variable(name, text, tuple(name[len(prefix) :].split(SEPARATOR)))
        for name, text in sorted(environ.items())
        if name.lower().startswith(prefix) and text
    ]
