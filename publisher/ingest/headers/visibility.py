"""Which seeds say of themselves that they are no articles, in the words of seven generators."""

from dataclasses import dataclass
from posixpath import basename

from publisher.ingest.headers import spellings
from publisher.ingest.headers.values import Values, as_flag

_STATUSES = {"published": "", "publish": "", "draft": "draft", "private": "draft", "pending": "draft"}
_UNLISTED = frozenset({"hidden", "skip"})
_LISTS = frozenset({"all", "posts", "post", "blog", "articles"})
_NEVER = frozenset({"never", "link", "false", "no", "off"})
_LIST_PAGES = frozenset(
    ("home", "archive", "archives", "categories", "category", "tags", "tag", "search", "404", "redirect", "landing")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a header makes its seed a draft, or `left_out` for the reason that it gives."""

    is_draft: bool = False
    left_out: str = ""


def find_standing(keys: Values, *, is_post: bool, is_dated: bool, is_strict: bool) -> Standing:
    """What a header says of being published. `is_strict` refuses a status that nobody knows.

    `is_post` says that the seed lies where only posts lie: no layout then makes it another page.
    """
    if keys.flag("draft") or as_flag(keys.find("published")) is False:
        return Standing(is_draft=True)
    if not keys.has_any(spellings.VISIBILITY) and as_flag(keys.find("permalink")) is None:
        return Standing()
    status = keys.text("status").lower()
    if is_strict and status and status not in _STATUSES and status not in _UNLISTED:
        raise keys.refuse("status", f"{status!r} is none of published, draft, hidden and skip")
    if _STATUSES.get(status):
        return Standing(is_draft=True)
    if status in _UNLISTED:
        return Standing(left_out=f"status: {status}")
    return Standing(left_out=_unlisted(keys) or ("" if is_post else _page(keys, is_dated=is_dated)))


def _unlisted(keys: Values) -> str:
    if keys.flag("unlisted"):
        return "unlisted: true"
    if keys.flag("headless"):
        return "headless: true"
    if keys.flag("render") is False:
        return "render: false"
    if as_flag(keys.find("permalink")) is False:
        return "permalink: false"
    if keys.has("save_as") and not keys.text("save_as"):
        return "save_as is empty"
    if keys.find("redirect_to"):
        return "redirect_to: it only leads elsewhere"
    return _excluded(keys) or _built(keys)


def _excluded(keys: Values) -> str:
    value = keys.find("eleventyexcludefromcollections")
    names = value if isinstance(value, list) else []
    is_excluded = as_flag(value) or any(str(name).lower() in _LISTS for name in names)
    return "eleventyExcludeFromCollections" if is_excluded else ""


def _built(keys: Values) -> str:
    options = keys.find("build", "_build")
    if not isinstance(options, dict):
        return ""
    for name in ("render", "list"):
        if str(options.get(name, "")).lower() in _NEVER:
            return f"build.{name}: {str(options[name]).lower()}"
    return ""


def _page(keys: Values, *, is_dated: bool) -> str:
    layout = keys.find("layout")
    name = basename(layout).partition(".")[0].lower() if isinstance(layout, str) else ""
    if name in _LIST_PAGES or (name == "page" and not is_dated):
        return f"layout: {name}"
    return ""
