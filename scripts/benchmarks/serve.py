"""``scripts/bench serve``: ours beside the bare loop and what one would pick instead.

Every server is pinned to one core and the client to another. The servers take
turns, round by round, and the table shows the medians and the spread. The
ratios are the result: absolute figures belong to one machine and one moment.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SERVERS = HERE / "servers"
SERVER_CORE, CLIENT_CORE = "0", "1"

SHAPE = '{"ticker":"AAPL","price":150.25}'
OURS = "/api/mock/stream/stocks?continuous=true&maxDuration=0&interval={interval}"
PYTHON = sys.executable
GUNICORN = [PYTHON, "-m", "gunicorn", "--bind=127.0.0.1:{port}"]
UVICORN = [PYTHON, "-m", "uvicorn", "--port={port}", "--log-level=warning"]
UVICORN += ["--no-access-log", "--backlog=4096"]


@dataclass(frozen=True)
class Contender:
    """A server: how it is started, where its feed is, and what tells its events."""

    name: str
    command: list[str]
    path: str = "/?interval={interval}"
    cwd: Path = SERVERS
    env: dict[str, str] = field(default_factory=dict)
    mark: str = "data: "


def ours(name: str, mode: str, shape: str = SHAPE) -> Contender:
    """The service as it is shipped, everything on."""
    return Contender(
        name,
        [*GUNICORN, "--config=python:app.start.gunicorn_conf"],
        f"{OURS}&sseMode={mode}&shape={shape}",
        ROOT,
        {"MockLlmApi__MaxConcurrentStreams": "20000"},
    )


OBJECTS = ours("ours, CompleteObjects", "CompleteObjects")
LOOP = Contender("gevent loop", [PYTHON, "gevent_loop.py"])
FLASK = Contender(
    "Flask generator, gunicorn",
    [*GUNICORN, "--worker-class=gevent", "--worker-connections=20000"]
    + ["--backlog=4096", "--no-control-socket", "flask_generator:app"],
)
SSE_STARLETTE = Contender("sse-starlette, uvicorn", [*UVICORN, "sse_starlette_app:app"])
RAW = Contender("StreamingResponse, uvicorn", [*UVICORN, "starlette_raw:app"])
ITEMS = ours("ours, ArrayItems", "ArrayItems", f"[{SHAPE}]")
TOKENS = ours("ours, LlmTokens", "LlmTokens")

CONTENDERS = (OBJECTS, LOOP, FLASK, SSE_STARLETTE, RAW, ITEMS, TOKENS)


@dataclass(frozen=True)
class Running:
    """A started server."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """What its process and all below it have used."""
        ticks = 0
        for pid in family(self.pid):
            stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(stat[11]) + int(stat[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_kb(self) -> int:
        """Resident memory of its process and all below it."""
        return sum(
            int(line.split()[1])
            for pid in family(self.pid)
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmRSS:")
        )


def family(pid: int) -> list[int]:
    """A process and everything that it started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


