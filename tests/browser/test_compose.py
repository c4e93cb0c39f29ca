"""The form: what someone types, what the URL says, what the server answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.browser.browsers import Chromium
from tests.browser.page import STREAM, Console
from tests.system.server import Server, serve

pytestmark = pytest.mark.needs_chromium

START = "document.querySelector('#composer [data-part=start]')"


def seen(console: Console, selector: str) -> str:
    """Wait until an element is shown with a text, and return it."""
    found = "document.querySelector(arguments[0])"
    condition = f"{found}?.checkVisibility() && {found}.textContent"
    return str(console.until(condition, selector))


def test_every_field_is_in_the_url_as_it_is_sent(in_chromium: Console) -> None:
    console = in_chromium.open()
    fields = {
        "path": "v1/users/4 2",
        "interval": "250",
        "maxDuration": "60",
        "maxEvents": "9",
        "jitter": "50",
        "delay": "10",
        "shape": '{"name": "O\'Neil & Söhne", "price": 150.0}',
        "contextName": "my session",
        "backend": "embedded",
        "blend": "false",
        "count": "5",
        "seed": "-7",
        "locale": "de",
        "error": "429",
        "errorMessage": "Slow down?",
        "errorDetails": "100%",
    }
    for name, text in fields.items():
        console.fill(name, text)
    console.run("document.querySelector('[name=vary]').click()")
    url = console.value("url")
    assert url == (
        STREAM + "v1/users/4%202?continuous=true&interval=250&maxDuration=60"
        "&maxEvents=9&jitter=50&delay=10&sseMode=CompleteObjects"
        "&shape={%22name%22:%22O%27Neil%20%26%20S%C3%B6hne%22,%22price%22:150.0}"
        "&contextName=my%20session&backend=embedded&blend=false&count=5&seed=-7"
        "&vary=all&locale=de"
        "&error=429&errorMessage=Slow%20down?&errorDetails=100%25"
    )
    sent = console.run(
        "const url = new URL(arguments[0], location); return url.pathname + url.search",
        url,
    )
    assert sent == url


def test_an_edited_url_fills_the_fields_and_keeps_what_it_does_not_know(
    in_chromium: Console,
) -> None:
    console = in_chromium.open()
    query = "continuous=1&api-context=a+b&sseMode=arrayitems&userId=42&shape=[1.0]"
    console.fill("url", f"{STREAM}orders?{query}")
    assert console.value("path") == "orders"
    assert console.value("contextName") == "a b"
    assert console.value("shape") == "[\n  1.0\n]"
    checked = "document.querySelector('[name=sseMode]:checked').value"
    assert console.run(f"return {checked}") == "ArrayItems"
    console.fill("interval", "500")
    assert console.value("url") == (
        f"{STREAM}orders?continuous=true&interval=500&sseMode=ArrayItems"
        "&shape=[1.0]&contextName=a%20b&userId=42"
    )


def test_an_edited_url_shows_the_options_that_are_boxes_and_choices(
    in_chromium: Console,
) -> None:
    console = in_chromium.open()
    shown = (
        "const { vary, blend } = document.getElementById('composer').elements;"
        "return [vary.checked, blend.value]"
    )
    for query, expected in (
        ("vary=ALL&blend=1", [True, "true"]),
        ("blend=FALSE", [False, "false"]),
        ("", [False, ""]),
    ):
        console.fill("url", f"{STREAM}orders?{query}")
        assert console.run(shown) == expected
    console.fill("url", f"{STREAM}orders?jitter=5")
    assert console.run("return document.querySelector('[data-part=pace]').open")


def test_an_address_pasted_as_path_is_taken_apart(in_chromium: Console) -> None:
    console = in_chromium.open()
    console.fill("path", "https://example.com/api/mock/stream/users?interval=5")
    assert console.value("url").startswith("https://example.com/")
    console.fill("path", f"{STREAM}users?interval=5")
    assert (console.value("path"), console.value("interval")) == ("users", "5")


def test_formatting_keeps_the_spelling_of_numbers(in_chromium: Console) -> None:
    console = in_chromium.open()
    console.fill("shape", '{"a":1.0,"b":[{"c":1e3},{}],"d":[]}')
    console.click("#composer [data-part=format]")
    assert console.value("shape") == (
        '{\n  "a": 1.0,\n  "b": [{"c": 1e3}, {}],\n  "d": []\n}'
    )


def test_a_shape_that_does_not_parse_is_marked_where_it_breaks(
    in_chromium: Console,
) -> None:
    console = in_chromium.open()
    console.fill("shape", '{\n  "a": 1,\n  b: 2\n}')
    message = seen(console, "#shape-error")
    assert message.startswith("Line 3, column 3:") and "double quotes" in message
    marked = "document.querySelector('.editor mark')"
    assert console.run(f"return {marked}.textContent") == "b"
    before = "document.querySelector('.backdrop').textContent.split('b: 2')[0]"
    assert console.run(f"return {before}") == '{\n  "a": 1,\n  '
    assert console.run(f"return {START}.disabled")
    console.run("document.getElementById('composer').requestSubmit()")
    assert console.panels == 0
    console.fill("shape", '{"a": 1, "b": 2}')
    assert not console.run(f"return {START}.disabled || {marked}")


#: What is typed, where the server's answer has to stand, and a part of it.
REFUSED = [
    ("interval", "soon", "an integer from 1 to 86400000"),
    ("maxDuration", "-1", "an integer from 0"),
    ("maxEvents", "0", "an integer from 1"),
    ("jitter", "9999999", "at most the interval"),
    ("delay", "-1", "an integer from 0"),
    ("count", "1000000", "an integer from 1 to 1000"),
    ("seed", "x", "an integer"),
    ("backend", "nobody", "embedded"),
    ("error", "200", "400 to 599"),
    ("contextName", "x" * 201, "200 printable characters"),
]


@pytest.mark.parametrize(("field", "text", "accepted"), REFUSED)
def test_what_the_server_refuses_is_told_beside_the_option(
    in_chromium: Console, field: str, text: str, accepted: str
) -> None:
    console = in_chromium.open()
    console.fill(field, text)
    console.click("#composer [data-part=start]")
    assert accepted in seen(console, f"[data-error-of={field}]")
    panel = console.panel().wait_for("failed")
    panel.wait_for_text("noticeText", accepted)
    panel.wait_for_text("noticeAdvice", "Correct the request")
    console.fill(field, "")
    assert console.run(
        f"return document.querySelector('[data-error-of={field}]').hidden"
    )


def test_a_refused_request_can_be_edited_from_its_panel(in_chromium: Console) -> None:
    console = in_chromium.open("users?sseMode=Nonsense")
    console.panel().wait_for("failed").click("help")
    assert "LlmTokens" in seen(console, "[data-error-of=sseMode]")
    assert console.value("path") == "users"


def test_a_simulated_error_is_shown_with_its_event(in_chromium: Console) -> None:
    panel = in_chromium.open("users?error=503&errorMessage=Closed").panel()
    panel.wait_for("failed").wait_for_text("state", "503")
    panel.wait_for_text("noticeAdvice", "An EventSource gives up here")
    panel.wait_for_frame("failure", '"message":"Closed"')


def test_a_long_shape_is_sent_as_a_body(in_chromium: Console) -> None:
    names = {f"field number {number}": number for number in range(500)}
    feed = "x?sseMode=CompleteObjects&shape=" + quote(json.dumps(names))
    panel = in_chromium.open(feed).panel().wait_for("ended")
    panel.until("panel.querySelectorAll('.items th').length === 12")


def test_another_origin_is_refused_by_the_policy_and_said_so(
    in_chromium: Console,
) -> None:
    console = in_chromium.open()
    console.fill("url", "http://localhost:9/api/mock/stream/x")
    console.click("#composer [data-part=start]")
    panel = console.panel().wait_for("failed")
    panel.wait_for_text("noticeText", "policy of this page (CSP)")
    panel.wait_for_text("noticeAdvice", "its own server alone")


@pytest.mark.parametrize(
    "url", ["/api/manage/streams", "ftp://x/", f"{STREAM}", "http://"]
)
def test_what_is_no_stream_is_not_sent(in_chromium: Console, url: str) -> None:
    console = in_chromium.open()
    console.fill("url", url)
    assert seen(console, "#url-error") and console.run(f"return {START}.disabled")


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A server that wants keys and takes one stream at a time."""
    config = """
        MockLlmApi:
          ApiKeys: [the-key-for-streams]
          ManagementApiKey: the-key-for-managing
          MaxConcurrentStreams: 1
    """
    with serve(config) as running:
        yield running


