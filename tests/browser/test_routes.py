"""The routes view: writing a route, trying it, taking it away."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from app.settings.files import read_document
from tests.browser.browsers import Chromium
from tests.browser.page import STREAM, Console
from tests.browser.test_modules import JSON_VALUES
from tests.system.proxy import proxied
from tests.system.server import Server, serve

pytestmark = pytest.mark.needs_chromium

CONFIGURED = """
MockLlmApi:
  Routes:
    - Path: /v1/orders/{id}
      Name: order
      Methods: [POST]
      Match:
        Query: {full: "yes"}
        Headers: {Authorization: {Matches: "Bearer .+"}}
        Body: {total: 59.0}
      Body: {order: "{{path.id}}", sum: 59.0}
"""

PRICES = """{
  "Path": "/v1/prices/{symbol}/stream",
  "Name": "prices",
  "Stream": {
    "IntervalMs": 100,
    "Events": [{"Event": "price", "Shape": {"symbol": "AAPL", "price": 189.0}}]
  }
}"""


@pytest.fixture(scope="module")
def routes_server() -> Iterator[Server]:
    """A server with one route in its configuration."""
    with serve(CONFIGURED) as running:
        yield running


class View(Protocol):
    """Opens the routes view and waits for its rows."""

    def __call__(self, *names: str) -> Console:
        """``names`` are those of the routes, without any the configured one's."""


@pytest.fixture
def view(chromium_browser: Chromium, routes_server: Server) -> Iterator[View]:
    """How to open the routes view; no route that a test makes outlives it."""

    def open_view(*names: str) -> Console:
        console = Console(chromium_browser, routes_server.url).open(view="routes")
        wait_for_rows(console, *(names or ["order"]))
        return console

    yield open_view
    chromium_browser.open("about:blank")
    manage(routes_server, "DELETE", "?all=true")


def manage(server: Server, method: str, path: str = "", body: str | None = None) -> Any:
    """What a management request for routes answers."""
    request = urllib.request.Request(
        f"{server.url}/api/manage/routes{path}",
        data=None if body is None else body.encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request) as response:
        text = response.read()
    return json.loads(text) if text else None


def names(console: Console) -> list[str]:
    """The names in the table, from its top."""
    found = console.run(
        "return [...document.querySelectorAll('[data-part=routeTable] tbody th')]"
        ".map((cell) => cell.textContent)"
    )
    return list(found)


def wait_for_rows(console: Console, *wanted: str) -> None:
    """Wait until the table has the routes of these names and no others."""
    console.until(
        "[...document.querySelectorAll('[data-part=routeTable] tbody th')]"
        ".map((cell) => cell.textContent).join() === arguments[0]",
        ",".join(wanted),
    )


def write(console: Console, text: str) -> None:
    """Put a text into the editor, as typing does."""
    console.run(
        """const field = document.getElementById('route');
        field.value = arguments[0];
        field.dispatchEvent(new Event('input', { bubbles: true }));""",
        text,
    )


def written(console: Console) -> str:
    """The text in the editor."""
    return str(console.run("return document.getElementById('route').value"))


def save(console: Console) -> None:
    console.click("#route-editor [type=submit]")


def wait_for_text(console: Console, selector: str, text: str) -> str:
    """Wait until an element is seen with a text, and return all of its text."""
    found = "document.querySelector(arguments[0])"
    return str(
        console.until(
            f"{found}?.checkVisibility() && {found}.textContent.includes(arguments[1])"
            f" && {found}.textContent",
            selector,
            text,
        )
    )


def frames(console: Console) -> list[list[str]]:
    """Kind, id and text of each frame that came."""
    found = console.run(
        "return [...document.querySelectorAll('#route-trial .frame')].map((row) =>"
        " [...row.children].slice(1).map((cell) => cell.textContent))"
    )
    return list(found)


def wait_for_frames(console: Console, kind: str, count: int = 1) -> list[list[str]]:
    """Wait for frames of a kind, and return those that are shown."""
    console.until(
        "[...document.querySelectorAll('#route-trial .frame-kind')]"
        ".filter((cell) => cell.textContent === arguments[0]).length >= arguments[1]",
        kind,
        count,
    )
    return [frame for frame in frames(console) if frame[0] == kind]


# -- by keyboard ----------------------------------------------------------------


