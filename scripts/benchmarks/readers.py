"""Which public readers of event streams read which framing, and survive which fault.

The readers are installed into .venv-readers; browsers are used where they are there.
Prints the table of the page about faults; with names of readers as arguments, theirs
alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.reading.readers import BROWSERS, FAULTS, FRAMINGS, cell, said, standard
from tests.system.server import ROOT, serve

HOME = ROOT / ".venv-readers"

#: The packages, by the names of their readers, at the versions that are compared.
NODE = {
    "eventsource": "eventsource@5.1.5",
    "eventsource-2": "eventsource-2@npm:eventsource@2.0.2",
    "fetch-event-source": "@microsoft/fetch-event-source@2.0.1",
    "eventsource-parser": "eventsource-parser@4.1.3",
    "event-source-polyfill": "event-source-polyfill@1.0.31",
    "undici": "undici@7.30.2",
}
PYTHON = {
    "httpx-sse": ("httpx-sse==0.4.3", "httpx"),
    "sseclient-py": ("sseclient-py==1.9.0", "requests"),
    "sseclient": ("sseclient==0.0.27",),
    "requests-sse": ("requests-sse==0.5.3",),
    "aiohttp-sse-client2": ("aiohttp-sse-client2==0.3.0",),
    "openai": ("openai==3.54.0",),
}
COMMANDS = {"Chromium": "/usr/bin/chromium", "Firefox": "/usr/bin/firefox-esr"}


def install(name: str) -> None:
    """Install a reader where it is not there yet."""
    if name in NODE:
        home = HOME / "node"
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").touch()
        if not (home / "package.json").read_text():
            (home / "package.json").write_text('{"private": true}\n')
        alias = NODE[name].rpartition("@")[0].partition("@npm:")[0]
        if not (home / "node_modules" / alias).exists():
            subprocess.run(
                ["npm", "install", "--silent", "--no-audit", "--no-fund", NODE[name]],
                cwd=home,
                check=True,
            )
    elif name in PYTHON and not (HOME / name).exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--target"]
        subprocess.run([*command, str(HOME / name), *PYTHON[name]], check=True)


def version(name: str) -> str:
    """The version of a reader that is installed."""
    if name in NODE:
        folder = NODE[name].rpartition("@")[0].partition("@npm:")[0]
        text = (HOME / "node" / "node_modules" / folder / "package.json").read_text()
        return str(json.loads(text)["version"])
    if name in PYTHON:
        return PYTHON[name][0].partition("==")[2]
    answer = subprocess.run([COMMANDS[name], "--version"], capture_output=True)
    return answer.stdout.decode().split()[-1 if name == "Firefox" else 1].rstrip("esr")


def main() -> None:
    """Print the table."""
    names = sys.argv[1:] or [*NODE, *PYTHON, *BROWSERS]
    for name in names:
        install(name)
    print("| reader | legal framings | faults |\n|---|---|---|")
    with serve("MockLlmApi: {LogLevel: error, MaxEventBytes: 2000000}") as server:
        wanted = standard(server, [*FRAMINGS, *FAULTS])
        for name in names:
            if name in BROWSERS and not Path(COMMANDS[name]).exists():
                print(f"{name} is not installed", file=sys.stderr)
                continue
            words = said(
                server, name, wanted, HOME / ("node" if name in NODE else name)
            )
            cells = f"{cell(words, FRAMINGS)} | {cell(words, FAULTS)}"
            print(f"| {name} {version(name)} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
