"""The arguments of the command that records; cheap to import."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_HEADER = re.compile(r"\s*[!#$%&'*+.^`|~\w-]+\s*:[\t\x20-\x7e\x80-\xff]*", re.ASCII)


@dataclass(frozen=True)
class Wanted:
    """What to record, with which headers, and where to write it.

    ``seconds`` and ``events`` are None for no end by time or by number, and
    ``output`` for standard output. ``replace`` permits a file that is there already.
    """

    url: str
    headers: Sequence[tuple[str, str]]
    output: str | None
    replace: bool
    seconds: float | None
    events: int | None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("url", metavar="URL", type=_url)
    parser.add_argument(
        "-H",
        "--header",
        action="append",
        default=[],
        type=_header,
        metavar="'Name: value'",
        help="a header to send; what is secret is masked in the recording",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="(standard output)")
    parser.add_argument(
        "--force",
        action="store_true",
        help="replace FILE where it is there already, once the stream has answered",
    )
    parser.add_argument(
        "--seconds", type=_positive, metavar="N", help="how long to record"
    )
    parser.add_argument(
        "--events", type=_count, metavar="N", help="how many events to record"
    )


def wanted_by(chosen: argparse.Namespace) -> Wanted:
    """What the arguments ask for."""
    return Wanted(
        url=chosen.url,
        headers=chosen.header,
        output=chosen.output,
        replace=chosen.force,
        seconds=chosen.seconds,
        events=chosen.events,
    )


def _url(text: str) -> str:
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname:
        raise argparse.ArgumentTypeError(
            "accepted: an address with http:// or https://"
        )
    return text


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not _HEADER.fullmatch(text):
        raise argparse.ArgumentTypeError(
            "accepted: 'Name: value' in one line of Latin-1"
        )
    return name.strip(), value.strip()


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"is {text!r}; accepted: a number above 0")
    return number


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(
            f"is {text!r}; accepted: a whole number from 1"
        )
    return int(text)