class Keyboard:
    """A pair of hands that never touch a mouse."""

    def __init__(self, console: Console, browser: Chromium) -> None:
        self._console = console
        self._driver = browser.driver

    def press(self, *keys: str) -> None:
        for key in keys:
            ActionChains(self._driver).send_keys(key).perform()

    def tab_to(self, selector: str, *, back: bool = False) -> None:
        """Press Tab until an element has the focus."""
        for _ in range(60):
            if self._has_focus(selector):
                return
            keys = ActionChains(self._driver)
            if back:
                keys = keys.key_down(Keys.SHIFT)
            keys = keys.send_keys(Keys.TAB)
            (keys.key_up(Keys.SHIFT) if back else keys).perform()
        raise AssertionError(f"Tab never comes to {selector}")

    def wait_for_focus(self, selector: str) -> None:
        self._console.until("document.activeElement.matches(arguments[0])", selector)

    def replace(self, text: str) -> None:
        """Type over everything in the field with the focus."""
        keys = ActionChains(self._driver)
        keys.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
        self.press(text)

    def submit(self) -> None:
        keys = ActionChains(self._driver)
        keys.key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()

    def _has_focus(self, selector: str) -> bool:
        return bool(
            self._console.run(
                "return document.activeElement.matches(arguments[0])", selector
            )
        )


def test_a_route_is_made_tried_edited_and_deleted_by_keyboard(
    view: View, chromium_browser: Chromium, routes_server: Server
) -> None:
    console = view()
    keyboard = Keyboard(console, chromium_browser)

    keyboard.tab_to("#route")
    keyboard.replace(PRICES.replace("\n", "").replace("  ", ""))
    keyboard.submit()
    wait_for_rows(console, "prices", "order")
    wait_for_text(console, "[data-part=said]", "Saved: prices")

    keyboard.tab_to("[aria-label='Try prices']", back=True)
    keyboard.press(Keys.ENTER)
    keyboard.wait_for_focus("#route-trial [data-part=send]")
    event = wait_for_frames(console, "price", 2)[0]
    assert '"symbol":"AAPL"' in event[2]
    keyboard.press(Keys.SPACE)
    wait_for_text(console, "#route-trial [data-part=state]", "stopped")

    keyboard.tab_to("[aria-label='Edit prices']", back=True)
    keyboard.press(Keys.ENTER)
    keyboard.wait_for_focus("#route")
    keyboard.replace('{"Path":"/v2/prices","Shape":{"price":1.0}}')
    keyboard.submit()
    wait_for_text(console, "[data-part=routeTable] tbody tr:first-child", "/v2/prices")
    assert manage(routes_server, "GET", "/prices")["path"] == "/v2/prices"

    keyboard.tab_to("[aria-label='Delete prices']", back=True)
    keyboard.press(Keys.ENTER)
    wait_for_rows(console, "order")
    keyboard.wait_for_focus("[data-part=routeUndo]")
    keyboard.press(Keys.ENTER)
    wait_for_rows(console, "prices", "order")
    assert manage(routes_server, "GET", "/prices")["route"]["Shape"] == {"price": 1.0}


# -- elsewhere ------------------------------------------------------------------


def test_the_console_works_where_the_service_has_moved(
    chromium_browser: Chromium,
) -> None:
    config = "MockLlmApi: {BasePath: /mock, ServicePath: /__llmock}"
    with serve(config, service="/__llmock") as server:
        console = Console(chromium_browser, f"{server.url}/__llmock")
        console.open(view="routes")
        wait_for_text(console, "[data-part=routeTable] tfoot", "No route is in force")
        write(console, '{"Path": "/docs", "Name": "mine", "Body": "mine"}')
        save(console)
        wait_for_rows(console, "mine")
        with urllib.request.urlopen(f"{server.url}/docs") as answer:
            assert answer.read() == b"mine"

        console.click("#show-streams")
        assert console.value("url").startswith("/mock/stream/stocks?")
        console.click("#composer [data-part=start]")
        console.panel().wait_for("open")

        console.click("#show-server")
        console.until(
            "document.querySelectorAll('[data-part=streamTable] tbody tr').length === 1"
        )
        chromium_browser.open(f"{server.url}/__llmock/docs")
        console.until("document.querySelector('.opblock-tag')", patience=20)
        chromium_browser.open("about:blank")


# -- writing --------------------------------------------------------------------

