"""Fail points: unset they do nothing, armed they end the process at the named passage, and every name is in use."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from publisher import failpoint
from publisher.mail import Timeouts
from tests.postgres import ROOT

_CALL = re.compile(r"failpoint\.reach\(\s*\"(\w+)\"\s*\)")
_PASS = "from publisher import failpoint\nfor name in ('frozen', 'begun', 'begun'): failpoint.reach(name); print(name)"
_WIRE = """
import asyncio
from publisher import failpoint
async def write():
    failpoint.reach("written")
    print("gone out", flush=True)
    await asyncio.sleep(30)
asyncio.run(write())
"""


def _run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-uc", code], env=told, capture_output=True, text=True, timeout=30, check=False
    )


def _list_calls() -> list[str]:
    return [name for path in (ROOT / "publisher").rglob("*.py") for name in _CALL.findall(path.read_text())]


def test_each_point_is_called_somewhere() -> None:
    assert set(_list_calls()) == set(failpoint.NAMES)


def test_unset_point_is_passed() -> None:
    assert _run(_PASS).stdout.split() == ["frozen", "begun", "begun"]


def test_armed_point_kills_at_its_passage() -> None:
    ran = _run(_PASS, FAILPOINT="begun:2")
    assert (ran.returncode, ran.stdout.split()) == (-signal.SIGKILL, ["frozen", "begun"])


def test_point_on_the_wire_lets_bytes_go() -> None:
    ran = _run(_WIRE, FAILPOINT="written")
    assert (ran.returncode, ran.stdout) == (-signal.SIGKILL, "gone out\n")


def test_point_can_end_with_a_code() -> None:
    assert _run(_PASS, FAILPOINT="begun:1:exit").returncode == failpoint.EXIT_CODE


@pytest.mark.parametrize("text", ["nowhere", "begun:x", "begun:1:sleep"])
def test_mistyped_point_is_one_line(text: str, tmp_path: Path) -> None:
    told = {**os.environ, "FAILPOINT": text, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "publisher", "--home", str(tmp_path), "issues", "list"]
    ran = subprocess.run(command, env=told, capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 1
    assert f"FAILPOINT={text}" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_haste_shortens_every_wait() -> None:
    code = "from publisher.mail import Timeouts; from publisher.failpoint import hasten; print(hasten(Timeouts()).dot)"
    assert float(_run(code, FAILPOINT_HASTE="20").stdout) == Timeouts().dot / 20


def test_waits_are_whole_without_haste() -> None:
    waits = Timeouts()
    assert failpoint.hasten(waits) is waits
