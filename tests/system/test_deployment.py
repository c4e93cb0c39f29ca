"""The files under scripts/deploy are what their readers accept."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import load_settings
from tests.integration.redis_server import redis_server
from tests.system.schemas import complaints
from tests.system.server import ROOT, environment
from tests.system.wire import wait_until

DEPLOY = ROOT / "scripts" / "deploy"
COMPOSE = sorted(DEPLOY.glob("compose*.yaml"))
#: Files that the operator makes, as the comment of the compose file says.
MADE_BY_THE_OPERATOR = {"llmock.pem", "llmock.key"}


@pytest.mark.needs_systemd
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "llmock.service").read_text()
    assert "/opt/llmock/.venv/bin/python" in text
    unit = tmp_path / "llmock.service"
    unit.write_text(text.replace("/opt/llmock/.venv/bin/python", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.needs_systemd
def test_the_unit_is_hardened(tmp_path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", DEPLOY / "llmock.service"],
        capture_output=True,
        text=True,
    )
    exposure = re.search(r"exposure level.*?: ([0-9.]+)", done.stdout)
    assert exposure is not None, done.stderr
    assert float(exposure[1]) < 2.5


def test_the_image_runs_as_a_plain_user() -> None:
    users = re.findall("^USER (.*)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert users[-1] == "10001:10001"


class Image:
    """What the image's file says."""

    def __init__(self) -> None:
        self._text = (DEPLOY / "Dockerfile").read_text().replace("\\\n", "")

    def all(self, instruction: str) -> list[str]:
        """What follows each instruction of a kind."""
        return re.findall(rf"^{instruction} +(.*)$", self._text, re.MULTILINE)

    def command(self, instruction: str) -> list[str]:
        """The command of an instruction, as words."""
        (found,) = self.all(instruction)
        words: list[str] = json.loads(found[found.index("[") :])
        return words


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image would hold in /srv, and in ``site`` beside it its packages."""
    image, folder = Image(), tmp_path_factory.mktemp("image")
    (workdir,) = image.all("WORKDIR")
    srv, site = folder / workdir.strip("/"), folder / "site"
    srv.mkdir()
    for copied in image.all("COPY"):
        *sources, target = copied.split()
        for source in map(ROOT.joinpath, sources):
            if source.is_dir():
                shutil.copytree(source, srv / target)
            else:
                (srv / target).mkdir(exist_ok=True)
                shutil.copy(source, srv / target)
    (script,) = image.all("RUN")
    pip = f"{shlex.quote(sys.executable)} -m pip install --target {site}"
    offline = "--no-deps --no-index --no-build-isolation --quiet"
    script = script.replace("pip install", f"{pip} {offline}")
    script = script.replace("-o 10001 -g 10001 /run", str(folder / "run"))
    env = dict(word.split("=", 1) for word in shlex.split(image.all("ENV")[0]))
    done = subprocess.run(
        ["sh", "-ec", script], cwd=srv, env=environment(env), capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    return srv


def test_the_image_is_built_of_what_it_copies(built: Path) -> None:
    assert {path.name for path in built.iterdir()} >= {"config.yaml", "scripts"}
    assert [*built.glob("app"), *built.glob("*.egg-info")] == []
    assert (built.parent / "run" / "llmock").is_dir()


def test_the_image_has_bytecode_and_so_starts_at_once(built: Path) -> None:
    package = built.parent / "site" / "llmock_api"
    modules = [*package.rglob("*.py")]
    compiled = [*package.rglob(f"__pycache__/*.{sys.implementation.cache_tag}.pyc")]
    assert modules and len(compiled) == len(modules)


def test_the_command_of_the_image_serves_and_is_healthy(built: Path) -> None:
    image, site = Image(), built.parent / "site"
    name, *arguments = image.command("CMD")
    env = environment({"LLMOCK_CONFIG": str(built / "config.yaml")})
    process = subprocess.Popen(
        [sys.executable, site / "bin" / name, *arguments, "--port=0", "--until-eof"],
        cwd=built,
        env={**env, "PYTHONPATH": str(site)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None and process.stdin is not None
        said = process.stdout.readline()
        port = said.split("serves on http://127.0.0.1:")[1].split()[0]
        _, *check = image.command("HEALTHCHECK")
        command = [sys.executable, *(word.replace("5000", port) for word in check)]
        assert subprocess.run(command, timeout=20).returncode == 0
        process.stdin.close()
        assert process.wait(20) == 0
        refused = subprocess.run(command, timeout=20, stderr=subprocess.DEVNULL)
        assert refused.returncode != 0


def services() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in COMPOSE:
        for name, service in yaml.safe_load(path.read_text())["services"].items():
            yield f"{path.name}: {name}", service


def test_every_path_of_a_compose_file_is_there() -> None:
    for where, service in services():
        build = service.get("build")
        if build:
            context = DEPLOY / build["context"]
            assert (context / build["dockerfile"]).is_file(), where
            assert (context / "app").is_dir(), where
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                path = DEPLOY / source
                assert path.exists() or path.name in MADE_BY_THE_OPERATOR, volume


def test_the_settings_of_every_compose_file_are_accepted() -> None:
    for where, service in services():
        if "build" in service:
            given = {
                name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)
                for name, value in service["environment"].items()
            }
            assert load_settings(None, given) is not None, where


def test_compose_and_github_accept_their_files() -> None:
    assert complaints("compose-spec", *COMPOSE) == ""
    assert complaints("github-workflows", ROOT / ".github/workflows/ci.yml") == ""


@pytest.mark.needs_redis
def test_the_shared_server_serves_and_is_healthy(tmp_path: Path) -> None:
    shared = dict(services())["compose.redis.yaml: llmock"]
    bound = str(tmp_path / "llmock.sock")
    words = [
        word.replace("/run/llmock/llmock.sock", bound)
        for word in (*shared["command"], *shared["healthcheck"]["test"])
    ]
    command, check = words[: len(shared["command"])], words[-3:]
    assert command[0] == "gunicorn" and check[0] == "test"
    with redis_server() as redis:
        env = environment({**shared["environment"], "MockLlmApi__Redis": redis.url})
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env=env,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: subprocess.run(check).returncode == 0, 60)
            # The socket is there a moment before it is listened to.
            wait_until(lambda: get_over(bound, "/readyz") == 200, 20)
        finally:
            process.terminate()
            assert process.wait(30) == 0
    assert subprocess.run(check).returncode != 0


def get_over(path: str, target: str) -> int | None:
    """The status of a GET over a unix socket, None where nobody listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        try:
            connection.connect(path)
        except ConnectionRefusedError:
            return None
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return int(connection.recv(100).split()[1])


