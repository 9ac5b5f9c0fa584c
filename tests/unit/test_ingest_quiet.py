"""A file is taken only when it has stood still."""

from datetime import UTC, datetime, timedelta

from publisher.ingest import Glimpse, Known, SeedFile, find_quiet

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
QUIET = timedelta(seconds=1)
FILE, GROWN = SeedFile("a.md", 10, 1), SeedFile("a.md", 20, 2)


def test_new_file_waits() -> None:
    assert find_quiet([FILE], {}, now=NOW, quiet=QUIET) == ((), {"a.md": Glimpse(FILE, NOW)})


def test_still_file_is_ready() -> None:
    assert find_quiet([FILE], {"a.md": Glimpse(FILE, NOW)}, now=NOW + QUIET, quiet=QUIET) == ((FILE,), {})


def test_growing_file_waits_anew() -> None:
    later = NOW + 5 * QUIET
    assert find_quiet([GROWN], {"a.md": Glimpse(FILE, NOW)}, now=later, quiet=QUIET) == (
        (),
        {"a.md": Glimpse(GROWN, later)},
    )


def test_nothing_waits_without_a_quiet_time() -> None:
    assert find_quiet([FILE], {}, now=NOW, quiet=timedelta(0)) == ((FILE,), {})


def test_known_file_is_ready_at_once() -> None:
    known = {"a.md": Known(path="a.md", size=10, mtime_ns=1, digest="", reason="broken")}
    assert find_quiet([FILE], {}, now=NOW, quiet=QUIET, known=known) == ((FILE,), {})
