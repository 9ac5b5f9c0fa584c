"""PostgreSQL's server, stopped and started under the feet of the workers."""

import os
import shlex
import subprocess
from pathlib import Path

import psycopg

from tests.torture.ground import Ground, MissingError


class Server:
    """The server that this run has started; one that was given to it is left alone."""

    def __init__(self, ground: Ground) -> None:
        if os.environ.get("TEST_DATABASE_URL"):
            raise MissingError("a server of our own (TEST_DATABASE_URL names another's)")
        self._ground = ground
        with psycopg.connect(ground.databases.server) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        assert row
        self._data = Path(row[0])
        pid = (self._data / "postmaster.pid").read_text().split()[0]
        self._control = Path(f"/proc/{pid}/exe").resolve().with_name("pg_ctl")
        self._options = shlex.split((self._data / "postmaster.opts").read_text())[1:]

    def stop(self) -> None:
        """Stop it at once, as a crash does."""
        self._run("-m", "immediate", "stop")

    def start(self) -> None:
        """Start it with the options that it had."""
        self._run("-l", "/dev/null", "-o", shlex.join(self._options), "start")
        self._ground.databases.reconnect()

    def _run(self, *arguments: str) -> None:
        owner = self._data.stat().st_uid
        command = [str(self._control), "-w", "-D", str(self._data), *arguments]
        user = {"user": owner, "group": self._data.stat().st_gid} if os.getuid() == 0 else {}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **user)  # type: ignore[call-overload]