#: A broken route, what is marked in it, and a part of what is said about it.
BROKEN = [
    ('{"Pat": "/x"}', '"Pat": "/x"', "did you mean Path?"),
    ('{"Path": "x"}', '"Path": "x"', "does not begin with a slash"),
    ('{"Path": "/x", "Status": "much"}', '"Status": "much"', "an integer"),
    ('{"path": "/x", "methods": ["GET", "HEAD"]}', '"HEAD"', "not HEAD"),
    (
        '{"Path": "/x", "Stream": {"Events": [{"Shape": 1, "Data": {"a": 2}}]}}',
        '"Data"',
        "beside Shape",
    ),
    (
        '{"Path": "/x", "Match": {"Query": {"a/b~": {"Matches": "("}}}}',
        '"Matches": "("',
        "(",
    ),
    ('{"Path": "/x", "Body": "{{user.name}}"}', '"Body": "{{user.name}}"', "user"),
    ('{"Path": "/x", "Headers": {"Trailer": "x"}}', '"Trailer": "x"', "Headers"),
    ('[{"Path": "/x"}, {"Path": "/y", "Times": 0}]', '"Times": 0', "Times"),
    ("3", "3", "a mapping"),
    ('{"Path": "/a{b}{c}"}', '"Path": "/a{b}{c}"', "the segment a{b}{c}"),
    ('{"Path": "/{a*}/b"}', '"Path": "/{a*}/b"', "before its end"),
    ('{"Path": "/x?y=1"}', '"Path": "/x?y=1"', "Match.Query"),
    ('{"Path": "/x", "Name": "a b"}', '"Name": "a b"', "A-Z a-z 0-9"),
    ('{"Path": "/x", "Stream": []}', '"Stream"', "mapping"),
    (
        '{"Path": "/x", "Stream": {"Events": [{"Event": "a\\nb"}]}}',
        '"Event": "a\\nb"',
        "without CR, LF",
    ),
    (
        '{"Path": "/x", "Stream": {"Framing": "ndjson", "Events": [{"Event": "a"}]}}',
        '"Event": "a"',
        "sse",
    ),
    ('{"Path": "/x", "ShapeFile": "a.json"}', '"ShapeFile": "a.json"', "files"),
    ('{"Path": "/x", "Body": 1, "Stream": {}}', '"Body": 1', "beside Stream"),
    ('{"Path": "/x", "Schema": {"$ref": "#/x"}}', '"Schema"', "JSON Schema"),
]


@pytest.mark.parametrize(("text", "marked", "part"), BROKEN)
def test_a_broken_route_is_marked_where_it_is_broken_as_one_types(
    view: View, text: str, marked: str, part: str
) -> None:
    console = view()
    write(console, text)
    message = wait_for_text(console, "#route-error", "Line 1, column")
    assert part in message
    mark = "document.querySelector('#route-editor mark').textContent"
    assert console.run(f"return {mark}") == marked
    column = text.index(marked) + 1
    assert message.startswith(f"Line 1, column {column}:")
    write(console, '{"Path": "/x"}')
    console.until("!document.querySelector('#route-editor mark')")


def test_saving_a_broken_route_puts_the_caret_at_the_place_and_changes_nothing(
    view: View, routes_server: Server
) -> None:
    manage(routes_server, "POST", body=PRICES)
    console = view("prices", "order")
    console.click("[aria-label='Edit prices']")
    console.until("document.activeElement.id === 'route'")
    broken = written(console).replace("100", '"soon"')
    write(console, broken)
    console.run("document.getElementById('theme').focus()")
    save(console)
    console.until("document.activeElement.id === 'route'")
    caret = "document.getElementById('route').selectionStart"
    assert console.run(f"return {caret}") == broken.index('"IntervalMs"')
    described = console.run(
        "return document.getElementById('route').getAttribute('aria-invalid')"
    )
    assert described == "true"
    assert manage(routes_server, "GET", "/prices")["route"]["Stream"]["IntervalMs"] == (
        100
    )


def test_what_is_no_json_is_not_sent(view: View) -> None:
    console = view()
    write(console, '{\n  "Path": /x\n}')
    save(console)
    wait_for_text(console, "#route-error", "Line 2, column 11:")
    console.until("document.activeElement.id === 'route'")
    assert names(console) == ["order"]


