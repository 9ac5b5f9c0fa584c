"""The step to texts in revisions keeps what older ledgers hold, their keys included."""

from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from publisher.store import Ledger, migrate
from tests.conftest import MakeUrl, on_sqlite

_ISSUE = (
    "INSERT INTO issues (key, newsletter, slot, status, due_at, cutoff_at, frozen_at, expires_at, eligible) "
    "VALUES (1, 'daily', '2026-11-23T0700', 'open', '2026-11-23', '2026-11-23', '2026-11-23', '2026-11-24', 0)"
)
_VARIANT = (
    "INSERT INTO variants (key, issue_key, language, format, is_empty, text) "
    "VALUES ({key}, 1, '{language}', 'html', false, 'Today')"
)


def make_older(url: str, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """A ledger before that step, with an issue, a variant, and the key of one that is gone."""
    ledger = Ledger(url, home=Path("/"))
    newest = command.upgrade
    monkeypatch.setattr(command, "upgrade", lambda config, _: newest(config, "0004-1"))
    migrate.upgrade(ledger)
    monkeypatch.undo()
    with ledger.engine.begin() as connection:
        connection.execute(text(_ISSUE))
        connection.execute(text(_VARIANT.format(key=7, language="")))
        connection.execute(text(_VARIANT.format(key=9, language="fr")))
        connection.execute(text("DELETE FROM variants WHERE key = 9"))
    return ledger


def test_older_texts_are_the_first(make_empty_url: MakeUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(make_older(make_empty_url(), monkeypatch)) as ledger:
        migrate.upgrade(ledger)
        with ledger.read() as tx:
            assert (tx.issues.get(1).revision, tx.revisions.get_number(7)) == (1, 1)
            assert tx.letters.get_rendering("variant:7").text == "Today"


@on_sqlite
def test_keys_go_on_where_they_were(make_empty_url: MakeUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(make_older(make_empty_url(), monkeypatch)) as ledger:
        migrate.upgrade(ledger)
        with ledger.engine.begin() as connection:
            statement = _VARIANT.format(key="NULL", language="nl")
            connection.execute(text(statement))
            assert connection.execute(text("SELECT max(key) FROM variants")).scalar_one() == 10
