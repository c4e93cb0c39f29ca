"""What the page is made of, how it looks, and who can use it."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from tests.browser.browsers import Chromium
from tests.browser.page import Console
from tests.system.server import ROOT, Server

pytestmark = pytest.mark.needs_chromium

STATIC = ROOT / "app" / "web" / "static"
SCREENSHOTS = ROOT / "screenshots"
#: With the clients of charts and of SignalR, which are 50 KB each.
MAX_BYTES = 360_000

#: What is on the page when it is looked at: a name, and how it comes about.
SCENES = ["empty", "options", "streams", "frames", "refused", "code", "server"]
SCENES += ["routes", "broken-route", "journal", "hub", "verdict"]
WIDTHS = [360, 1440]
THEMES = ["light", "dark"]


def show(console: Console, scene: str) -> None:
    """Bring the page into one of its states."""
    if scene == "server":
        console.open("orders?continuous=true&interval=500", view="server")
        console.until("document.querySelector('[data-part=streamTable] tbody tr')")
        return
    if scene in ("routes", "broken-route"):
        show_routes(console, is_broken=scene == "broken-route")
        return
    if scene in ("journal", "verdict"):
        show_what_came(console, scene)
        return
    if scene == "hub":
        show_hub(console)
        return
    console.open()
    if scene == "options":
        groups = "document.querySelectorAll('.more')"
        console.run(f"for (const group of {groups}) group.open = true")
    if scene in ("streams", "frames"):
        for preset in ("Stock dashboard", "IoT rooms"):
            console.preset(preset)
        console.until("document.querySelectorAll('.chart[data-points]').length >= 10")
    if scene == "frames":
        console.panel(0).click("tabFrames")
        console.panel(0).until("panel.querySelectorAll('.frame').length > 2")
        console.panel(0).run("panel.querySelector('.frame').click()")
    if scene == "refused":
        console.fill("interval", "soon")
        console.click("#composer [data-part=start]")
        console.panel().wait_for("failed")
    if scene == "code":
        console.click("#composer [data-part=code]")


def show_routes(console: Console, *, is_broken: bool) -> None:
    """A route that is tried, or one that cannot be used."""
    console.open(view="routes")
    console.run("""
        const text = document.getElementById('route').value;
        fetch('/api/manage/routes/prices', {
          method: 'PUT', headers: { 'Content-Type': 'application/json' },
          body: text.replace('{', '{"ExpiresSeconds": 60,'),
        });""")
    console.click("[aria-label='Try prices']")
    console.until("document.querySelectorAll('#route-trial .frame').length > 2")
    if is_broken:
        console.run("""
            const field = document.getElementById('route');
            field.value = field.value.replace('1000', '"soon"');
            field.dispatchEvent(new Event('input'));""")
        console.until("document.querySelector('#route-editor mark')")


def show_hub(console: Console) -> None:
    """A hub context that is watched."""
    console.open(view="hub")
    console.run("""
        window.made = fetch('/api/manage/hub-contexts', {
          method: 'POST', headers: { 'Content-Type': 'application/json' },
          body: '{"name":"prices","intervalMs":100,"shape":{"price":1.5}}',
        }).then(() => { window.isMade = true; });""")
    console.until("window.isMade")
    console.click("#hub-view [type=submit]")
    console.until("document.querySelector('#hub-view canvas')")


def show_what_came(console: Console, scene: str) -> None:
    """An entry of the journal in full, or a client that is judged."""
    console.open(view="routes" if scene == "journal" else "verdict")
    console.run(
        """
        window.read = fetch('/api/mock/stream/stocks?count=1&token=secret', {
          headers: { Accept: 'text/event-stream' },
        }).then((response) => response.text()).then(() => { window.isRead = true; });"""
    )
    console.until("window.isRead")
    if scene == "journal":
        console.click("[data-part=journalTable] tbody button")
        console.until("!document.querySelector('[data-part=entryBox]').hidden")
    else:
        console.click("#verdict-view [type=submit]")
        console.until("document.querySelector('.judged')")


@pytest.fixture(params=THEMES)
def theme(request: pytest.FixtureRequest, chromium_browser: Chromium) -> str:
    chromium_browser.prefer(request.param)
    return str(request.param)


@pytest.mark.needs_node
@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    in_chromium: Console, chromium_browser: Chromium, theme: str, scene: str
) -> None:
    axe = Path(ROOT, "tests/node/node_modules/axe-core/axe.min.js").read_text("utf-8")
    chromium_browser.resize(WIDTHS[-1], 900)
    show(in_chromium, scene)
    for width in WIDTHS:
        chromium_browser.resize(width, 900)
        in_chromium.until("innerWidth === arguments[0]", width)
        chromium_browser.driver.execute_script(axe)
        found = chromium_browser.driver.execute_async_script("""
            const done = arguments[0];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
            axe.run(document, { runOnly: tags }).then((result) => done(
              result.violations.map(({ id, nodes }) =>
                [id, nodes[0].html, nodes[0].failureSummary])));""")
        assert found == [], (width, found)
        assert wider_than_the_page(in_chromium) == []
        SCREENSHOTS.mkdir(exist_ok=True)
        chromium_browser.driver.save_screenshot(
            str(SCREENSHOTS / f"{scene}-{theme}-{width}.png")
        )
    chromium_browser.resize(1440, 900)


def wider_than_the_page(console: Console) -> list[str]:
    """What makes the page scroll sideways, or is cut off at its edge."""
    found = console.run("""
        const page = document.documentElement;
        if (page.scrollWidth <= page.clientWidth) return [];
        return [...document.querySelectorAll('body *')]
          .filter((each) => each.getBoundingClientRect().right > page.clientWidth + 1)
          .map((each) => each.outerHTML.slice(0, 120));""")
    return list(found)


def test_the_theme_can_be_chosen_and_charts_follow(
    in_chromium: Console, chromium_browser: Chromium
) -> None:
    chromium_browser.prefer("light")
    console = in_chromium.open("stocks?continuous=true&sseMode=CompleteObjects")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = console.run(f"return {ground}")
    console.until("document.querySelector('.chart canvas')")
    console.run("window.before = document.querySelector('.chart canvas')")
    console.click("#theme")
    console.click("#theme")
    assert console.run("return document.querySelector('#theme').textContent") == (
        "Theme: dark"
    )
    assert console.run(f"return {ground}") != light
    console.until("document.querySelector('.chart canvas') !== window.before")
    console.run("localStorage.clear()")


def test_the_page_and_its_files_are_small_and_ours() -> None:
    files = [
        path
        for name in ("console", "vendor")
        for path in (STATIC / name).rglob("*")
        if path.is_file()
    ]
    page = ROOT / "app" / "web" / "templates" / "console.html"
    total = sum(path.stat().st_size for path in [*files, page])
    assert total < MAX_BYTES, total


def test_nothing_comes_from_elsewhere_and_nothing_is_refused(
    in_chromium: Console, chromium_browser: Chromium, server: Server
) -> None:
    chromium_browser.complaints()
    console = in_chromium.open()
    console.preset("Stock dashboard")
    console.panel().wait_for("open")
    addresses = console.run(
        "return performance.getEntriesByType('resource').map(({ name }) => name)"
    )
    assert len(addresses) > 25
    assert all(address.startswith(server.url) for address in addresses), addresses
    assert chromium_browser.complaints() == []
    total = console.run("""
        return performance.getEntriesByType('resource')
          .filter(({ name }) => name.includes('/static/'))
          .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0);""")
    assert 0 < total < MAX_BYTES


def test_the_policy_permits_no_inline_script_and_no_other_host(server: Server) -> None:
    with urllib.request.urlopen(server.url) as response:
        policy = response.headers["Content-Security-Policy"]
        text = response.read().decode()
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "http" not in policy and "*" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "style=" not in text and " on" not in [
        part[:3] for part in text.split("<button")
    ]