def test_the_model_is_fetched_once_ollama_answers(tmp_path: Path) -> None:
    fetch = dict(services())["compose.ollama.yaml: fetch"]
    *shell, script = fetch["entrypoint"]
    stand_in, log = tmp_path / "ollama", tmp_path / "log"
    stand_in.write_text(f"#!/bin/sh\necho $* >>{log}\n[ $(wc -l <{log}) -gt 1 ]\n")
    stand_in.chmod(0o755)
    env = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    assert subprocess.run([*shell, script], env=env, timeout=60).returncode == 0
    assert log.read_text().split("\n")[:3] == ["list", "list", "pull llama3.2"]


def test_the_shared_server_is_where_nginx_looks_for_it() -> None:
    shared = yaml.safe_load((DEPLOY / "compose.redis.yaml").read_text())["services"]
    command = shared["llmock"]["command"]
    module = command[command.index("--config") + 1]
    path = module.removeprefix("python:llmock_api").replace(".", "/")
    assert (ROOT / f"app{path}.py").is_file()
    bound = command[command.index("--bind") + 1]
    assert f"server {bound} " in (DEPLOY / "nginx.conf").read_text()
    folder = str(Path(bound.removeprefix("unix:")).parent)
    assert f"socket:{folder}" in shared["llmock"]["volumes"]
    assert f"socket:{folder}" in shared["nginx"]["volumes"]
    assert folder in shlex.split((DEPLOY / "Dockerfile").read_text(), comments=True)
