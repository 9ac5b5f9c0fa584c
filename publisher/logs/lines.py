"""The lines themselves: structlog, set up for a person at a terminal or for a machine.

Two nets catch what should not have been said: a value whose key names a secret is masked always, an address of a person
from level info on.
"""

import json
import os
from contextlib import suppress
from typing import TextIO

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import ExceptionRenderer
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from publisher.clock import now
from publisher.logs.masking import HIDDEN, is_secret, mask_value

_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode  # in ASCII: right in every locale


def configure(least: int, stream: TextIO, *, is_text: bool) -> None:
    """Write lines of that level and above to a stream."""
    lines = _Lines(stream)
    structlog.configure(
        processors=[_begin, *(_text_processors(stream) if is_text else _json_processors())],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=False,
    )


class _Lines(structlog.WriteLogger):
    """Writes lines; where nobody reads them any more, or the disk is full, the work goes on."""

    def msg(self, message: str) -> None:
        """Write one line."""
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = msg


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
        if is_secret(key):
            event[key] = HIDDEN
        elif not has_addresses:
            event[key] = mask_value(value)
    return event
