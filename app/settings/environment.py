"""Settings in environment variables: ``MockLlmApi__LlmBackends__0__ApiKey=...``."""

from __future__ import annotations

from collections.abc import Mapping

from app.settings.kinds import Variable

#: Between the parts of a variable's name, as .NET has it.
SEPARATOR = "__"


def variables_of(section: str, environ: Mapping[str, str]) -> list[Variable]:
    """The variables of ``environ`` that set keys of ``section``, sorted by name.

    The section's name may be in any case. A variable that is empty counts as
    absent.
    """
    prefix = section.casefold() + SEPARATOR
    return [
        Variable(name, text, tuple(name[len(prefix) :].split(SEPARATOR)))
        for name, text in sorted(environ.items())
        if name.casefold().startswith(prefix) and text
    ]