def give_key(console: Console, name: str, key: str) -> None:
    console.until("document.getElementById('keys').open")
    console.run(
        "const { elements } = document.querySelector('#keys form');"
        "elements[arguments[0]].value = arguments[1]",
        name,
        key,
    )
    console.click("#keys button[value=keep]")


def test_keys_are_asked_for_kept_in_the_tab_and_never_in_the_address(
    chromium_browser: Chromium, guarded: Server
) -> None:
    console = Console(chromium_browser, guarded.url)
    feed = "stocks?continuous=true&interval=100&sseMode=CompleteObjects"
    panel = console.open(feed).panel().wait_for("failed")
    panel.wait_for_text("noticeAdvice", "wants a key").click("help")
    give_key(console, "mock", "the-key-for-streams")
    panel.wait_for("open").wait_for_events(3)

    panel.click("stopServer")
    give_key(console, "manage", "the-key-for-managing")
    panel.wait_for("ended").wait_for_text("state", "Stopped")

    assert "the-key" not in str(console.run("return location.href"))
    panel.click("code")
    code = str(console.run("return document.querySelector('#code pre').textContent"))
    assert "X-Api-Key: $LLMOCK_KEY" in code and "the-key" not in code
    chromium_browser.open("about:blank")


def test_a_server_that_is_full_is_asked_again_when_it_says(
    chromium_browser: Chromium, guarded: Server
) -> None:
    console = Console(chromium_browser, guarded.url)
    console.open()
    console.run("sessionStorage.setItem('llmock.key', 'the-key-for-streams')")
    feed = "stocks?continuous=true&interval=100&sseMode=CompleteObjects"
    console.open(feed, feed)
    console.until("document.querySelector('.panel[data-state=retrying]')")
    waiting = 0 if console.panel(0).state == "retrying" else 1
    panel = console.panel(waiting)
    panel.wait_for_text("noticeText", "1 streams are open")
    panel.wait_for_text("noticeAdvice", "come back in 5 s")
    console.panel(1 - waiting).click("toggle")
    panel.wait_for("open")
    chromium_browser.open("about:blank")


