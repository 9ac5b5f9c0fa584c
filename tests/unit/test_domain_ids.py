"""Ids as lines of JSON: what is written is read again, what can't be is named, and a ledger keeps all of its own."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.ids import IdRecord, Line, describe_record, read_lines, settle_lines, write_lines

NOW = datetime(2026, 11, 23, 6, 0, 0, 120, tzinfo=UTC)
BRIDGE = IdRecord(
    id="tag:example.org,2026-11-23:2026/11/bridge",
    path="town/bridge.md",
    year=2026,
    month=11,
    slug="bridge",
    published_at=NOW,
    released_at=NOW,
    first_seen_at=NOW,
    former=("/old/bridge.html",),
)
TRAM = replace(BRIDGE, id="https://old.example/12", path="tram.md", slug="tram", declared_id="12", former=())
MOMENTS = st.datetimes(datetime(1600, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(path=WORDS, slug=st.from_regex(r"\w[\w.~-]*", fullmatch=True), declared_id=WORDS, moment=MOMENTS)
def test_written_records_are_read_again(path: str, slug: str, declared_id: str, moment: datetime) -> None:
    record = replace(BRIDGE, path=f"x{path}", slug=slug, declared_id=declared_id, first_seen_at=moment)
    lines, problems = read_lines(write_lines([record]))
    assert [line.record for line in lines] == [record]
    assert problems == []


def test_lines_stand_in_order_of_first_sight() -> None:
    late = replace(TRAM, id="tag:a,2026:a", first_seen_at=NOW + timedelta(days=1))
    text = write_lines([late, BRIDGE, TRAM])
    assert [json.loads(line)["id"] for line in text.splitlines()] == [TRAM.id, BRIDGE.id, late.id]
    assert write_lines([TRAM, late, BRIDGE]) == text


def test_bad_line_hides_no_other() -> None:
    good = write_lines([BRIDGE])
    lines, problems = read_lines(f"{good}\n[]\n{{\n{good}")
    assert [line.number for line in lines] == [1, 5]
    assert [problem.number for problem in problems] == [3, 4]


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    lines, problems = read_lines(text)
    assert len(lines) + len(problems) <= text.count("\n") + 1


def settle(*records: IdRecord, known: tuple[IdRecord, ...] = ()) -> tuple[list[str], int, list[str]]:
    lines = [Line(number=number, record=record) for number, record in enumerate(records, start=1)]
    settled = settle_lines(
        lines,
        known={record.id: record for record in known},
        standing={record.path: record.id for record in known},
        addresses={record.address: record.id for record in known},
    )
    return [one.id for one in settled.fresh], settled.known, [one.reason for one in settled.conflicts]


def test_new_ids_are_taken_and_known_ones_left() -> None:
    assert settle(BRIDGE, TRAM, known=(BRIDGE,)) == ([TRAM.id], 1, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("path", "\ud800.md"),
        ("declared_id", "a\0b"),
        ("published_at", "0001-01-01T00:00:00+14:00"),
        ("first_seen_at", "9999-12-31T23:59:59-14:00"),
        ("address", "/articles/2026/11/%2e%2e%2f%2e%2e%2fx"),
        ("address", "/articles/2026/11/.."),
        ("address", "/articles/0000/11/bridge"),
        ("address", "/articles/2026/11/a%00b"),
        ("former", ["/a\0b"]),
        ("former", ["/\udcff"]),
        ("former", ["/" + "x" * 3000]),
    ],
)
def test_what_no_ledger_takes_is_a_problem(name: str, value: object) -> None:
    lines, problems = read_lines(json.dumps({**describe_record(BRIDGE), name: value}))
    assert lines == []
    assert problems[0].reason.startswith(name)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (replace(BRIDGE, path="span.md"), "has another path already: path town/bridge.md"),
        (replace(BRIDGE, released_at=NOW + timedelta(1)), "has another released_at already"),
        (replace(BRIDGE, id="tag:b,2026:b"), f"town/bridge.md is {BRIDGE.id} already"),
        (replace(BRIDGE, id="tag:b,2026:b", path="b.md"), f"/articles/2026/11/bridge leads to {BRIDGE.id} already"),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_conflicts_are_named(record: IdRecord, reason: str, *, is_known: bool) -> None:
    known = (BRIDGE,) if is_known else ()
    fresh, _, conflicts = settle(BRIDGE, record, known=known)
    assert fresh == ([] if is_known else [BRIDGE.id])
    assert len(conflicts) == 1
    assert reason in conflicts[0]


def test_articles_without_a_file_may_be_many() -> None:
    assert settle(replace(BRIDGE, path=""), replace(TRAM, path=""))[2] == []
