"""A page saved from a site: the article alone, and what the page says about it, with and without trafilatura."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.domain.article import Content, Image
from publisher.ingest import Reading, Rules, read_seed
from publisher.ingest.webpages.page_claims import cut_site
from publisher.ingest.webpages.webpage import read_webpage
from publisher.markup import to_text

PAGES = Path(__file__).parents[1] / "data" / "webpages"
RULES = Rules(timezone="UTC", language="fr", languages=("fr", "nl", "de", "en"))
NAMES = ("blog", "divs", "paper", "tables", "theme", "xhtml")
TITLES = {
    "blog": "Ce qui pousse sans qu'on le demande",
    "divs": "Grünstadt baut Häuser aus Stroh",
    "paper": "Le phare d'Embrières rallumé après neuf ans",
    "tables": "Flood wall passes its first test",
    "theme": "A week with one battery",
    "xhtml": "Klokkenmaker van Delmond neemt afscheid",
}
AUTHORS = {
    "blog": ("Colette Vivier",),
    "divs": ("Leonie Brandstätter",),
    "paper": ("Solène Kerdal", "Yann Abgrall"),
    "tables": ("Rosalind Pike",),
    "theme": (),
    "xhtml": ("Femke Oosting", "Joris Halma"),
}
DATES = {
    "blog": datetime(2026, 4, 19, 8, tzinfo=UTC),
    "divs": datetime(2026, 6, 2, 4, 15, tzinfo=UTC),
    "paper": datetime(2026, 5, 11, 4, 30, tzinfo=UTC),
    "tables": datetime(2026, 2, 17, tzinfo=UTC),
    "theme": datetime(2026, 3, 28, tzinfo=UTC),
    "xhtml": datetime(2026, 4, 30, 16, 45, tzinfo=UTC),
}
LANGUAGES = {"blog": "fr", "divs": "de", "paper": "fr", "tables": "en", "theme": "en", "xhtml": "nl"}
ENDS = {
    "blog": ("Il y a dans mon jardin", "n'ont jamais été aussi droites."),
    "divs": ("Am Rand von Grünstadt", "Jahren üblich ist."),
    "paper": ("Le phare d'Embrières a été", "pour mieux le voir."),
    "tables": ("The new flood wall at Penbury", "on 21 March all the same."),
    "theme": ("The hut has no wire", "to bed at nine again, rather well."),
    "xhtml": ("Na tweeënzestig jaar", "een nieuwe naam en dezelfde bel."),
}
SITE = "<html><head><title>{title}</title>{head}</head><body><nav><a href='/'>Home</a></nav>{body}</body></html>"


@pytest.fixture(params=["with trafilatura", "without"], autouse=True)
def _extra(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without":
        monkeypatch.setitem(sys.modules, "trafilatura", None)
    else:
        pytest.importorskip("trafilatura")


def some_asset(path: str) -> Image | None:
    return Image(path=path, address=f"/images/0123/{path}", media_type="image/png", width=800, height=450)


def saved(name: str, ending: str = "html") -> Content:
    found = read_seed(f"{name}.{ending}", (PAGES / f"{name}.html").read_bytes(), RULES, asset=some_asset)
    assert isinstance(found, Reading)
    return found.content


def made(body: str, *, title: str = "", head: str = "", path: str = "page.html") -> Content:
    page = SITE.format(title=title, head=head, body=body)
    found = read_seed(path, page.encode(), RULES, asset=some_asset)
    assert isinstance(found, Reading)
    return found.content


@pytest.mark.parametrize("name", NAMES)
def test_page_says_whose_it_is_and_when(name: str) -> None:
    found = saved(name)
    assert (found.title, found.authors, found.date) == (TITLES[name], AUTHORS[name], DATES[name])
    assert found.language == LANGUAGES[name]


@pytest.mark.parametrize("name", NAMES)
def test_text_is_the_article_alone(name: str) -> None:
    text = to_text(saved(name).html).strip()
    first, last = ENDS[name]
    assert text.startswith(first)
    assert text.endswith(last)


@pytest.mark.parametrize(
    "word", ["cookies", "Partager", "Anzeige", "Postfach", "Print this", "Colofon", "grand-mère", "battery</h1>", "nav"]
)
def test_nothing_of_the_site_is_left(word: str) -> None:
    assert not [name for name in NAMES if word in saved(name).html]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("paper", "<figcaption>Le phare, dimanche soir, vu de la digue.</figcaption>"),
        ("paper", "<h2>Une lentille sauvée deux fois</h2>"),
        ("blog", "<ol><li>l'ortie, en soupe</li>"),
        ("theme", '<pre><code class="language-python">'),
        ("theme", "<td>Kettle</td><td>900</td>"),
        ("theme", "<blockquote><p>A fire boils water"),
    ],
)
def test_markup_of_the_article_is_kept(name: str, kept: str) -> None:
    assert kept in saved(name).html


def test_summary_is_what_the_page_gives() -> None:
    assert saved("paper").summary.startswith("Une lampe de quarante watts")


def test_three_letters_of_ending_will_do() -> None:
    assert saved("tables", ending="htm").title == TITLES["tables"]


def test_same_page_gives_the_same_article() -> None:
    assert saved("divs") == saved("divs")


def test_fragment_is_taken_as_it_is() -> None:
    page = b'<h1>Le pont</h1><p>Ouvert.</p><div class="share">Partagez vos photos.</div>'
    found = read_seed("pont.html", page, RULES, asset=some_asset)
    assert isinstance(found, Reading)
    assert "Partagez vos photos." in found.content.html


def test_page_with_front_matter_is_taken_as_it_is() -> None:
    source = "<html><body><main><p>Un.</p><aside>Note.</aside></main></body></html>"
    kept = read_webpage("a.html", f"<!-- x -->{source}<script></script>", has_header=True)
    assert "<aside>Note.</aside>" in kept.body


@pytest.mark.parametrize(
    ("title", "site", "elsewhere", "cut"),
    [
        ("Le pont rouvre | La Gazette", "", "", "Le pont rouvre"),
        ("Le pont rouvre - La Gazette", "La Gazette", "", "Le pont rouvre"),
        ("Le pont rouvre – La Gazette", "", "© la gazette 2026", "Le pont rouvre"),
        ("La Gazette : Le pont - une histoire", "", "", "La Gazette : Le pont - une histoire"),
        ("La Gazette - Le pont rouvre", "La Gazette", "", "Le pont rouvre"),
        ("Saint-Aubry fête ses 900 ans", "Saint-Aubry", "", "Saint-Aubry fête ses 900 ans"),
    ],
)
def test_name_of_the_site_is_cut(title: str, site: str, elsewhere: str, cut: str) -> None:
    assert cut_site(title, site, elsewhere) == cut


@pytest.mark.parametrize(
    ("head", "authors"),
    [
        ('<meta name="author" content="Anne Petit; Jan Maes">', ("Anne Petit", "Jan Maes")),
        ('<meta property="article:author" content="https://gazette.example/anne">', ()),
        (
            '<script type="application/ld+json">{"@type": "NewsArticle", "author": "Anne Petit"}</script>',
            ("Anne Petit",),
        ),
        (
            '<script type="application/ld+json">{"@type": ["Report"], "author": ["A", {"name": "B"}]}</script>',
            ("A", "B"),
        ),
        ('<script type="application/ld+json">{"@type": "NewsArticle", </script>', ()),
        ('<script type="application/ld+json">[[[[null]]], 7, {"@type": 7}]</script>', ()),
    ],
)
def test_authors_are_read_as_they_are_written(head: str, authors: tuple[str, ...]) -> None:
    assert made("<h1>Le pont</h1><p>Ouvert.</p>", head=head).authors == authors


def test_time_within_a_paragraph_is_not_the_date() -> None:
    body = '<h1>Le pont</h1><p>Bâti le <time datetime="1848-02-24">24 février 1848</time>.</p>'
    assert made(body).date is None


def test_date_that_cannot_be_read_is_passed_over() -> None:
    assert made("<h1>Le pont</h1><p>Ouvert.</p>", head='<meta name="date" content="hier">').date is None


def test_logo_in_a_heading_is_not_the_title() -> None:
    head = '<meta property="og:site_name" content="La Gazette">'
    found = made("<h1>La Gazette</h1><h2>Le pont</h2><p>Ouvert.</p>", head=head, title="Le pont | La Gazette")
    assert found.title == "Le pont"


def test_category_of_a_post_is_no_furniture() -> None:
    body = '<article class="post category-social"><h1>Le pont</h1><p>Ouvert.</p></article>'
    assert "Ouvert." in made(body).html


def test_comments_in_code_stay() -> None:
    body = '<main><h1>Script</h1><pre><span class="comments"># la clé</span></pre><p>Voilà le texte.</p></main>'
    assert "la clé" in made(body).html


def test_standfirst_of_the_header_is_kept() -> None:
    page = read_webpage(
        "a.html",
        "<html><body><nav>x</nav><article><header><h1>The fair</h1><p class='chapo'>In June it comes.</p></header>"
        "<p>It has a big wheel, and a small one for children.</p></article></body></html>",
    )
    assert (page.standfirst, page.body.count("In June")) == ("In June it comes.", 0)


def test_shared_picture_is_named_without_its_site() -> None:
    head = "<head><meta property='og:image' content='https://x.org/img/fair.jpg?w=9'></head>"
    assert read_webpage("a.html", f"<html>{head}<body><p>It comes.</p></body></html>").picture == "fair.jpg"
