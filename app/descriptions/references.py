"""References of a document: inside it, and to files below its folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from ..schema.pointers import follow
from ..words import Json
from .description_text import BadDescription

#: More references in a row are refused.
MAX_HOPS = 32
#: More files are not read for one description.
MAX_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a document: the file, "" for the description itself, and a pointer."""

    file: str
    pointer: str

    def __str__(self) -> str:
        """As an error names it."""
        return f"{self.file}#{self.pointer}" if self.file else self.pointer

    def inside(self, *steps: str | int) -> Spot:
        """The place along ``steps``, names and indexes."""
        tokens = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        return Spot(self.file, "/".join([self.pointer, *tokens]))


#: Gives the parsed file of a name relative to the description's folder. Raises
#: ``BadDescription``.
ReadFile = Callable[[str], Json]


class References:
    """Follows the references of one description."""

    def __init__(self, root: Json, name: str, read_file: ReadFile | None) -> None:
        """``name`` is that of the description's own file.

        ``read_file`` is None where there is no folder: the description was sent.
        """
        self._documents: dict[str, Json] = {"": root}
        self._name = name
        self._read_file = read_file
        self.root = root

    def at(self, spot: Spot) -> Json:
        """The value there. Raises ``BadDescription``."""
        try:
            return follow(self._document(spot), spot.pointer)
        except (LookupError, ValueError):
            raise BadDescription("there is nothing at this place", str(spot)) from None

    def resolve(self, spot: Spot) -> tuple[Json, Spot]:
        """The value at ``spot`` and its place, references followed.

        Raises ``BadDescription`` for a reference that leads nowhere, out of the
        folder, to the network or to itself.
        """
        value = self.at(spot)
        for _ in range(MAX_HOPS):
            reference = value.get("$ref") if isinstance(value, dict) else None
            if reference is None:
                return value, spot
            spot = self.target(reference, spot)
            value = self.at(spot)
        raise BadDescription(
            f"its references lead on more than {MAX_HOPS} times, or to themselves",
            str(spot),
        )

    def target(self, reference: Json, spot: Spot) -> Spot:
        """The place that the ``reference`` of the value at ``spot`` means."""
        if not isinstance(reference, str):
            raise BadDescription("its $ref is no text", str(spot))
        try:
            scheme, host, path, query, fragment = urlsplit(reference)
        except ValueError:
            raise _refused(reference, "is no reference", spot) from None
        if scheme or host or query:
            raise _refused(reference, "leads to the network, which is not used", spot)
        file = self._file(unquote(path), reference, spot) if path else spot.file
        if fragment and not fragment.startswith("/"):
            raise _refused(reference, "is no JSON Pointer", spot)
        return Spot(file, unquote(fragment))

    def _file(self, path: str, reference: str, spot: Spot) -> str:
        own = spot.file or self._name
        name = normpath(join(dirname(own), path))
        if name == normpath(self._name):
            return ""
        if (
            path.startswith("/")
            or name.startswith("..")
            or "\\" in path
            or "\0" in path
        ):
            raise _refused(reference, "leads out of the description's folder", spot)
        if self._read_file is None:
            raise _refused(
                reference, "leads to another file, and there is none beside it", spot
            )
        return name

    def _document(self, spot: Spot) -> Json:
        if spot.file not in self._documents:
            if len(self._documents) >= MAX_FILES:
                raise BadDescription(
                    f"there are more than {MAX_FILES} files", str(spot)
                )
            assert self._read_file is not None
            self._documents[spot.file] = self._read_file(spot.file)
        return self._documents[spot.file]


def _refused(reference: str, why: str, spot: Spot) -> BadDescription:
    return BadDescription(f"its $ref {reference[:200]} {why}", str(spot))
