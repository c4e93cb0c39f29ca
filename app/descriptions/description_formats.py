"""Which function reads which format of descriptions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeAlias

from ..words import Json
from . import openapi
from .asyncapi import channel_digest as asyncapi
from .description_text import BadDescription, read_text
from .digest import Digest
from .references import ReadFile, References

#: Tells whether a document is in a format.
Reads: TypeAlias = Callable[[Mapping[str, Json]], bool]
#: Makes a digest of a document. Takes the path that goes before all others, None for
#: that of the description's server, and the ids and tags of the operations that are
#: wanted, empty for all. Raises ``BadDescription``.
Digests: TypeAlias = Callable[[References, "str | None", Collection[str]], Digest]

#: The formats, each with what tells it and what reads it.
FORMATS: Sequence[tuple[Reads, Digests]] = (
    (openapi.reads, openapi.digest_of),
    (asyncapi.reads, asyncapi.digest_of),
)

_ACCEPTED = "OpenAPI 3.0, 3.1 or 3.2, or AsyncAPI 2 or 3"


def digest_text(
    text: bytes,
    *,
    name: str = "description",
    read_file: ReadFile | None = None,
    base_path: str | None = None,
    only: Collection[str] = (),
    most: int,
) -> Digest:
    """The digest of a description's text of at most ``most`` bytes.

    ``name`` is that of its file, and ``read_file`` reads others beside it. Raises
    ``BadDescription``.
    """
    document = read_text(text, most)
    if not isinstance(document, Mapping):
        raise BadDescription(f"it is no object; accepted: {_ACCEPTED}")
    for reads, digests in FORMATS:
        if reads(document):
            return digests(References(document, name, read_file), base_path, only)
    named = [key for key in ("openapi", "swagger", "asyncapi") if key in document]
    what = f"{named[0]} {document[named[0]]!r}"[:80] if named else "neither"
    raise BadDescription(
        f"it is {what if named else 'no description'}; accepted: {_ACCEPTED}"
    )
