"""Starting the service: what is refused, in one line, whatever it is started with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.server import ROOT, environment, serve

GUNICORN = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0"]
OUR_FILE = ["--config", "python:app.start.gunicorn_conf"]
WORKERS = "2 workers need a Redis (MockLlmApi.Redis), or else "
HOW = "start llmock-api serve, or gunicorn --config python:app.start.gunicorn_conf"


def said(command: list[str], **env: str) -> list[str]:
    """The lines on standard error of a start that must not come about."""
    process = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert process.returncode != 0
    # gunicorn's master may trip over itself where two workers leave at once.
    assert f'File "{ROOT}/app' not in process.stderr
    return process.stderr.splitlines()


@pytest.mark.parametrize(
    ("arguments", "env"),
    [
        ([*OUR_FILE, "--workers", "2"], {}),
        (OUR_FILE, {"WEB_CONCURRENCY": "2"}),
        (OUR_FILE, {"GUNICORN_CMD_ARGS": "--workers 2"}),
        (["wsgi:app", "-k", "gevent", "--workers", "2"], {}),
        (["wsgi:app", "-k", "gevent"], {"WEB_CONCURRENCY": "2"}),
    ],
)
def test_two_workers_without_a_redis_are_refused_wherever_they_come_from(
    arguments: list[str], env: dict[str, str]
) -> None:
    lines = said([*GUNICORN, *arguments], **env)
    assert len([line for line in lines if line.startswith(WORKERS)]) >= 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["wsgi:app"],
        ["wsgi:app", "-k", "gevent"],
        ["wsgi:app", "-k", "gthread"],
        ["wsgi:app", "--preload"],
        [*OUR_FILE, "-k", "sync"],
        [*OUR_FILE, "-k", "gevent"],
    ],
)
def test_another_worker_class_is_refused_with_what_to_use_instead(
    arguments: list[str],
) -> None:
    lines = [line for line in said([*GUNICORN, *arguments]) if HOW in line]
    assert len(lines) == 1 and lines[0].startswith("the worker class ")


def test_the_application_is_no_program_and_says_what_to_start() -> None:
    assert said([sys.executable, "wsgi.py"]) == [
        "wsgi.py is no program; start scripts/serve"
    ]


def test_a_model_that_is_missing_is_named_by_file_and_key(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        "MockLlmApi:\n  LlmBackends:\n"
        "    - {Name: a, Provider: embedded}\n    - {Name: b, Provider: openai}\n"
    )
    (line,) = said([*GUNICORN, *OUR_FILE], LLMOCK_CONFIG=str(config))
    assert line.startswith(
        f"{config}: MockLlmApi.LlmBackends[1].ModelName is missing; accepted: "
    )


def test_a_model_that_is_missing_is_named_by_its_variable() -> None:
    (line,) = said(
        [*GUNICORN, *OUR_FILE],
        MockLlmApi__LlmBackends__0__Name="a",
        MockLlmApi__LlmBackends__0__Provider="openai",
    )
    assert "MockLlmApi__LlmBackends__0" in line
    assert "MockLlmApi.LlmBackends[0].ModelName is missing" in line


def test_too_few_files_for_the_streams_are_a_warning() -> None:
    with serve("MockLlmApi: {MaxConcurrentStreams: 900}", files=800) as server:
        assert (
            server.log().count(
                "the limit of open files (ulimit -n) is 800, too low for "
                "MockLlmApi.MaxConcurrentStreams: 900 streams"
            )
            == 1
        )
    with serve("MockLlmApi: {MaxConcurrentStreams: 600}", files=800) as server:
        assert "ulimit" not in server.log()


def test_a_directory_for_metrics_is_needed_no_more(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    with serve(env={"PROMETHEUS_MULTIPROC_DIR": missing}) as server:
        assert "metrics" not in server.log()
    assert not Path(missing).exists()
