"""The one way through the schemas that a schema holds."""

from __future__ import annotations

from app.schema.keywords import DATA, LISTED, NAMED, SINGLE, inside, parts

INNER = {"type": "null"}


def test_every_keyword_that_holds_schemas_is_walked() -> None:
    schema = {
        **dict.fromkeys(SINGLE, INNER),
        **dict.fromkeys(LISTED, [INNER, INNER]),
        **dict.fromkeys(NAMED, {"a": INNER}),
    }
    found = list(parts(schema))
    assert {keyword for keyword, _ in found} == SINGLE | LISTED | NAMED
    assert len(found) == len(SINGLE) + 2 * len(LISTED) + len(NAMED)
    assert all(part is INNER for _, part in found)


def test_data_is_no_schema_however_it_looks() -> None:
    assert not list(parts(dict.fromkeys(DATA, {"type": "object"})))


def test_the_items_of_old_drafts_may_be_a_list() -> None:
    assert inside("items", [1, 2], lambda part: part + 1) == [2, 3]


def test_true_and_false_hold_nothing() -> None:
    assert not list(parts(True))
