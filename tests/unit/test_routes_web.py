"""Routes as a client meets them: what is refused, and that what is not serves."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.settings import Settings


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Settings()).test_client()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/docs/../docs", "/static/nothing.js", "/api/manage/nothing"]
)
def test_a_path_below_the_services_own_that_is_not_there_is_a_404(
    client: FlaskClient, method: str, path: str
) -> None:
    answer = client.open(path, method=method, json={})
    assert answer.status_code in (404, 405)
    assert "nearest" not in (answer.get_json(silent=True) or {})
