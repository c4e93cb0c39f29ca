"""A stranger's project with a suite of its own, beside the installed wheel."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.schemas import complaints
from tests.system.server import ROOT, Server, environment, serve

#: Most that a pytest spends on a plugin that it does not use, in milliseconds.
MAX_IMPORT_MS = 5.0

#: Leaves out plugins that this project has, and its stranger has not.
QUICK = [
    *("-p", "no:cacheprovider"),
    *("-p", "no:schemathesis"),
    *("-p", "no:hypothesispytest"),
    *("-p", "no:flask"),
]

IMPORTING = """
import sys, time, pytest
before = time.process_time()
import llmock_api.pytest_plugin
print(1000 * (time.process_time() - before))
print(*sorted({"requests", "flask", "gevent", "gunicorn", "json"} & {*sys.modules}))
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server for suites that need none of their own."""
    with serve() as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, whose suite may leave files."""
    return Path(shutil.copytree(ROOT / "tests" / "stranger", tmp_path / "project"))


def run(
    command: list[str | Path], project: Path, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=project,
        env=environment(env),
        capture_output=True,
        text=True,
        timeout=100,
    )


def run_pytest(
    installed: Path, project: Path, *arguments: str, **env: str
) -> subprocess.CompletedProcess[str]:
    """The project's pytest, as ``python -m pytest`` in its folder."""
    command = [installed / "python", "-m", "pytest", *QUICK]
    return run([*command, *arguments], project, **env)


def replace_suite(project: Path, text: str) -> None:
    """Put one test in place of the project's."""
    shutil.rmtree(project / "tests")
    (project / "test_verbs.py").unlink()
    (project / "test_it.py").write_text(text)


@pytest.mark.needs_node
def test_a_strangers_suite_passes_in_parallel(installed: Path, project: Path) -> None:
    done = run_pytest(installed, project, "-n", "2", "tests")
    assert "7 passed" in done.stdout, done.stdout
    assert done.returncode == 0


def test_a_feed_does_what_it_is_told(
    installed: Path, server: Server, project: Path
) -> None:
    done = run_pytest(installed, project, "test_verbs.py", LLMOCK_URL=server.url)
    assert "1 passed" in done.stdout, done.stdout


@pytest.mark.needs_node
def test_the_same_suite_passes_in_vitest(server: Server, project: Path) -> None:
    modules = ROOT / "tests" / "node" / "node_modules"
    (project / "node_modules").symlink_to(modules)
    command = [modules / ".bin" / "vitest", "run", "--no-color"]
    done = run(command, project, LLMOCK_URL=server.url)
    assert "Tests  5 passed (5)" in done.stdout, done.stdout + done.stderr


