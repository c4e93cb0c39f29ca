"""An operation that is not served is told wherever somebody may look for it."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.router.served import MAX_TOLD
from app.settings import load_settings
from tests.system.server import ROOT, environment

_SERVED = "{responses: {'200': {description: A}}}"
_BROKEN = "{responses: {'200': {$ref: '#/components/responses/None'}}}"
_MISSPELT = (
    "{x-llmock: {Intervall: 300}, responses: {'200': {description: A, content:"
    " {text/event-stream: {schema: {type: string}}}}}}"
)


def write(folder: Path, *operations: str) -> Path:
    """A description with ``/good`` and each operation, as ``/bad0`` and so on."""
    lines = ["openapi: 3.1.0", "info: {title: A, version: '1'}"]
    lines += ["servers: [{url: /v1}]", "paths:", f"  /good: {{get: {_SERVED}}}"]
    lines += [f"  /bad{i}/{{id}}: {{get: {text}}}" for i, text in enumerate(operations)]
    file = folder / "some.yaml"
    file.write_text("\n".join(lines))
    return file


def serving(file: Path) -> FlaskClient:
    """A client of the operations of ``file``."""
    settings = load_settings(None, {"LLMOCK_SPECS": str(file)})
    return create_app(settings).test_client()


def test_a_check_warns_of_each_operation_that_is_not_served(tmp_path: Path) -> None:
    file = write(tmp_path, _BROKEN, _MISSPELT)
    said = subprocess.run(
        [sys.executable, "-m", "app", "check", "--spec", file],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.returncode == 0, said.stderr
    first, second = said.stderr.splitlines()
    assert first.startswith("warning: the description some: GET /bad0/{id} is not")
    assert "(at /components/responses/None)" in first
    assert "did you mean IntervalMs?" in second
    assert "(at /paths/~1bad1~1{id}/get/x-llmock/Intervall)" in second
    assert "the configuration can be served" in said.stdout


def test_a_start_warns_of_a_number_of_them_and_counts_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = serving(write(tmp_path, *[_BROKEN] * (MAX_TOLD + 3)))
    descriptions = client.application.extensions["llmock"].descriptions
    with caplog.at_level(logging.WARNING):
        descriptions.start()
        descriptions.close()
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == MAX_TOLD + 1
    assert told[-1] == "the description some: and 3 more"


@pytest.mark.parametrize(
    ("method", "path", "status", "is_told"),
    [
        ("GET", "/v1/bad0/7", 404, True),
        ("POST", "/v1/bad0/7", 404, False),
        ("GET", "/v1/bad1/7", 404, False),
        ("GET", "/bad0", 404, False),
        ("GET", "/v1/good", 200, False),
    ],
)
def test_a_request_to_one_is_told_why_it_is_not_served(
    tmp_path: Path, method: str, path: str, status: int, is_told: bool
) -> None:
    answer = serving(write(tmp_path, _BROKEN)).open(path, method=method)
    assert answer.status_code == status
    is_said = "GET /bad0/{id} of the description some is not served: " in answer.text
    assert is_said == is_told
