"""Clippings as read beside an editor's answers: precision, recall, and what was missed."""

from pathlib import Path

import pytest

from tests.clipping_reading import read_html
from tests.clippings import Clip, Score, Values, fold, load_corpus, mark, total

ANSWER: Values = {
    "language": ("fr",),
    "title": ("Le pont rouvre",),
    "byline": ("Anne Petit", "AFP"),
    "body": ("Il a rouvert lundi.", "On y danse."),
    "pull quotes": ("On y danse",),
}


def clip(*articles: Values) -> Clip:
    return Clip(path=Path("pont.txt"), kind="clean", language="fr", articles=articles, is_held=False)


def scored(field: str, *found: Values, wanted: Values = ANSWER) -> Score:
    return mark(clip(wanted), found, is_held=False).scores[field]


def test_answer_itself_is_perfect() -> None:
    marks = mark(clip(ANSWER), [ANSWER])
    assert {(score.precision, score.recall) for score in marks.scores.values()} == {(1.0, 1.0)}
    assert not marks.misses


@pytest.mark.parametrize(
    ("found", "precision", "recall"),
    [
        (("Anne Petit",), 1.0, 0.5),
        (("AFP", "Anne Petit", "Lundi"), 2 / 3, 1.0),
        (("AFP", "AFP"), 0.5, 0.5),
        ((), 1.0, 0.0),
    ],
)
def test_names_are_compared_as_sets(found: tuple[str, ...], precision: float, recall: float) -> None:
    score = scored("byline", {"byline": found})
    assert score.precision == pytest.approx(precision)
    assert score.recall == recall


def test_paragraph_counts_only_whole() -> None:
    score = scored("body", {"body": ("Il a rouvert", "lundi.", "On y danse.")})
    assert (score.same, score.found, score.wanted) == (1, 3, 2)


def test_words_survive_a_broken_paragraph() -> None:
    assert scored("words", {"body": ("Il a rouvert", "lundi.", "On y danse.")}).recall == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [("« Oui »\u202f!", '" Oui " !'), ("l’eau\u00a0:  vive", "l'eau : vive"), ("„Ja“", "“Ja”")],
)
def test_spaces_and_quotation_marks_are_folded(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_marks_around_a_pull_quote_do_not_count() -> None:
    assert scored("pull quotes", {"pull quotes": ("« On y danse »",)}).same == 1


def test_refused_clipping_lacks_everything() -> None:
    marks = mark(clip(ANSWER), [])
    assert all(score.recall == 0.0 for score in marks.scores.values() if score.wanted)
    assert {miss.field for miss in marks.misses} == {"articles", *ANSWER}


def test_article_of_a_file_without_one_is_surplus() -> None:
    marks = mark(clip(), [ANSWER])
    assert marks.scores["title"].precision == 0.0


def test_second_article_is_compared_with_the_second() -> None:
    other = {**ANSWER, "title": ("La crue",)}
    assert mark(clip(ANSWER, other), [ANSWER, other]).scores["title"].same == 2
    assert mark(clip(ANSWER, other), [other, ANSWER]).scores["title"].same == 0


def test_miss_says_what_is_missing_and_surplus() -> None:
    (miss,) = mark(clip(ANSWER), [{**ANSWER, "title": ("Le pont",)}]).misses
    assert str(miss) == "pont: title\n  - Le pont rouvre\n  + Le pont"


def test_totals_add_up() -> None:
    marks = [mark(clip(ANSWER), [ANSWER]), mark(clip(ANSWER), [])]
    assert total(marks)["body"] == Score(same=2, found=2, wanted=4)


def test_boxes_are_kept_apart_from_the_running_text() -> None:
    found = read_html(
        "<p>Un<br>mot.</p><h2>Plus tard</h2><ul><li>deux</li></ul>"
        '<figure class="pullquote"><blockquote><p>On y danse</p></blockquote><figcaption>Anne</figcaption></figure>'
        '<figure class="figurebox"><blockquote><p>48</p><p>emplois</p></blockquote></figure>'
    )
    assert found["body"] == ("Un mot.", "deux")
    assert (found["crossheads"], found["pull quotes"], found["speakers"]) == (
        ("Plus tard",),
        ("On y danse",),
        ("Anne",),
    )
    assert found["figures"] == ("48 emplois",)


def test_corpus_holds_every_kind_of_every_language() -> None:
    groups = {(each.language, each.kind) for each in load_corpus()}
    assert len(groups) == 4 * 3
