"""The clippings of the corpus as the product reads them."""

from typing import Any

from lxml import html as lxml_html

from publisher.domain.article import Content
from publisher.errors import SeedError
from publisher.ingest import Reading, Rules, read_seed
from publisher.ingest.clipping import read_clipping
from publisher.ingest.decoding import decode
from publisher.ingest.language import guess_language
from publisher.markup import render_markdown, to_plain, to_text
from tests.clippings import Clip, Marks, Values, load_corpus, mark, some

LANGUAGES = ("fr", "nl", "de", "en")
RULES = Rules(timezone="UTC", language="fr", languages=LANGUAGES)


def read_corpus() -> tuple[Marks, ...]:
    """Every clipping read and marked."""
    return tuple(mark(clip, read_clip(clip, number)) for number, clip in enumerate(load_corpus()))


def read_clip(clip: Clip, number: int) -> tuple[Values, ...]:
    """What is found in a clipping that is called by a number, as scans are; nothing where it is refused."""
    path, data = f"seed-{number:03}.txt", clip.path.read_bytes()
    clippings = _read_clippings(decode(path, data))
    if len(clippings) > 1:
        return tuple(_of_clipping(each) for each in clippings)
    try:
        reading = read_seed(path, data, RULES, asset=lambda path: None)
    except SeedError:
        return ()
    if not isinstance(reading, Reading) or any(doubt.field == "title" for doubt in reading.doubts):
        return ()
    return (_of_content(reading.content, clippings[0]),)


def _read_clippings(text: str) -> tuple[Any, ...]:
    read: Any = read_clipping
    try:
        return tuple(read(text, is_plain=True, languages=LANGUAGES))
    except TypeError:
        return (read(text, is_plain=True),)


def _of_clipping(clipping: Any) -> Values:
    html = render_markdown(clipping.body)
    return _fields(clipping) | read_html(html) | {"language": some(guess_language(to_text(html), LANGUAGES))}


def _of_content(content: Content, clipping: Any) -> Values:
    return (
        _fields(clipping)
        | read_html(content.html)
        | {
            "language": (content.language,),
            "title": some(content.title),
            "standfirst": some(content.standfirst),
            "byline": content.authors,
            "date": some(content.date.date().isoformat() if content.date else ""),
        }
    )


def _fields(clipping: Any) -> dict[str, tuple[str, ...]]:
    return {
        "title": some(_plain(clipping.title)),
        "kicker": some(_plain(getattr(clipping, "kicker", ""))),
        "standfirst": some(_plain(clipping.standfirst)),
        "byline": tuple(clipping.authors),
        "date": some(clipping.day.isoformat() if clipping.day else ""),
        "place": some(getattr(clipping, "place", "")),
    }


def _plain(markdown: str) -> str:
    return to_plain(render_markdown(markdown))


def read_html(html: str) -> dict[str, tuple[str, ...]]:
    """The running paragraphs of an article's HTML, its crossheads, and what stands in figures."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    figures = [(figure.get("class") or "", figure) for figure in root.iter("figure")]
    quotes = [figure for name, figure in figures if name == "pullquote"]
    found = {
        "pull quotes": _texts(quotes, "blockquote"),
        "speakers": _texts(quotes, "figcaption"),
        "figures": tuple(_words(figure) for name, figure in figures if name == "figurebox"),
        "captions": tuple(_words(figure) for name, figure in figures if name not in ("pullquote", "figurebox")),
    }
    for _, figure in figures:
        figure.drop_tree()
    return found | {
        "body": tuple(_words(part) for part in root.iter("p", "li", "pre") if part.find("p") is None and _words(part)),
        "crossheads": _texts([root], "h2") + _texts([root], "h3"),
    }


def _texts(elements: list[lxml_html.HtmlElement], tag: str) -> tuple[str, ...]:
    return tuple(_words(part) for element in elements for part in element.iter(tag))


def _words(element: lxml_html.HtmlElement) -> str:
    for line in element.iter("br", "p", "figcaption"):
        line.tail = f" {line.tail or ''}"
    return " ".join(element.text_content().split())
