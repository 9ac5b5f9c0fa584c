"""Built feeds against those that readers have: every honest change passes, and each planted fault is found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.article import Article, Status
from publisher.domain.feed import Choice, Feed, Format, Gone
from publisher.domain.part import KEPT_FOR, Place
from publisher.errors import CheckError
from publisher.feeds import Document, build_all
from publisher.feeds.checking import Standing, compare, compare_formats, list_in_question
from publisher.feeds.reading import Fault, Reading, read_back
from tests.factories import DAY, HOUR, NOW, make_article
from tests.feed_documents import make_document

Readings = Mapping[Format, Reading]
FEED = Feed(name="main", title="The news", limit=3, choice=Choice(tags=("traffic",)))


@dataclass
class Paper:
    """What happens to a paper's articles, and the feed that follows from it."""

    articles: dict[int, Article] = field(default_factory=dict)
    feed: Feed = FEED
    now: datetime = NOW

    def play(self, act: str, number: int, hours: int) -> None:
        """Let some time pass, and one thing happen."""
        self.now += hours * HOUR
        if act == "new" or not self.articles:
            self._add(len(self.articles) + 1, is_archive=number == 0)
        elif act == "limit":
            self.feed = replace(self.feed, limit=1 + number)
        else:
            one = list(self.articles.values())[number % len(self.articles)]
            changes = {
                "corrected": {"updated_at": max(self.now, one.updated_at)},
                "dated": {"published_at": one.published_at - DAY},
                "withdrawn": {"withdrawn_at": self.now},
                "restored": {"withdrawn_at": None, "expires_at": None},
                "retagged": {"tags": () if one.tags else ("traffic",)},
                "renamed": {"path": f"{one.path}x", "slug": f"{one.slug}x"},
                "expires": {"expires_at": self.now + number * DAY},
            }
            self.articles[one.key] = replace(one, **changes[act])  # type: ignore[arg-type]

    def _add(self, number: int, *, is_archive: bool) -> None:
        at = self.now - 40 * DAY if is_archive else self.now
        moments = dict.fromkeys(("published_at", "released_at", "updated_at"), at)
        self.articles[number] = make_article(number, **moments, first_seen_at=self.now)

    def list_shown(self) -> list[Article]:
        """What readers may see of the feed, newest first."""
        shown = [one for one in self.articles.values() if one.status(self.now) is Status.PUBLISHED]
        return sorted((one for one in shown if self.feed.choice.fits(one)), key=_order)

    def list_gone(self) -> list[Gone]:
        """Which of its articles were taken back, and when."""
        over = [one for one in self.articles.values() if one.status(self.now) in (Status.WITHDRAWN, Status.EXPIRED)]
        ends = [(one.id, one.withdrawn_at or one.expires_at) for one in over if self.feed.choice.fits(one)]
        return [Gone(id=identity, at=at) for identity, at in ends if at]

    def write(self) -> Document:
        """The feed's document: the newest, what no part has yet, what was corrected or taken back of late."""
        shown, gone = self.list_shown(), self.list_gone()
        events = [one.updated_at for one in self.articles.values()] + [one.at for one in gone]
        late = max(events, default=NOW) - KEPT_FOR
        month = max((_month(one.released_at) for one in self.articles.values()), default=_month(NOW))
        earlier = [_month(one.released_at) for one in self.articles.values() if _month(one.released_at) < month]
        wanted = [
            one
            for index, one in enumerate(shown)
            if index < self.feed.limit
            or _month(one.released_at) == month
            or (one.updated_at > one.released_at and one.updated_at > late)
        ]
        previous = "{}-{:02}".format(*max(earlier)) if earlier else ""
        stones = tuple(one for one in gone if one.at > late)
        return make_document(*wanted, feed=self.feed, previous=previous, gone=stones)

    def ask(self) -> dict[str, Standing]:
        """What the ledger knows of every article."""
        shown = {one.id for one in self.list_shown()}
        return {one.id: _stand(one, belongs=one.id in shown) for one in self.articles.values()}


