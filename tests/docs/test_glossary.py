"""docs/glossary.md knows the states that the ledger knows."""

import re

import pytest

from publisher.domain import article, delivery, issue, subscriber
from tests.docs.pages import read_page

PAGE = read_page("docs/glossary.md")


def test_table_has_the_ten_states() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.M) == [status.value for status in delivery.Status]


@pytest.mark.parametrize("states", [article.Status, issue.Status, subscriber.Status])
def test_other_states_have_their_word(states: type[article.Status | issue.Status | subscriber.Status]) -> None:
    assert [status.value for status in states if f"*{status.value}*" not in PAGE] == []
