"""Logs: one line an event on standard error, for a person at a terminal or as JSON for a machine.

What libraries say by `logging` and `warnings` goes the same way. Two nets catch what should not have been said: a value
whose key names a secret is masked always, an address of a person from level info on.
"""

import json
import logging
import os
import re
import sys
from contextlib import suppress
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TextIO

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from publisher.clock import now

HIDDEN: Final = "…"
_ADDRESS = re.compile(r'(?:"[^"]*"|[^\s"<>(),;]+)@[^\s"<>(),;]+')
_SECRETS = ("password", "passwd", "token", "secret", "authorization", "cookie")
_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode  # in ASCII: right in every locale


class Style(StrEnum):
    """How a line looks; AUTO is TEXT at a terminal and JSON elsewhere."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


def set_up_logs(level: str, *, style: Style = Style.AUTO) -> None:
    """Log from `level` (debug, info, warning, error) on; may be called again, with other settings.

    A logger that is bound after this call passes over what lies below the level at the cost of a call.
    """
    stream, least = sys.stderr, logging.getLevelNamesMapping()[level.upper()]
    is_text = style is Style.TEXT or (style is Style.AUTO and stream.isatty())
    lines = _Lines(stream)
    structlog.configure(
        processors=[_begin, *(_text_processors(stream) if is_text else _json_processors())],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )
    logging.root.addHandler(_BRIDGE)
    logging.root.setLevel(logging.INFO if least == logging.DEBUG else max(least, logging.WARNING))
    logging.captureWarnings(capture=True)


class _Lines(structlog.WriteLogger):
    """Writes lines; where nobody reads them any more, or the disk is full, the work goes on."""

    def msg(self, message: str) -> None:
        """Write one line."""
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = msg


class _Bridge(logging.Handler):
    """Hands on what libraries log; they are heard from warnings on, or from info where we say all."""

    def emit(self, record: logging.LogRecord) -> None:
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        structlog.get_logger().log(level, _spell(record), logger=record.name, exc_info=record.exc_info)


def _spell(record: logging.LogRecord) -> str:
    try:
        return record.getMessage().strip()
    except (TypeError, ValueError):  # a library that fills its own message in wrongly
        return str(record.msg)


_BRIDGE: Final = _Bridge()


def _begin(_: WrappedLogger, level: str, event: EventDict) -> EventDict:
    moment = f"{now().isoformat(timespec='milliseconds')[:-6]}Z"
    return {"timestamp": moment, "level": level, "event": event.pop("event"), **event}


def _json_processors() -> list[Processor]:
    exceptions = ExceptionDictTransformer(show_locals=False)
    return [ExceptionRenderer(exceptions), _mask, lambda _logger, _level, event: _encode(event)]


def _text_processors(stream: TextIO) -> list[Processor]:
    has_colours = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    renderer = ConsoleRenderer(
        colors=has_colours,
        sort_keys=False,
        repr_native_str=True,  # a line break or a control character in a value stays inside its line
        pad_event_to=20,
        exception_formatter=plain_traceback,
    )
    return [ExceptionRenderer(), _mask, renderer]


def _mask(_: WrappedLogger, level: str, event: EventDict) -> EventDict:
    has_addresses = level == "debug"
    for key, value in event.items():
        if _is_secret(key):
            event[key] = HIDDEN
        elif not has_addresses:
            event[key] = _mask_value(value)
    return event


def hide_addresses(text: str) -> str:
    """The text with every e-mail address left out."""
    return _ADDRESS.sub(HIDDEN, text) if "@" in text else text


def _mask_value(value: Any) -> Any:
    if isinstance(value, str):
        return hide_addresses(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return {key: HIDDEN if _is_secret(str(key)) else _mask_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mask_value(one) for one in value]
    return _mask_value(str(value))


@lru_cache(1024)
def _is_secret(key: str) -> bool:
    return any(word in key.lower() for word in _SECRETS)
