"""A text in an article's place: a correction of it, or another article?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.ingest.changes.likeness import is_another_edition, is_another_title, may_be_another

REPORT = " ".join(f"the council heard speaker {name} on the bridge" for name in "abcdefghijklmnop")
OTHER = " ".join(f"six foxes near bakery {name} ate yesterday's rolls" for name in "abcdefghijklmnop")
WEEK = "Monday 23 November choir in the hall. Tuesday soup at noon in the school. Friday the market, as each week."
NEXT = "Monday 30 November dance in the barn. Wednesday a film at eight, outdoors. Friday the market, as each week."


def judge(old: tuple[str, str], new: tuple[str, str]) -> bool:
    return may_be_another(old_title=old[0], old_text=old[1], new_title=new[0], new_text=new[1])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("The bridge", REPORT), ("Six foxes", OTHER)),
        (("The bridge", "It opens at noon on Monday."), ("Six foxes", "Nobody knows where they live.")),
        (("Agenda", REPORT), ("Agenda", OTHER)),
        (("Agenda of 23 November", WEEK), ("Agenda of 30 November", NEXT)),
        (("Agenda, week 47", WEEK), ("Agenda, week 48", NEXT)),
        (("L'agenda du lundi 23 novembre", WEEK), ("L'agenda du mardi 1er décembre", NEXT)),
    ],
)
def test_another_article_is_doubtful(old: tuple[str, str], new: tuple[str, str]) -> None:
    assert judge(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("The bridge", REPORT), ("The bridge", f"{REPORT} until midnight")),
        (("The bridge", REPORT), ("The new bridge", REPORT)),
        (("The bridge", "More soon."), ("The bridge", REPORT)),
        (("The bridge", "It opens at noon."), ("The bridge", "The mayor has cut the ribbon.")),
        (("The fair on 23 November", WEEK), ("The fair on 24 November", WEEK.replace("23", "24"))),
        (("The fair on Monday", WEEK), ("The fair on Tuesday", WEEK.replace("Monday", "Tuesday"))),
        (("The bridge", ""), ("Another title", REPORT)),
    ],
)
def test_correction_is_not_doubtful(old: tuple[str, str], new: tuple[str, str]) -> None:
    assert not judge(old, new)


@pytest.mark.parametrize(("old", "new"), [("Week 47", "Week 48"), ("1er mai", "2 juin"), ("Agenda 3rd", "Agenda 4th")])
def test_titles_that_differ_in_date_are_editions(old: str, new: str) -> None:
    assert is_another_edition(old, new)


@pytest.mark.parametrize(("old", "new"), [("Week 47", "week 47!"), ("Week 47", "Month 47"), ("47", "")])
def test_other_titles_are_no_editions(old: str, new: str) -> None:
    assert not is_another_edition(old, new)


@given(title=st.text(), text=st.text())
def test_same_article_is_never_doubtful(title: str, text: str) -> None:
    assert not judge((title, text), (title, text))
    assert not is_another_title(title, title.upper().lower())
