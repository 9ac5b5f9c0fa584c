"""Pictures in feeds: Media RSS in RSS and Atom, `image` in JSON."""

from dataclasses import replace
from typing import Any

import pytest

from publisher.domain.article import Image
from publisher.domain.feed import Feed, Format
from publisher.feeds import build
from tests.feed_documents import NAMES, PHOTO, XML, json_feed, make_article, make_document, read

OTHER = Image(path="ville/c.webp", address="/images/c/c.webp", media_type="image/webp")
CONTENT = f"{{{NAMES['media']}}}content"


def pictures(form: Format, **changes: Any) -> list[dict[str, Any]]:
    return [dict(found.attrib) for found in read(make_document(make_article(**changes)), form).iter(CONTENT)]


@pytest.mark.parametrize("form", XML)
def test_picture_has_address_type_length_and_size(form: Format) -> None:
    assert pictures(form, images=(PHOTO,)) == [
        {
            "url": "https://gazette.example/images/a/b.png",
            "fileSize": "4321",
            "type": "image/png",
            "medium": "image",
            "width": "800",
            "height": "600",
        }
    ]


@pytest.mark.parametrize("form", XML)
def test_picture_takes_no_summary_away(form: Format) -> None:
    assert b"media:description" not in build(make_document(make_article(images=(PHOTO,))), form)


@pytest.mark.parametrize("form", XML)
def test_lead_picture_is_the_first(form: Format) -> None:
    found = pictures(form, images=(PHOTO, OTHER), lead_image=OTHER.address)
    assert [picture["url"].rpartition("/")[2] for picture in found] == ["c.webp", "b.png"]


@pytest.mark.parametrize("form", XML)
def test_unknown_size_is_left_out(form: Format) -> None:
    assert pictures(form, lead_image="https://elsewhere.example/d.jpg") == [
        {"url": "https://elsewhere.example/d.jpg", "medium": "image"}
    ]


@pytest.mark.parametrize("form", XML)
def test_summary_shows_its_pictures_too(form: Format) -> None:
    document = make_document(make_article(images=(PHOTO,)), feed=Feed(name="main", title="x", is_full=False))
    assert len(list(read(document, form).iter(CONTENT))) == 1


@pytest.mark.parametrize("form", XML)
def test_length_counts_though_articles_are_equal(form: Format) -> None:
    first, second = (make_article(images=(replace(PHOTO, length=length),)) for length in (1, 2))
    assert first == second
    assert build(make_document(first), form) != build(make_document(second), form)


def test_json_shows_the_lead_picture() -> None:
    item = json_feed(make_document(make_article(images=(PHOTO, OTHER), lead_image=OTHER.address)))["items"][0]
    assert item["image"] == "https://gazette.example/images/c/c.webp"
