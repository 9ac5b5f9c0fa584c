"""The known keys, in every spelling, become typed values or name the line that is wrong."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import SeedError
from publisher.ingest.headers import spellings
from publisher.ingest.headers.extra import MAX_BYTES, MAX_DEPTH
from publisher.ingest.headers.front_matter import Header, split
from publisher.ingest.headers.keys import Meta, read_meta

BRUSSELS = ZoneInfo("Europe/Brussels")


def meta(*lines: str) -> Meta:
    header = split("a.md", "\n".join(["---", *lines, "---", "Body"]))
    assert header is not None
    return read_meta("a.md", header, zone=BRUSSELS)


def toml(*lines: str) -> Meta:
    header = split("a.md", "\n".join(["+++", *lines, "+++", "Body"]))
    assert header is not None
    return read_meta("a.md", header, zone=BRUSSELS)


@pytest.mark.parametrize("word", ["yes", "on", "true", "TRUE", "Yes", '"On"'])
def test_draft_words_mean_draft(word: str) -> None:
    assert meta("title: x", f"draft: {word}").is_draft


@pytest.mark.parametrize("word", ["no", "off", "false", "FALSE", "No"])
def test_published_no_means_draft(word: str) -> None:
    assert meta("title: x", f"published: {word}").is_draft


@pytest.mark.parametrize("line", ["draft: no", "published: yes", "published: 2026-11-23"])
def test_other_words_mean_published(line: str) -> None:
    assert not meta("title: x", line).is_draft


@pytest.mark.parametrize("line", ["draft: maybe", "draft: 1", "draft:", "published: perhaps", "published:"])
def test_any_other_boolean_is_refused(line: str) -> None:
    with pytest.raises(SeedError, match="neither") as caught:
        meta("title: x", line)
    assert caught.value.line == 3


@pytest.mark.parametrize("key", ["date", "published", "updated", "lastmod", "embargo"])
def test_wrong_date_names_its_line(key: str) -> None:
    with pytest.raises(SeedError, match=key) as caught:
        meta("title: x", "slug: y", f"{key}: 2026-02-30")
    assert caught.value.line == 4


def test_published_may_be_the_date() -> None:
    assert meta("title: x", "published: 2026-11-23T07:00").date == datetime(2026, 11, 23, 7, tzinfo=BRUSSELS)


def test_toml_dates_keep_their_offset() -> None:
    when = datetime(2026, 11, 23, 7, tzinfo=timezone(timedelta(hours=1)))
    assert toml("date = 2026-11-23T07:00:00+01:00", "updated = 2026-11-24").date == when


def test_lastmod_is_the_update() -> None:
    assert meta("lastmod: 2026-11-23T07:00:00Z").updated == datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_first_category_is_the_section() -> None:
    found = meta("categories: [Ville, Budget]", "tags: eau, gaz")
    assert (found.section, found.tags) == ("Ville", ("eau", "gaz", "Budget"))


def test_section_goes_before_categories() -> None:
    found = meta("section: sport", "category: Ville")
    assert (found.section, found.tags) == ("sport", ("Ville",))


def test_taxonomies_and_extra_fill_in() -> None:
    found = toml('title = "x"', "[taxonomies]", 'tags = ["a"]', 'authors = ["Zoë"]', "[extra]", 'image = "p.png"')
    assert (found.tags, found.authors, found.picture.source) == (("a",), ("Zoë",), "p.png")


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("author: Anne Petit", ("Anne Petit",)),
        ("authors: [Anne, Bob]", ("Anne", "Bob")),
        ("author: {name: Anne, url: https://a.example}", ("Anne",)),
        ("authors: Anne; Bob", ("Anne", "Bob")),
        ("authors: [{name: Anne}, anne]", ("Anne",)),
    ],
)
def test_authors_have_many_spellings(line: str, authors: tuple[str, ...]) -> None:
    assert meta("title: x", line).authors == authors


def test_permalink_gives_slug_and_alias() -> None:
    found = meta("permalink: /2020/05/le-pont.html", "aliases: [/vieux/, https://site.example/autre]")
    assert (found.slug, found.aliases) == ("le-pont", ("/vieux/", "/autre", "/2020/05/le-pont.html"))


def test_permalink_with_placeholders_is_passed_over() -> None:
    found = meta("permalink: /:year/:title/")
    assert (found.slug, found.aliases) == ("", ())


@pytest.mark.parametrize(("given", "language"), [("fr", "fr"), ("fr_BE.UTF-8", "fr-BE"), ("en-GB", "en-GB")])
def test_language_tags_are_normalised(given: str, language: str) -> None:
    assert meta(f"lang: {given}").language == language


@pytest.mark.parametrize(
    "line",
    [
        "language: le français",
        "canonical_url: /relative",
        "enclosure: sound.mp3",
        "title: [a, b]",
        "canonical_url: 'http://['",
    ],
)
def test_unusable_values_name_their_line(line: str) -> None:
    with pytest.raises(SeedError) as caught:
        meta(line)
    assert caught.value.line == 2


def test_enclosure_is_read_whole() -> None:
    found = meta("enclosure: {url: https://a.example/x.mp3, type: audio/mpeg, length: 1200}").enclosure
    assert found is not None
    assert (found.url, found.media_type, found.length) == ("https://a.example/x.mp3", "audio/mpeg", 1200)


def test_keys_are_read_in_any_case() -> None:
    assert meta("Title: Bonjour", "ID: urn:x").declared_id == "urn:x"


def test_image_may_say_what_it_shows() -> None:
    found = meta("image: {src: a.png, alt: A tree}")
    assert (found.picture.source, found.picture.alt) == ("a.png", "A tree")


@pytest.mark.parametrize("line", [f"id: {'x' * 1001}", f"aliases: [/{'é' * 500}]"])
def test_endless_names_are_refused(line: str) -> None:
    with pytest.raises(SeedError, match="more than 1000 letters") as caught:
        meta("title: x", line)
    assert caught.value.line == 3


def test_long_names_are_taken() -> None:
    found = meta("title: x", f"id: {'x' * 1000}", f"aliases: [/{'y' * 999}]")
    assert (len(found.declared_id), len(found.aliases[0])) == (1000, 1000)


@pytest.mark.parametrize("key", ["pubDate", "publishDate", "pubDatetime", "publishedAt"])
def test_every_generators_date_is_read(key: str) -> None:
    assert meta("title: x", f"{key}: 2026-11-23T07:00").date == datetime(2026, 11, 23, 7, tzinfo=BRUSSELS)


@pytest.mark.parametrize("key", ["lastmod", "modified", "last_modified_at", "updatedDate", "modDatetime"])
def test_every_generators_update_is_read(key: str) -> None:
    assert meta("title: x", f"{key}: 2026-11-23").updated == datetime(2026, 11, 23, tzinfo=BRUSSELS)


def test_last_update_has_a_date_within() -> None:
    found = meta("title: x", "last_update: {date: 2026-11-23, author: jan}")
    assert (found.updated, found.extra) == (datetime(2026, 11, 23, tzinfo=BRUSSELS), {})


def test_later_publish_date_is_an_embargo() -> None:
    found = meta("date: 2026-11-20", "publishDate: 2026-12-01")
    assert (found.date, found.embargo) == (
        datetime(2026, 11, 20, tzinfo=BRUSSELS),
        datetime(2026, 12, 1, tzinfo=BRUSSELS),
    )


def test_earlier_publish_date_holds_nothing_back() -> None:
    assert meta("date: 2026-11-20", "publishDate: 2026-11-01").embargo is None


@pytest.mark.parametrize("key", ["expiryDate", "unpublishdate"])
def test_expiry_date_ends_the_article(key: str) -> None:
    assert meta("title: x", f"{key}: 2026-12-01").expires_at == datetime(2026, 12, 1, tzinfo=BRUSSELS)


@pytest.mark.parametrize("word", ["Last Modified", "Created", "git Last Modified", "git created"])
def test_words_for_file_times_are_no_date(word: str) -> None:
    assert meta("title: x", f"date: {word}").date is None


@pytest.mark.parametrize(
    ("path", "line", "tags"),
    [
        ("_posts/a.md", "tags: eau gaz", ("eau", "gaz")),
        ("ville/_posts/a.md", "tags: vieille ville, gaz", ("vieille ville", "gaz")),
        ("posts/a.md", "tags: vieille ville", ("vieille ville",)),
        ("a.md", "tags: 'pont, canal; vélo'", ("pont, canal", "vélo")),
        ("a.md", "tags: [posts, all, pont]", ("pont",)),
        ("a.md", "tags: [Post, Nav]", ("Post", "Nav")),
        ("a.md", "tags: [{label: Les eaux, permalink: /eaux}, gaz]", ("Les eaux", "gaz")),
        ("a.md", "tag: eau", ("eau",)),
        ("a.md", "tags: [[eau, gaz], pont]", ("eau", "gaz", "pont")),
        ("a.md", "tags: [{name: CI/CD, slug: ci-cd}]", ("CI/CD",)),
        ("a.md", "keywords: [eau, gaz]", ("eau", "gaz")),
        ("a.md", "tags: [NO, on, 12:30, 1.10, 007]", ("NO", "on", "12:30", "1.10", "007")),
    ],
)
def test_tags_have_many_spellings(path: str, line: str, tags: tuple[str, ...]) -> None:
    header = split(path, f"---\ntitle: x\n{line}\n---\n")
    assert header is not None
    assert read_meta(path, header, zone=BRUSSELS).tags == tags


def test_spaces_part_categories_of_posts() -> None:
    header = split("_posts/a.md", "---\ncategories: ville budget\ncategory: la une\n---\n")
    assert header is not None
    found = read_meta("_posts/a.md", header, zone=BRUSSELS)
    assert (found.section, found.tags) == ("la une", ("ville", "budget"))


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("authors: [{name: Anne Petit, title: Editor}, jan]", ("Anne Petit", "jan")),
        ("authors: {key: anne, title: Guest}", ("anne",)),
        ("authors: 'Petit, Anne; Maes, Jan'", ("Petit, Anne", "Maes, Jan")),
        ("author: [{url: https://a.example}]", ()),
    ],
)
def test_authors_of_generators_are_read(line: str, authors: tuple[str, ...]) -> None:
    assert meta("title: x", line).authors == authors


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("status: hidden", "status: hidden"),
        ("status: skip", "status: skip"),
        ("unlisted: yes", "unlisted: true"),
        ("headless: true", "headless: true"),
        ("render: no", "render: false"),
        ("permalink: false", "permalink: false"),
        ("eleventyExcludeFromCollections: true", "eleventyExcludeFromCollections"),
        ("eleventyExcludeFromCollections: [posts]", "eleventyExcludeFromCollections"),
        ("build: {list: never}", "build.list: never"),
        ("_build: {render: false}", "build.render: false"),
        ("redirect_to: https://a.example/", "redirect_to: it only leads elsewhere"),
        ("layout: home", "layout: home"),
        ("layout: layouts/archive.njk", "layout: archive"),
        ("layout: page", "layout: page"),
        ("status: published", ""),
        ("status: evergreen", ""),
        ("unlisted: no", ""),
        ("build: {list: local}", ""),
        ("eleventyExcludeFromCollections: [navigation]", ""),
        ("permalink: /page/", ""),
        ("layout: post", ""),
        ("layout: false", ""),
    ],
)
def test_header_tells_what_is_no_article(line: str, reason: str) -> None:
    found = meta("title: x", line)
    assert (found.left_out, found.is_draft) == (reason, False)


def test_dated_page_is_an_article() -> None:
    assert meta("layout: page", "date: 2026-11-23").left_out == ""


def test_layout_of_a_post_never_matters() -> None:
    header = split("_posts/2026-11-23-a.md", "---\nlayout: home\n---\n")
    assert header is not None
    assert read_meta("_posts/2026-11-23-a.md", header, zone=BRUSSELS).left_out == ""


@pytest.mark.parametrize("line", ["status: draft", "status: private"])
def test_status_makes_a_draft(line: str) -> None:
    assert meta("title: x", line).is_draft


@pytest.mark.parametrize("line", ["unlisted: maybe", "headless: 1", "render: twice"])
def test_doubtful_visibility_is_refused(line: str) -> None:
    with pytest.raises(SeedError, match="neither yes nor no") as caught:
        meta("title: x", line)
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("lines", "slug", "aliases"),
    [
        (["slug: /ville/le-pont"], "le-pont", ()),
        (["slug: ':contentbasename'"], "", ()),
        (["url: /ville/le-pont/index.html"], "le-pont", ("/ville/le-pont/index.html",)),
        (["url: https://elsewhere.example/le-pont"], "", ()),
        (["path: 2026/11/23/le-pont"], "le-pont", ("/2026/11/23/le-pont",)),
        (["permalink: {build: /a/b/}"], "b", ("/a/b/",)),
        (["permalink: '/{{ title | slugify }}/'"], "", ()),
        (["redirect_from: /a/", "aliases: [/b/]"], "", ("/b/", "/a/")),
    ],
)
def test_addresses_of_generators_are_read(lines: list[str], slug: str, aliases: tuple[str, ...]) -> None:
    found = meta("title: x", *lines)
    assert (found.slug, found.aliases) == (slug, aliases)


@pytest.mark.parametrize(
    ("line", "source", "is_doubtful"),
    [
        ("image: a.png", "a.png", False),
        ("heroImage: ./a.png", "./a.png", True),
        ("images: [a.png, b.png]", "a.png", True),
        ("cover: {image: a.png, alt: A}", "a.png", True),
        ("image: true", "", False),
    ],
)
def test_lead_picture_has_many_spellings(line: str, source: str, *, is_doubtful: bool) -> None:
    found = meta("title: x", line).picture
    assert (found.source, found.is_doubtful) == (source, is_doubtful)


def test_link_title_stands_in_for_the_title() -> None:
    assert (meta("linkTitle: Court").title, meta("title: Long", "linkTitle: Court").title) == ("Court", "Long")


def test_canonical_has_other_spellings() -> None:
    assert meta("canonicalURL: https://a.example/x").canonical_url == "https://a.example/x"
    assert meta("canonical: yes").canonical_url == ""


def test_unknown_keys_are_kept() -> None:
    found = toml('title = "x"', "weight = 3", "[extra]", "note = 1.10", "[taxonomies]", 'series = ["Les travaux"]')
    assert found.extra == {"weight": 3, "note": "1.10", "series": ["Les travaux"]}


def test_unknown_dates_are_kept_as_text() -> None:
    assert toml("seen = 2026-11-23", "at = 07:30:00").extra == {"seen": "2026-11-23", "at": "07:30:00"}


def test_unknown_keys_have_a_cap() -> None:
    found = meta("title: x", "first: a", f"second: {'b' * (MAX_BYTES - 100)}", f"third: {'c' * 200}")
    assert list(found.extra) == ["first", "second"]


def test_deep_values_are_cut() -> None:
    text = '{"title": "x", "deep": ' + "[" * 30 + "]" * 30 + "}"
    header = split("a.md", text)
    assert header is not None
    assert str(read_meta("a.md", header, zone=BRUSSELS).extra["deep"]).count("[") == MAX_DEPTH + 1


def test_letters_that_no_text_holds_go() -> None:
    header = split("a.md", '{"title": "a\\u0000b\\ud800c", "odd": "x\\u0000"}')
    assert header is not None
    found = read_meta("a.md", header, zone=BRUSSELS)
    assert (found.title, found.extra) == ("abc", {"odd": "x"})


def test_key_in_two_cases_is_refused() -> None:
    with pytest.raises(SeedError, match="twice"):
        meta("title: x", "Title: y")


def test_complaint_names_the_key_as_written() -> None:
    with pytest.raises(SeedError, match=r"^a\.md:3: pubDate: 'soon' is no date"):
        meta("title: x", "pubDate: soon")


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["http://[", "/a/../b", "2026-11-23"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "src", "date", "x"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(spellings.KNOWN)) | st.text(max_size=4), _VALUES, max_size=5))
def test_any_header_is_read_or_refused(values: dict[str, object]) -> None:
    with suppress(SeedError):
        found = read_meta("a.md", Header(values=values, body="", body_line=1), zone=BRUSSELS)
        assert json.loads(json.dumps(found.extra)) == found.extra
