"""Log lines, as text or as JSON, for our own loggers and gunicorn's alike.

A record may carry ``fields``, a mapping that is written beside its message. No
text from outside can break a line or begin one: what is not printable is
escaped, and every further line of a traceback is indented.
"""

from __future__ import annotations

import datetime
import json
import logging
import logging.config
from collections.abc import Mapping

from .settings import LogFormat, Settings


def configure(settings: Settings) -> None:
    """Send what all loggers say to standard error, as the settings have it."""
    level = settings.log_level.value.upper()
    to_stderr = {"level": level, "handlers": ["stderr"]}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"lines": {"()": FORMATTERS[settings.log_format]}},
            "handlers": {
                "stderr": {"class": "logging.StreamHandler", "formatter": "lines"}
            },
            "root": to_stderr,
            "loggers": {"gunicorn.error": {**to_stderr, "propagate": False}},
        }
    )


class TextLines(logging.Formatter):
    """``time level [process] logger: message name=value ...``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and an indented one for each line of a traceback."""
        words = [
            _time(record),
            record.levelname.lower(),
            f"[{record.process}]",
            f"{record.name}:",
            printable(record.getMessage()),
            *(
                f"{name}={_value(value)}"
                for name, value in _fields(record).items()
                if value is not None
            ),
        ]
        further = _traceback(self, record).split("\n")
        return "\n".join(
            [" ".join(words), *(f"    {printable(line)}" for line in further if line)]
        )


class JsonLines(logging.Formatter):
    """An object a line: time, level, process, logger, message and the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        members = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "process": record.process,
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if exception := _traceback(self, record):
            members["exception"] = exception
        # In ASCII, so that nothing that some reader takes for a line's end is left.
        return json.dumps(members, default=str)


FORMATTERS: Mapping[LogFormat, type[logging.Formatter]] = {
    LogFormat.TEXT: TextLines,
    LogFormat.JSON: JsonLines,
}


def printable(text: str) -> str:
    """``text`` with everything escaped that is not seen, line ends among it."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _fields(record: logging.LogRecord) -> Mapping[str, object]:
    fields: Mapping[str, object] = getattr(record, "fields", {})
    return fields


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """The traceback that a record carries, or nothing."""
    if record.exc_info is None or record.exc_info[0] is None:
        return ""
    return formatter.formatException(record.exc_info)


def _value(value: object) -> str:
    """A field's value: bare where that is plain, else as a JSON string."""
    if not isinstance(value, str):
        return json.dumps(value)
    if value.isprintable() and value and not any(c in value for c in ' "=\\'):
        return value
    return printable(json.dumps(value, ensure_ascii=False))
