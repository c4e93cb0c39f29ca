"""``scripts/bench cluster``: shared feeds at two nodes behind nginx, with a real Redis.

Two servers of two workers each, nginx in front of them, and many subscribers on many
feeds, each with an event a second. All share this machine: what is measured is the CPU
that each part takes for a delivered event, from which follows how many machines carry
what.
"""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from serve import (
    GUNICORN,
    OURS,
    ROOT,
    SHAPE,
    Contender,
    Running,
    expect,
    loaded,
    results_of,
)

NODES, WORKERS = 2, 2

_NGINX = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 40000;
pid {folder}/pid;
error_log {folder}/error.log crit;
events {{ worker_connections 40000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream nodes {{ {servers} }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
"""


def main() -> None:
    """Measure and print a line for each part."""
    parser = argparse.ArgumentParser(prog="scripts/bench cluster", description=__doc__)
    parser.add_argument("--subscribers", type=int, default=8000)
    parser.add_argument("--feeds", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    wanted = parser.parse_args()
    query = f"&sseMode=CompleteObjects&shape={SHAPE}&feed=bench-{{number}}"
    contender = Contender("cluster", [], OURS + query)
    with cluster() as parts:
        load = {
            "streams": wanted.subscribers,
            "interval": 1000,
            "seconds": wanted.seconds,
            "ramp": wanted.subscribers / 500,
            "numbers": wanted.feeds,
        }
        with loaded(parts["nginx"], contender, **load) as (_, client):
            before = {name: part.cpu_seconds() for name, part in parts.items()}
            expect(client, "counted")
            used = {
                name: part.cpu_seconds() - before[name] for name, part in parts.items()
            }
            found = results_of(client)
    events = max(found["events"], 1)
    print(
        f"{events / found['seconds']:,.0f} events/s, lost {found['lost']},"
        f" first event p99 {found['first_ms'].get('p99', 0):,.0f} ms"
    )
    for name, seconds in used.items():
        print(f"{name}: {seconds / events * 1e6:.2f} us of CPU a delivered event")


@contextmanager
def cluster() -> Iterator[dict[str, Running]]:
    """Redis, the nodes and nginx, by name."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)  # nginx's worker is not root
        parts: dict[str, Running] = {}

        def start(name: str, command: list[str], **env: str) -> int:
            port = free_port()
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                [each.replace("{port}", str(port)) for each in command],
                cwd=ROOT,
                env={**os.environ, **env},
                stdout=log,
                stderr=log,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            wait_for(port, process, folder / f"{name}.log")
            parts[name] = Running(port, process.pid)
            return port

        redis = start("redis", ["redis-server", "--port", "{port}", "--save", ""])
        node = [*GUNICORN, "--config=python:app.start.gunicorn_conf"]
        settings = {
            "MockLlmApi__Redis": f"redis://127.0.0.1:{redis}/0",
            "MockLlmApi__MaxConcurrentStreams": "20000",
        }
        nodes = [
            start(f"node {number + 1}", [*node, f"--workers={WORKERS}"], **settings)
            for number in range(NODES)
        ]
        for each in nodes:
            wait_for_health(each)
        proxy = free_port()
        servers = " ".join(f"server 127.0.0.1:{each};" for each in nodes)
        config = folder / "nginx.conf"
        config.write_text(_NGINX.format(folder=folder, servers=servers, port=proxy))
        command = ["/usr/sbin/nginx", "-c", str(config), "-e", f"{folder}/error.log"]
        process = subprocess.Popen(command)
        stack.callback(process.wait)
        stack.callback(process.terminate)
        wait_for(proxy, process, folder / "error.log")
        parts["nginx"] = Running(proxy, process.pid)
        yield parts


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when somebody listens; fail with the log where nobody will."""
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"a part did not start:\n{log.read_text()}")


def wait_for_health(port: int) -> None:
    """Return when a worker answers: its master listens before."""
    for _ in range(300):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    sys.exit("a node does not answer")


if __name__ == "__main__":
    main()
