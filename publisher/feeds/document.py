"""What a feed is built from."""

from dataclasses import dataclass
from datetime import datetime

from publisher.domain.article import Article
from publisher.domain.feed import Feed, Gone
from publisher.domain.issue import Issue
from publisher.domain.publication import Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueEntry:
    """An issue as an entry of its newsletter's feed, with its articles as they were mailed."""

    issue: Issue
    language: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One document of a feed to be built, in whichever format: what readers subscribe to, or a part of its archive.

    `articles` (or, in a newsletter's feed, `issues`) stand newest first, the choice of them is the caller's work.
    `built_from` is an instant that the ledger knows (never the present): the feed's `updated` while it has no entry.
    `authority` is the domain that the feed's id is made of, and never changes. `part` names a part of the archive,
    `previous` the part before this document. `gone` are the entries of late that were taken back, newest first.
    """

    feed: Feed
    publication: Publication
    articles: tuple[Article, ...]
    built_from: datetime
    authority: str
    issues: tuple[IssueEntry, ...] = ()
    gone: tuple[Gone, ...] = ()
    part: str = ""
    previous: str = ""
