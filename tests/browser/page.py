"""The console as its tests speak of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.browser.browsers import Browser, until

#: The panel of number ``arguments[0]``; -1 is the last one.
_PANEL = "[...document.querySelectorAll('.panel')].at(arguments[0])"

STREAM = "/api/mock/stream/"


class Console:
    """An open console page."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.browser = browser
        self.server = server

    def open(self, *streams: str, **more: str) -> Console:
        """The page, by its own address; ``streams`` are what follows ``STREAM``."""
        pairs = [("stream", STREAM + stream) for stream in streams] + [*more.items()]
        state = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
        self.browser.open(f"{self.server}/#{state}")
        until(self.browser, "document.documentElement.dataset.ready")
        return self

    def until(self, condition: str, *arguments: object, **how: float) -> Any:
        """Wait for a JavaScript expression to hold."""
        return until(self.browser, condition, *arguments, **how)

    def run(self, script: str, *arguments: object) -> Any:
        return self.browser.run(script, *arguments)

    def click(self, selector: str) -> None:
        """Click as a script does, whatever is on top."""
        self.until("document.querySelector(arguments[0])", selector)
        self.run("document.querySelector(arguments[0]).click()", selector)

    def fill(self, field: str, text: str) -> None:
        """Put text into the form's field, as typing does."""
        self.run(
            """const field = document.getElementById('composer').elements[arguments[0]];
            field.value = arguments[1];
            field.dispatchEvent(new Event('input', { bubbles: true }));""",
            field,
            text,
        )

    def value(self, field: str) -> str:
        """What is in the form's field."""
        return str(
            self.run(
                "const { elements } = document.getElementById('composer');"
                "return elements[arguments[0]].value",
                field,
            )
        )

    def preset(self, name: str) -> None:
        """Open the streams of a preset."""
        self.run(
            """[...document.querySelectorAll('.cards .preset')]
                .find((each) => each.textContent.startsWith(arguments[0])).click()""",
            name,
        )

    @property
    def panels(self) -> int:
        return int(self.run("return document.querySelectorAll('.panel').length"))

    def panel(self, number: int = 0) -> Panel:
        """A panel that is there, or comes."""
        self.until(_PANEL, number)
        return Panel(self, number)


class Panel:
    """One stream's panel."""

    def __init__(self, console: Console, number: int) -> None:
        self._console = console
        self._number = number

    def run(self, body: str, *arguments: object) -> Any:
        """Run with ``panel`` as the element; ``more`` are the arguments."""
        return self._console.run(
            f"const panel = {_PANEL}; const more = [...arguments].slice(1); {body}",
            self._number,
            *arguments,
        )

    def until(self, expression: str, *arguments: object, **how: float) -> Any:
        """Wait for an expression over ``panel`` and ``more``."""
        return self._console.until(
            f"((panel, more) => {expression})({_PANEL}, [...arguments].slice(1))",
            self._number,
            *arguments,
            **how,
        )

    def part(self, name: str) -> str:
        """The text of one of its parts."""
        return str(
            self.run(
                "return panel.querySelector(`[data-part=${more[0]}]`).textContent", name
            )
        )

    def click(self, part: str) -> None:
        self.run("panel.querySelector(`[data-part=${more[0]}]`).click()", part)

    @property
    def state(self) -> str:
        return str(self.run("return panel.dataset.state"))

    def wait_for(self, state: str, **how: float) -> Panel:
        """Wait for a state of the stream."""
        self.until("panel.dataset.state === more[0]", state, **how)
        return self

    def wait_for_events(self, count: int, **how: float) -> Panel:
        """Wait until it has received so many."""
        self.until(
            "Number(panel.querySelector('[data-part=events]').textContent"
            ".replace(/\\D/g, '')) >= more[0]",
            count,
            **how,
        )
        return self

    def wait_for_text(self, part: str, text: str, **how: float) -> Panel:
        """Wait for a part that is seen and contains a text."""
        self.until(
            "(({ hidden, textContent }) => !hidden && textContent.includes(more[1]))"
            "(panel.querySelector(`[data-part=${more[0]}]`))",
            part,
            text,
            **how,
        )
        return self

    def wait_for_frame(self, *texts: str) -> str:
        """Filter its list of frames by the first text, wait for a row with all."""
        self.click("tabFrames")
        self.run(
            """const filter = panel.querySelector('[data-part=filter]');
            filter.value = more[0];
            filter.dispatchEvent(new Event('input'));""",
            texts[0],
        )
        row = "[...row.children].map((cell) => cell.textContent).join(' ')"
        return str(
            self.until(
                f"[...panel.querySelectorAll('.frame')].map((row) => {row})"
                ".find((text) => more[0].every((each) => text.includes(each)))",
                texts,
            )
        )
