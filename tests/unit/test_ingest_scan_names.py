"""Names that scanners give are told from names that people give."""

import pytest

from publisher.ingest.scan_names import is_scan_name


@pytest.mark.parametrize(
    ("words", "is_given"),
    [
        ("000_6b8730b38eaedc5f", True),
        ("scan0007", True),
        ("IMG_2031", True),
        ("page-4", True),
        ("photo-0003", True),
        ("screenshot", True),
        ("20260612", True),
        ("le-pont", False),
        ("face", False),
        ("le-marche-2026", False),
        ("decade", False),
        ("", False),
    ],
)
def test_scanners_names_say_nothing(words: str, *, is_given: bool) -> None:
    assert is_scan_name(words) is is_given