def test_editing_keeps_the_spelling_of_numbers(
    view: View, routes_server: Server
) -> None:
    manage(routes_server, "POST", body=PRICES)
    console = view("prices", "order")
    console.click("[aria-label='Edit prices']")
    console.until("document.getElementById('route').value.includes('symbol')")
    console.until("!document.getElementById('route').value.includes('change')")
    assert '"price": 189.0' in written(console)
    save(console)
    wait_for_text(console, "[data-part=said]", "Saved: prices")
    with urllib.request.urlopen(
        f"{routes_server.url}/api/manage/routes/prices"
    ) as response:
        assert b'"price":189.0' in response.read()


def test_a_configured_route_is_edited_as_a_new_one_in_front_of_it(view: View) -> None:
    console = view()
    assert not console.run("return document.querySelector('[aria-label^=Delete]')")
    console.click("[aria-label='Edit order']")
    wait_for_text(console, "#route-editor [data-part=about]", "stays as it is")
    text = written(console)
    assert '"Name"' not in text and '"/v1/orders/{id}"' in text
    write(console, text.replace("59.0", "60.0"))
    save(console)
    wait_for_rows(console, "post-v1-orders-id", "order")
    wait_for_text(console, "#route-title", "Route post-v1-orders-id")


def test_a_name_that_is_taken_is_said_and_nothing_changes(view: View) -> None:
    console = view()
    write(console, '{"Path": "/x", "Name": "order"}')
    save(console)
    wait_for_text(console, "[data-part=said]", "'order' already")
    assert names(console) == ["order"]


def test_a_list_of_routes_is_made_at_once(view: View) -> None:
    console = view()
    write(console, '[{"Path": "/x", "Name": "x"}, {"Path": "/y", "Name": "y"}]')
    save(console)
    wait_for_text(console, "[data-part=said]", "Saved: x, y")
    wait_for_rows(console, "x", "y", "order")


def test_what_was_not_saved_can_be_brought_back(view: View) -> None:
    console = view()
    write(console, '{"Path": "/unfinished"}')
    console.click("[aria-label='Edit order']")
    console.until("document.getElementById('route').value.includes('/v1/orders')")
    console.click("#route-editor [data-part=back]")
    assert "/unfinished" in written(console)
    hidden = "document.querySelector('#route-editor [data-part=back]').hidden"
    assert console.run(f"return {hidden}")


# -- trying ---------------------------------------------------------------------


def ask(console: Console, **fields: str) -> None:
    """Put a request into the form, as typing does."""
    for name, text in fields.items():
        console.run(
            """const field = document.querySelector(
                `#route-trial [name=${arguments[0]}]`);
            field.value = arguments[1];
            field.dispatchEvent(new Event('input', { bubbles: true }));""",
            name,
            text,
        )


def test_a_typed_request_says_which_route_serves_it_or_what_differs(
    view: View, routes_server: Server
) -> None:
    manage(routes_server, "POST", body=PRICES)
    console = view("prices", "order")
    match = "#route-trial [data-part=match]"
    ask(console, method="GET", address="/v1/prices/A%20B/stream?x=1")
    wait_for_text(console, match, "The route prices serves")
    ask(console, address="/v1/orders/7?full=yes", method="POST")
    wait_for_text(console, match, "No route serves this request.")
    wait_for_text(console, "#route-trial [data-part=nearest]", "order: ")
    ask(console, headers="authorization: Bearer x", body='{"total": 59, "b": 1}')
    wait_for_text(console, match, "The route order serves")
    ask(console, address="https://example.com/")
    wait_for_text(console, match, "no address of this server")
    assert manage(routes_server, "GET", "/order")["hits"] == 0


def test_trying_a_route_sends_what_it_wants(view: View, routes_server: Server) -> None:
    hits = manage(routes_server, "GET", "/order")["hits"]
    console = view()
    console.click("[aria-label='Try order']")
    wait_for_text(console, "#route-trial [data-part=state]", "200 OK, ended")
    ((_, _, body),) = wait_for_frames(console, "body")
    assert json.loads(body) == {"order": "id", "sum": 59.0}
    row = "document.querySelector('[data-part=routeTable] tbody tr')"
    console.until(f"{row}.cells[5].textContent === arguments[0]", str(hits + 1))


