"""What the common marks of other generators become: pictures with their words, links instead of players, folds."""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote, unquote

from publisher.ingest.dialects.marks import Mark
from publisher.ingest.naming import read_path, words_as_title
from publisher.markup import render_markdown

Drawer = Callable[[Mark], str | None]

_NAME = re.compile(r"[\w.@-]+")
_ONE_PARAGRAPH = re.compile(r"<p>(.*)</p>\s*", re.S)
_SOURCES = ("src", "image_path", "image", "path", "url", "file", "img")
_PICTURE = re.compile(r"https?://\S+|[^?#]+\.(?:png|jpe?g|gif|webp|svg|avif)", re.I)
_SEED = re.compile(r"\.(?:md|mdx|markdown|html?|txt)$", re.I)


def draw_figure(mark: Mark) -> str | None:
    """The picture with its caption, its credit and its link; None where it names no picture."""
    named = mark.named
    source = next((named[key] for key in _SOURCES if named.get(key)), "") or next(iter(mark.words), "")
    if not _PICTURE.fullmatch(source):
        return None
    alt = named.get("alt", "") or named.get("caption", "") or next(iter(mark.words[1:]), "")
    sizes = "".join(f' {key}="{named[key]}"' for key in ("width", "height") if named.get(key, "").isdecimal())
    picture = f'<img src="{_address(source)}" alt="{escape(alt)}"{sizes}>'
    if named.get("link"):
        picture = f'<a href="{_address(named["link"])}">{picture}</a>'
    words = " ".join(filter(None, [*_list_captions(mark), _credit(mark)]))
    return f"<figure>{picture}{f'<figcaption>{words}</figcaption>' if words else ''}</figure>"


def _list_captions(mark: Mark) -> list[str]:
    title, caption = mark.named.get("title", ""), mark.named.get("caption", "") or mark.named.get("figcaption", "")
    return [f"<strong>{_inline(title)}</strong>"] * bool(title and caption) + [_inline(caption or title)]


def _credit(mark: Mark) -> str:
    credit, link = mark.named.get("attr", ""), mark.named.get("attrlink", "")
    return f'<a href="{_address(link)}">{_inline(credit)}</a>' if credit and link else _inline(credit)


def _inline(text: str) -> str:
    html = render_markdown(text).strip()
    alone = _ONE_PARAGRAPH.fullmatch(html)
    return alone[1] if alone and "<p>" not in alone[1] else html


def _address(written: str) -> str:
    return escape(written.replace(" ", "%20"))


def link_to_seed(mark: Mark) -> str | None:
    """The address of a link to another seed, as `ingest.links` reads it."""
    wanted = mark.named.get("path") or next(iter(mark.words), "")
    path, fragment_mark, fragment = wanted.partition("#")
    if not path:
        return f"#{quote(fragment)}" if fragment else None
    written = quote(path.lstrip("/"), safe="/.")
    here = path if path.startswith((".", "..")) else ""
    return (quote(here, safe="/.") or f"@/{written}") + fragment_mark + quote(fragment)


def link_to_post(mark: Mark) -> str | None:
    """The address of `{% post_url 2026-11-20-name %}`."""
    return f"@/{quote(mark.words[0].strip('/'), safe='/.')}.md" if mark.words else None


def link_to_file(mark: Mark) -> str | None:
    """The address of `{% link _posts/2026-11-20-name.md %}`, or of another file of the folder."""
    if not mark.words:
        return None
    path = quote(mark.words[0].lstrip("/"), safe="/.")
    return f"@/{path}" if _SEED.search(path) else f"/{path}"


def write_link(target: str) -> str:
    """A link that stands by itself in a text: its words are the name of the file that it leads to."""
    path, _, fragment = unquote(target).partition("#")
    words = words_as_title(read_path(path).words if path else fragment)
    return f'<a href="{escape(target)}">{escape(words)}</a>'


def draw_link(template: str) -> Drawer:
    """A drawer of a plain link to what elsewhere is played or shown; `{}` is its name there."""

    def draw(mark: Mark) -> str | None:
        name = mark.named.get("id") or next(iter(mark.words), "")
        if not _NAME.fullmatch(name):
            return None
        address = template.format(quote(name))
        return _draw_link(address, mark.named.get("title", ""))

    return draw


def _draw_link(address: str, title: str = "") -> str:
    # The colon is written so that Markdown, which looks for bare links, makes no link within the link.
    return f'<a href="{address}">{escape(title) or address.replace(":", "&#58;", 1)}</a>'


def draw_gist(mark: Mark) -> str | None:
    """A plain link to a gist: `user id`, or `user/id`."""
    parts = "/".join(mark.words[:2]).split("/")
    if not 1 <= len(parts[:2]) <= 2 or not all(_NAME.fullmatch(part) for part in parts[:2]):
        return None
    address = "https://gist.github.com/" + "/".join(parts[:2])
    return _draw_link(address)


def draw_post(mark: Mark) -> str | None:
    """A plain link to a post on X: `user= id=`, or the id alone."""
    name, user = mark.named.get("id") or next(iter(mark.words), ""), mark.named.get("user", "i")
    if not (name.isdecimal() and _NAME.fullmatch(user)):
        return None
    address = f"https://x.com/{user}/status/{name}"
    return _draw_link(address)


def draw_details(mark: Mark) -> str:
    """A fold's beginning: its summary and what is open from the start."""
    summary = mark.named.get("summary") or mark.named.get("title") or next(iter(mark.words), "…")
    is_open = " open" if mark.named.get("open", "") not in {"", "false"} else ""
    return f"\n\n<details{is_open}><summary>{_inline(summary)}</summary>\n\n"


def draw_quote(_: Mark) -> str:
    """A quotation's beginning."""
    return "\n\n<blockquote>\n\n"


def end_quote(mark: Mark) -> str:
    """A quotation's end, with the speaker whom its beginning names."""
    speaker = mark.named.get("author") or mark.named.get("attribution", "")
    footer = f"<footer>{escape(speaker)}</footer>\n" if speaker else ""
    return f"\n\n{footer}</blockquote>\n\n"


def draw_code(code: str, *, language: str) -> str:
    """A code block of its own."""
    known = f' class="language-{language}"' if re.fullmatch(r"[\w+#.-]+", language) else ""
    return f"<pre><code{known}>{escape(code.strip(chr(10)), quote=False)}\n</code></pre>"


EMBEDS: dict[str, Drawer] = {
    **dict.fromkeys(("figure", "image", "img", "picture"), draw_figure),
    "youtube": draw_link("https://www.youtube.com/watch?v={}"),
    "vimeo": draw_link("https://vimeo.com/{}"),
    "instagram": draw_link("https://www.instagram.com/p/{}/"),
    "gist": draw_gist,
    **dict.fromkeys(("tweet", "x", "twitter"), draw_post),
}
