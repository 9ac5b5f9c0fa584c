"""The clippings of the corpus as the product reads them."""

from lxml import html as lxml_html

from publisher.domain.article import Content
from publisher.errors import SeedError
from publisher.ingest import Reading, Rules, read_seed
from publisher.ingest.clippings.clipping import Clipping, read_clipping
from publisher.ingest.decoding import decode
from publisher.ingest.language import guess_language
from publisher.ingest.plain_text import mark_layout
from publisher.markup import render_markdown, to_plain, to_text
from tests.clippings import Clip, Marks, Values, load_corpus, mark, some

LANGUAGES = ("fr", "nl", "de", "en")
_CAPTION = "a caption was left out: "
RULES = Rules(timezone="UTC", language="fr", languages=LANGUAGES)


def read_corpus() -> tuple[Marks, ...]:
    """Every clipping read and marked."""
    return tuple(_mark_clip(clip, number) for number, clip in enumerate(load_corpus()))


def _mark_clip(clip: Clip, number: int) -> Marks:
    found, is_held = read_clip(clip, number)
    return mark(clip, found, is_held=is_held)


def read_clip(clip: Clip, number: int) -> tuple[tuple[Values, ...], bool]:
    """What is found in a clipping that is called by a number, as scans are, and whether it waits for review.

    Nothing is found where the title is doubtful.

    A file of several articles is refused as a seed: what is found is what the editor would be told to split it into.
    """
    path, data = f"seed-{number:03}.txt", clip.path.read_bytes()
    try:
        reading = read_seed(path, data, RULES, asset=lambda path: None)
    except SeedError:
        clippings = read_clipping(mark_layout(decode(path, data)), is_plain=True, languages=LANGUAGES)
        return (tuple(map(_of_clipping, clippings)) if len(clippings) > 1 else ()), True
    if not isinstance(reading, Reading) or any(doubt.field == "title" for doubt in reading.doubts):
        return (), True
    return (_of_content(reading.content),), bool(reading.doubts)


def _of_content(content: Content) -> Values:
    captions = (note.removeprefix(_CAPTION) for note in content.notes if note.startswith(_CAPTION))
    return read_html(content.html) | {
        "language": (content.language,),
        "title": some(content.title),
        "kicker": some(str(content.extra.get("kicker", ""))),
        "standfirst": some(content.standfirst),
        "byline": content.authors,
        "date": some(content.date.date().isoformat() if content.date else ""),
        "place": some(str(content.extra.get("place", ""))),
        "captions": tuple(captions),
    }


def _of_clipping(clipping: Clipping) -> Values:
    html = render_markdown(clipping.body)
    return read_html(html) | {
        "language": some(guess_language(to_text(html), LANGUAGES)),
        "title": some(_plain(clipping.title)),
        "kicker": some(_plain(clipping.kicker)),
        "standfirst": some(_plain(clipping.standfirst)),
        "byline": clipping.authors,
        "date": some(clipping.day.isoformat() if clipping.day else ""),
        "place": some(clipping.place),
        "captions": clipping.captions,
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
