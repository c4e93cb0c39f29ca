from __future__ import annotations

from typing import Any

import pytest

from app.llm.prompts.schemas import wanted_schema
from app.llm.response_format import response_format
from app.schema.shapes import make_shape

STOCK = {"ticker": "AAPL", "note": "string", "prices": [1.5]}


@pytest.mark.parametrize("strict_subset", [True, False])
def test_an_example_is_asked_for_strictly_everywhere(strict_subset: bool) -> None:
    schema: Any = wanted_schema(make_shape(STOCK), None)
    asked: Any = response_format(schema, strict_subset=strict_subset)
    assert asked["json_schema"]["strict"]
    properties = asked["json_schema"]["schema"]["properties"]
    assert properties["ticker"] == {"type": "string", "pattern": "^[A-Z]{2,5}$"}
    assert ("maxLength" in properties["note"]) is not strict_subset
    assert "examples" not in properties["prices"]
