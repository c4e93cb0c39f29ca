"""Model servers that are killed in the middle of continuous streams."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import jsonschema
import pytest

from tests.llm.model_server import ModelServer, model_server
from tests.llm.service import (
    KEY,
    MODES,
    PATIENCE_S,
    SHORT_PROMPTS,
    Client,
    backend,
    integers,
    record,
    service,
    status,
    target,
)
from tests.system.server import Server
from tests.system.wire import get_json, wait_until

pytestmark = [pytest.mark.needs_llm, pytest.mark.timeout(300)]

INTERVAL_S = 0.5

#: A short answer, no two alike.
NUMBERS = record(
    numbers={
        "type": "array",
        "items": integers(1_000, 9_999_999),
        "minItems": 1,
        "maxItems": 1,
    }
)

#: How many times slower than a moment ago a busy machine may be.
NOISE = 4


def stream(server: Server, mode: str, **options: object) -> Client:
    return Client(
        server,
        target(
            continuous="true",
            interval=round(INTERVAL_S * 1000),
            maxDuration=0,
            sseMode=mode,
            shape=NUMBERS,
            **options,
        ),
    )


def wait_for_more(clients: list[Client], number: int) -> None:
    """Wait until each stream has got that many batches from now on."""
    wanted = [len(client.batches()) + number for client in clients]
    for client, batches in zip(clients, wanted):
        client.wait_for_batches(batches)


def assert_all_fit(client: Client) -> None:
    for value in client.batches():
        # In ArrayItems mode the elements come without what is around them.
        whole = {"numbers": value} if isinstance(value, list) else value
        jsonschema.validate(whole, NUMBERS)


def test_streams_go_on_when_one_of_two_servers_is_killed(
    model: ModelServer, start_model: Callable[[], ModelServer]
) -> None:
    """After the kill there is no silence longer than interval and generation.

    The generation is the slowest that was seen while the server that lives on
    served the same streams alone. What the killed one was working on is begun
    anew, so that time is counted from the kill. Only tokens that were sent
    cannot be taken back: that batch, and no other, ends in an error event.
    """
    doomed = start_model()
    backends = backend("doomed", doomed), backend("living", model)
    with service(*backends, **SHORT_PROMPTS) as server:
        alone = [stream(server, mode, backend="living") for mode in MODES]
        wait_for_more(alone, 2)
        generation_s = max(client.longest_silence() for client in alone)
        for client in alone:
            client.leave()

        clients = [stream(server, mode) for mode in MODES]
        wait_for_more(clients, 1)
        wait_until(lambda: doomed.busy_slots() > 0, PATIENCE_S)
        doomed.kill()
        killed_at = time.monotonic()
        wait_for_more(clients, 2)

        allowed_s = INTERVAL_S + NOISE * generation_s
        for mode, client in zip(MODES, clients):
            assert client.longest_silence(since=killed_at) < allowed_s, mode
            assert len(client.errors()) <= (mode == "LlmTokens"), client.errors()
            assert_all_fit(client)
            client.leave()
        assert status(server, "doomed")["failures"] > 0
        assert status(server, "living")["failures"] == 0


@dataclass
class Aftermath:
    """A service whose models were killed while they served these clients."""

    server: Server
    clients: list[Client]
    killed_at: float


@pytest.fixture(scope="module")
def aftermath() -> Iterator[Aftermath]:
    with ExitStack() as stack:
        models = [stack.enter_context(model_server()) for _ in "ab"]
        server = stack.enter_context(
            service(
                *(backend(f"model-{n}", each) for n, each in enumerate(models)),
                {"Name": "spare", "Provider": "embedded", "Priority": -1},
                **SHORT_PROMPTS,
                CircuitBreakerFailureThreshold=2,
                LogLevel="debug",
                RetryBaseDelaySeconds=0.1,
            )
        )
        clients = [stream(server, mode) for mode in MODES]
        wait_for_more(clients, 1)
        assert not {row["backend"] for row in streams(server)} & {"spare"}
        wait_until(lambda: any(each.busy_slots() for each in models), PATIENCE_S)
        for each in models:
            each.kill()
        killed_at = time.monotonic()
        wait_for_more(clients, 4)
        yield Aftermath(server, clients, killed_at)
        for client in clients:
            client.leave()


def streams(server: Server) -> list[dict[str, object]]:
    found: list[dict[str, object]] = get_json(server, "/api/manage/streams")["streams"]
    return found


def test_the_embedded_generator_serves_when_no_model_can(aftermath: Aftermath) -> None:
    """It takes no time: no silence is much longer than the interval."""
    for mode, client in zip(MODES, aftermath.clients):
        assert client.longest_silence(aftermath.killed_at) < INTERVAL_S + 1.5, mode
        assert len(client.errors()) <= (mode == "LlmTokens"), client.errors()
        assert_all_fit(client)
    assert {row["backend"] for row in streams(aftermath.server)} == {"spare"}


def test_the_breakers_of_dead_servers_are_open(aftermath: Aftermath) -> None:
    for name in ("model-0", "model-1"):
        found = status(aftermath.server, name)
        assert (found["breaker"], found["inFlight"]) == ("open", 0)
        assert found["failures"] >= 2


def test_a_dead_server_that_is_asked_for_by_name_is_unavailable(
    aftermath: Aftermath,
) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        get_json(aftermath.server, "/api/mock/readings?backend=model-0")

    assert caught.value.code == 503
    assert 1 <= int(caught.value.headers["Retry-After"]) <= 30
    assert KEY not in caught.value.read().decode()


def test_a_continuous_stream_from_a_dead_server_says_so(aftermath: Aftermath) -> None:
    client = stream(aftermath.server, "CompleteObjects", backend="model-0")
    wait_until(lambda: bool(client.errors()), 10)
    client.leave()

    error = client.errors()[0]
    assert (error["type"], error["eventCount"]) == ("error", 0)
    assert re.fullmatch(r"LLM unavailable for another \d+ s", error["message"])


@pytest.mark.parametrize(
    "path", ["api/manage/backends", "api/manage/streams", "metrics", "", "openapi.json"]
)
def test_no_page_shows_a_key(aftermath: Aftermath, path: str) -> None:
    address = f"{aftermath.server.url}/{path}"
    with urllib.request.urlopen(address, timeout=10) as response:
        assert KEY not in response.read().decode()


def test_neither_events_nor_the_log_show_a_key(aftermath: Aftermath) -> None:
    assert "backend model-0: " in aftermath.server.log()
    assert KEY not in aftermath.server.log()
    assert KEY not in repr([client.events for client in aftermath.clients])
