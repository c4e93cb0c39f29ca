"""The command line: ``llmock-api``, or ``python -m llmock_api``."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .errors import SettingsError
from .recorder.arguments import add_arguments, wanted_by
from .settings.load import SPECS_VARIABLE
from .version import __version__

#: Most processes that serve.
MAX_WORKERS = 1024
MAX_PORT = 65535

#: More digits than any number here has.
_MAX_DIGITS = 10
#: The exit status of what is refused before anything is started.
_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that ``arguments`` name, by default those of the process."""
    chosen = _parser().parse_args(arguments)
    if chosen.config is not None:
        # Read by the settings of this process, and those of every worker.
        os.environ["LLMOCK_CONFIG"] = str(chosen.config)
    if chosen.specs:
        os.environ[SPECS_VARIABLE] = os.pathsep.join(map(str, chosen.specs))
    chosen.command(chosen)


def _serve(chosen: argparse.Namespace) -> None:
    from .start.server import end_with_input, serve

    if chosen.until_eof:
        end_with_input()
    try:
        serve(chosen.host, chosen.port, chosen.workers)
    except SettingsError as error:
        sys.exit(f"serve: {error}")


def _check(chosen: argparse.Namespace) -> None:
    from . import create_app
    from .serving.configuration import CONFIGURATION, refuse
    from .serving.worker import Worker

    try:
        CONFIGURATION.check(chosen.workers, Worker)
        app = create_app(CONFIGURATION.settings)
    except SettingsError as error:
        refuse(error, _REFUSED)
    for line in CONFIGURATION.warnings():
        print(f"warning: {line}", file=sys.stderr)
    for line in app.extensions["llmock"].descriptions.warnings():
        print(f"warning: {line}", file=sys.stderr)
    print(os.environ.get("LLMOCK_CONFIG") or "the configuration", "can be served")


def _record(chosen: argparse.Namespace) -> None:
    from .recorder.recorder import record

    sys.exit(record(wanted_by(chosen)))


class _Command(argparse.ArgumentParser):
    """The parser of one command, which refuses by itself what it does not know."""

    def parse_known_args(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        namespace: argparse.Namespace | None = None,
    ) -> tuple[argparse.Namespace, list[str]]:
        """The arguments; with its own usage where one is unknown."""
        chosen, rest = super().parse_known_args(args, namespace)
        if rest:
            given = rest[0].partition("=")[0]
            near = difflib.get_close_matches(given, self._option_string_actions, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            self.error(f"there is no argument {rest[0]}{meant}")
        return chosen, rest


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="llmock-api",
        allow_abbrev=False,
        description="A mock server for long connections: Server-Sent Events whose"
        " data is made up, in the shape that you ask for.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(
        required=True, metavar="COMMAND", parser_class=_Command
    )

    common = _Command(add_help=False)
    common.add_argument(
        "--config",
        type=_file,
        metavar="FILE",
        help="configuration file, in YAML or JSON (default: $LLMOCK_CONFIG, or none:"
        " every key at its default)",
    )
    common.add_argument(
        "--spec",
        type=_file,
        action="append",
        default=[],
        dest="specs",
        metavar="FILE",
        help="serve the operations of a description, such as an OpenAPI file; may be"
        " given several times",
    )
    common.add_argument(
        "--workers",
        type=_whole_number(1, MAX_WORKERS),
        default=1,
        metavar="N",
        help="processes that serve (default: 1)",
    )

    serve = commands.add_parser(
        "serve",
        parents=[common],
        allow_abbrev=False,
        help="serve until Ctrl-C or SIGTERM",
    )
    serve.set_defaults(command=_serve)
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen on (default: 127.0.0.1)",
    )
    serve.add_argument(
        "--port",
        type=_whole_number(0, MAX_PORT),
        default=5000,
        help="port to listen on; 0 takes any that is free (default: 5000)",
    )
    serve.add_argument(
        "--until-eof",
        action="store_true",
        help="also stop when standard input ends, as when the caller is killed",
    )

    check = commands.add_parser(
        "check",
        parents=[common],
        allow_abbrev=False,
        help="check that the configuration could be served, and start nothing",
    )
    check.set_defaults(command=_check)

    record = commands.add_parser(
        "record",
        allow_abbrev=False,
        help="record a stream, for a route to replay",
        description="Record a stream of Server-Sent Events or of newline-delimited"
        " JSON, for a route to replay. Ends with Ctrl-C.",
    )
    add_arguments(record)
    record.set_defaults(command=_record, config=None, specs=[])
    return parser


def _whole_number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        is_short = text.isascii() and text.isdigit() and len(text) < _MAX_DIGITS
        if is_short and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(
            f"is {text!r}; accepted: a whole number from {least} to {most}"
        )

    return parse


def _file(text: str) -> Path:
    path = Path(text).absolute()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {path}")
    return path


if __name__ == "__main__":
    main()