def test_events_of_a_stream_are_shown_with_name_id_and_headers(
    view: View, routes_server: Server
) -> None:
    route = json.loads(PRICES)
    route["Stream"].update(Ids="counter", IntervalMs=1000)
    manage(routes_server, "POST", body=json.dumps(route))
    console = view("prices", "order")
    console.click("[aria-label='Try prices']")
    events = wait_for_frames(console, "price", 2)
    assert [number for _, number, _ in events[:2]] == ["0", "1"]
    console.run("document.querySelector('#route-trial .kind-note').click()")
    raw = wait_for_text(console, "#route-trial [data-part=raw]", "200 OK")
    assert "content-type: text/event-stream" in raw
    console.click("#show-streams")
    console.until(
        "document.querySelector('#route-trial [data-part=send]').textContent === 'Send'"
    )


def test_lines_of_a_stream_that_is_no_event_stream_are_shown_one_by_one(
    view: View, routes_server: Server
) -> None:
    route = json.loads(PRICES)
    del route["Stream"]["Events"][0]["Event"]
    route["Stream"].update(Framing="ndjson", MaxEvents=3)
    manage(routes_server, "POST", body=json.dumps(route))
    console = view("prices", "order")
    console.click("[aria-label='Try prices']")
    wait_for_text(console, "#route-trial [data-part=state]", "200 OK, ended")
    lines = wait_for_frames(console, "line", 3)
    assert all(json.loads(text)["symbol"] == "AAPL" for _, _, text in lines)


def test_a_request_to_a_built_in_endpoint_is_shown_and_stopped(view: View) -> None:
    console = view()
    query = "continuous=true&interval=100&sseMode=CompleteObjects"
    ask(console, method="GET", address=f"{STREAM}orders?{query}")
    console.click("#route-trial [data-part=send]")
    assert '"data":' in wait_for_frames(console, "message", 3)[-1][2]
    console.click("#route-trial [data-part=send]")
    wait_for_text(console, "#route-trial [data-part=state]", "200 OK, stopped")
    assert wait_for_frames(console, "note", 2)[-1][2] == "Closed by this page"


def test_a_route_that_is_used_up_is_passed_over(
    view: View, routes_server: Server
) -> None:
    outage = {"Path": "/v1/prices/{symbol}/stream", "Name": "outage", "Times": 1}
    outage.update(Status=503, Body="later")
    manage(routes_server, "POST", body=f"[{json.dumps(outage)},{PRICES}]")
    console = view("outage", "prices", "order")
    console.click("[aria-label='Try prices']")
    wait_for_text(console, "#route-trial [data-part=state]", "503")
    wait_for_text(console, "[data-part=routeTable] tbody tr", "1, 0 left")
    wait_for_text(console, "#route-trial [data-part=match]", "The route prices serves")
    console.click("#route-trial [data-part=send]")
    wait_for_frames(console, "price")


# -- the table ------------------------------------------------------------------


def test_the_table_tells_what_routes_answer_and_is_filtered(
    view: View, routes_server: Server
) -> None:
    lines = '{"Path": "/lines", "Name": "lines", "Stream": {"Framing": "ndjson"}}'
    manage(routes_server, "POST", body=f"[{PRICES},{lines}]")
    console = view("prices", "lines", "order")
    cells = console.run(
        "return [...document.querySelectorAll('[data-part=routeTable] tbody tr')]"
        ".map((row) => [...row.cells].slice(1, 5).map((cell) => cell.textContent))"
    )
    assert cells == [
        [
            "GET",
            "/v1/prices/{symbol}/stream",
            "stream of price, every 100 ms",
            "run time",
        ],
        ["GET", "/lines", "ndjson, every 2000 ms", "run time"],
        ["POST", "/v1/orders/{id}", "200, exact body", "configuration"],
    ]
    console.run("""const field = document.querySelector('[data-part=routeFilter]');
        field.value = 'SYMBOL';
        field.dispatchEvent(new Event('input'));""")
    wait_for_rows(console, "prices")


def test_hits_of_other_clients_are_seen(view: View, routes_server: Server) -> None:
    manage(routes_server, "POST", body='{"Path": "/x", "Name": "x", "Body": 1}')
    console = view("x", "order")
    for _ in range(3):
        urllib.request.urlopen(f"{routes_server.url}/x").close()
    row = "document.querySelector('[data-part=routeTable] tbody tr')"
    console.until(f"{row}.cells[5].textContent === '3'")


