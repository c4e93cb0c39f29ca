"""Requests of a hub's clients that meet a worker which does not have them."""

from __future__ import annotations

from collections.abc import Iterator

import gevent
import pytest
from flask.testing import FlaskClient

from app import create_app
from app.bootstrap import Services
from app.cluster.colleagues import Colleagues
from app.cluster.hub_clients import HubClients
from app.streams.clock import SystemClock
from tests.unit.fake_exchange import FakeEngine, FakeExchange
from tests.unit.fakes import FakeSource, fake_services
from tests.unit.hub_client import HANDSHAKE, PollingClient


def worker(engine: FakeEngine) -> tuple[Services, Colleagues]:
    """A worker that others can ask."""
    services = fake_services(FakeSource(lambda number: {"n": number}))
    services.hub.tokens.secret = b"shared"
    clock = SystemClock()
    colleagues = Colleagues(
        FakeExchange(engine), clock=clock, counts=services.streams.counts
    )
    clients = HubClients(services.hub, services.hub_contexts.groups, colleagues, clock)
    object.__setattr__(services, "hub_clients", clients)
    colleagues.start()
    return services, colleagues


class Workers:
    """Two workers; every request meets the one after the last."""

    def __init__(self, services: list[Services]) -> None:
        self.services = services
        self._clients = [
            create_app(services=each).test_client() for each in self.services
        ]
        self._next = 0

    def __getattr__(self, method: str) -> object:
        self._next += 1
        return getattr(self._clients[self._next % 2], method)


@pytest.fixture
def workers() -> Iterator[Workers]:
    engine = FakeEngine()
    made = [worker(engine) for _ in range(2)]
    while len(engine.present) < 2:
        gevent.sleep(0.01)
    yield Workers([services for services, _ in made])
    for _, colleagues in made:
        colleagues.close()


@pytest.fixture
def hub(workers: Workers) -> PollingClient:
    return PollingClient(workers)  # type: ignore[arg-type]


def test_polls_and_messages_may_meet_any_worker(
    workers: Workers, hub: PollingClient
) -> None:
    assert hub.connect()["target"] == "Connected"
    for _ in range(3):
        assert hub.invoke("Get", "stocks")["result"] == {"n": 0}
    assert sum(len([*each.hub]) for each in workers.services) == 1


def test_the_end_is_told_by_any_worker(workers: Workers, hub: PollingClient) -> None:
    hub.connect()
    hub.post(b"nonsense\x1e")
    assert [message["type"] for message in hub.messages()] == [7]
    assert sum(len([*each.hub]) for each in workers.services) == 0


def test_a_client_may_leave_by_any_worker(workers: Workers, hub: PollingClient) -> None:
    hub.connect()
    owner = next(each for each in workers.services if [*each.hub])
    other = next(each for each in workers.services if each is not owner)
    client: FlaskClient = create_app(services=other).test_client()
    left = client.delete("/hub/mock", query_string={"id": hub.token})
    assert left.status_code == 202
    assert [*owner.hub] == []


def test_a_client_that_nobody_has_begins_where_it_asks(
    workers: Workers, hub: PollingClient
) -> None:
    assert hub.post(HANDSHAKE) == 200
    assert hub.post(b'{"type":6}\x1e') == 200
    assert sum(len([*each.hub]) for each in workers.services) == 1
