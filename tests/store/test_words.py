"""Text on both databases: the same order, the same letters, room for all of it."""

import pytest
from sqlalchemy import inspect

from publisher.domain.subscriber import Consent, Event
from publisher.store import Ledger
from publisher.store.tables import METADATA, Words
from tests.conftest import on_postgresql
from tests.factories import NOW, make_article, make_freeze, make_variant, put_member

NAMES = ["a-b", "ab", "Zoë", "zoe", "zoë", "école", "été", "été 2", "über", "北", "😀"]


def test_text_is_ordered_by_bytes(ledger: Ledger) -> None:
    with ledger.write() as tx:
        for number, name in enumerate(reversed(NAMES)):
            tx.articles.add(make_article(number, section=name), seed_digest="")
        assert tx.articles.list_sections(NOW) == sorted(NAMES, key=str.encode)


def test_people_are_listed_by_bytes(ledger: Ledger) -> None:
    emails = ["a_b@example.org", "a-b@example.org", "ab@example.org", "a.b@example.org", "élan@example.org"]
    with ledger.write() as tx:
        for email in emails:
            put_member(tx, email)
        found = [one.subscriber.email for one in tx.subscribers.iter_memberships()]
    assert found == sorted(emails, key=str.encode)


@on_postgresql
def test_no_locale_orders_a_column(ledger: Ledger) -> None:
    found = inspect(ledger.engine)
    kinds = {
        (name, column["name"]): getattr(column["type"], "collation", None)
        for name in METADATA.tables
        for column in found.get_columns(name)
    }
    words = [(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns]
    texts = [place for place in words if isinstance(METADATA.tables[place[0]].c[place[1]].type, Words)]
    assert len(texts) > 70
    assert {kinds[place] for place in texts} == {"C"}


@pytest.mark.parametrize("letter", ["\0", "\ud800"])
def test_unkeepable_letters_are_replaced(ledger: Ledger, letter: str) -> None:
    with ledger.write() as tx:
        added = tx.articles.add(make_article(title=f"a{letter}b"), seed_digest="")
        tx.facts.put(f"{letter}name", f"value{letter}")
    assert added.title == "a\ufffdb"
    with ledger.read() as tx:
        assert tx.facts.find(f"{letter}name") == "value\ufffd"
        assert tx.articles.find_at(year=2026, month=11, slug=letter) is None


@pytest.mark.parametrize("letter", ["\0", "\ud800", "\\u0000"])
def test_carried_letters_come_back(ledger: Ledger, letter: str) -> None:
    with ledger.write() as tx:
        added = tx.articles.add(make_article(tags=(f"a{letter}b",)), seed_digest="")
    with ledger.read() as tx:
        assert tx.articles.get(added.key).tags == (f"a{letter}b",)


def test_long_words_are_kept_whole(ledger: Ledger) -> None:
    names = " ".join(f"newsletter_{number}" for number in range(50))
    with ledger.write() as tx:
        alice = put_member(tx, newsletter="n" * 200, language="l" * 200)
        tx.subscribers.log(alice.key, Consent(newsletter=names, event=Event.REQUESTED, at=NOW, source="form"))
        assert [line.newsletter for line in tx.subscribers.list_consents(alice.key)] == [names]
        assert tx.subscribers.list_variant_choices("n" * 200) == [("l" * 200, (), "html")]


def test_longest_names_are_found(ledger: Ledger) -> None:
    long = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(333))  # hard to compress
    with ledger.write() as tx:
        added = tx.articles.add(make_article(declared_id=long, id=f"tag:{long}", aliases=(f"/{long}",)), seed_digest="")
        assert tx.articles.find_by_former_address(f"/{long}") == added
        assert tx.articles.has_id(f"tag:{long}")


def test_endless_choice_has_its_variant(ledger: Ledger) -> None:
    sections = tuple(f"section {number * 7919 % 1000}" for number in range(70))
    with ledger.write() as tx:
        put_member(tx, sections=sections)
        variant = make_variant(sections=tuple(sorted(sections)))
        assert tx.issues.freeze(make_freeze(variants=(variant,)), NOW)


def test_names_fit_every_database() -> None:
    names = [
        str(named.name)
        for table in METADATA.sorted_tables
        for named in (*table.constraints, *table.indexes, *table.columns)
    ]
    assert max(map(len, names)) <= 63