def test_a_key_is_asked_for_where_the_server_wants_one(
    chromium_browser: Chromium,
) -> None:
    with serve(CONFIGURED + "  ManagementApiKey: a-key-of-sixteen\n") as server:
        console = Console(chromium_browser, server.url).open(view="routes")
        wait_for_text(console, "[data-part=routesState]", "wants its management key")
        assert not console.run(
            "return document.getElementById('route').checkVisibility()"
        )
        console.click("[data-part=routesHelp]")
        console.run("""document.getElementById('key-manage').value = 'a-key-of-sixteen';
            document.querySelector('#keys [value=keep]').click();""")
        wait_for_rows(console, "order")
        write(console, '{"Path": "/x", "Name": "x"}')
        save(console)
        wait_for_rows(console, "x", "order")
        console.run("sessionStorage.clear()")
        chromium_browser.open("about:blank")


def test_the_view_waits_where_streams_hold_every_connection(
    chromium_browser: Chromium, routes_server: Server
) -> None:
    console = Console(chromium_browser, routes_server.url)
    console.open(*(f"x{number}?continuous=true" for number in range(6)))
    for number in range(6):
        console.panel(number).wait_for("open")
    console.click("#show-routes")
    wait_for_text(console, "[data-part=routesState]", "All six")
    console.panel(0).click("toggle")
    wait_for_text(console, "[data-part=routesState]", "Live")
    wait_for_rows(console, "order")
    chromium_browser.open("about:blank")


@pytest.mark.needs_nginx
def test_visitors_are_told_why_they_see_no_routes(chromium_browser: Chromium) -> None:
    with proxied() as proxy:
        console = Console(chromium_browser, proxy.tls).open(view="routes")
        wait_for_text(console, "[data-part=routesState]", "on the server's machine")
        chromium_browser.open("about:blank")


# -- a composed stream as a route -----------------------------------------------

COMPOSED: list[tuple[str, object]] = [
    (
        "stocks/AAPL?continuous=true&interval=250&maxDuration=60"
        '&sseMode=CompleteObjects&shape={"price":150.0}',
        {
            "Path": "/stocks/AAPL",
            "Shape": {"price": 150.0},
            "Stream": {"IntervalMs": 250, "MaxDurationSeconds": 60},
        },
    ),
    ("users", {"Path": "/users", "Stream": {"Mode": "LlmTokens", "Continuous": False}}),
    (
        "v1/users/4%202?continuous=1&sseMode=arrayitems&api-context=my%20session"
        "&backend=embedded&count=5&seed=-7&locale=de&q=7",
        {
            "Path": "/v1/users/4 2",
            "Context": "my session",
            "Backend": "embedded",
            "Count": 5,
            "Seed": -7,
            "Locale": "de",
            "Stream": {"Mode": "arrayitems"},
        },
    ),
    (
        "x?error=429&errorMessage=Slow%20down",
        {
            "Path": "/x",
            "Status": 429,
            "Body": {"error": {"code": 429, "message": "Slow down"}},
        },
    ),
]


@pytest.mark.parametrize(("stream", "route"), COMPOSED)
def test_a_composed_stream_is_taken_as_a_route(
    chromium_browser: Chromium, routes_server: Server, stream: str, route: object
) -> None:
    console = Console(chromium_browser, routes_server.url)
    console.open(compose=STREAM + stream)
    console.click("#composer [data-part=route]")
    console.until("document.activeElement.id === 'route'")
    assert json.loads(written(console)) == route
    assert "view=routes" in str(console.run("return location.hash"))
    manage(routes_server, "POST", "/check", written(console))


def test_a_stream_taken_as_a_route_is_served_at_its_own_path(
    chromium_browser: Chromium, routes_server: Server, view: View
) -> None:
    console = Console(chromium_browser, routes_server.url)
    shape = quote('{"ticker":"AAPL","price":150.0}')
    query = f"continuous=true&interval=100&sseMode=CompleteObjects&shape={shape}"
    console.open(compose=f"{STREAM}v1/quotes?{query}")
    console.click("#composer [data-part=route]")
    save(console)
    wait_for_rows(console, "get-v1-quotes", "order")
    console.click("#route-editor [data-part=try]")
    # The first event tells how soon to reconnect, too.
    for _, _, data in wait_for_frames(console, "message", 2)[1:]:
        assert set(json.loads(data)) == {"ticker", "price"}


# -- as code --------------------------------------------------------------------

AS_YAML = """MockLlmApi:
  Routes:
    - Path: /v1/prices/{symbol}/stream
      Name: prices
      Stream:
        IntervalMs: 100
        Events:
          - Event: price
            Shape:
              symbol: AAPL
              price: 189.0
"""


