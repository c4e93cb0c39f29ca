"""Runs all tests: in parts side by side, then one by one those that measure time.

``python -m tests.parts`` exits with 1 where a part failed. Each part has a process of
its own, and is shown when it has ended. With ``COVERAGE=1`` in the environment, which
makes the unit tests nearly twice as slow, the coverage of all parts is added up.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

#: The unit tests compute; they give way to the others, which wait.
_NICE = ("nice", "--adjustment=10")

#: What each part runs: arguments of pytest.
PARTS: Mapping[str, Sequence[str]] = {
    "system a-h": ("tests/system", "--ignore-glob=*/system/test_[i-z]*"),
    "system i-z": ("tests/system", "--ignore-glob=*/system/test_[a-h]*"),
    "browser": ("tests/browser",),
    "llm": ("tests/llm",),
    "unit": ("tests/unit",),
    "others": (
        "tests",
        *(f"--ignore=tests/{name}" for name in ("browser", "system", "llm", "unit")),
    ),
}
_MEASURES_COVERAGE = os.environ.get("COVERAGE") == "1"
#: Of the tests that run side by side; a test beside others takes longer.
_BESIDE = ("-m", "not alone", "--timeout=300")


def main() -> int:
    """Run the parts, and show each."""
    failed: list[str] = []
    with ExitStack() as files:
        directory = Path(files.enter_context(tempfile.TemporaryDirectory()))
        started = []
        for name, arguments in PARTS.items():
            output = files.enter_context((directory / name).open("w+b"))
            part = _start(name, [*arguments, *_BESIDE], output, name == "unit")
            started.append((name, part, output))
        try:
            for name, part, output in started:
                if part.wait():
                    failed.append(name)
                _show(name, output)
        except KeyboardInterrupt:  # which they have received as well
            for _, part, _ in started:
                part.wait()
            raise
    _show("alone")
    if _start("alone", ["tests", "-m", "alone"], None, False).wait():
        failed.append("alone")
    for command in ("combine --quiet", "report") if _MEASURES_COVERAGE else ():
        subprocess.run([sys.executable, "-m", "coverage", *command.split()], check=True)
    print(f"tests: parts that failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


def _start(
    name: str, arguments: Sequence[str], output: IO[bytes] | None, gives_way: bool
) -> subprocess.Popen[bytes]:
    coverage = ["--cov", "--cov-report="] if _MEASURES_COVERAGE else []
    pytest = [sys.executable, "-m", "pytest", *coverage, *arguments]
    return subprocess.Popen(
        [*(_NICE if gives_way else ()), *pytest],
        env={**os.environ, "COVERAGE_FILE": f".coverage.{name.replace(' ', '-')}"},
        stdout=output,
        stderr=subprocess.STDOUT,
    )


def _show(name: str, output: IO[bytes] | None = None) -> None:
    """Print the name of a part, and what it has printed."""
    print(f"== {name}", flush=True)
    if output is not None:
        output.seek(0)
        sys.stdout.buffer.write(output.read())
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
