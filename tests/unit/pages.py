"""The documentation's text: the pages that the service serves."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]

FOLDER = ROOT / "app" / "web" / "pages"

#: Each page's Markdown, by the page's name.
PAGES = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.md"))}
