"""All settings as a table, for documentation and for tests of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .environment import SEPARATOR
from .load import SECTION
from .model import Settings
from .sections import ListOf, Section


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One setting.

    ``path`` is the key within the section, such as ``SseMode`` or
    ``LlmBackends[].Weight``. ``default`` is written as in a file, and None if the
    setting is ``required``.
    """

    path: str
    key: str
    type: str
    required: bool
    default: object
    accepted: str
    doc: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it; in a list, the first item's."""
        path = f"{self.path}[]" if self.type == ListOf.type_name else self.path
        parts = path.replace("[]", ".0").split(".")
        return SEPARATOR.join([SECTION, *parts])


def catalogue() -> tuple[CatalogueEntry, ...]:
    """Every setting in order of declaration; a list is followed by its items' keys."""
    return tuple(_entries(Section(Settings), ""))


def _entries(section: Section[object], prefix: str) -> Iterator[CatalogueEntry]:
    for each in section.settings:
        path = f"{prefix}{each.key}"
        yield CatalogueEntry(
            path=path,
            key=each.key,
            type=each.kind.type_name,
            required=each.required,
            default=None if each.required else each.kind.written(each.default),
            accepted=each.kind.accepted,
            doc=each.doc,
        )
        inner, mark = each.kind, ""
        if isinstance(inner, ListOf):
            inner, mark = inner.kind, "[]"
        if isinstance(inner, Section):
            yield from _entries(inner, f"{path}{mark}.")
