"""Real nginx with the site file that is shipped, in front of a real server."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.system.server import ROOT, environment

SITE = ROOT / "scripts" / "deploy" / "nginx.conf"

_MAIN = """
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log info;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    include {directory}/site.conf;
}}
"""


class Nginx:
    """nginx with one configuration, which can be started anew."""

    def __init__(self, configuration: Path) -> None:
        """Start it."""
        self._command = [nginx(), "-c", str(configuration)]
        self._log = configuration.with_name("nginx.log")
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as output:
            return subprocess.Popen(
                self._command, cwd=ROOT, stdout=output, stderr=output
            )

    def close(self) -> None:
        """Cut all connections."""
        self._process.terminate()
        self._process.wait(30)

    def start(self) -> None:
        """Listen again at the same addresses."""
        self._process = self._started()


@dataclass(frozen=True)
class Proxy:
    """nginx as a visitor sees it, and the server behind its unix socket."""

    plain: str
    tls: str
    certificate: Path
    socket: Path
    configuration: Path
    nginx: Nginx

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the plain listener, for a socket."""
        return "127.0.0.1", int(self.plain.rsplit(":", 1)[1])


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def proxied(config: str = "MockLlmApi: {TrustedProxies: [unix]}") -> Iterator[Proxy]:
    """The shipped site file, its addresses and paths replaced, and nothing else."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o755)  # nginx's workers are not root
        plain, tls = free_port(), free_port()
        certificate = _make_certificate(directory)
        upstream = directory / "llmock.sock"
        (directory / "site.conf").write_text(_site(directory, plain, tls, upstream))
        main = directory / "nginx.conf"
        main.write_text(_MAIN.format(directory=directory))
        (directory / "config.yaml").write_text(config)
        with (
            _running(
                [
                    str(ROOT / ".venv/bin/python"),
                    "-m",
                    "gunicorn",
                    "--config=python:app.start.gunicorn_conf",
                    f"--bind=unix:{upstream}",
                    "--umask=0",
                ],
                environment({"LLMOCK_CONFIG": str(directory / "config.yaml")}),
                directory / "server.log",
            ),
            closing(Nginx(main)) as running,
        ):
            proxy = Proxy(
                f"http://127.0.0.1:{plain}",
                f"https://localhost:{tls}",
                certificate,
                upstream,
                main,
                running,
            )
            _wait_for(f"{proxy.plain}/healthz", directory)
            yield proxy
        log = (directory / "server.log").read_text()
        assert "Traceback" not in log, log


def nginx() -> str:
    """Where nginx is; Debian keeps it off a plain user's PATH."""
    return shutil.which("nginx") or "/usr/sbin/nginx"


def _site(directory: Path, plain: int, tls: int, upstream: Path) -> str:
    text = SITE.read_text()
    for pattern, replacement in (
        (r"listen \[::\].*\n", ""),
        (r"listen 80;", f"listen 127.0.0.1:{plain};"),
        (r"listen 443 ", f"listen 127.0.0.1:{tls} "),
        (r"/run/llmock/llmock.sock", str(upstream)),
        (r"/etc/ssl/certs/llmock.pem", str(directory / "cert.pem")),
        (r"/etc/ssl/private/llmock.key", str(directory / "key.pem")),
    ):
        text, count = re.subn(pattern, replacement, text)
        assert count, f"the site file has no {pattern}"
    return text


def _make_certificate(directory: Path) -> Path:
    certificate = directory / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days=2"]
        + ["-subj=/CN=localhost", "-addext=subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + [f"-keyout={directory / 'key.pem'}", f"-out={certificate}"],
        check=True,
        capture_output=True,
    )
    return certificate


@contextmanager
def _running(
    command: list[str], variables: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=variables, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(url: str, directory: Path) -> None:
    began = time.monotonic()
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            if time.monotonic() - began > 20:
                logs = [log.read_text() for log in directory.glob("*.log")]
                raise AssertionError("\n".join(logs)) from None
            time.sleep(0.05)
