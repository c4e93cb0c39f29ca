"""Streams on the console's page, in Chromium and Firefox, from real gunicorn."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.browser.browsers import Browser
from tests.browser.page import Console, Panel
from tests.system.proxy import Proxy, free_port, proxied
from tests.system.server import Server, serve
from tests.upstream.scripted import ScriptedUpstream, refuses, says

FEED = "stocks/AAPL?continuous=true&sseMode=CompleteObjects"
FAST = f"{FEED}&interval=100"

#: What the server view's own stream does.
OVERVIEW = "document.querySelector('[data-part=overviewState]').dataset.state"

#: Each preset, how many panels it opens, and where its data has to be seen.
PRESETS = [
    ("Stock dashboard", 4, ".values tbody tr"),
    ("IoT rooms", 1, ".items tbody tr"),
    ("Log viewer", 1, ".log .line"),
    ("Chat tokens", 1, ".speech-text"),
    ("Notifications", 1, ".values tbody tr"),
    ("One answer", 1, ".items tbody tr"),
]


@pytest.mark.parametrize(("name", "panels", "place"), PRESETS)
def test_a_preset_reaches_data_in_one_click(
    console: Console, name: str, panels: int, place: str
) -> None:
    console.open().preset(name)
    assert console.panels == panels
    for number in range(panels):
        panel = console.panel(number)
        panel.until("panel.querySelector(more[0])?.textContent.length > 4", place)


def test_every_numeric_field_has_a_chart_that_moves(console: Console) -> None:
    shape = '{"price":150.5,"name":"string","deep":{"volume":3}}'
    panel = console.open(f"{FAST}&shape={quote(shape)}").panel()
    panel.until("panel.querySelectorAll('.chart').length === 2")
    fields = panel.run(
        "return [...panel.querySelectorAll('.chart')]"
        ".map(({ dataset }) => dataset.field)"
    )
    assert fields == ["price", "deep.volume"]
    before = drawn(panel)
    panel.until("Number(panel.querySelector('.chart').dataset.points) > 12")
    after = drawn(panel)
    assert before != after and len(set(after)) > 1


def drawn(panel: Panel) -> list[int]:
    """How many pixels of each column of the first chart are not empty."""
    panel.until("panel.querySelector('.chart canvas')?.width > 0")
    columns = panel.run("""
        const canvas = panel.querySelector('.chart canvas');
        const { width, height } = canvas;
        const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
        return Array.from({ length: width }, (_, x) => Array.from({ length: height })
          .filter((_, y) => pixels[(y * width + x) * 4 + 3] > 128).length);""")
    return list(columns)


def test_elements_of_a_batch_are_lines_of_one_chart(console: Console) -> None:
    console.open().preset("IoT rooms")
    panel = console.panel()
    panel.until("panel.querySelectorAll('.chart').length === 2")
    keys = panel.until(
        "panel.querySelector('.chart-keys').children.length === 3 &&"
        "panel.querySelector('.chart-keys').textContent"
    )
    assert keys == "living-roomkitchenbedroom"


def test_figures_hold_what_came(console: Console) -> None:
    panel = console.open(FAST).panel().wait_for_events(30)
    panel.until("panel.querySelector('[data-part=gaps]').textContent !== '–'")
    middle, most, interval = map(int, re.findall(r"\d+", panel.part("gaps")))
    assert 80 <= middle <= 120 and most >= middle and interval == 100
    panel.until(
        "Math.abs(Number(panel.querySelector('[data-part=rate]').textContent) - 10) < 2"
    )
    assert re.search(r"-\d+$", panel.part("lastId"))


def test_tokens_grow_batch_by_batch(console: Console) -> None:
    panel = console.open("chat?continuous=true&interval=300&sseMode=LlmTokens").panel()
    panel.until("panel.querySelectorAll('.speech-batch').length >= 3")
    texts = panel.run(
        "return [...panel.querySelectorAll('.speech-text')]"
        ".map(({ textContent }) => textContent)"
    )
    assert isinstance(json.loads(texts[0]), dict)
    assert panel.part("gaps") != "–"


def test_stopping_here_closes_the_client_and_frees_the_server(
    console: Console, server: Server
) -> None:
    panel = console.open(FAST).panel().wait_for_events(3)
    assert open_streams(server) == 1
    panel.click("toggle")
    panel.wait_for("stopped")
    wait_for_streams(console, server, 0)
    assert panel.part("toggle") == "Start"


def test_stopping_on_the_server_brings_the_end_event(
    console: Console, server: Server
) -> None:
    panel = console.open(FAST).panel().wait_for_events(3)
    panel.click("stopServer")
    panel.wait_for("ended").wait_for_text("state", "Stopped")
    panel.wait_for_frame("end", '"reason":"stopped"')
    assert open_streams(server) == 0


def test_end_closes_and_does_not_reconnect(console: Console, server: Server) -> None:
    panel = console.open(f"{FAST}&maxDuration=1").panel()
    panel.wait_for("ended").wait_for_text("state", "Max duration reached")
    panel.wait_for_text("lastId", "-end")
    before = requests_so_far(server)
    # Longer than `retry`, after which an EventSource would be back.
    console.until("performance.now() > arguments[0]", now(console) + 3000)
    assert requests_so_far(server) == before and panel.state == "ended"


def test_reconnecting_after_the_end_is_answered_204_or_anew(console: Console) -> None:
    panel = console.open(f"{FAST}&maxDuration=1").panel().wait_for("ended")
    panel.click("resume")
    panel.wait_for_text("state", "204")
    panel.click("restart")
    panel.wait_for("open").wait_for_events(14)


def test_a_cut_connection_is_retried_as_an_eventsource_would(console: Console) -> None:
    panel = console.open(FAST).panel().wait_for_events(5)
    panel.click("drop")
    panel.wait_for("retrying")
    note = panel.wait_for_frame("Again in 2000 ms, with Last-Event-ID: ")
    panel.wait_for_text("lastId", note.rsplit("-", 1)[1])
    panel.wait_for("open")


def test_a_restart_of_the_server_is_survived(browser: Browser) -> None:
    port = {"PORT": str(free_port())}
    with serve("MockLlmApi: {}", env=port) as first:
        panel = Console(browser, first.url).open(FEED, f"{FEED}&seed=7").panel(1)
        panel.wait_for_events(2)
    # A server that goes down ends its streams, and an END is final.
    panel.wait_for("ended").wait_for_text("state", "Server shutting down")
    panel.click("toggle")
    panel.wait_for("retrying").wait_for_text("noticeText", "cannot be reached")
    with serve("MockLlmApi: {}", env=port):
        panel.wait_for("open").wait_for_events(3)
        browser.open("about:blank")


def test_a_failed_batch_is_shown_and_the_stream_goes_on(browser: Browser) -> None:
    config = """
        MockLlmApi:
          EnableRetryPolicy: false
          LlmBackends:
            - {{Name: model, Provider: openai, BaseUrl: "{url}", ModelName: m}}
    """
    stream = f'{FEED}&interval=200&shape={quote("{"+chr(34)+"a"+chr(34)+":1}")}'
    answers = [says(f'{{"a": {number}}}') for number in range(60)]
    with ScriptedUpstream(refuses(500), *answers) as upstream:
        with serve(config.format(url=upstream.url)) as server:
            panel = Console(browser, server.url).open(stream).panel()
            panel.wait_for_text("failures", "One batch failed")
            panel.wait_for_events(4).wait_for("open")
            panel.wait_for_frame("error", '"type":"error"')
            browser.open("about:blank")


def test_a_link_brings_everything_back(console: Console, browser: Browser) -> None:
    console.open().preset("Log viewer")
    console.panel().click("rowsLatest")
    console.preset("IoT rooms")
    console.panel(1).click("tabFrames")
    console.fill("interval", "1234")
    link = str(console.run("return location.href"))
    browser.open(link)
    console.panel(1).wait_for("open")
    assert console.panels == 2 and console.value("interval") == "1234"
    assert str(console.run("return location.href")) == link
    pressed = console.run(
        "return [...document.querySelectorAll('.panel [aria-pressed=true]')]"
        ".map((each) => each.dataset.part)"
    )
    assert "tabFrames" in pressed and "rowsLatest" in pressed
    assert "rowsLog" not in pressed


HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


@pytest.mark.parametrize(
    ("mode", "place"),
    [
        ("CompleteObjects", ".values td"),
        ("ArrayItems", ".items td"),
        ("LlmTokens", ".speech-text"),
    ],
)
def test_markup_in_data_stays_text(console: Console, mode: str, place: str) -> None:
    member = {"type": "string", "const": HOSTILE}
    schema = {
        "type": "object",
        "properties": {"name": member, HOSTILE: {"type": "integer"}},
        "required": ["name", HOSTILE],
        "additionalProperties": False,
    }
    shape = {"type": "array", "items": schema, "minItems": 2}
    wanted = json.dumps(schema if mode == "CompleteObjects" else shape)
    feed = f"x?continuous=true&interval=200&sseMode={mode}&shape={quote(wanted)}"
    panel = console.open(feed).panel()
    panel.until(
        "[...panel.querySelectorAll(more[0])]"
        ".some(({ textContent }) => textContent.includes('<img src=x'))",
        place,
    )
    panel.wait_for_frame("<img")
    panel.run("panel.querySelector('.frame:last-child').click()")
    panel.click("tabLive")
    console.click("#composer [data-part=code]")
    console.until("document.querySelector('#code pre').textContent.length > 50")
    found = console.run(
        "return [document.querySelectorAll('main img, dialog img, main script').length,"
        " window.pwned ?? null]"
    )
    assert found == [0, None]


def test_the_six_connections_of_http_1_are_explained(console: Console) -> None:
    console.open(*[f"{FEED}&seed={number}" for number in range(7)])
    for number in range(6):
        console.panel(number).wait_for("open")
    waiting = console.panel(6).wait_for("waiting")
    waiting.wait_for_text("noticeText", "at most six connections")
    console.panel(2).click("toggle")
    waiting.wait_for("open").wait_for_events(2)


def test_with_all_connections_taken_a_stream_can_still_be_stopped_on_the_server(
    console: Console, server: Server
) -> None:
    console.open(*[f"{FEED}&seed={number}" for number in range(6)])
    for number in range(6):
        console.panel(number).wait_for("open")
    console.panel(5).click("stopServer")
    console.panel(5).wait_for("stopped")
    wait_for_streams(console, server, 5)


def test_the_server_view_makes_way_for_streams(console: Console) -> None:
    console.open(*[f"{FEED}&seed={number}" for number in range(5)], view="server")
    console.until(f"{OVERVIEW} === 'open'")
    console.run("document.querySelector('#composer').requestSubmit()")
    console.panel(5).wait_for("open")
    console.until(f"{OVERVIEW} === 'waiting'")
    console.panel(0).click("toggle")
    console.until(f"{OVERVIEW} === 'open'")


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with proxied() as running:
        yield running


@pytest.mark.needs_nginx
def test_eight_streams_run_at_once_over_http_2(browser: Browser, proxy: Proxy) -> None:
    console = Console(browser, proxy.tls)
    console.open(*[f"{FAST}&seed={number}" for number in range(8)])
    for number in range(8):
        console.panel(number).wait_for("open").wait_for_events(10)
    protocol = "performance.getEntriesByType('navigation')[0].nextHopProtocol"
    assert console.run(f"return {protocol}") == "h2"
    browser.open("about:blank")


def now(console: Console) -> float:
    """The page's clock, in milliseconds."""
    return float(console.run("return performance.now()"))


def get(server: Server, path: str) -> str:
    with urllib.request.urlopen(server.url + path, timeout=5) as response:
        return str(response.read().decode())


def open_streams(server: Server) -> int:
    return int(json.loads(get(server, "/api/manage/streams"))["total"])


def wait_for_streams(console: Console, server: Server, count: int) -> None:
    end = now(console) + 5000
    while open_streams(server) != count:
        assert now(console) < end
    assert open_streams(server) == count


def requests_so_far(server: Server) -> int:
    """Streams that the server has ever opened, by its metrics."""
    metrics = get(server, "/metrics")
    found = re.findall(r"^llmock_streams_started_total.* (\d+)", metrics, re.M)
    return sum(map(int, found))
