"""What the generator knows of the world, as JSON files that need no Python.

``README.md`` says what each folder holds and how to add to it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

_HERE = Path(__file__).parent


@cache
def table(name: str) -> Any:
    """The content of one file: ``things/stocks``. Read once, not to be changed."""
    return orjson.loads((_HERE / f"{name}.json").read_bytes())


def tables(folder: str) -> list[Any]:
    """The contents of a folder's files, in the order of their names."""
    return [orjson.loads(file.read_bytes()) for file in files(folder)]


def files(folder: str) -> list[Path]:
    """The files of a folder, in the order of their names."""
    return sorted((_HERE / folder).glob("*.json"))
