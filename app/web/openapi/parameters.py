"""The parameters of operations, from the declarations of their options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...addresses import Addresses
from ...request.inputs import Place, Where
from ...request.options import ERROR_TEXTS, OPTIONS, Option
from ...request.parsers import Limits
from ...words import Json
from .tries import try_option

_TEXT: Mapping[str, Json] = {"type": "string"}
_PLACE_NAMES = {Place.QUERY: "query", Place.HEADER: "header"}

#: The body of a mock request: the options that may stand in it.
BODY: Mapping[str, Json] = {
    "description": "Options; other members give equal-named fields their values,"
    " as the fields of a form do",
    "content": {
        "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
        "multipart/form-data": {"schema": {"type": "object"}},
        "application/x-ndjson": {"schema": {"type": "array", "items": {}}},
        "text/plain": {"schema": _TEXT},
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {
                    where.name: option.schema if option.name != "error" else {}
                    for option in OPTIONS
                    for where in option.places
                    if where.place is Place.BODY
                },
            }
        },
    },
}


def parameters_of(*options: Option[Any], **more: Json) -> tuple[Json, ...]:
    """A parameter object, with ``more`` members, for every place of the options."""
    return tuple(
        {**_parameter(where, option.summary, option.schema), **more}
        for option in options
        for where in option.places
    )


def mock_parameters(limits: Limits, addresses: Addresses) -> tuple[Json, ...]:
    """The query parameters and headers of the mock endpoints.

    Each option's description ends in a link to a request that shows it at work.
    """
    found: list[Json] = [
        _parameter(
            where,
            f"{option.summary}. {try_option(option.name, addresses)}",
            _limited(option, limits),
        )
        for option in OPTIONS
        for where in option.places
        if where.place in _PLACE_NAMES
    ]
    found += [
        _parameter(where, f"{what} of the simulated error", _TEXT)
        for texts in ERROR_TEXTS.values()
        for where, what in zip(texts, ("message", "details"), strict=True)
    ]
    return tuple(found)


def _parameter(
    where: Where, summary: str, schema: Mapping[str, Json]
) -> dict[str, Json]:
    return {
        "name": where.name,
        "in": _PLACE_NAMES[where.place],
        "description": summary[0].upper() + summary[1:],
        "schema": schema,
    }


def _limited(option: Option[Any], limits: Limits) -> Mapping[str, Json]:
    """An option's schema under the configured limits, as text may carry it."""
    if option.name == "count":
        return {**option.schema, "maximum": limits.max_items}
    if option.name == "backend":
        return {**option.schema, "enum": list(limits.backends)}
    if option.name == "shape":
        return {"type": "string", "contentMediaType": "application/json"}
    return option.schema
