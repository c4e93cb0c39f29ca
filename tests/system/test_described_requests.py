"""Requests made from a description: no fault, and no answer that contradicts it."""

from __future__ import annotations

import copy
import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.unit.described import DOCUMENT, serving

FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
CONFORMANCE = (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
#: What is refused where the description does not say how.
REFUSED = (401, 415, 422)


def described() -> dict[str, Any]:
    """The operations that are served, in a version that schemathesis reads."""
    document: dict[str, Any] = copy.deepcopy(DOCUMENT)
    document["openapi"] = "3.1.0"
    for path in ("/broken", "/docs"):
        del document["paths"][path]
    del document["paths"]["/lines"]["head"]
    return document


@pytest.mark.parametrize("mode", [*GenerationMode], ids=lambda mode: mode.value)
def test_requests_made_from_a_description_are_answered_as_it_says(
    mode: GenerationMode, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    document = described()
    client = serving(tmp_path, yaml.safe_dump(document), ValidateRequests=True)
    description = schemathesis.openapi.from_dict(document)
    description.app = client.application.wsgi_app
    answered: set[int] = set()

    def check(case: Any) -> None:
        response = case.call(headers={"Prefer": "dynamic=true"})
        assert response.status_code < 500
        answered.add(response.status_code)
        if response.status_code in REFUSED:
            assert response.json()["violations"]
        else:
            case.validate_response(response, checks=CONFORMANCE)
        if mode is GenerationMode.NEGATIVE:
            case.validate_response(response, checks=(negative_data_rejection,))

    for found in description.get_all_operations():
        strategy = found.ok().as_strategy(generation_mode=mode)
        with suppress(Unsatisfiable):  # without a parameter, none can be wrong
            FEW(given(strategy)(check))()
    assert answered & ({200, 204} if mode is GenerationMode.POSITIVE else {422})
    assert [each for each in caplog.records if each.levelno > logging.INFO] == []
