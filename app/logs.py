"""Log lines as text or JSON, for this project's loggers and gunicorn's.

A record may carry ``fields``, a mapping that is written beside its message. No
text from outside can break a line or begin one: unprintable characters are escaped,
and all lines of a traceback but the first are indented.
"""

from __future__ import annotations

import datetime
import json
import logging
import logging.config
from collections.abc import Mapping

from .settings import LogFormat, Settings


def configure(settings: Settings) -> None:
    """Send all log lines to standard error, in the configured format and level."""
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
        """Return one line, and an indented one for each line of a traceback."""
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
    """One JSON object per line: time, level, process, logger, message, fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
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
        # In ASCII, so that no reader finds a line end inside.
        return json.dumps(members, default=str)


FORMATTERS: Mapping[LogFormat, type[logging.Formatter]] = {
    LogFormat.TEXT: TextLines,
    LogFormat.JSON: JsonLines,
}


def printable(text: str) -> str:
    """Escape all unprintable characters of ``text``, line ends included."""
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
    """Return the traceback that a record carries, or an empty text."""
    if record.exc_info is None or record.exc_info[0] is None:
        return ""
    return formatter.formatException(record.exc_info)


def _value(value: object) -> str:
    """Return a field's value, quoted as JSON unless it is a plain word."""
    if not isinstance(value, str):
        return json.dumps(value)
    if value.isprintable() and value and not any(c in value for c in ' "=\\'):
        return value
    return printable(json.dumps(value, ensure_ascii=False))