def code(console: Console, language: str) -> str:
    """What the dialog shows for a language."""
    console.click(f"#code input[value='{language}']")
    return str(console.run("return document.querySelector('#code pre').textContent"))


def test_a_route_as_yaml_is_a_configuration_that_serves_it(view: View) -> None:
    console = view()
    write(console, PRICES)
    console.click("#route-editor [data-part=code]")
    text = code(console, "YAML")
    assert text == AS_YAML
    with serve(text) as server:
        (route,) = manage(server, "GET")["routes"]
        assert route["route"] == json.loads(PRICES)


def test_a_composed_stream_is_shown_as_yaml_beside_curl(in_chromium: Console) -> None:
    in_chromium.open(compose=f"{STREAM}users?continuous=true&count=2")
    in_chromium.click("#composer [data-part=code]")
    assert "curl" in code(in_chromium, "curl")
    assert code(in_chromium, "Route as YAML") == (
        "MockLlmApi:\n  Routes:\n    - Path: /users\n      Count: 2\n"
        "      Stream:\n        Mode: LlmTokens\n"
    )


@pytest.mark.needs_curl
def test_curl_makes_a_route_and_reads_it(view: View) -> None:
    console = view()
    route = json.loads(PRICES) | {"Name": "it's"[:2], "Body": "it's {{path.symbol}}"}
    del route["Stream"]
    write(console, json.dumps(route))
    console.click("#route-editor [data-part=code]")
    for language, part in (
        ("curl, to make it", '"name":"it"'),
        ("curl, to read it", "it's symbol"),
    ):
        done = subprocess.run(
            ["bash", "-c", code(console, language)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert part in done.stdout, done


def yaml_of(console: Console, browser: Chromium, text: str) -> str:
    """The YAML of a route's JSON."""
    return str(
        browser.driver.execute_async_script(
            """const [text, done] = arguments;
            import('/static/console/yaml.js').then(({ routesAsYaml }) => {
              done(routesAsYaml(text));
            });""",
            text,
        )
    )


#: Texts that YAML reads as something else, or not at all, without quotes.
TRICKY = [
    *[
        "",
        " ",
        "a ",
        " a",
        "~",
        "null",
        "True",
        "no",
        "1",
        "-1.5",
        "1e3",
        ".inf",
        "0x1F",
    ],
    *[
        "2025-01-06",
        "12:30",
        "a: b",
        "a #b",
        "#",
        "- a",
        "-",
        "?",
        "[a]",
        "{a}",
        "a{b}",
    ],
    *[
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "|",
        ">",
        "'",
        '"',
        "it's",
        "a\nb",
        "\t",
        "\r",
    ],
    *["\x7f", "\x85", "\xa0", "\u2028", "\ufeff", "\uffff", "\U0001f600", "<<", "="],
    *["---", "...", "/v1/{a}/{b*}", "a" * 2000, "\\", "\0", "a, b", "y", "Ünïcode"],
]


def test_yaml_is_read_as_the_same_json(
    in_chromium: Console, chromium_browser: Chromium, tmp_path: Path
) -> None:
    value = {text: {"texts": TRICKY, "same": text} for text in TRICKY}
    assert_same_in_yaml(in_chromium.open(), chromium_browser, tmp_path, value)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    value=st.dictionaries(st.text(max_size=5), JSON_VALUES | st.floats(-1e9, 1e9)),
)
def test_any_json_is_the_same_in_yaml(
    in_chromium: Console,
    chromium_browser: Chromium,
    tmp_path: Path,
    value: dict[str, object],
) -> None:
    if chromium_browser.run("return location.protocol") == "about:":
        in_chromium.open()
    assert_same_in_yaml(in_chromium, chromium_browser, tmp_path, value)


def assert_same_in_yaml(
    console: Console, browser: Chromium, tmp_path: Path, value: dict[str, object]
) -> None:
    route = {"Body": value, "ExpiresSeconds": 5}
    path = tmp_path / "routes.yaml"
    path.write_text(yaml_of(console, browser, json.dumps(route)), "utf-8")
    document = read_document(path)
    assert not document.is_json
    (found,) = document.root["MockLlmApi"]["Routes"]  # type: ignore[index]
    assert json.dumps(found) == json.dumps({"Body": value})
