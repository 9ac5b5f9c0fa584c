"""What every command begins with: the home folder, logs, and an open App."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from publisher.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from publisher.app import App


@dataclass(frozen=True, slots=True)
class Start:
    """What was said before the command's name."""

    home: Path
    is_debug: bool


def find_home(context: typer.Context) -> Path:
    """The home folder that the call names. Raises UsageError where there is none."""
    home: Path = context.ensure_object(Start).home
    if not home.is_dir():
        raise UsageError(f"{home}: there is no such folder (`publisher init {home}` makes a home)")
    return home


@contextmanager
def loading() -> Iterator[None]:
    """Load modules without a look for garbage: they make much that stays, and nothing that goes."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def opened(context: typer.Context) -> "Iterator[App]":
    """The App of the call's home; a command says itself what it did, so that it logs errors alone."""
    with loading():
        from publisher.app import open_app
        from publisher.logs import set_up_logs
        from publisher.settings import load_settings

    settings = load_settings(find_home(context))
    set_up_logs("error", style=settings.log_format)
    with open_app(find_home(context), settings=settings) as app:
        yield app


def parse_email(text: str) -> str:
    """An e-mail address as an argument. Raises UsageError."""
    from publisher.subscriptions import check_email

    try:
        return check_email(text)
    except RefusedError as problem:
        raise UsageError(f"{text!r}: {problem}") from problem


def parse_moment(text: str, *, timezone: str) -> datetime:
    """An instant such as 2026-11-23T07:00; without an offset it is on the publication's clock. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise UsageError(f"{text!r} is no moment such as 2026-11-23 or 2026-11-23T07:00") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))