@pytest.mark.needs_node
@pytest.mark.needs_chromium
def test_a_page_is_tested_with_playwright(installed: Path, project: Path) -> None:
    modules = ROOT / "tests" / "node" / "node_modules"
    (project / "node_modules").symlink_to(modules)
    config = project / "playwright.config.mjs"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    chromium = {"executablePath": shutil.which("chromium"), "args": ["--no-sandbox"]}
    use = f"use: {{ launchOptions: {json.dumps(chromium)} }},\n  testDir"
    text = config.read_text("utf-8").replace("5000", port)
    config.write_text(text.replace("testDir", use), "utf-8")
    path = f"{installed}{os.pathsep}{os.environ['PATH']}"
    url = f"http://127.0.0.1:{port}"
    command: list[str | Path] = [modules / ".bin" / "playwright", "test"]
    done = run(command, project, LLMOCK_URL=url, PATH=path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.needs_curl
@pytest.mark.needs_jq
def test_the_same_suite_passes_in_the_shell(server: Server, project: Path) -> None:
    done = run(["tests/dashboard_test.sh"], project, LLMOCK_URL=server.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok: ") == 5


def test_a_running_server_is_used_where_one_is_named(
    installed: Path, project: Path
) -> None:
    test = "def test_it(llmock, llmock_server):\n    print('at', llmock_server.url)\n"
    config = "MockLlmApi: {ServicePath: /__llmock, ManagementApiKey: a-key}"
    replace_suite(project, test)
    with serve(config, service="/__llmock") as server:
        url = f"{server.url}/__llmock"
        done = run_pytest(installed, project, "-s", LLMOCK_URL=url, LLMOCK_KEY="a-key")
        refused = run_pytest(installed, project, LLMOCK_URL=url, LLMOCK_KEY="another")
    assert f"at {server.url}" in done.stdout
    assert "1 passed" in done.stdout
    assert "key" in refused.stdout and "1 error" in refused.stdout


def test_a_test_that_fails_tells_what_clients_asked_for(
    installed: Path, server: Server, project: Path
) -> None:
    test = (
        "import requests\n\ndef test_it(llmock):\n"
        "    answer = llmock.json('/v1/price', {'p': 1}, status=202)\n"
        "    assert requests.get(answer.url).json() == {'p': 2}\n"
    )
    replace_suite(project, test)
    done = run_pytest(installed, project, LLMOCK_URL=server.url)
    _, _, story = done.stdout.partition("llmock journal")
    assert "/v1/price: 202" in story, done.stdout


def test_a_marker_chooses_the_configuration(installed: Path, project: Path) -> None:
    test = (
        "import pytest, requests\n\n"
        "@pytest.mark.llmock(config={'MaxItems': 7})\n"
        "def test_it(llmock, llmock_server):\n"
        "    url = llmock.server.url\n"
        "    assert url != llmock_server.url\n"
        "    said = requests.get(f'{url}/api/mock/users?count=8').json()\n"
        "    assert '7' in str(said['allowed'])\n"
    )
    replace_suite(project, test)
    done = run_pytest(installed, project, "--strict-markers")
    assert "1 passed" in done.stdout, done.stdout


def test_an_error_is_the_servers_own_sentence(
    installed: Path, server: Server, project: Path
) -> None:
    test = "def test_it(llmock):\n    llmock.stream('/x', {'a': 1}, intervall='1s')\n"
    replace_suite(project, test)
    done = run_pytest(installed, project, LLMOCK_URL=server.url)
    assert "MockServerError: The route cannot be used" in done.stdout
    assert "intervall" in done.stdout and "IntervalMs" in done.stdout


def test_routes_and_streams_are_gone_after_their_test(
    installed: Path, server: Server, project: Path
) -> None:
    test = (
        "import requests\n\nopen_ones = []\n\n"
        "def test_it(llmock):\n"
        "    feed = llmock.stream('/x', {'a': 1})\n"
        "    open_ones.append(requests.get(feed.url, stream=True, timeout=20))\n"
        "    feed.wait_for_clients(1)\n\n"
        "def test_after_it(llmock_server):\n"
        "    (response,) = open_ones\n"
        "    *_, last = response.iter_lines()\n"
        "    assert llmock_server.api.call('GET', '/routes')['total'] == 0\n"
        "    assert requests.get(response.url).status_code == 404\n"
    )
    replace_suite(project, test)
    done = run_pytest(installed, project, LLMOCK_URL=server.url)
    assert "2 passed" in done.stdout, done.stdout


def test_the_plugin_is_light_where_it_is_not_used(installed: Path) -> None:
    taken = []
    for _ in range(5):
        said = run([installed / "python", "-c", IMPORTING], Path(os.sep))
        took, _, loaded = said.stdout.partition("\n")
        assert loaded.split() == ["json"] or not loaded.strip(), said.stderr
        taken.append(float(took))
    assert min(taken) < MAX_IMPORT_MS


def blocks(language: str) -> list[str]:
    """The code of the page in one language."""
    page = (ROOT / "app/web/pages/testing.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_the_page_shows_what_is_tested() -> None:
    project = ROOT / "tests" / "stranger"
    files = [*project.glob("tests/*.*"), *project.glob("e2e/*"), *project.glob("*.mjs")]
    written = "".join(path.read_text("utf-8") for path in files)
    shown = [each for each in (*blocks("python"), *blocks("js")) if each in written]
    assert len(shown) == 6


def test_the_files_for_ci_are_what_their_readers_accept(tmp_path: Path) -> None:
    github, gitlab = tmp_path / "github.yaml", tmp_path / "gitlab.yaml"
    for path, text in zip((github, gitlab), blocks("yaml"), strict=True):
        path.write_text(text, "utf-8")
    assert complaints("github-workflows", github) == ""
    assert complaints("gitlab-ci", gitlab, "--data-transform=gitlab-ci") == ""


@pytest.mark.needs_node
def test_the_load_targets_are_programs(tmp_path: Path) -> None:
    (k6,) = (each for each in blocks("js") if "k6/x/sse" in each)
    (locust,) = (each for each in blocks("python") if "HttpUser" in each)
    script = tmp_path / "k6.mjs"
    script.write_text(k6, "utf-8")
    checked = run(["node", "--check", script], tmp_path)
    assert checked.returncode == 0, checked.stderr
    compile(locust, "locustfile.py", "exec")
