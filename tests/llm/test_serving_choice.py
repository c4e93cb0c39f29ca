"""Two real models: each gets its share, or what is meant for it by name."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Callable

import pytest

from tests.llm.model_server import ModelServer
from tests.llm.service import (
    SHORT_PROMPTS,
    Client,
    backend,
    integers,
    record,
    service,
    target,
)
from tests.system.server import Server

pytestmark = [pytest.mark.needs_llm, pytest.mark.timeout(300)]

NUMBER = record(number=integers(0, 9_999_999))


def delivered(server: Server) -> dict[str, int]:
    """How many values each backend has made, by what the service counts."""
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=10) as response:
        text = response.read().decode()
    found = re.findall(
        r'^llmock_generation_seconds_count\{backend="(.*?)"\} (\S+)', text, re.M
    )
    return {name: int(float(count)) for name, count in found}


def test_requests_are_shared_by_weight_and_a_named_backend_has_its_own(
    model: ModelServer, start_model: Callable[[], ModelServer]
) -> None:
    heavy, light = model, start_model()
    backends = backend("heavy", heavy, Weight=3), backend("light", light)
    with service(*backends, **SHORT_PROMPTS) as server:
        for _ in range(8):
            options = {"sseMode": "CompleteObjects", "shape": NUMBER}
            Client(server, target(**options)).all_events()

        assert delivered(server) == {"heavy": 6, "light": 2}

        before = heavy.metric("tokens_predicted_total")
        assert before > light.metric("tokens_predicted_total") > 0
        client = Client(
            server,
            target(continuous="true", interval=100, maxDuration=0, **options),
            headers={"X-LLM-Backend": "Light"},
        )
        client.wait_for_batches(4)
        client.leave()

        assert delivered(server)["heavy"] == 6
        assert delivered(server)["light"] >= 2 + 4
        assert heavy.metric("tokens_predicted_total") == before