def test_the_whole_way_can_be_gone_with_the_keyboard(
    in_chromium: Console, chromium_browser: Chromium
) -> None:
    in_chromium.open()
    chromium_browser.driver.execute_script("document.body.focus()")

    def press(*keys: str, hold: str = "") -> None:
        actions = ActionChains(chromium_browser.driver)
        if hold:
            actions.key_down(hold).send_keys(*keys).key_up(hold).perform()
        else:
            actions.send_keys(*keys).perform()

    def retype(text: str) -> None:
        press("a", hold=Keys.CONTROL)
        press(text)

    def focused() -> str:
        return str(in_chromium.run("""
                const it = document.activeElement;
                if (it === document.body) return 'the browser';
                const style = getComputedStyle(it);
                const shown = it.matches('[type=radio]')
                  ? getComputedStyle(it.nextElementSibling) : style;
                const around = it.closest('.prefixed');
                const ring = around ? getComputedStyle(around) : shown;
                if (ring.outlineStyle === 'none') return 'no ring: ' + it.outerHTML;
                return it.dataset.part ?? it.name ?? it.id ?? it.tagName;"""))

    def tab_to(wanted: str) -> None:
        passed = []
        for _ in range(40):
            press(Keys.TAB)
            passed.append(focused())
            assert not passed[-1].startswith("no ring"), passed[-1]
            if passed[-1] == wanted:
                return
        raise AssertionError(f"{wanted} is not reached: {passed}")

    tab_to("path")
    retype("users")
    tab_to("interval")
    retype("200")
    tab_to("shape")
    retype('{"name":"string","age":40}')
    tab_to("start")
    press(Keys.ENTER)
    panel = in_chromium.panel().wait_for("open").wait_for_events(3)
    tab_to("tabFrames")
    press(Keys.SPACE)
    panel.until("panel.querySelector('.frame')")
    tab_to("record")
    press(Keys.TAB, Keys.HOME)
    panel.wait_for_text("raw", "200")
    press(Keys.ARROW_DOWN)
    panel.wait_for_text("raw", '"type":"info"')
    chromium_browser.driver.execute_script(
        "document.querySelector('.panel [data-part=toggle]').focus()"
    )
    press(Keys.TAB, Keys.ENTER)
    panel.until("panel.querySelector('[data-part=menu]').open")
    press(Keys.ESCAPE)
    panel.until("!panel.querySelector('[data-part=menu]').open")
    press(Keys.TAB, hold=Keys.SHIFT)
    press(Keys.ENTER)
    panel.wait_for("stopped")


def test_faults_are_put_together_and_played(in_chromium: Console) -> None:
    console = in_chromium.open()
    console.fill("path", "stocks")
    console.fill("interval", "50")
    console.run("document.querySelector('[data-part=faults]').open = true")
    add = """const part = (name) => document.querySelector(`[data-part=${name}]`);
        const kind = part('faultKind');
        kind.value = arguments[0];
        kind.dispatchEvent(new Event('change', { bubbles: true }));
        part('faultArgument').value = arguments[1];
        part('faultTimes').value = arguments[2];
        part('faultWhen').value = arguments[3];
        part('addFault').click();
        return [part('faultSays').textContent, part('faultArgument').disabled,
            part('faultWhen').disabled];"""
    says, has_no_argument, is_at_once = console.run(add, "stall", "100ms", "", "@2")
    assert says.startswith("Silence") and not has_no_argument and not is_at_once
    assert console.run(add, "bom", "x", "", "5")[1:] == [True, True]
    console.run(add, "cut", "fin", "1", "4")
    assert console.value("fault") == "stall:100ms@2,bom,cut:fin*1@4"
    assert console.value("url").endswith("&fault=stall:100ms@2,bom,cut:fin*1@4")
    console.click("#composer [data-part=start]")
    console.panel().wait_for_events(4)
    console.fill("fault", "kut@5")
    console.click("#composer [data-part=start]")
    told = seen(console, "[data-error-of=fault]")
    assert "did you mean cut?" in told


def test_faults_of_a_url_are_shown_and_go_into_a_route(in_chromium: Console) -> None:
    console = in_chromium.open()
    console.fill("url", f"{STREAM}stocks?continuous=true&fault=drop@p0.1,crlf")
    assert console.value("fault") == "drop@p0.1,crlf"
    assert console.run("return document.querySelector('[data-part=faults]').open")
    console.click("#composer [data-part=route]")
    console.until(
        "[...document.querySelectorAll('textarea')].some((each) =>"
        ' /"Faults": \\[\\s*"drop@p0.1",\\s*"crlf"\\s*\\]/.test(each.value))'
    )
