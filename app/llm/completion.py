"""Reads one JSON object of a chat completion: an event of a stream, or all of it.

Pure. Servers differ in where the text stands: in ``delta``, in ``message`` or as
``text``, as a string or as a list of parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import orjson

from ..words import Json
from .chat import UpstreamBroken, UpstreamDeclined

#: What a part of a text is called; other parts are thinking, or no text.
_TEXT_PARTS = frozenset({"text", "output_text"})

#: The reasons to stop by which an answer was cut at its limit of tokens.
_CUT = frozenset({"length", "max_tokens"})

#: The reason to stop by which a provider withholds an answer.
_WITHHELD = "content_filter"


class Delta(NamedTuple):
    """What one object says.

    ``text`` may be empty. ``finish`` is the reason why the model stopped, on
    the object that says so. ``tokens`` is the upstream's own count of the
    answer's tokens, where it gives one. ``refusal`` is text, too: why the model
    will not answer.
    """

    text: str
    finish: str | None
    tokens: int | None
    refusal: str = ""

    @property
    def is_cut(self) -> bool:
        """Whether the model stopped at its limit of tokens."""
        return self.finish in _CUT


def read_delta(data: bytes, quote: Callable[[str], str]) -> Delta:
    """What the JSON in ``data`` says.

    ``quote`` makes the upstream's text fit for a log line. Raises
    ``UpstreamBroken`` for an error, or what is no completion, and
    ``UpstreamDeclined`` where the answer is withheld.
    """
    try:
        chunk = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        shown = quote(data.decode(errors="replace"))
        raise UpstreamBroken(f"an event that is not JSON: {shown}") from error
    if not isinstance(chunk, dict):
        raise UpstreamBroken("an event that is not a JSON object")
    if chunk.get("error"):
        raise UpstreamBroken(reported(orjson.dumps(chunk["error"]).decode(), quote))
    choice = _first(chunk.get("choices"))
    finish = choice.get("finish_reason")
    if finish == _WITHHELD:
        raise UpstreamDeclined("withheld by a content filter")
    message = _message(choice)
    refusal = message.get("refusal")
    return Delta(
        _text(message.get("content", choice.get("text"))),
        str(finish) if finish else None,
        _tokens(chunk.get("usage")),
        refusal if isinstance(refusal, str) else "",
    )


def reported(detail: str, quote: Callable[[str], str]) -> str:
    """The cause of an error that the upstream reports in its answer."""
    return f"reported in its answer: {quote(detail)}"


class WholeCompletion:
    """Reads an answer that is one JSON object, from a server that does not stream.

    It has the interface of ``ChatStreamParser``.
    """

    __slots__ = ("_cap", "_data", "_quote", "done", "finished")

    def __init__(self, quote: Callable[[str], str], cap: int) -> None:
        """Take at most ``cap`` bytes."""
        self._cap = cap
        self._data = bytearray()
        self._quote = quote
        self.done = False
        self.finished = False

    def feed(self, data: bytes) -> Iterator[Delta]:
        """Keep ``data``; nothing is known before the end."""
        self._data += data
        if len(self._data) > self._cap:
            raise UpstreamBroken(f"an answer of more than {self._cap} bytes")
        return iter(())

    def close(self) -> Iterator[Delta]:
        """Yield what the object says. Raises as ``read_delta`` does."""
        delta = read_delta(bytes(self._data), self._quote)
        if delta.refusal:
            raise UpstreamDeclined(f"refused: {self._quote(delta.refusal)}")
        self.finished = True
        yield delta


def _first(choices: Json) -> Mapping[str, Json]:
    """The first choice; the event with usage has none."""
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return {}


def _message(choice: Mapping[str, Json]) -> Mapping[str, Json]:
    found = choice.get("delta", choice.get("message"))
    return found if isinstance(found, dict) else {}


def _text(content: Json) -> str:
    """The text of a message's content: a string, or a list of parts."""
    if isinstance(content, list):
        return "".join(map(_part, content))
    return content if isinstance(content, str) else ""


def _part(part: Json) -> str:
    if isinstance(part, dict) and part.get("type", "text") in _TEXT_PARTS:
        part = part.get("text")
    return part if isinstance(part, str) else ""


def _tokens(usage: Json) -> int | None:
    tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return tokens if isinstance(tokens, int) else None
