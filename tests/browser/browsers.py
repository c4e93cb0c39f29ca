"""Real browsers, as little of each as the tests need: pages and their scripts."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import websocket
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

#: How long a page has to show something, in seconds.
PATIENCE = 20.0

_CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",
    "--window-size=1440,900",
)


class Browser(Protocol):
    """One tab."""

    def open(self, url: str) -> None:
        """Go to ``url``, from nowhere."""

    def run(self, script: str, *arguments: object) -> Any:
        """What the ``return`` of a function's body gives."""

    def complaints(self) -> list[str]:
        """What the browser's console has said since it was last asked."""


class Chromium:
    """Debian's Chromium; ``driver`` is Selenium's."""

    def __init__(self, profile: str) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in (*_CHROMIUM, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = Service("/usr/bin/chromedriver")
        self.driver = webdriver.Chrome(options=options, service=service)

    def open(self, url: str) -> None:
        self.driver.get("about:blank")
        self.driver.get(url)

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def command(self, name: str, **parameters: object) -> Any:
        """A command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(name, parameters)

    def resize(self, width: int, height: int) -> None:
        """The size of the page, without the window around it."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, theme: str) -> None:
        """What the system's theme is: ``light`` or ``dark``."""
        feature = {"name": "prefers-color-scheme", "value": theme}
        self.command("Emulation.setEmulatedMedia", features=[feature])

    def complaints(self) -> list[str]:
        """See ``Browser.complaints``."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


class Firefox:
    """Debian's Firefox ESR, over WebDriver BiDi, which needs no driver beside it."""

    def __init__(self, profile: str) -> None:
        self._process = subprocess.Popen(
            ["/usr/bin/firefox-esr", "--headless", "--no-remote", "--profile", profile]
            + ["--remote-debugging-port", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._number = 0
        self._said: list[str] = []
        self._socket = websocket.create_connection(
            f"ws://127.0.0.1:{_port(profile)}/session",
            timeout=60,
            suppress_origin=True,
        )
        wanted = {"alwaysMatch": {"acceptInsecureCerts": True}}
        self._command("session.new", capabilities=wanted)
        self._command("session.subscribe", events=["log.entryAdded"])
        tree = self._command("browsingContext.getTree")
        self._tab = tree["contexts"][0]["context"]

    def _command(self, method: str, **parameters: object) -> Any:
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(command))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("method") == "log.entryAdded":
                self._said.append(str(answer["params"].get("text")))
            if answer.get("id") == self._number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, url: str) -> None:
        for address in ("about:blank", url):
            self._command(
                "browsingContext.navigate",
                context=self._tab,
                url=address,
                wait="complete",
            )

    def run(self, script: str, *arguments: object) -> Any:
        # Through JSON, which spares the protocol's own form of values.
        function = (
            "(given) => JSON.stringify((function () {"
            f"{script}\n"
            "}).apply(null, JSON.parse(given)) ?? null)"
        )
        result = self._command(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": json.dumps(arguments)}],
            target={"context": self._tab},
            awaitPromise=False,
        )
        assert result["type"] == "success", result
        return json.loads(result["result"]["value"])

    def complaints(self) -> list[str]:
        """See ``Browser.complaints``."""
        said, self._said = self._said, []
        return said

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(20)


def _port(profile: str) -> int:
    """The port that Firefox has chosen, as it notes it in its profile."""
    note = Path(profile, "WebDriverBiDiServer.json")
    end = time.monotonic() + 60
    while not (note.exists() and note.read_text()):
        assert time.monotonic() < end, "Firefox does not start"
        time.sleep(0.05)
    return int(json.loads(note.read_text())["ws_port"])


@contextmanager
def chromium() -> Iterator[Chromium]:
    """A Chromium with a profile of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Chromium(profile)
        try:
            yield browser
        finally:
            browser.driver.quit()


@contextmanager
def firefox() -> Iterator[Firefox]:
    """A Firefox with a profile of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Firefox(profile)
        try:
            yield browser
        finally:
            browser.close()


def until(
    browser: Browser,
    condition: str,
    *arguments: object,
    patience: float = PATIENCE,
) -> Any:
    """Wait for a JavaScript expression to hold; its value, or True for an element."""
    end = time.monotonic() + patience
    while True:
        found = browser.run(
            f"const found = ({condition}); return found instanceof Node || found",
            *arguments,
        )
        if found:
            return found
        if time.monotonic() > end:
            page = browser.run("return document.body.innerText")
            said = browser.complaints()
            raise AssertionError(f"never: {condition} {arguments}\n{said}\n{page}")
        time.sleep(0.05)