def _order(one: Article) -> tuple[float, float, str]:
    return -one.released_at.timestamp(), -one.published_at.timestamp(), one.id


def _month(moment: datetime) -> tuple[int, int]:
    return moment.astimezone(UTC).year, moment.astimezone(UTC).month


def _stand(one: Article, *, belongs: bool = True) -> Standing:
    place = Place(released_at=one.released_at, published_at=one.published_at, id=one.id)
    return Standing(
        place=place, updated_at=one.updated_at, belongs=belongs, is_changed=one.updated_at > one.released_at
    )


def read(document: Document) -> Readings:
    """The document as readers see it."""
    return {form: read_back(data, form) for form, data in build_all(document).items()}


def find_faults(
    before: Readings, after: Readings, paper: Paper, *, known: Mapping[str, Standing] | None = None
) -> set[Fault]:
    """What is wrong with a feed that is to follow another."""
    gone = before[Format.ATOM].gone
    dropped = [at for one, at in gone.items() if one not in after[Format.ATOM].gone]
    known = paper.ask() if known is None else known
    found = [
        problem
        for form in Format
        for problem in compare(before[form], after[form], feed=paper.feed, known=known, dropped=dropped)
    ]
    return {problem.fault for problem in [*compare_formats(after), *found]}


ACTS = st.sampled_from(
    ["new", "new", "new", "corrected", "dated", "withdrawn", "restored", "retagged", "renamed", "expires", "limit"]
)
HISTORIES = st.lists(
    st.tuples(ACTS, st.integers(0, 5), st.sampled_from([1, 5, 24, 24 * 9, 24 * 33])), min_size=1, max_size=14
)


@given(HISTORIES)
def test_honest_changes_are_never_held(history: list[tuple[str, int, int]]) -> None:
    paper = Paper()
    before = read(paper.write())
    for act, number, hours in history:
        paper.play(act, number, hours)
        after = read(paper.write())
        assert find_faults(before, after, paper) == set()
        before = after


def play(*acts: str) -> Paper:
    """A paper that has a few articles, after some more acts."""
    paper = Paper()
    for act in ("new", "new", "new", *acts):
        paper.play(act, 1, 1)
    return paper


@given(HISTORIES, st.integers(0, 20))
def test_dropped_entry_is_held(history: list[tuple[str, int, int]], number: int) -> None:
    paper = Paper()
    for act in history:
        paper.play(*act)
    document = paper.write()
    kept = tuple(one for index, one in enumerate(document.articles) if index != number % max(len(document.articles), 1))
    if len(kept) < len(document.articles) and not _is_corrected(document, kept):
        assert Fault.LOST in find_faults(read(document), read(replace(document, articles=kept)), paper)


def _is_corrected(document: Document, kept: Sequence[Article]) -> bool:
    """Whether what is missing stood there for its correction alone, and so may go at any time."""
    (missing,) = [one for one in document.articles if one not in kept]
    return missing.updated_at > missing.released_at


@given(st.integers(0, 2))
def test_dates_put_back_are_held(number: int) -> None:
    paper = play("corrected")
    document = paper.write()
    older = list(document.articles)
    older[number] = replace(older[number], updated_at=older[number].updated_at - DAY)
    assert find_faults(read(document), read(replace(document, articles=tuple(older))), paper) == {Fault.BACK}


def test_first_date_must_be_the_ledgers() -> None:
    paper = play()
    document = paper.write()
    other = tuple(replace(one, published_at=one.published_at - DAY) for one in document.articles)
    assert find_faults(read(document), read(replace(document, articles=other)), paper) == {Fault.MOVED}


def test_other_ids_are_held() -> None:
    paper = play()
    document = paper.write()
    other = tuple(replace(one, id=f"{one.id}-2") for one in document.articles)
    assert Fault.LOST in find_faults(read(document), read(replace(document, articles=other)), paper)


