"""Subscribers in and out: what goes out comes back, and nobody is added who must not be."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.domain.subscriber import Event, Format, Layout, Status
from publisher.errors import UsageError
from publisher.store import Ledger
from publisher.subscriptions import erase
from publisher.subscriptions.exchange import (
    COLUMNS,
    Imported,
    ImportRules,
    export_rows,
    import_rows,
    in_chunks,
    read_rows,
    write_rows,
)
from tests.conftest import MakeLedger
from tests.factories import KEYS, NOW, make_subscriber, put_cast, put_member, suppress

RULES = ImportRules(known=("daily", "weekly"), default=("daily",), source="list of 2026", default_status=Status.PENDING)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
CELL = TEXT | st.text(alphabet="'=+-@\t\r\n\",;a")
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELL)), max_size=5)


def _import(ledger: Ledger, *rows: dict[str, str], rules: ImportRules = RULES) -> Imported:
    with ledger.write() as tx:
        return import_rows(tx, enumerate(rows, 1), rules=rules, keys=KEYS, now=NOW)


def _export(ledger: Ledger) -> list[dict[str, str]]:
    with ledger.read() as tx:
        return list(export_rows(tx))


def _refusal(ledger: Ledger, row: dict[str, str]) -> str:
    done = _import(ledger, row)
    assert (done.taken, len(done.rejected)) == (0, 1)
    assert done.rejected[0].line == 1
    return done.rejected[0].reason


@pytest.mark.parametrize("column", ["name", "language", "sections", "consent_source"])
def test_endless_cell_is_refused(ledger: Ledger, column: str) -> None:
    row = {"email": "alice@example.org", "newsletters": "daily", column: "é" * 501}
    assert _refusal(ledger, row) == f"{column}: more than 1000 letters are too many here"


@pytest.mark.parametrize("layout", list(Layout))
@given(rows=ROWS)
def test_rows_come_back_as_written(layout: Layout, rows: list[dict[str, str]]) -> None:
    file = StringIO(newline="")
    assert write_rows(rows, file, layout=layout) == len(rows)
    file.seek(0)
    assert [row for _, row in read_rows(file, layout=layout)] == rows


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''=1"])
def test_no_cell_is_a_formula(name: str) -> None:
    file = StringIO(newline="")
    write_rows([dict.fromkeys(COLUMNS, name)], file, layout=Layout.CSV)
    file.seek(0)
    assert all(cell.startswith("'") for row in csv.DictReader(file) for cell in row.values())


@pytest.mark.parametrize("name", ["Alice", "O'Hara", "'t Hooft", "'", "a=b", ""])
def test_harmless_cell_is_left_alone(name: str) -> None:
    file = StringIO(newline="")
    write_rows([dict.fromkeys(COLUMNS, name)], file, layout=Layout.CSV)
    file.seek(0)
    assert next(csv.DictReader(file))["name"] == name


def test_cast_is_exported(ledger: Ledger) -> None:
    put_cast(ledger)
    rows = _export(ledger)
    assert [(row["email"][0], row["status"]) for row in rows] == [
        ("a", "confirmed"),
        ("b", "pending"),
        ("c", "unsubscribed"),
        ("d", "confirmed"),
    ]
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["consent_at"], rows[0]["consent_source"]) == (NOW.isoformat(), "paper form")


def test_equal_subscriptions_share_a_row(ledger: Ledger) -> None:
    with ledger.write() as tx:
        put_member(tx, newsletter="weekly", sections=["local news", "arts"])
        put_member(tx, newsletter="daily", sections=["arts", "local news"])
    (row,) = _export(ledger)
    assert (row["newsletters"], row["sections"]) == ("daily weekly", "arts;local news")


def test_different_subscriptions_have_rows(ledger: Ledger) -> None:
    with ledger.write() as tx:
        put_member(tx, newsletter="daily")
        put_member(tx, newsletter="weekly", status=Status.UNSUBSCRIBED)
    assert [(row["newsletters"], row["status"]) for row in _export(ledger)] == [
        ("daily", "confirmed"),
        ("weekly", "unsubscribed"),
    ]


_PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([Status.CONFIRMED, Status.UNSUBSCRIBED]),
        st.sampled_from(["daily", "weekly"]),
        st.sets(st.sampled_from(["arts", "local news", "=sport", "'t land"])),
        st.sampled_from(list(Format)),
        TEXT,
    ),
    max_size=5,
)


@pytest.mark.parametrize("layout", list(Layout))
@settings(max_examples=15)
@given(people=_PEOPLE)
def test_list_moves_to_another_ledger(
    make_ledger: MakeLedger, layout: Layout, people: list[tuple[Status, str, set[str], Format, str]]
) -> None:
    old, new = make_ledger(), make_ledger()
    with old.write() as tx:
        for number, (status, newsletter, sections, form, name) in enumerate(people):
            subscriber = make_subscriber(f"reader{number}@example.org", name=name, format=form)
            tx.subscribers.put(subscriber, suppression_digest=str(number))
            put_member(tx, subscriber.email, status=status, newsletter=newsletter, sections=sorted(sections))
    file = StringIO(newline="")
    write_rows(_export(old), file, layout=layout)
    file.seek(0)
    done = _import(new, *(row for _, row in read_rows(file, layout=layout)))
    assert done.rejected == ()
    assert _export(new) == _export(old)
    old.close()
    new.close()


def test_import_takes_only_an_address(ledger: Ledger) -> None:
    done = _import(ledger, {"email": "erin@example.org"})
    (wish,) = done.pending
    assert (wish.email, wish.newsletters, wish.source) == ("erin@example.org", ("daily",), "list of 2026")
    assert _export(ledger) == []


def test_import_as_confirmed_names_its_source(ledger: Ledger) -> None:
    rules = ImportRules(known=("daily",), default=("daily",), source="list of 2026", default_status=Status.CONFIRMED)
    assert _import(ledger, {"email": "erin@example.org"}, rules=rules).taken == 1
    (row,) = _export(ledger)
    assert (row["status"], row["consent_source"], row["consent_at"]) == ("confirmed", "list of 2026", NOW.isoformat())


def test_own_consent_is_kept(ledger: Ledger) -> None:
    row = {"email": "erin@example.org", "status": "Confirmed", "consent_at": "2020-01-02T03:04:05+01:00"}
    _import(ledger, {**row, "consent_source": "fair"})
    (kept,) = _export(ledger)
    assert datetime.fromisoformat(kept["consent_at"]) == datetime(2020, 1, 2, 2, 4, 5, tzinfo=UTC)
    assert kept["consent_source"] == "fair"


def test_naive_consent_is_utc(ledger: Ledger) -> None:
    _import(ledger, {"email": "erin@example.org", "status": "confirmed", "consent_at": "2020-01-02"})
    assert _export(ledger)[0]["consent_at"] == "2020-01-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"email": "nobody"}, "this is no e-mail address"),
        ({"name": "Erin"}, "this is no e-mail address"),
        ({"email": "e@example.org", "newsletters": "hourly"}, "no newsletter is named hourly; there are daily, weekly"),
        ({"email": "e@example.org", "status": "gone"}, "status 'gone' is none of pending, confirmed, unsubscribed"),
        ({"email": "e@example.org", "format": "pdf"}, "format 'pdf' is none of html, text"),
        ({"email": "e@example.org", "status": "confirmed", "consent_at": "yesterday"}, "consent_at 'yesterday'"),
    ],
)
def test_bad_row_says_why(ledger: Ledger, row: dict[str, str], reason: str) -> None:
    assert reason in _refusal(ledger, row)
    assert _export(ledger) == []


def test_row_needs_a_newsletter(ledger: Ledger) -> None:
    rules = ImportRules(known=("daily",), default=(), source="list")
    done = _import(ledger, {"email": "e@example.org"}, rules=rules)
    assert "names no newsletter" in done.rejected[0].reason


def test_bad_rows_stop_no_others(ledger: Ledger) -> None:
    good = {"email": "erin@example.org", "status": "confirmed"}
    done = _import(ledger, {"email": "nobody"}, good, {"email": "@"})
    assert (done.taken, [one.line for one in done.rejected]) == (1, [1, 3])


@pytest.mark.parametrize(("name", "reason"), [("carol", "has left daily"), ("dave", "suppressed")])
def test_import_brings_nobody_back(ledger: Ledger, name: str, reason: str) -> None:
    put_cast(ledger)
    before = _export(ledger)
    assert reason in _refusal(ledger, {"email": f"{name}@example.org", "status": "confirmed"})
    assert _export(ledger) == before


def test_suppressed_stranger_stays_unknown(ledger: Ledger) -> None:
    with ledger.write() as tx:
        suppress(tx, "erin@example.org")
    assert "suppressed" in _refusal(ledger, {"email": "Erin@example.org", "status": "confirmed"})
    assert _export(ledger) == []


@pytest.mark.parametrize("status", ["confirmed", "unsubscribed"])
def test_erased_stay_erased(ledger: Ledger, status: str) -> None:
    cast = put_cast(ledger)
    with ledger.write() as tx:
        erase(tx, cast.alice.email, keys=KEYS, now=NOW)
    assert "erased" in _refusal(ledger, {"email": cast.alice.email, "status": status})


def test_leaving_is_imported(ledger: Ledger) -> None:
    cast = put_cast(ledger)
    _import(ledger, {"email": cast.alice.email, "status": "unsubscribed"})
    with ledger.read() as tx:
        subscription = tx.subscribers.find_subscription(cast.alice.key, "daily")
        events = [line.event for line in tx.subscribers.list_consents(cast.alice.key)]
    assert subscription
    assert (subscription.status, subscription.consent_at) == (Status.UNSUBSCRIBED, NOW)
    assert events == [Event.IMPORTED]


def test_columns_may_stand_in_any_order() -> None:
    file = StringIO(" Name ,EMAIL,shoe size\nErin,erin@example.org,38\n")
    assert list(read_rows(file, layout=Layout.CSV)) == [
        (2, {"name": "Erin", "email": "erin@example.org", "shoe size": "38"})
    ]


def test_short_and_long_rows_are_read() -> None:
    file = StringIO("email,name\nerin@example.org\nfay@example.org,Fay,more,cells\n")
    assert [row for _, row in read_rows(file, layout=Layout.CSV)] == [
        {"email": "erin@example.org", "name": ""},
        {"email": "fay@example.org", "name": "Fay"},
    ]


@pytest.mark.parametrize("text", ["", "name\nErin\n", "erin@example.org\n"])
def test_file_without_email_column_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"\Ainput:1: no column is named email; columns are email, name[^\n]*\Z"):
        list(read_rows(StringIO(text), layout=Layout.CSV))


def test_monstrous_cell_is_refused() -> None:
    file = StringIO("email\n" + "x" * (csv.field_size_limit() + 1))
    with pytest.raises(UsageError, match=r"\Ainput:\d+: this is no CSV: [^\n]*\Z"):
        list(read_rows(file, layout=Layout.CSV))


def test_json_lines_may_hold_lists() -> None:
    line = {"email": "e@example.org", "newsletters": ["daily", "weekly"], "sections": ["arts", "local news"]}
    file = StringIO(f"\n{json.dumps(line)}\n")
    ((number, row),) = read_rows(file, layout=Layout.JSON_LINES)
    assert number == 2
    assert (row["newsletters"], row["sections"]) == ("daily weekly", "arts;local news")


def test_json_null_is_empty() -> None:
    file = StringIO('{"email": "e@example.org", "name": null}')
    assert [row for _, row in read_rows(file, layout=Layout.JSON_LINES)] == [{"email": "e@example.org", "name": ""}]


@pytest.mark.parametrize("line", ["{", "email", "[1]", '"e@example.org"', "7"])
def test_line_that_is_no_object_is_named(line: str) -> None:
    file = StringIO(f'{{"email": "e@example.org"}}\n{line}\n')
    with pytest.raises(UsageError, match=r"\Ainput:2: [^\n]*JSON[^\n]*\Z"):
        list(read_rows(file, layout=Layout.JSON_LINES))


@pytest.mark.parametrize(
    ("number", "sizes"), [(0, []), (1, [1]), (500, [500]), (501, [500, 1]), (1200, [500, 500, 200])]
)
def test_chunks_lose_nothing(number: int, sizes: list[int]) -> None:
    rows = [(line, {"email": str(line)}) for line in range(number)]
    chunks = list(in_chunks(iter(rows)))
    assert [len(chunk) for chunk in chunks] == sizes
    assert [row for chunk in chunks for row in chunk] == rows
