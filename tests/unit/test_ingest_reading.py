"""A seed's bytes become an article's content."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.article import Content, Image
from publisher.errors import SeedError
from publisher.ingest import (
    Draft,
    FolderRules,
    PictureLimits,
    Reading,
    Rules,
    SeedFile,
    find_asset,
    read_bytes,
    read_seed,
    walk,
)
from publisher.markup import to_text

BRUSSELS = ZoneInfo("Europe/Brussels")
RULES = Rules(timezone="Europe/Brussels", language="fr")
THREE = Rules(timezone="Europe/Brussels", language="fr", languages=("fr", "en", "nl"))
SEEDS = Path(__file__).parents[2] / "seeds"
CLIPPINGS = Path(__file__).parents[1] / "data" / "clippings"
MAX_SIZE = 1 << 20
PICTURES = PictureLimits(max_size=MAX_SIZE, max_pixels=1_000_000)


def no_asset(path: str) -> Image | None:
    return None


def some_asset(path: str) -> Image | None:
    name = path.rpartition("/")[2]
    return Image(path=path, address=f"/images/0123/{name}", media_type="image/png", width=800, height=450)


def read(text: str, *, path: str = "ville/pont.md", rules: Rules = RULES) -> Reading:
    found = read_seed(path, text.encode(), rules, asset=some_asset)
    assert isinstance(found, Reading)
    return found


def content(text: str, *, path: str = "ville/pont.md", rules: Rules = RULES) -> Content:
    return read(text, path=path, rules=rules).content


def headed(*lines: str, body: str = "Le pont est ouvert.") -> str:
    return "\n".join(["---", *lines, "---", body])


def test_header_fills_the_content() -> None:
    found = content(
        headed("title: Le pont", "date: 2026-11-23", "author: Anne Petit", "tags: [eau]", "slug: Le Pont !")
    )
    assert (found.title, found.authors, found.tags, found.wanted_slug) == (
        "Le pont",
        ("Anne Petit",),
        ("eau",),
        "le-pont",
    )
    assert found.date == datetime(2026, 11, 23, tzinfo=BRUSSELS)


@pytest.mark.parametrize(
    ("line", "has_own"), [("slug: pont", True), ("permalink: /a/pont/", True), ("tags: [a]", False)]
)
def test_own_slug_is_told_from_the_name(line: str, *, has_own: bool) -> None:
    assert content(headed("title: x", line)).has_own_slug is has_own


def test_body_becomes_html_and_summary() -> None:
    found = content(headed("title: Le pont", body="Le *pont* est **ouvert**."))
    assert found.html == "<p>Le <em>pont</em> est <strong>ouvert</strong>.</p>"
    assert found.summary == "Le pont est ouvert."


@pytest.mark.parametrize("line", ["draft: yes", "published: no"])
def test_draft_is_no_article(line: str) -> None:
    assert read_seed("a.md", headed("title: x", line).encode(), RULES, asset=no_asset) == Draft("a.md")


def test_own_heading_is_the_title() -> None:
    found = content(headed("tags: [eau]", body="# Le *pont*\n\nIl est ouvert."))
    assert (found.title, found.html) == ("Le pont", "<p>Il est ouvert.</p>")


def test_title_is_not_repeated() -> None:
    found = content(headed("title: Le pont", body="# Le pont\n\nIl est ouvert."))
    assert found.html == "<p>Il est ouvert.</p>"


def test_another_heading_stays() -> None:
    found = content(headed("title: Le pont", body="# Un chantier\n\nIl est ouvert.\n\n## Après"))
    assert '<h2 id="un-chantier">Un chantier</h2>' in found.html
    assert '<h3 id="après">Après</h3>' in found.html


def test_headings_begin_at_the_second_level() -> None:
    found = content(headed("title: x", body="### A\n\nb\n\n#### C\n\nd"))
    assert '<h2 id="a">A</h2>' in found.html
    assert '<h3 id="c">C</h3>' in found.html


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("__class__ and snake_case_name", "__class__ and snake_case_name"),
        ("*A* day at `sea`", "*A* day at `sea`"),
        ("Salt &amp; Pepper &#233;tc", "Salt & Pepper étc"),
        ("R&D; AT&T", "R&D; AT&T"),
        ("The <em>Beagle</em> sails", "The Beagle sails"),
        ("List<T> explained", "List<T> explained"),
    ],
)
def test_title_of_a_header_is_typed_text(written: str, title: str) -> None:
    assert content(headed(f"title: '{written}'")).title == title


def test_mark_in_code_ends_no_summary() -> None:
    body = "One.\n\n```\n<!-- more -->\n```\n\nTwo `<!-- more -->`.\n\n<!-- more -->\n\nThree."
    assert content(headed("title: x", body=body)).summary == "One. <!-- more --> Two <!-- more -->."


def test_title_falls_back_to_the_name() -> None:
    assert content(headed("tags: [eau]"), path="2026-11-23-le-pont-rouvre.md").title == "Le pont rouvre"


def test_section_comes_from_the_folder() -> None:
    assert content(headed("title: x"), path="content/sport/a.md").section == "sport"


def test_section_may_be_said() -> None:
    assert content(headed("title: x", "category: culture")).section == "culture"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (headed("title: x", "description: Ce *qui* suit"), "Ce qui suit"),
        (headed("title: x", body="Un.\n\nDeux.\n\n<!-- more -->\n\nTrois."), "Un. Deux."),
        (headed("title: x", body="## Sous-titre\n\nUn texte.\n\nUn autre."), "Un texte."),
        (headed("title: x", body="- un\n- deux"), "- un - deux"),
        ("# Titre\n\n**Le chapeau du texte**\n\nUn texte.", "Le chapeau du texte"),
    ],
)
def test_summary_is_found_in_order(text: str, summary: str) -> None:
    assert content(text).summary == summary


def test_long_summaries_are_shortened() -> None:
    summary = content(headed("title: x", body="mot " * 200)).summary
    assert len(summary) <= 300
    assert summary.endswith("…")


def test_date_in_the_name_counts() -> None:
    assert content(headed("title: x"), path="2026-11-23-a.md").date == datetime(2026, 11, 23, tzinfo=BRUSSELS)


def test_without_any_date_there_is_none() -> None:
    assert content(headed("title: x")).date is None


def test_script_never_comes_through() -> None:
    found = content(
        headed("title: '<script>alert(1)</script>Titre'", body="<script>alert(1)</script>\n\n[x](javascript:alert(1))")
    )
    assert found.title == "Titre"
    assert "script" not in found.html


def test_pictures_get_their_address() -> None:
    found = content(headed("title: x", body='Avant.\n\n![La place](../images/place%201.png "Titre")'))
    assert 'src="/images/0123/place 1.png"' in found.html
    assert 'width="800" height="450"' in found.html
    assert [(image.path, image.alt) for image in found.images] == [("images/place 1.png", "La place")]


def test_lead_picture_gets_its_address() -> None:
    found = content(headed("title: x", "image: {src: place.png, alt: La place}"))
    assert found.lead_image == "/images/0123/place.png"
    assert found.images[0].alt == "La place"


@pytest.mark.parametrize("source", ["https://a.example/p.png", "http://a.example/p.png"])
def test_pictures_on_the_web_stay(source: str) -> None:
    found = content(headed("title: x", body=f"Texte ![]({source})"))
    assert (f'src="{source}"' in found.html, found.images) == (True, ())


def test_missing_pictures_go_to_review() -> None:
    with pytest.raises(SeedError, match="not beside"):
        read_seed("ville/a.md", headed("title: x", body="![](p.png)").encode(), RULES, asset=no_asset)


def test_left_out_pictures_are_noted() -> None:
    found = content(headed("title: x", "image: logo.svg", body="Texte\n\n![](/p.svg)"))
    assert (found.html, found.lead_image) == ("<p>Texte</p>", "")
    assert [note.split(" is ")[0] for note in found.notes] == ["the picture /p.svg", "the picture logo.svg"]


def test_links_to_seeds_are_noted() -> None:
    found = content(headed("title: x", body="Voir [la suite](suite.md) et [le site](https://a.example/)."))
    assert found.html.startswith('<p>Voir <a href="seed:ville/suite" rel="noopener">la suite</a> et <a href="https:')
    assert found.links == ("ville/suite",)


@pytest.mark.parametrize(
    ("line", "path", "language"),
    [
        ("lang: nl", "a.md", "nl"),
        ("lang: nl-BE", "a.md", "nl"),
        ("title: y", "a.en.md", "en"),
        ("lang: de", "a.md", "de"),
    ],
)
def test_language_is_said(line: str, path: str, language: str) -> None:
    assert content(headed(line), path=path, rules=THREE).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The late train will stop here again from December, seven nights a week.", "en"),
        ("De straat gaat voortaan elke woensdagmiddag dicht voor auto’s.", "nl"),
        ("Le pont des Écoles est de nouveau ouvert aux piétons et aux vélos.", "fr"),
    ],
)
def test_language_is_guessed_among_those_configured(text: str, language: str) -> None:
    assert content(headed("title: x", body=text), rules=THREE).language == language


def test_single_language_is_not_guessed() -> None:
    assert content(headed("title: x", body="The late train will stop here again from December.")).language == "fr"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        (headed("title: x", body=""), "no text"),
        ("# Le pont", "no text"),
        ("Une phrase bien longue, sans titre, qui se termine par un point.", "no title"),
        (headed("tags: [a]"), "no title"),
    ],
)
def test_doubtful_seeds_go_to_review(text: str, reason: str) -> None:
    with pytest.raises(SeedError, match=reason):
        read_seed("2026-11-23.md", text.encode(), RULES, asset=no_asset)


def test_editor_may_trust_file_names() -> None:
    rules = Rules(timezone="UTC", language="fr", review_below=0.3)
    assert content("Une phrase bien longue, qui se termine par un point.", rules=rules).title == "Pont"


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        ("Un  texte\n  assez long.\n", True),
        ("Un texte assez long.\r\n\r\n", True),
        ("Un texte assez court.", False),
    ],
)
def test_layout_never_moves_the_digest(changed: str, is_same: bool) -> None:
    before = read(headed("title: x", body="Un texte\nassez long.")).text_digest
    assert (read(headed("title: x", body=changed)).text_digest == before) is is_same


def test_tags_never_move_the_digest() -> None:
    assert read(headed("title: x", "tags: [a]")).text_digest == read(headed("title: x", "tags: [b]")).text_digest


def test_title_moves_the_digest() -> None:
    assert read(headed("title: x")).text_digest != read(headed("title: y")).text_digest


def test_footnotes_of_two_articles_differ() -> None:
    body = headed("title: x", body="Un mot[^1].\n\n[^1]: Une note.")
    assert 'href="#pont-fn-1"' in content(body).html
    assert 'href="#gare-fn-1"' in content(body, path="gare.md").html


def test_enclosure_type_is_guessed() -> None:
    enclosure = content(headed("title: x", "enclosure: https://a.example/x.mp3")).enclosure
    assert enclosure is not None
    assert enclosure.media_type == "audio/mpeg"


def test_page_is_read_from_its_main_part() -> None:
    page = (
        "<html lang=en><head><title>The bridge - Site</title><meta name=author content='Ann Small'></head><body>"
        "<nav>Menu</nav><main><h1>The bridge</h1><p>It is <b>open</b>.</p><script>x()</script></main></body></html>"
    )
    found = content(page, path="pont.html", rules=THREE)
    assert (found.title, found.language, found.authors) == ("The bridge", "en", ("Ann Small",))
    assert found.html == "<p>It is <b>open</b>.</p>"


@pytest.mark.parametrize(
    "page",
    [
        "<title>Le pont</title><body><header>Site</header><p>Ouvert.</p><footer>Pied</footer>",
        "<body><header><h1>Le pont</h1></header><p>Ouvert.</p>",
        "<article><h1>Le pont</h1><p>Ouvert.</p></article>",
        "---\ntitle: Le pont\n---\n<p>Ouvert.</p>",
    ],
)
def test_pages_of_many_shapes_are_read(page: str) -> None:
    found = content(page, path="pont.html")
    assert (found.title, to_text(found.html).strip()) == ("Le pont", "Ouvert.")


def test_more_mark_works_in_pages() -> None:
    assert content("<h1>x</h1><p>Un.</p><!--more--><p>Deux.</p>", path="a.html").summary == "Un."


def test_twin_clipping_is_an_article() -> None:
    data = (CLIPPINGS / "jumelage.txt").read_bytes()
    found = read_seed("ville/jumelage.txt", data, THREE, asset=no_asset)
    assert isinstance(found, Reading)
    assert found.content.title == "La commune et le village resserrent leur jumelage"
    assert found.content.summary == found.content.standfirst
    assert found.content.html.endswith("<figcaption>Louise Hennart, bourgmestre de Valtilleul</figcaption></figure>")


@pytest.mark.parametrize("file", walk(SEEDS, FolderRules(max_size=MAX_SIZE)).files, ids=lambda file: file.path)
def test_sample_seeds_are_read(file: SeedFile) -> None:
    data = read_bytes(SEEDS, file, MAX_SIZE)
    found = read_seed(file.path, data, THREE, asset=lambda path: find_asset(SEEDS, path, PICTURES))
    assert isinstance(found, Reading)
    assert not any(line.isupper() for line in to_text(found.content.html).splitlines() if len(line) > 5)


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = read_seed("a/note.md", data, RULES, asset=no_asset)
    except SeedError as error:
        found = Draft(error.path)
    assert isinstance(found, Reading | Draft)


@given(st.text(alphabet=st.sampled_from("ab A.#-*_`<>[]()!&\n:\"'►é"), max_size=100))
def test_any_text_is_read_or_refused(text: str) -> None:
    for path in ("a.md", "a.txt", "a.html"):
        try:
            found = read_seed(path, text.encode(), RULES, asset=no_asset)
        except SeedError:
            continue
        assert isinstance(found, Reading)
        assert found.content.title


@pytest.mark.parametrize(("title", "doubted"), [("# A long tale\n\n", []), ("", ["title"])])
def test_text_too_long_for_a_clipping_is_markdown(title: str, doubted: list[str]) -> None:
    found = read_seed("tale.txt", (title + "LA PHRASE\n\n" * 5_001).encode(), RULES, asset=no_asset)
    assert isinstance(found, Reading)
    assert [doubt.field for doubt in found.doubts] == doubted
    assert found.content.html.count("<p>LA PHRASE</p>") == 5_001
