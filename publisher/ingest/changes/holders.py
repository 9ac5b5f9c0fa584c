"""Which article a path, an id or a digest is that of, where several could be meant."""

from collections.abc import Callable, Iterable, Mapping

from publisher.ingest.changes.compare import Known, KnownArticle, Seen


def first_live(articles: Iterable[KnownArticle], key: Callable[[KnownArticle], str]) -> dict[str, KnownArticle]:
    """The articles by a key that is not empty; a live one goes before the withdrawn ones of the same key."""
    found: dict[str, KnownArticle] = {}
    for article in articles:
        other = found.get(key(article))
        if key(article) and (other is None or (other.is_withdrawn and not article.is_withdrawn)):
            found[key(article)] = article
    return found


def find_holders(articles: Iterable[KnownArticle], digests: Mapping[str, str]) -> dict[str, KnownArticle]:
    """The article of each path: the one whose very bytes lie there, else the live one, else the last that did."""
    found: dict[str, KnownArticle] = {}
    for article in articles:
        other = found.get(article.path)
        if article.path and (other is None or _rank(article, digests) >= _rank(other, digests)):
            found[article.path] = article
    return found


def _rank(article: KnownArticle, digests: Mapping[str, str]) -> tuple[bool, bool, int]:
    return digests.get(article.path) == article.digest, not article.is_withdrawn, article.key


def present_digests(known: Mapping[str, Known], gone: Iterable[str], seen: Iterable[Seen]) -> dict[str, str]:
    """The digest of what lies at each path by now."""
    digests = {path: file.digest for path, file in known.items()}
    for path in gone:
        digests.pop(path, None)
    digests.update((one.file.path, one.digest) for one in seen)
    return digests
