"""Which files of a folder are seeds, told by their paths alone."""

import re
from collections.abc import Collection
from dataclasses import dataclass

SEED_ENDINGS = frozenset({".md", ".markdown", ".mdx", ".txt", ".html", ".htm"})
_MOST_ENTRIES = 1_000_000
_TEMPORARY_ENDINGS = ("~", ".swp", ".swx", ".tmp", ".part", ".partial", ".crdownload", "#")
_POSTS = "_posts"  # the only folder with an underscore that holds articles everywhere
_PASSED_FOLDERS = frozenset({"drafts", "includes", "layouts", "node_modules", "bower_components", "venv"})
_HOME_PAGES = frozenset({"index", "404"})
# What lies at the top of a repository; in capitals, since a paper may well have an article named `security.md`.
_ABOUT = frozenset(
    {"AUTHORS", "CHANGELOG", "CODE_OF_CONDUCT", "CONTRIBUTING", "COPYING", "LICENCE", "LICENSE", "NOTICE", "SECURITY"}
)
_FOR_MACHINES = frozenset({"ads.txt", "humans.txt", "llms.txt", "requirements.txt", "robots.txt"})
# A generator's settings at the top, and the folder in which it keeps articles.
_SITES = (
    (re.compile(r"(?:hugo|config)\.(?:toml|ya?ml|json)|pelicanconf\.py"), frozenset({"content"})),
    (re.compile(r"docusaurus\.config\.\w+"), frozenset({"blog", "docs"})),
    (re.compile(r"astro\.config\.\w+"), frozenset({"src"})),
)
_ASTRO_SOURCES = frozenset({"components", "pages", "styles", "assets", "plugins", "utils"})
_GLOB_SIGNS = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRules:
    """Which files are seeds: glob patterns, the greatest size in bytes, and how many entries a folder may hold.

    A pattern without a slash fits a name at any depth, one with a slash the path from the top; `*` and `?` stop at
    slashes, `**` does not. A pattern that fits a folder fits all that lies in it.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_size: int
    max_entries: int = _MOST_ENTRIES


class Choice:
    """Which paths below a folder are taken; `top` are the names at its top, which tell a generator's whole site."""

    def __init__(self, rules: FolderRules, *, top: Collection[str] = ()) -> None:
        self._include, self._exclude = _any_of(rules.include or ("**",)), _any_of(rules.exclude)
        self._has_patterns = bool(rules.include or rules.exclude)
        self._named = {part for pattern in rules.include for part in pattern.split("/") if not _GLOB_SIGNS.search(part)}
        self._homes = next((homes for marker, homes in _SITES if _is_site(marker, homes, top)), frozenset())
        self._is_astro = "src" in self._homes

    def takes(self, path: str, name: str) -> bool:
        """Whether the file at `path`, whose last part is `name`, is a seed."""
        if not is_seed_name(name) or ("/" not in path and (_is_no_article(name) or self._homes)):
            return False
        return not self._has_patterns or bool(self._include.fullmatch(path) and not self._exclude.fullmatch(path))

    def enters(self, path: str, name: str) -> bool:
        """Whether seeds may lie in the folder at `path`; a folder that `include` names is always looked into."""
        if self._has_patterns and self._exclude.fullmatch(path):
            return False
        if name in self._named:
            return True
        if name in _PASSED_FOLDERS or (name[0] == "_" and name != _POSTS):
            return False
        if self._homes and "/" not in path:
            return name in self._homes
        return not (self._is_astro and path == f"src/{name}" and name in _ASTRO_SOURCES)


def is_passed_over(name: str) -> bool:
    """Whether a name is that of a hidden or temporary file or folder."""
    return name[0] in ".~" or name.endswith(_TEMPORARY_ENDINGS)


def is_seed_name(name: str) -> bool:
    """Whether a file of that name can be a seed; those with an underscore in front are parts of others, or lists."""
    dot = name.rfind(".")
    if dot < 1 or name[dot:].lower() not in SEED_ENDINGS:
        return False
    return name[0] != "_" and not name.upper().startswith("README")


def _is_no_article(name: str) -> bool:
    """Whether a file at the very top is a home page, or tells of the folder and not of the world."""
    stem = name.partition(".")[0]
    return stem.lower() in _HOME_PAGES or stem in _ABOUT or name in _FOR_MACHINES


def _is_site(marker: re.Pattern[str], homes: frozenset[str], top: Collection[str]) -> bool:
    return not homes.isdisjoint(top) and any(marker.fullmatch(name) for name in top)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{translate(pattern)})" for pattern in patterns) or r"(?!)", re.S)


def translate(pattern: str) -> str:
    """A glob pattern as the regular expression that fits, as a whole, the paths that it fits and all below them."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    anywhere = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    body = "".join(_translate_part(part, is_last=place == len(parts)) for place, part in enumerate(parts, 1))
    return f"{anywhere}{body}(?:/.*)?"


def _translate_part(part: str, *, is_last: bool) -> str:
    if part == "**":
        return ".+" if is_last else "(?:[^/]+/)*"
    end = "" if is_last else "/"
    signs = re.findall(r"\*+|\?|\[[!^]?\]?[^\]/]*\]|.", part, re.S)
    return "".join(map(_translate_sign, signs)) + end


def _translate_sign(sign: str) -> str:
    if sign[0] == "*":
        return "[^/]*"
    if sign == "?":
        return "[^/]"
    if len(sign) > 1:
        inner = re.sub(r"([\\\[&~|])", r"\\\1", sign[1:-1])
        return f"(?!/)[{'^' + inner[1:] if inner[0] in '!^' else inner}]"
    return re.escape(sign)
