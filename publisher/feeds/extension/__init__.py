"""What feedgen gets wrong or leaves out, mended in the one place that it offers for it: its extension interface.

RSS: `&` and `<` in plain text as the RSS profile wants them, dates in GMT, authors as dc:creator, hubs and archives as
Atom links. Atom: links of entries with their rel, type and length, tombstones. Both: languages, pictures, stylesheet.
"""

from publisher.feeds.extension.atom import AtomEntry, AtomFeed
from publisher.feeds.extension.rss import UNWRITTEN, RssChannel, RssItem

__all__ = ["UNWRITTEN", "AtomEntry", "AtomFeed", "RssChannel", "RssItem"]
