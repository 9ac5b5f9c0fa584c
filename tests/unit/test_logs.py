"""Logs: what a line looks like, which lines there are, and what no line may say."""

import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
import structlog

from publisher.logs import HIDDEN, Style, set_up_logs

Lines = Callable[[], list[dict[str, Any]]]


class Full(io.StringIO):
    """A file on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    handlers, level = logging.root.handlers, logging.root.level
    with warnings.catch_warnings():
        yield
    logging.captureWarnings(capture=False)
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


def write(level: str, act: Callable[[Any], object], *, style: Style = Style.AUTO) -> str:
    """What standard error gets while something is logged."""
    logging.root.handlers = []  # pytest's own refuse what a library fills in wrongly
    with redirect_stderr(io.StringIO()) as err:
        set_up_logs(level, style=style)
        act(structlog.get_logger())
    return err.getvalue()


def read(level: str, act: Callable[[Any], object]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in write(level, act).splitlines()]


def test_line_is_json_where_nobody_looks() -> None:
    (line,) = read("info", lambda log: log.info("published", files=3, title="Été"))
    assert line.pop("timestamp").endswith("Z")
    assert line == {"level": "info", "event": "published", "files": 3, "title": "Été"}


def test_json_is_ascii_in_every_locale() -> None:
    assert write("info", lambda log: log.info("read", path="été-\udcff.md")).isascii()


def test_text_is_asked_for_by_name() -> None:
    line = write("info", lambda log: log.info("published", files=3), style=Style.TEXT)
    assert "published" in line
    assert line.endswith(" files=3\n")
    assert "\x1b" not in line


def test_value_stays_inside_its_line() -> None:
    forged = "/x\n2026-11-26 [error] forged \x1b[31m"
    line = write("info", lambda log: log.info("request", route=forged), style=Style.TEXT)
    assert line.count("\n") == 1
    assert "\x1b" not in line


@pytest.mark.parametrize(("level", "said"), [("debug", 3), ("info", 2), ("warning", 1), ("error", 0)])
def test_level_leaves_out_what_is_below(level: str, said: int) -> None:
    def act(log: Any) -> None:
        log.debug("one")
        log.info("two")
        log.warning("three")

    assert len(read(level, act)) == said


@pytest.mark.parametrize("key", ["password", "relay_password", "token", "Authorization", "secret", "Set-Cookie"])
@pytest.mark.parametrize("level", ["debug", "info"])
def test_secret_is_never_said(key: str, level: str) -> None:
    assert "hunter2" not in write("debug", lambda log: getattr(log, level)("x", **{key: "hunter2"}))


@pytest.mark.parametrize(
    "value",
    [
        "alice@example.net",
        "550 5.1.1 <alice@example.net>: unknown",
        '"alice in town"@example.net',
        ["to", {"who": ("alice@example.net",)}],
        ValueError("no alice@example.net"),
        {"token": "alice"},
        "postgresql://alice:alice@db.example.net/ledger",
        "álîce+alice@exämple.net",
    ],
)
def test_address_is_masked_from_info_on(value: object) -> None:
    line = write("info", lambda log: log.info("x", why=value))
    assert "alice" not in line
    assert json.dumps(HIDDEN)[1:-1] in line


def test_address_may_stand_in_debug() -> None:
    (line,) = read("debug", lambda log: log.debug("rcpt", to="alice@example.net"))
    assert line["to"] == "alice@example.net"


def fail(log: Any) -> None:
    try:
        raise ValueError("alice@example.net is unknown")
    except ValueError:
        log.exception("odd")


def test_exception_is_one_field() -> None:
    (line,) = read("info", fail)
    assert (line["level"], line["event"]) == ("error", "odd")
    (exception,) = line["exception"]
    assert (exception["exc_type"], exception["exc_value"]) == ("ValueError", f"{HIDDEN} is unknown")
    assert exception["frames"][-1]["name"] == "fail"
    assert "locals" not in exception["frames"][-1]


def test_exception_is_a_traceback_in_text() -> None:
    said = write("info", fail, style=Style.TEXT)
    assert said.endswith(f"ValueError: {HIDDEN} is unknown\n")
    assert "Traceback" in said


@pytest.mark.parametrize("name", ["uvicorn.error", "asyncio", "apscheduler", "alembic", "sqlalchemy.pool"])
def test_libraries_go_the_same_way(name: str) -> None:
    def act(_: Any) -> None:
        logging.getLogger(name).warning("lost %s", "alice@example.net")
        logging.getLogger(name).info("chatter")

    (line,) = read("info", act)
    assert (line["level"], line["event"], line["logger"]) == ("warning", f"lost {HIDDEN}", name)


def test_libraries_chatter_is_heard_in_debug() -> None:
    (line,) = read("debug", lambda _: logging.getLogger("apscheduler").info("added"))
    assert line["event"] == "added"


def test_warning_of_python_is_a_line() -> None:
    def act(_: Any) -> None:
        warnings.simplefilter("always")
        warnings.warn("this is old", UserWarning, stacklevel=1)

    (line,) = read("info", act)
    assert (line["level"], line["logger"]) == ("warning", "py.warnings")
    assert "this is old" in line["event"]


def test_odd_level_of_a_library_is_no_matter() -> None:
    (line,) = read("info", lambda _: logging.getLogger("asyncio").log(35, "odd"))
    assert line["level"] == "warning"


def test_wrong_message_of_a_library_is_said() -> None:
    (line,) = read("info", lambda _: logging.getLogger("asyncio").warning("%d seconds", "some"))
    assert line["event"] == "%d seconds"


def test_set_up_twice_says_all_once() -> None:
    def act(_: Any) -> None:
        set_up_logs("warning")
        logging.getLogger("asyncio").warning("once")

    assert len(read("info", act)) == 1


def test_full_disk_stops_no_work() -> None:
    with redirect_stderr(Full()):
        set_up_logs("info")
        structlog.get_logger().info("published", files=3)


_LATE = """
import logging, sys
from publisher.logs import get_logger, set_up_logs
set_up_logs("warning")
print("structlog" in sys.modules)
getattr(logging, sys.argv[1])("of a library") if sys.argv[1:] else get_logger().warning("late", token="x")
"""


@pytest.mark.parametrize(("arguments", "event"), [([], "late"), (["warning"], "of a library")])
def test_first_line_is_set_up_like_the_others(arguments: list[str], event: str) -> None:
    ran = subprocess.run([sys.executable, "-c", _LATE, *arguments], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
    assert json.loads(ran.stderr)["event"] == event
