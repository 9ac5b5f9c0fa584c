"""A server that was started for tests does not outlive them, however they end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.postgres import ROOT

_PATIENCE = 60
_HOLD = """
import sys
from tests.postgres import running_server
with running_server() as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("kill", [os.kill, os.killpg])
def test_killed_tests_leave_no_server(kill: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert holder.stdout
    url = holder.stdout.readline().strip()
    folder = Path(parse_qs(urlsplit(url).query)["host"][0])
    with psycopg.connect(url, autocommit=True) as connection:
        kill(holder.pid, signal.SIGKILL)
        _, said = holder.communicate(timeout=_PATIENCE)  # the keeper holds the other end until all is done
        assert said == ""
        assert not folder.parent.exists()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
