"""The code that the console hands out, run as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser.browsers import Browser
from tests.browser.page import Console
from tests.system.server import ROOT, Server, serve

pytestmark = pytest.mark.needs_chromium

SHAPE = """{"name":"O'Neil & \\"Söhne\\"","price":150.0,"tag":"a b+c%20#?"}"""
STREAM = (
    "stocks?continuous=true&interval=100&maxDuration=1&sseMode=CompleteObjects"
    f"&seed=1&shape={quote(SHAPE)}"
)


def code_of(console: Console, language: str, stream: str = STREAM) -> str:
    """What the dialog shows for a language."""
    console.open(compose=f"/api/mock/stream/{stream}")
    console.click("#composer [data-part=code]")
    console.click(f"#code input[value='{language}']")
    return str(console.run("return document.querySelector('#code pre').textContent"))


def output(*command: str, code: str | None = None) -> str:
    done = subprocess.run(
        command,
        input=code,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def beating() -> Iterator[Server]:
    """A server that shows life often."""
    with serve("MockLlmApi: {HeartbeatSeconds: 0.2}") as running:
        yield running


def command_of(language: str, code: str) -> tuple[tuple[str, ...], str | None]:
    """How a program is started, and what it is given to read."""
    if language == "curl":
        return ("bash", "-c", code), None
    if language.startswith("Python"):
        return (sys.executable, "-"), code
    if language.endswith("EventSource"):
        source = ROOT / "tests" / "node" / "node_modules" / "eventsource"
        code = f"import {{ EventSource }} from '{source}/dist/index.js';\n{code}"
    return ("node", "--input-type=module"), code


@pytest.mark.needs_curl
@pytest.mark.needs_node
@pytest.mark.parametrize(
    "language",
    [
        "curl",
        "JavaScript EventSource",
        "JavaScript fetch (POST)",
        "Python requests",
        "Python httpx-sse",
    ],
)
def test_a_program_outlives_a_silence_longer_than_a_heartbeat(
    chromium_browser: Browser, beating: Server, language: str
) -> None:
    console = Console(chromium_browser, beating.url)
    stream = (
        "stocks?continuous=true&interval=1500&maxDuration=2&sseMode=CompleteObjects"
        "&shape=%7B%22price%22:1.5%7D"
    )
    command, code = command_of(language, code_of(console, language, stream))
    got = output(*command, code=code)
    assert "max_duration" in got or got.endswith("Ended: Max duration reached\n")
    assert got.count("price") == 2


@pytest.mark.needs_curl
@pytest.mark.needs_node
@pytest.mark.parametrize(
    "language",
    [
        "curl",
        "JavaScript EventSource",
        "JavaScript fetch (POST)",
        "Python requests",
        "Python httpx-sse",
    ],
)
def test_a_program_has_the_options_of_the_request(
    in_chromium: Console, language: str
) -> None:
    stream = (
        "stocks?continuous=true&interval=50&sseMode=CompleteObjects&maxEvents=3"
        "&jitter=10&delay=1&vary=all&blend=false&shape=%7B%22price%22:1.5%7D"
    )
    command, code = command_of(language, code_of(in_chromium, language, stream))
    assert output(*command, code=code).count("price") == 3


@pytest.mark.needs_curl
def test_curl_gets_the_stream(in_chromium: Console) -> None:
    got = output("bash", "-c", code_of(in_chromium, "curl"))
    assert '"price":' in got and got.count('"name":') >= 8
    assert '"reason":"max_duration"' in got


@pytest.mark.needs_curl
def test_curl_sends_a_long_shape_as_a_body(in_chromium: Console) -> None:
    names = ",".join(f'"it\'s {number}":1.0' for number in range(900))
    stream = f"x?sseMode=CompleteObjects&shape={quote('{' + names + '}')}"
    code = code_of(in_chromium, "curl", stream)
    assert "--data" in code and '"it\'s 899":' in output("bash", "-c", code)


@pytest.mark.parametrize("language", ["Python requests", "Python httpx-sse"])
def test_python_handles_the_stream(in_chromium: Console, language: str) -> None:
    got = output(sys.executable, "-", code=code_of(in_chromium, language))
    assert got.startswith("Started: CompleteObjects every 100 ms\n")
    assert "'price': 1" in got and got.endswith("Ended: Max duration reached\n")


@pytest.mark.needs_node
def test_fetch_posts_the_shape(in_chromium: Console) -> None:
    code = code_of(in_chromium, "JavaScript fetch (POST)")
    assert "shape=" not in code
    got = output("node", "--input-type=module", code=code)
    assert got.startswith("Started: CompleteObjects, every 100 ms\n")
    assert "price: 1" in got and got.endswith("Ended: Max duration reached\n")


@pytest.mark.needs_node
def test_an_event_source_ends_with_the_stream(in_chromium: Console) -> None:
    language = "JavaScript EventSource"
    command, code = command_of(language, code_of(in_chromium, language))
    got = output(*command, code=code)
    assert "price: 1" in got and got.endswith("Ended: Max duration reached\n")


@pytest.mark.needs_node
def test_an_event_source_ends_with_a_regular_stream(in_chromium: Console) -> None:
    language, stream = "JavaScript EventSource", "users?sseMode=LlmTokens"
    command, code = command_of(language, code_of(in_chromium, language, stream))
    assert "content:" in output(*command, code=code)


def test_csharp_has_the_request_as_a_literal(in_chromium: Console) -> None:
    code = code_of(in_chromium, "C# HttpClient")
    address = in_chromium.server + "/api/mock/stream/stocks?continuous=true"
    assert f'    "{address}' in code and "ResponseHeadersRead" in code
    # In a literal of C#, a quote or a backslash would end or change it.
    literal = code.split(f'"{in_chromium.server}')[1].split('"')[0]
    assert literal and "\\" not in literal and " " not in literal


@pytest.mark.skipif(shutil.which("dotnet") is None, reason="dotnet is not installed")
def test_csharp_gets_the_stream(in_chromium: Console, tmp_path: Path) -> None:
    output("dotnet", "new", "console", "--output", str(tmp_path))
    (tmp_path / "Program.cs").write_text(code_of(in_chromium, "C# HttpClient"))
    assert "Max duration reached" in output("dotnet", "run", "--project", str(tmp_path))


def test_the_code_can_be_copied(in_chromium: Console) -> None:
    code = code_of(in_chromium, "Python requests")
    in_chromium.run("""
        navigator.clipboard.writeText = (text) => {
          window.copied = text;
          return Promise.resolve();
        };""")
    in_chromium.click("#code [data-part=copy]")
    in_chromium.until(
        "document.querySelector('#code [data-part=copy]').textContent === 'Copied'"
    )
    assert in_chromium.run("return window.copied") == code
