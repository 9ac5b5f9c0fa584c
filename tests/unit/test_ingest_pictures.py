"""Where the pictures of an article are looked for, and what becomes of those that can't be published."""

from collections.abc import Callable

import pytest

from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest.pictures import Pictures

SITE = "https://gazette.example"


def holding(*places: str) -> Callable[[str], Image | None]:
    """A folder that has pictures at those places."""

    def find(place: str) -> Image | None:
        return Image(path=place, address=f"/images/1/{place}", media_type="image/png") if place in places else None

    return find


def publish(html: str, *places: str, path: str = "town/a.md", site: str = "") -> tuple[str, tuple[str, ...]]:
    pictures = Pictures(path, holding(*places), site=site)
    return pictures.publish(html), pictures.notes


def find(source: str, *places: str, path: str = "town/a.md") -> str:
    return Pictures(path, holding(*places)).find_address(source)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("p.png", "town/p.png"),
        ("./p.png?raw=1", "town/p.png"),
        ("img/p%201.png", "town/img/p 1.png"),
        (r"img\p.png", "town/img/p.png"),
        ("../p.png", "p.png"),
        ("p.png", "town/a/p.png"),
        ("%7Bstatic%7D/img/p.png", "img/p.png"),
        ("{attach}p.png", "town/p.png"),
        ("|filename|../p.png", "p.png"),
        ("../../p.png", "p.png"),
        ("/img/p.png", "img/p.png"),
        ("/img/p.png", "static/img/p.png"),
        ("/img/p.png", "public/img/p.png"),
        ("/img/p.png", "source/img/p.png"),
        ("@site/static/img/p.png", "static/img/p.png"),
        ("~/assets/p.png", "src/assets/p.png"),
        ("@/assets/p.png", "src/assets/p.png"),
        ("/../../p.png", "p.png"),
        ("e\u0301te\u0301.png", "town/été.png"),
        ("été.png", "town/e\u0301te\u0301.png"),
    ],
)
def test_picture_is_found_where_generators_look(source: str, place: str) -> None:
    assert find(source, place) == f"/images/1/{place}"


def test_picture_beside_wins() -> None:
    assert find("p.png", "town/p.png", "town/a/p.png") == "/images/1/town/p.png"


@pytest.mark.parametrize("source", ["p.png", "img/p.png", "../p.png", "./p.png"])
def test_missing_picture_beside_is_an_error(source: str) -> None:
    with pytest.raises(SeedError, match="is not beside it"):
        find(source)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("logo.svg", "save it as PNG"),
        ("/img/LOGO.SVG", "save it as PNG"),
        ("/img/p.png", "put it there, below static/"),
        ("@site/p.png", "put it there, below static/"),
        ("../../../p.png", "let seeds.path be the folder above"),
        ("..%2f..%2f..%2fetc/p.png", "let seeds.path be the folder above"),
        ("p\x00.png", "let seeds.path be the folder above"),
        ("data:image/png;base64,eA==", "no address of a picture"),
    ],
)
def test_other_pictures_are_left_out_with_the_mend(source: str, reason: str) -> None:
    pictures = Pictures("town/a.md", holding())
    assert pictures.find_address(source) == ""
    (note,) = pictures.notes
    assert note.startswith(f"the picture {source} is left out: ")
    assert reason in note


@pytest.mark.parametrize("source", ["/img/p.png", "/logo.svg"])
def test_own_site_may_have_the_picture(source: str) -> None:
    assert publish(f'<img src="{source}">', site=SITE) == (f'<img src="{SITE}{source}">', ())


def test_picture_in_the_folder_goes_before_that_of_the_site() -> None:
    assert publish('<img src="/p.png">', "static/p.png", site=SITE)[0] == '<img src="/images/1/static/p.png">'


def test_no_path_leads_to_another_site() -> None:
    assert publish('<img src="@//evil.example/p.png">', site=SITE)[0] == f'<img src="{SITE}/evil.example/p.png">'
    assert publish('<img src="@//[">', site=SITE)[0].startswith(f'<img src="{SITE}/')


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('<p>a</p>\n<p><img src="/x.svg" alt="A map"></p>\n<p>b</p>', "<p>a</p>\n<p>b</p>"),
        ('<p>See <img src="/x.svg" alt="1 &lt; 2"> there.</p>', "<p>See 1 &lt; 2 there.</p>"),
        ('<p>a <a href="/x"><img src="/x.svg" alt="A map"></a></p>', "<p>a A map</p>"),
        ('<p><a href="/x"><img src="/x.svg" alt="A map"></a></p>', ""),
        (
            '<figure><img src="/x.svg"><figcaption>c</figcaption></figure>',
            "<figure><figcaption>c</figcaption></figure>",
        ),
        ('<p><img src="/x.svg"> <img src="p.png" alt="P"></p>', '<p> <img src="/images/1/town/p.png" alt="P"></p>'),
    ],
)
def test_left_out_picture_leaves_its_words_in_a_sentence(html: str, left: str) -> None:
    assert publish(html, "town/p.png")[0] == left


def test_picture_for_sharing_is_taken_from_the_folder_alone() -> None:
    assert Pictures("a.html", holding("a_files/fair.jpg")).find_beside("fair.jpg") == "/images/1/a_files/fair.jpg"
    assert Pictures("a.html", holding()).find_beside("fair.jpg") == ""


def test_places_of_what_is_missing_are_told() -> None:
    pictures = Pictures("town/a.md", holding())
    pictures.find_address("/img/p.png")
    assert {"img/p.png", "static/img/p.png"} < set(pictures.missing)


def test_each_left_out_picture_is_noted_once() -> None:
    _, notes = publish('<p>a <img src="/x.svg"><img src="/x.svg"></p>')
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("source", "place"),
    [("p.png", "town/p.png"), ("img/p.png", "town/img/p.png"), ("img/p.png", "static/img/p.png"), ("/p.png", "p.png")],
)
def test_lead_picture_may_be_named_from_the_root(source: str, place: str) -> None:
    assert Pictures("town/a.md", holding(place)).find_lead(source) == f"/images/1/{place}"


def test_lead_picture_of_another_folder_is_left_out() -> None:
    pictures = Pictures("town/a.md", holding())
    assert (pictures.find_lead("img/p.png"), len(pictures.notes)) == ("", 1)
    assert Pictures("town/a.md", holding(), site=SITE).find_lead("img/p.png") == f"{SITE}/img/p.png"


@pytest.mark.parametrize("source", ["p.png", "./img/p.png", "../p.png"])
def test_forgotten_lead_picture_is_an_error(source: str) -> None:
    with pytest.raises(SeedError, match="is not beside it"):
        Pictures("town/a.md", holding()).find_lead(source)


def test_refused_picture_names_the_article() -> None:
    def refuse(place: str) -> Image | None:
        raise SeedError(place, "it is too large")

    with pytest.raises(SeedError, match=r"town/a\.md: the picture town/p\.png: it is too large"):
        Pictures("town/a.md", refuse).find_address("p.png")
