"""Which feed a public path names, and which part of its archive: `address.feed` and `address.feed_part` read back."""

from dataclasses import dataclass
from urllib.parse import unquote

from publisher.domain import address
from publisher.domain.feed import ISSUES, Format
from publisher.domain.part import parse_name
from publisher.domain.topic import Kind

FOLDERS = frozenset({ISSUES, *(kind.value for kind in Kind)})
_PREFIX = f"{address.FEED_LIST}/"
_LONGEST = 2  # pieces in a feed's name: `tags/velo`


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPath:
    """A feed's document: its subscription document, or the `part` of its archive."""

    name: str
    form: Format
    part: str = ""

    @property
    def path(self) -> str:
        """Where it is served."""
        if self.part:
            return address.feed_part(self.name, self.part, self.form)
        return address.feed(self.name, self.form)


def parse_feed_path(path: str) -> FeedPath | None:
    """What a path names, in whatever form; None for what can be no feed. Whether there is such a feed is not asked."""
    pieces = path.removeprefix(_PREFIX).split("/")
    stem, _, ending = pieces[-1].rpartition(".")
    if not path.startswith(_PREFIX) or ending not in set(Format):
        return None
    names = [unquote(piece) for piece in (*pieces[:-1], stem)]
    size = _LONGEST if names[0] in FOLDERS else 1
    name, rest = "/".join(names[:size]), names[size:]
    if not all(names) or len(names) < size or len(rest) > 1 or any("/" in piece for piece in names):
        return None
    if rest and parse_name(rest[0]) is None:
        return None
    return FeedPath(name=name, form=Format(ending), part=rest[0] if rest else "")
