"""The wheel, as a stranger installs it beside a project of their own."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system.server import ROOT, environment

#: What a project is likely to have itself.
MODULES_OF_A_PROJECT = ["app", "wsgi", "tests", "scripts", "config", "logs"]

#: A page of every kind, with words that stand in it.
PARTS = {
    "/": "<title>",
    "/docs": "viewer/swagger-ui-bundle.js",
    "/docs/viewer/swagger-ui.css": ".swagger-ui",
    "/docs/installing": "pip install llmock-api",
    "/openapi.json": '"openapi"',
    "/api/mock/users/42": '"id":42',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder of modules that fail when somebody imports them."""
    for name in [*MODULES_OF_A_PROJECT, "flask", "gevent", "requests", "events"]:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a stranger has me')")
    return tmp_path


def test_the_wheel_brings_one_package_and_all_of_its_files(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        "llmock_api"
    }
    sources = [
        path.relative_to(ROOT / "app")
        for path in (ROOT / "app").rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.parent != ROOT / "app"
    ]
    missing = [path for path in sources if f"llmock_api/{path}" not in names]
    assert missing == []


def test_nothing_that_a_project_may_have_is_importable(
    installed: Path, tmp_path: Path
) -> None:
    code = (
        "import sys, importlib.util as u; print([u.find_spec(n) for n in sys.argv[1:]])"
    )
    said = subprocess.run(
        [installed / "python", "-c", code, *MODULES_OF_A_PROJECT, "gunicorn_conf"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert set(json.loads(said.stdout.replace("None", "null"))) == {None}, said


@contextmanager
def served(installed: Path, folder: Path) -> Iterator[str]:
    """The address of a server that was started in ``folder``."""
    process = subprocess.Popen(
        [installed / "llmock-api", "serve", "--port=0", "--until-eof"],
        cwd=folder,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout is not None and process.stdin is not None
        yield process.stdout.readline().split("serves on ")[1].split()[0]
        # It ends as it would if whoever started it were killed.
        process.stdin.close()
        assert process.wait(20) == 0


def test_an_installed_server_serves_by_itself_whatever_folder_it_is_started_in(
    installed: Path, project: Path
) -> None:
    with served(installed, project) as url:
        for path, words in PARTS.items():
            with urllib.request.urlopen(f"{url}{path}", timeout=20) as response:
                assert words in response.read().decode(), path


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["check"], 0, "the configuration can be served\n"),
        (["check", "--config", "good.yaml"], 0, "{cwd}/good.yaml can be served\n"),
        (["check", "--config", "bad.yaml"], 2, "{cwd}/bad.yaml: MockLlmApi.SseMoed"),
        (["check", "--workers", "2"], 2, "2 workers need a Redis"),
        (["serve", "--config", "none.yaml"], 2, "there is no file {cwd}/none.yaml"),
        (["serve", "--port", "http"], 2, "--port: is 'http'; accepted: a whole number"),
        (["serve", "--port", "65536"], 2, "accepted: a whole number from 0 to 65535"),
        (["serve", "--workers", "0"], 2, "--workers: is '0'; accepted"),
        (["serve", "--host", "192.0.2.1"], 1, "serve: cannot listen on 192.0.2.1"),
        (["serve", "--prot", "1"], 2, "serve: error: there is no argument --prot; did"),
        (["check", "--work", "2"], 2, "--work; did you mean --workers?"),
        (["check", "--config", "few.yaml"], 0, "RouteFiles has none/*.yaml, which no"),
        (["sevre"], 2, "invalid choice: 'sevre'"),
        ([], 2, "COMMAND"),
        (["--version"], 0, "0."),
    ],
)
def test_the_command_says_in_one_line_what_is_wrong(
    installed: Path, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    (tmp_path / "good.yaml").write_text("MockLlmApi: {HeartbeatSeconds: 1}")
    (tmp_path / "few.yaml").write_text("MockLlmApi: {RouteFiles: [none/*.yaml]}")
    (tmp_path / "bad.yaml").write_text("MockLlmApi: {SseMoed: LlmTokens}")
    said = subprocess.run(
        [installed / "llmock-api", *arguments],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.returncode == status
    assert words.format(cwd=os.fspath(tmp_path)) in said.stdout + said.stderr
    assert "Traceback" not in said.stderr
