"""The known keys, in every spelling, become typed values or name the line that is wrong."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from publisher.errors import SeedError
from publisher.ingest.front_matter import split
from publisher.ingest.keys import Meta, read_meta

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
