"""Articles as RSS 2.0, Atom and JSON Feed: values in, bytes out. The only home of feedgen."""

from publisher.feeds.building import build, build_all
from publisher.feeds.document import Document, IssueEntry
from publisher.feeds.opml import build_opml
from publisher.feeds.podcast import make_guid

__all__ = ["Document", "IssueEntry", "build", "build_all", "build_opml", "make_guid"]
