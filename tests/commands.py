"""The command line inside the tests' own process: quicker than a process each, the same from arguments to exit code."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from publisher.cli.main import _run
from tests.homes import HomeFolder


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def problem(self) -> str:
        """The one line that it complained in."""
        (line,) = self.err.splitlines()
        return line


def call(home: HomeFolder | Path, *arguments: str) -> Ran:
    """Run a command for a home to its end."""
    path = home.path if isinstance(home, HomeFolder) else home
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = _run(["--home", str(path), *arguments])
    finally:
        structlog.reset_defaults()
    return Ran(code, out.getvalue(), err.getvalue())


def call_well(home: HomeFolder | Path, *arguments: str) -> Ran:
    """Run a command that must end well."""
    ran = call(home, *arguments)
    assert ran.code == 0, ran.out + ran.err
    return ran