def test_entry_that_the_ledger_does_not_know_is_held() -> None:
    paper = play()
    before = read(paper.write())
    del paper.articles[2]
    assert find_faults(before, read(paper.write()), paper) == {Fault.LOST}


def test_empty_feed_is_held() -> None:
    paper = play()
    document = paper.write()
    assert find_faults(read(document), read(replace(document, articles=())), paper) >= {Fault.LOST}


def test_twice_the_same_entry_is_held() -> None:
    paper = play()
    document = paper.write()
    twice = replace(document, articles=(*document.articles, document.articles[0]))
    assert find_faults(read(document), read(twice), paper) == {Fault.TWICE}


def test_f08_other_id_of_the_feed_is_held() -> None:
    paper = play()
    other = read(replace(paper.write(), authority="elsewhere.example"))
    assert find_faults(read(paper.write()), other, paper) == {Fault.OTHER_FEED}


def test_formats_must_tell_the_same() -> None:
    paper = play()
    document = paper.write()
    fewer = read(replace(document, articles=document.articles[:2]))
    mixed = {**read(document), Format.JSON: fewer[Format.JSON]}
    assert Fault.APART in find_faults(mixed, mixed, paper)


@given(st.integers(1, 500), st.sampled_from(Format))
def test_cut_bytes_are_held(cut: int, form: Format) -> None:
    data = build_all(play().write())[form]
    with pytest.raises(CheckError):
        read_back(data[:-cut], form)


# What an entry's absence is explained by.


def ask_of(change: Callable[[Paper], None], *, limit: int = 3) -> set[Fault]:
    """What is wrong where one change takes the first article out of a feed."""
    paper = play()
    paper.feed = replace(paper.feed, limit=limit)
    document = paper.write()
    change(paper)
    fewer = tuple(one for one in document.articles if one.key != 1)
    return find_faults(read(document), read(replace(document, articles=fewer)), paper)


@pytest.mark.parametrize("act", ["withdrawn", "retagged", "expires"])
def test_what_no_longer_belongs_may_go(act: str) -> None:
    assert ask_of(lambda paper: paper.play(act, 0, 1)) == set()


@pytest.mark.parametrize("act", ["corrected", "renamed"])
def test_what_still_belongs_stays(act: str) -> None:
    assert ask_of(lambda paper: paper.play(act, 0, 1)) == {Fault.LOST}


def test_f12_only_closed_months_leave() -> None:
    numbered = [make_article(number, released_at=NOW - number * DAY) for number in range(1, 5)]
    before = read(make_document(*numbered))
    known = {one.id: _stand(one) for one in numbered}
    for previous, faults in (("2026-11", set()), ("2026-10", {Fault.LOST})):
        after = {form: replace(one, previous=previous) for form, one in read(make_document(*numbered[:3])).items()}
        assert find_faults(before, after, Paper(feed=replace(FEED, limit=2)), known=known) == faults


def test_only_what_is_in_question_is_asked() -> None:
    old, new = (read(make_document(*map(make_article, numbers)))[Format.ATOM] for numbers in ((1, 2), (2, 3)))
    assert [seen.id for seen in list_in_question(old, new)] == [make_article(1).id]
    assert list_in_question(new, new) == []


@pytest.mark.parametrize(("is_known", "faults"), [(True, set()), (False, {Fault.BACK, Fault.LOST})])
def test_feed_grows_older_by_what_leaves_alone(is_known: bool, faults: set[Fault]) -> None:
    newer = make_article(2, updated_at=NOW + HOUR, tags=())
    before, after = read(make_document(make_article(1), newer)), read(make_document(make_article(1)))
    known = {make_article(1).id: _stand(make_article(1))} | (
        {newer.id: _stand(newer, belongs=False)} if is_known else {}
    )
    assert find_faults(before, after, Paper(), known=known) == faults
