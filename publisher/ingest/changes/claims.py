"""Which article each file of a look is: whose bytes, path or id it has, so that no article is given to two files."""

from collections.abc import Iterable, Sequence

from publisher.ingest.changes.compare import FolderState, KnownArticle, Seen
from publisher.ingest.changes.holders import find_holders, first_live, present_digests


class Claims:
    """The articles of a folder, and which of them the files of one look have taken."""

    def __init__(self, state: FolderState, *, gone: Iterable[str], seen: Sequence[Seen]) -> None:
        self._known = state.known
        self._live = state.live
        self._articles = {article.key: article for article in state.articles}
        self._taken: dict[int, str] = {}
        #: The digest of what lies at each path by now.
        self.digests = present_digests(state.known, gone, seen)
        self._by_path = find_holders(state.articles, self.digests)
        self._by_declared_id = first_live(state.articles, lambda article: article.declared_id)

    def take(self, article: KnownArticle, path: str) -> None:
        """Give an article to the file at a path."""
        self._taken[article.key] = path

    def is_taken(self, article: KnownArticle, *, besides: str | None = None) -> bool:
        """Whether a file has that article; with `besides`, whether another one than the file at that path has it."""
        return self._taken.get(article.key, besides) != besides

    def find_at(self, path: str) -> KnownArticle | None:
        """The article of a path, taken or not."""
        return self._by_path.get(path)

    def find_free_at(self, path: str) -> KnownArticle | None:
        """The article of a path, unless a file has it."""
        article = self._by_path.get(path)
        return None if article is None or self.is_taken(article) else article

    def find_named(self, declared_id: str) -> KnownArticle | None:
        """The article that declares an id."""
        return self._by_declared_id.get(declared_id)

    def keep(self, path: str) -> int | None:
        """The live article that keeps its last good version though its file is in review."""
        article = self.find_free_at(path)
        if article is None or article.is_withdrawn:
            return None
        self.take(article, path)
        return article.key

    def find_vacated(self) -> dict[str, KnownArticle]:
        """By digest, the articles whose path holds their content no more."""
        left = (article for article in self._articles.values() if not self.is_taken(article))
        gone = (article for article in left if self.digests.get(article.path) != article.digest)
        return first_live(gone, lambda article: article.digest)

    def find_standing(self) -> dict[str, str]:
        """By digest, the paths that hold the content of their article."""
        articles = (article for article in self._articles.values() if not article.is_withdrawn)
        return {
            article.digest: article.path for article in articles if self.digests.get(article.path) == article.digest
        }

    def find_lost_at(self, path: str) -> KnownArticle | None:
        """The live article of a path that no file of this look has."""
        article = self._find_known(path) or self._by_path.get(path)
        return None if article is None or article.is_withdrawn or self.is_taken(article) else article

    def _find_known(self, path: str) -> KnownArticle | None:
        # A renamed file that waits in review belongs to its article, whose own path is still the old one; and a path
        # whose bytes are again those of an article from before has another one that leaves it.
        known = self._known.get(path)
        return self._articles.get(known.article_key) if known and known.article_key is not None else None

    def count_live(self) -> int:
        """How many articles stand in all."""
        if self._live is not None:
            return self._live
        return sum(not article.is_withdrawn for article in self._articles.values())