@contextmanager
def running(contender: Contender) -> Iterator[Running]:
    """``contender``, pinned to its core, answering on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [part.replace("{port}", str(port)) for part in contender.command]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, *command],
            cwd=contender.cwd,
            env={**os.environ, "PORT": str(port), **contender.env},
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port, process, log)
            yield Running(port, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Any) -> None:
    """Return when somebody listens; fail with the log where nobody will."""
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            time.sleep(0.3)
            return
        except OSError:
            time.sleep(0.1)
    log.seek(0)
    raise SystemExit(f"the server did not start:\n{log.read().decode()}")


def measure(contender: Contender, **load: Any) -> dict[str, Any]:
    """One fresh server under one load (see ``loaded``)."""
    with running(contender) as server:
        with loaded(server, contender, **load) as (empty, client):
            return figures(server, client, empty, load["streams"])


def figures(
    server: Running, client: subprocess.Popen[str], empty: int, streams: int
) -> dict[str, Any]:
    """What a load has shown, once the client has counted.

    ``empty`` is the memory without the load's ``streams``, in KB.
    """
    used = server.cpu_seconds()
    expect(client, "counted")
    used = server.cpu_seconds() - used
    full = server.resident_kb()
    found = results_of(client)
    return {
        **found,
        "events_per_second": found["events"] / found["seconds"],
        "cpu_us_per_event": used / max(found["events"], 1) * 1e6,
        "kb_per_stream": (full - empty) / streams,
    }


@contextmanager
def loaded(
    server: Running,
    contender: Contender,
    *,
    streams: int,
    interval: int,
    seconds: float,
    ramp: float,
    settle: float = 1.0,
    numbered: bool = False,
    shared: bool = False,
    numbers: int = 1,
) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The load client once its streams are open, after the memory without them."""
    path = contender.path.replace("{interval}", str(interval)).replace('"', "%22")
    wanted = {
        "port": server.port,
        "path": path,
        "mark": contender.mark,
        "streams": streams,
        "seconds": seconds,
        "ramp": ramp,
        "settle": settle,
        "numbered": numbered,
        "shared": shared,
        "numbers": numbers,
    }
    warm_up(server.port, path.replace("{number}", "0"))
    empty = server.resident_kb()
    client = subprocess.Popen(
        ["taskset", "-c", CLIENT_CORE, PYTHON]
        + [str(HERE / "clients" / "load.py"), json.dumps(wanted)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        expect(client, "open")
        yield empty, client
    finally:
        client.kill()
        client.communicate()


def expect(client: subprocess.Popen[str], word: str) -> None:
    """Wait for a word of the client."""
    assert client.stdout is not None
    line = client.stdout.readline().strip()
    if line != word:
        raise SystemExit(f"the load client said {line!r} and not {word!r}")


def results_of(client: subprocess.Popen[str]) -> dict[str, Any]:
    """What the client found, which it says when it is told to leave."""
    assert client.stdin is not None and client.stdout is not None
    client.stdin.write("\n")
    client.stdin.flush()
    found: dict[str, Any] = json.loads(client.stdout.readline())
    return found


def warm_up(port: int, path: str) -> None:
    """One stream and its first event, so that lazy imports are done."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read1(100)
    connection.close()
    time.sleep(0.2)


# -- the measurements ---------------------------------------------------------

#: name: the load of it. Saturated asks for 400 000 events/s, far more than a core
#: can send; 8 000 streams at 2 s and 100 at 25 ms are 4 000 events/s.
LOADS: dict[str, dict[str, Any]] = {
    "saturated": {"streams": 400, "interval": 1, "seconds": 5, "ramp": 0.5},
    "many": {"streams": 8000, "interval": 2000, "seconds": 10, "ramp": 6},
    "rush": {"streams": 2000, "interval": 2000, "seconds": 1, "ramp": 1, "settle": 0},
}
GROWTH = ((100, 25), (500, 125), (2000, 500), (8000, 2000))


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and most."""
    return {
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
    }


def collect(
    rounds: int, contenders: tuple[Contender, ...], loads: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Every load on every contender, alternating, ``rounds`` times."""
    samples: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for turn in range(rounds):
        for load, wanted in loads.items():
            for contender in contenders:
                found = measure(contender, **wanted)
                samples.setdefault(contender.name, {}).setdefault(load, []).append(
                    found
                )
                say(f"round {turn + 1}, {load}, {contender.name}: {brief(load, found)}")
    return {
        name: {load: summary(found) for load, found in by_load.items()}
        for name, by_load in samples.items()
    }


#: One of many short measurements: what is compared has to meet the machine at one
#: speed, and that changes from second to second.
GLANCE: dict[str, Any] = {
    **{"streams": 400, "interval": 1, "seconds": 0.7},
    **{"ramp": 0.3, "settle": 0.3},
}


def paired(rounds: int, among: Sequence[Contender]) -> dict[str, list[float]]:
    """CPU per event in microseconds of saturated servers, by contender and round.

    The servers are all there from the beginning, one for each environment, and are
    given their load in turns.
    """
    costs: dict[str, list[float]] = {contender.name: [] for contender in among}
    with ExitStack() as stack:
        servers: dict[str, Running] = {}
        for contender in among:
            kind = f"{contender.command} {contender.env}"
            if kind not in servers:
                servers[kind] = stack.enter_context(running(contender))
        for turn in range(rounds):
            begin = turn % len(among)  # nobody is always the first
            for contender in (*among[begin:], *among[:begin]):
                server = servers[f"{contender.command} {contender.env}"]
                with loaded(server, contender, **GLANCE) as (empty, client):
                    told = figures(server, client, empty, GLANCE["streams"])
                costs[contender.name].append(told["cpu_us_per_event"])
            latest = ", ".join(f"{found[-1]:.1f}" for found in costs.values())
            say(f"round {turn + 1}: {latest} us")
    return costs


def paired_ratio(costs: list[float], base: list[float]) -> float:
    """The median over the rounds of one contender's ratio to another."""
    return statistics.median(
        mine / other for mine, other in zip(costs, base, strict=True)
    )


def say(line: str) -> None:
    """Progress, beside the result."""
    print(line, file=sys.stderr, flush=True)


def brief(load: str, found: dict[str, Any]) -> str:
    """The figures of one measurement in a line."""
    text = (
        f"{found['events_per_second']:,.0f} events/s, "
        f"{found['cpu_us_per_event']:.1f} us, {found['kb_per_stream']:.1f} KB, "
        f"gap p99 {found['gap_ms'].get('p99', 0):.1f} ms, "
        f"first p99 {found['first_ms'].get('p99', 0):.0f} ms, "
        f"client {found['client_cpu']:.0%}"
    )
    return text + (f", LOST {found['lost']}" if found["lost"] else "")


def summary(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians and spreads over the rounds."""
    single = ("events_per_second", "cpu_us_per_event", "kb_per_stream", "client_cpu")
    return {
        **{name: spread([each[name] for each in found]) for name in single},
        **{
            f"{kind}_{name}": spread([each[kind].get(name, 0.0) for each in found])
            for kind in ("gap_ms", "first_ms")
            for name in ("p50", "p99", "p999")
        },
        "lost": sum(each["lost"] for each in found),
    }


def growth() -> dict[str, list[tuple[int, float, float]]]:
    """CPU per event and memory per stream, at one rate of events."""
    found: dict[str, list[tuple[int, float, float]]] = {}
    for streams, interval in GROWTH:
        for contender in (OBJECTS, LOOP, FLASK, SSE_STARLETTE, RAW):
            figures = measure(
                contender,
                streams=streams,
                interval=interval,
                seconds=6,
                ramp=max(streams / 1500, 0.5),
            )
            say(f"growth, {streams} streams, {contender.name}: {brief('', figures)}")
            found.setdefault(contender.name, []).append(
                (streams, figures["cpu_us_per_event"], figures["kb_per_stream"])
            )
    return found


def llm_first_token(requests: int = 60) -> dict[str, float]:
    """Milliseconds to the first token of a stub, asked directly and through us."""
    stub = Contender("llm stub", [PYTHON, "llm_stub.py"])
    with running(stub) as model:
        backend = "MockLlmApi__LlmBackends__0__"
        through = Contender(
            "ours",
            [*GUNICORN, "--config=python:app.start.gunicorn_conf"],
            cwd=ROOT,
            env={
                f"{backend}Name": "stub",
                f"{backend}Provider": "llamacpp",
                f"{backend}BaseUrl": f"http://127.0.0.1:{model.port}/v1",
            },
        )
        path = f"/api/mock/stream/stocks?shape={SHAPE}".replace('"', "%22")
        asked = json.dumps({"model": "m", "stream": True, "messages": []})
        direct: list[float] = []
        ours: list[float] = []
        with running(through) as server:
            for _ in range(requests):
                direct.append(
                    first(model.port, "POST", "/v1/chat/completions", asked, "content")
                )
                ours.append(first(server.port, "GET", path, None, "chunk"))
    return {
        "direct_ms": statistics.median(direct),
        "ours_ms": statistics.median(ours),
        "added_ms": statistics.median(ours) - statistics.median(direct),
    }


def first(port: int, method: str, path: str, body: str | None, mark: str) -> float:
    """Milliseconds from the request to the first line that has ``mark``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.connect()
    began = time.perf_counter()
    connection.request(method, path, body)
    response = connection.getresponse()
    while mark.encode() not in response.readline():
        pass
    took = (time.perf_counter() - began) * 1000
    response.read()
    connection.close()
    return took


# -- the report ---------------------------------------------------------------

_COLUMNS = (
    ("CPU us/event", "saturated", "cpu_us_per_event", "{:.1f}"),
    ("at 4 000/s", "many", "cpu_us_per_event", "{:.1f}"),
    ("events/s", "saturated", "events_per_second", "{:,.0f}"),
    ("KB/stream", "many", "kb_per_stream", "{:.1f}"),
    ("gap p50 ms", "many", "gap_ms_p50", "{:.1f}"),
    ("gap p99 ms", "many", "gap_ms_p99", "{:.1f}"),
    ("gap p99.9 ms", "many", "gap_ms_p999", "{:.1f}"),
    ("first p50 ms", "rush", "first_ms_p50", "{:.0f}"),
    ("first p99 ms", "rush", "first_ms_p99", "{:.0f}"),
    ("client CPU", "saturated", "client_cpu", "{:.0%}"),
)


def table(results: dict[str, Any]) -> str:
    """The medians, least and most behind them, as Markdown."""
    lines = ["| server | " + " | ".join(title for title, *_ in _COLUMNS) + " |"]
    lines.append("|---" * (len(_COLUMNS) + 1) + "|")
    for name, loads in results.items():
        cells = []
        for _, load, key, form in _COLUMNS:
            each = loads[load][key]
            least, most = form.format(each["min"]), form.format(each["max"])
            cells.append(f"{form.format(each['median'])} ({least} to {most})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def ratios(results: dict[str, Any]) -> dict[str, float]:
    """What the targets speak of, from one run."""

    def value(contender: Contender, load: str, key: str) -> float:
        median: float = results[contender.name][load][key]["median"]
        return median

    found: dict[str, float] = {}
    for other in (LOOP, FLASK, SSE_STARLETTE, RAW):
        if other.name not in results:
            continue
        if "saturated" in results[OBJECTS.name]:
            found[f"CPU per event against {other.name}"] = value(
                OBJECTS, "saturated", "cpu_us_per_event"
            ) / value(other, "saturated", "cpu_us_per_event")
            found[f"events/s against {other.name}"] = value(
                OBJECTS, "saturated", "events_per_second"
            ) / value(other, "saturated", "events_per_second")
        if "many" in results[OBJECTS.name]:
            found[f"CPU per event of many streams against {other.name}"] = value(
                OBJECTS, "many", "cpu_us_per_event"
            ) / value(other, "many", "cpu_us_per_event")
            found[f"KB per stream against {other.name}"] = value(
                OBJECTS, "many", "kb_per_stream"
            ) / value(other, "many", "kb_per_stream")
    return found


def bars(found: dict[str, list[tuple[int, float, float]]]) -> str:
    """The growth as text."""
    lines = []
    for name, points in found.items():
        lines.append(f"{name}: CPU us per event at 4 000 events/s")
        most = max(cpu for _, cpu, _ in points)
        for streams, cpu, kb in points:
            bar = "#" * round(40 * cpu / most)
            lines.append(f"  {streams:>5} streams  {cpu:6.1f}  {kb:6.1f} KB  {bar}")
    return "\n".join(lines)


def plot(found: dict[str, list[tuple[int, float, float]]], path: Path) -> None:
    """The growth as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4))
    for name, points in found.items():
        streams = [point[0] for point in points]
        axes[0].plot(streams, [point[1] for point in points], marker="o", label=name)
        axes[1].plot(streams, [point[2] for point in points], marker="o", label=name)
    axes[0].set(xlabel="open streams", ylabel="CPU us per event", xscale="log")
    axes[1].set(xlabel="open streams", ylabel="KB per stream", xscale="log")
    axes[0].set_ylim(bottom=0)
    axes[1].set_ylim(bottom=0)
    axes[0].legend()
    figure.suptitle("4 000 events/s on one core")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(prog="scripts/bench serve", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--no-growth", action="store_true")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    results = collect(wanted.rounds, CONTENDERS, LOADS)
    report: dict[str, Any] = {
        "machine": f"{platform.processor() or platform.machine()}, Python "
        f"{platform.python_version()}, one core for the server",
        "results": results,
        "ratios": ratios(results),
        "llm_first_token": llm_first_token(),
    }
    text = [table(results), ""]
    text += [f"{name}: {ratio:.2f}" for name, ratio in report["ratios"].items()]
    llm = report["llm_first_token"]
    text.append(
        f"first LLM token: direct {llm['direct_ms']:.1f} ms, ours "
        f"{llm['ours_ms']:.1f} ms, {llm['added_ms']:+.1f} ms"
    )
    if not wanted.no_growth:
        report["growth"] = growth()
        text += ["", bars(report["growth"])]
        plot(report["growth"], wanted.out / "growth.png")
    (wanted.out / "serve.json").write_text(json.dumps(report, indent=1))
    (wanted.out / "serve.txt").write_text("\n".join(text) + "\n")
    print("\n".join(text))
    print(f"\nwritten to {wanted.out}")


if __name__ == "__main__":
    main()
