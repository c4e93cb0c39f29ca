"""A description in service: which operations are not served, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..descriptions.described import Described
from ..descriptions.operations import Unserved
from ..routes.template import split
from ..settings.place import one_line
from ..settings.routes import SpecDeclaration

#: Operations of one description that are told; of the others, how many they are.
MAX_TOLD = 20


@dataclass(slots=True)
class Served:
    """A description in service, and how it was declared.

    ``unmade`` are the reasons why the usual response of an operation cannot be made,
    by its pointer; None until all have been tried out.
    """

    spec: SpecDeclaration
    description: Described
    is_configured: bool
    unmade: dict[str, str] | None = None

    def unmade_operations(self) -> list[Unserved]:
        """The operations whose usual response cannot be made."""
        unmade = self.unmade or {}
        return [
            named.unserved(unmade[named.pointer])
            for named, _ in self.description.operations()
            if named.pointer in unmade
        ]


def unserved_lines(name: str, unserved: Sequence[Unserved]) -> Iterator[str]:
    """A line for each operation of a description, up to ``MAX_TOLD``, then a count."""
    for each in unserved[:MAX_TOLD]:
        yield one_line(
            f"the description {name}: {each.operation or each.pointer} is not served:"
            f" {each.reason} (at {each.pointer or 'its root'})"
        )
    if len(unserved) > MAX_TOLD:
        yield f"the description {name}: and {len(unserved) - MAX_TOLD} more"


def why_unserved(descriptions: Iterable[Served], method: str, path: str) -> str | None:
    """Why no operation serves a request, if one was to: a sentence."""
    for served in descriptions:
        for each in served.description.unserved:
            if _is_wanted(each, method, path):
                return (
                    f"{each.operation} of the description {served.description.name}"
                    f" is not served: {each.reason} (at {each.pointer or 'its root'})."
                )
    return None


def _is_wanted(unserved: Unserved, method: str, path: str) -> bool:
    """Whether a request was probably meant for an operation.

    The path of its server, which may stand before the operation's own, is not known.
    """
    verb, space, template = unserved.operation.partition(" ")
    if not space:  # a path of which no operation can be read
        verb, template = method, unserved.operation
    wanted, given = split(template), split(path)
    if verb != method or not template.startswith("/") or len(given) < len(wanted):
        return False
    last = given[-len(wanted) :]
    pairs = zip(wanted, last, strict=True)
    return all(part == text or "{" in part for part, text in pairs)
