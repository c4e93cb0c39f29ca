"""The texts that records begin with: names, identifiers, constants.

The first records have the examples. Others go on as these began (``s1``, ``s2``),
keep them where they are constants, or get texts of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ...resources.inflection import words
from ..fields.parts import Part, TextRole
from ..fields.places import Place
from ..fields.roles import KEPT
from ..fields.survey import Survey
from ..fields.text_kinds import LABEL
from ..values.census import Census
from ..values.identifiers import other_digits, series
from ..values.makers import MAKERS, Maker, label
from ..values.sentences import sentences
from ..values.state import RENEW, Draft, State

#: Makes a text when a record starts.
Beginning: TypeAlias = Callable[[State, Draft], str]

#: Makers whose texts go on from an example as its numbers do.
_IN_SERIES = frozenset(
    "identifier digest name label username hostname url image ipv4 ipv6 mac slug"
    " product device room service file".split()
)
#: Makers whose texts look like any example, so that new records need not keep it.
_IN_ANY_FORM = frozenset(
    "full_name first_name last_name email phone job city country country_code state"
    " state_code street address postcode timezone company product team ticker"
    " ticker_name work place".split()
)
#: Makers that are used with an example, too.
_AS_THEY_ARE = frozenset("device digest ipv4 ipv6 mac room route service team".split())
#: Makers of which new records have texts of their own.
_NAMED_ANEW = frozenset({"name", "username", "slug", "route"})
#: Makers of numbers of which only the last digits differ.
_NUMBERS = frozenset({"phone", "postcode"})
#: Entities besides the examples to which new records refer.
_OTHERS = 3
#: Words of names that tell the people of one record apart.
_PEOPLE = frozenset("""
    agent approver assignee author away buyer creator customer doctor driver from
    guest home host manager owner passenger patient recipient reporter requester
    reviewer rider seller sender to
    """.split())


def goes_on(role: TextRole, examples: tuple[str, ...]) -> bool:
    """Whether the last example is an identifier with a following one."""
    is_identifier = role.make in ("identifier", "digest")
    return is_identifier and bool(examples) and series(examples[-1]) is not None


def beginning(
    place: Place,
    role: TextRole,
    examples: tuple[str, ...],
    census: Census,
    survey: Survey,
) -> Beginning:
    """The text of a record, by its position among the others."""
    make = role.make
    following = series(examples[-1]) if examples and make in _IN_SERIES else None
    maker = _maker(place, role, examples)
    known = len(examples)
    if place.fresh and make in _IN_ANY_FORM and following is None:
        known = 0
    is_key = place.is_own_id or place.path in survey.keys
    is_reference = place.fresh and role.part is not Part.CONTENT and not is_key
    if place.fresh:
        is_varied = make in _NAMED_ANEW
    else:
        is_varied = place.is_entity and _is_name_like(role, examples)

    def begin(state: State, draft: Draft) -> str:
        position = draft.position
        if is_reference and known:
            position = int(state.random() * (known + _OTHERS))
        if position < known:
            return examples[position]
        if following is not None:
            return following(state.random, state.now_ms, position - known + 1)
        if known and not is_varied and state.restless < RENEW:
            return examples[position % known]
        return maker(state, draft, census)

    return begin


def _is_name_like(role: TextRole, examples: tuple[str, ...]) -> bool:
    """Whether several entities have each another text here."""
    if role.make in (KEPT, LABEL.make) or not examples:
        return role is LABEL and len(words(examples[0])) > 1
    return True


def _maker(place: Place, role: TextRole, examples: tuple[str, ...]) -> Maker:
    """What makes the texts of records for which there is no example."""
    make, market = role.make, place.market
    if make in ("sentence", "title"):
        write = sentences(place.name, f"{place.subject} {place.owner}")
        return lambda state, draft, census: write(state, census, draft.position % 2)
    if market is not None and make == "ticker":
        return lambda state, draft, census: market.listing(draft.position).symbol
    if market is not None and make in ("ticker_name", "company"):
        return lambda state, draft, census: market.listing(draft.position).asset.name
    if examples and make in _NUMBERS:
        digits = other_digits(examples[0])
        return lambda state, draft, census: digits(state.random)
    if examples and make not in _IN_ANY_FORM and make not in _AS_THEY_ARE:
        return label(examples[0])
    maker = MAKERS.get(make) or label("word")
    who = next((word for word in words(place.name) if word in _PEOPLE), None)
    return maker if who is None else _about(who, maker)


def _about(who: str, maker: Maker) -> Maker:
    """``maker`` for one of several people that a record names."""

    def make(state: State, draft: Draft, census: Census) -> str:
        if draft.others is None:
            draft.others = {}
        if who not in draft.others:
            draft.others[who] = Draft(draft.position, draft, None)
        return maker(state, draft.others[who], census)

    return make
