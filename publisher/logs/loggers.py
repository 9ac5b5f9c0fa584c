"""Loggers, and how they are set up; the library that writes lines is loaded with the first one."""

import logging
import sys
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any, Final


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
    _LATE.set_up(partial(_configure, least, stream, is_text=is_text))
    logging.root.addHandler(_BRIDGE)
    logging.root.setLevel(logging.INFO if least == logging.DEBUG else max(least, logging.WARNING))
    logging.captureWarnings(capture=True)


def get_logger() -> Any:
    """A logger of structlog's."""
    return _LATE


def _configure(*args: Any, **options: Any) -> None:
    from publisher.logs.lines import configure

    configure(*args, **options)


class _Late:
    """Stands for structlog's logger until a line is written: with it come rich and pygments, a tenth of a start."""

    def __init__(self) -> None:
        self._waiting: Callable[[], None] | None = None

    def set_up(self, act: Callable[[], None]) -> None:
        """Set it up now where it is loaded, else with the first line."""
        if "structlog" in sys.modules:
            self._waiting = None
            act()
        else:
            self._waiting = act

    def __getattr__(self, name: str) -> Any:
        import structlog  # see above

        if self._waiting:  # till it is done: whichever thread comes meanwhile does it too, before its own line
            self._waiting()
            self._waiting = None
        return getattr(structlog.get_logger(), name)


_LATE: Final = _Late()


class _Bridge(logging.Handler):
    """Hands on what libraries log; they are heard from warnings on, or from info where we say all."""

    def emit(self, record: logging.LogRecord) -> None:
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        _LATE.log(level, _spell(record), logger=record.name, exc_info=record.exc_info)


def _spell(record: logging.LogRecord) -> str:
    try:
        return record.getMessage().strip()
    except (TypeError, ValueError):  # a library that fills its own message in wrongly
        return str(record.msg)


_BRIDGE: Final = _Bridge()
