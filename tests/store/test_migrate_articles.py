"""The step to links between articles keeps the articles and the seeds of older ledgers."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import MetaData, Table, bindparam, select, text

from publisher.domain.doubt import Remedy
from publisher.store import Ledger, tables
from publisher.store.links import name_of
from publisher.store.migrate import list_damage, upgrade
from publisher.store.tables import UTCDateTime
from tests.conftest import MakeUrl
from tests.factories import NOW

PATHS = ["town/bridge.md", "town/bridge/index.md", "2026-11-23-tram.fr.markdown", "index.html", "a.b.txt", ".md", ""]
_SEED = "INSERT INTO seeds (path, size, mtime_ns, digest, reason) VALUES ('x.md', 1, 1, 'd', 'no title was found')"


def make_older(url: str) -> Ledger:
    """A ledger before that step, with articles at some odd paths and a seed that waits."""
    ledger = Ledger(url, home=Path("/"))
    upgrade(ledger, version="0004")
    articles = Table("articles", MetaData(), autoload_with=ledger.engine)
    moments = {column.name for column in articles.c if column.name.endswith("_at")} - {"withdrawn_at"}
    texts = {"title": "Bridge", "language": "en", "html": "<p>It is open.</p>", "details": "{}"}
    with ledger.engine.begin() as connection:
        for number, path in enumerate(PATHS):
            values = {**texts, "id": f"tag:{number}", "path": path, "slug": f"s{number}", "year": 2026, "month": 11}
            values |= dict.fromkeys(moments, NOW) | {"seed_digest": "d", "text_digest": "d", "revision": 1}
            names = [name for name in values if name in articles.c]
            statement = text(
                f"INSERT INTO articles ({', '.join(names)}) VALUES ({', '.join(':' + name for name in names)})"
            )
            kinds = [bindparam(name, type_=UTCDateTime) for name in names if name in moments]
            connection.execute(statement.bindparams(*kinds), {name: values[name] for name in names})
        connection.execute(text(_SEED))
    return ledger


def test_older_articles_get_their_names(make_empty_url: MakeUrl) -> None:
    with closing(make_older(make_empty_url())) as ledger:
        upgrade(ledger)
        with ledger.engine.connect() as connection:
            rows = connection.execute(select(tables.articles.c.path, tables.articles.c.name)).all()
        assert {row.path: row.name for row in rows} == {path: name_of(path) for path in PATHS}
        assert list_damage(ledger) == []


def test_older_articles_are_read(make_empty_url: MakeUrl) -> None:
    with closing(make_older(make_empty_url())) as ledger:
        upgrade(ledger)
        with ledger.read() as tx:
            found = list(tx.articles.iter_released(NOW))
        assert {(article.title, article.expires_at, article.links) for article in found} == {("Bridge", None, ())}
        assert len(found) == len(PATHS)


def test_older_waiting_seed_can_be_mended(make_empty_url: MakeUrl) -> None:
    with closing(make_older(make_empty_url())) as ledger:
        upgrade(ledger)
        with ledger.read() as tx:
            waiting = tx.seeds.list_waiting()
        assert [(one.path, one.remedy, one.waiting_since, one.doubts) for one in waiting] == [
            ("x.md", Remedy.MEND, None, ())
        ]
