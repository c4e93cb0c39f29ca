"""The key ``x-llmock`` of an operation or channel: how its stream behaves."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import SettingsError
from ..settings.place import Place
from ..settings.route_streams import StreamDeclaration
from ..settings.sections import Section
from ..words import Json
from .description_text import BadDescription
from .references import Spot

#: The key that takes the keys of ``Stream``.
EXTENSION = "x-llmock"

_STREAM: Section[StreamDeclaration] = Section(StreamDeclaration)


def stream_keys(holder: Mapping[str, Json], spot: Spot) -> dict[str, Json] | None:
    """The keys of ``Stream`` that the object at ``spot`` has; None without any.

    Raises ``BadDescription`` with the place of one that is not accepted.
    """
    if EXTENSION not in holder:
        return None
    at = spot.inside(EXTENSION)
    given = holder[EXTENSION]
    if not isinstance(given, Mapping):
        raise BadDescription("it is no object of keys of Stream", str(at))
    try:
        _STREAM.build(_STREAM.from_file(given, Place("", "")))
    except SettingsError as error:
        raise BadDescription(error.problem, f"{at}{error.pointer}") from None
    found = {name: _STREAM.find(name) for name in given}
    return {each.key: given[name] for name, each in found.items() if each is not None}
