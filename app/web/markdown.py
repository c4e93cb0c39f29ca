"""Markdown to HTML, for the pages of the documentation."""

from __future__ import annotations

import re
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

#: A link to another page: a file's name in the folder, an address once served.
_PAGE = re.compile(r"([a-z]+)\.md(#.*)?")
_NOT_A_WORD = re.compile(r"[^\w]+")


class Heading(NamedTuple):
    """A second-level heading: its text, and the ``id`` of its element."""

    text: str
    id: str


class Page(NamedTuple):
    """A rendered page: the text of its first heading, its sections, its HTML."""

    title: str
    sections: list[Heading]
    html: str


class _Renderer(MarkdownIt):
    """CommonMark with tables; links between files become links between pages."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        self.enable("table")

    def normalizeLink(self, url: str) -> str:
        """The address to which a link to ``url`` leads."""
        return super().normalizeLink(_PAGE.sub(r"\1\2", url))


def render(text: str) -> Page:
    """The page of a Markdown text that begins with a first-level heading."""
    renderer = _Renderer()
    tokens = renderer.parse(text)
    title, *sections = [
        (token.tag, _named(token, inline))
        for token, inline in zip(tokens, tokens[1:])
        if token.type == "heading_open"
    ]
    return Page(
        title[1].text,
        [heading for tag, heading in sections if tag == "h2"],
        renderer.renderer.render(tokens, renderer.options, {}),
    )


def _named(opening: Token, inline: Token) -> Heading:
    """Give a heading's element an ``id``, made of its text as GitHub makes it."""
    parts = inline.children or []
    text = "".join(part.content for part in parts)
    name = _NOT_A_WORD.sub("-", text.lower()).strip("-")
    opening.attrSet("id", name)
    return Heading(text, name)
