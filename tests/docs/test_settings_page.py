"""docs/settings.md says what the code says."""

from tests.docs.settings_page import PAGE, bring_up_to_date


def test_page_is_what_the_code_says() -> None:
    page = PAGE.read_text("utf-8")
    assert page == bring_up_to_date(page), "docs/settings.md is behind the code: run `./run docs`"
