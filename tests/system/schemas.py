"""The schemas by which the readers of well-known files judge them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def complaints(schema: str, *arguments: str | Path) -> str:
    """What a schema of check-jsonschema's has against files; nothing for good ones."""
    command = [sys.executable, "-m", "check_jsonschema"]
    done = subprocess.run(
        [*command, f"--builtin-schema=vendor.{schema}", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr
