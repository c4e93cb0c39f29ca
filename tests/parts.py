"""Runs all tests: in parts side by side, then one by one those that measure time.

``python -m tests.parts`` exits with 1 where a test failed. Each part has a process of
its own, and is shown when it has ended. What failed beside others is run again at the
end, with the machine to itself; the last line names what passed only then. With
``COVERAGE=1`` in the environment, which makes the unit tests nearly twice as slow, the
coverage of all parts is added up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

#: The unit tests compute; they give way to the others, which wait.
_NICE = ("nice", "--adjustment=10")

#: What each part runs: arguments of pytest.
PARTS: Mapping[str, Sequence[str]] = {
    "system a-h": ("tests/system", "--ignore-glob=*/system/test_[i-z]*"),
    "system i-z": ("tests/system", "--ignore-glob=*/system/test_[a-h]*"),
    "browser": ("tests/browser",),
    "llm": ("tests/llm",),
    "others": (
        "tests",
        *(f"--ignore=tests/{name}" for name in ("browser", "system", "llm", "unit")),
    ),
    "unit": ("tests/unit",),
    "alone": ("tests",),
}
#: What runs side by side: parts that follow each other.
LANES = (
    ("system a-h",),
    ("system i-z",),
    ("browser", "llm", "others"),
    ("unit",),
)
_MEASURES_COVERAGE = os.environ.get("COVERAGE") == "1"
_shows = threading.Lock()


def main() -> int:
    """Run the parts, and show each."""
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(len(LANES)) as pool:
        caches = Path(name)
        failed = sum(pool.map(lambda lane: _run(lane, caches), LANES), [])
        failed += _run(["alone"], caches)
        names = [each for part in failed for each in _names(part, caches)]
        failed = [part for part in failed if not _passes_again(part, caches)]
    for command in ("combine --quiet", "report") if _MEASURES_COVERAGE else ():
        subprocess.run([sys.executable, "-m", "coverage", *command.split()], check=True)
    if failed:
        print(f"tests: parts that failed, twice: {', '.join(failed)}")
        return 1
    print("tests: passed", *([f"only alone: {' '.join(names)}"] if names else []))
    return 0


def _run(parts: Sequence[str], caches: Path) -> list[str]:
    """Run parts one after the other; those that failed."""
    failed = []
    for name in parts:
        done = _pytest(name, caches, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            failed.append(name)
        with _shows:
            print(f"== {name}", flush=True)
            sys.stdout.buffer.write(done.stdout)
            sys.stdout.flush()
    return failed


def _names(part: str, caches: Path) -> list[str]:
    """The tests that failed in a part; none where it could not be run."""
    noted = caches / part / "v" / "cache" / "lastfailed"
    return list(json.loads(noted.read_text())) if noted.exists() else []


def _passes_again(part: str, caches: Path) -> bool:
    """Whether what failed in a part passes where nothing else runs."""
    if not _names(part, caches):
        return False
    print(f"== {part}, what failed, again", flush=True)
    return not _pytest(part, caches, "--last-failed").returncode


def _pytest(
    part: str, caches: Path, *arguments: str, **streams: int
) -> subprocess.CompletedProcess[bytes]:
    coverage = ["--cov", "--cov-report="] if _MEASURES_COVERAGE else []
    # A test beside others takes longer.
    which = ["alone"] if part == "alone" else ["not alone", "--timeout=300"]
    return subprocess.run(
        [
            *(_NICE if part == "unit" else ()),
            *(sys.executable, "-m", "pytest", *coverage, *PARTS[part], "-m", *which),
            *("--override-ini", f"cache_dir={caches / part}", *arguments),
        ],
        env={**os.environ, "COVERAGE_FILE": f".coverage.{part.replace(' ', '-')}"},
        **streams,
    )


if __name__ == "__main__":
    sys.exit(main())
