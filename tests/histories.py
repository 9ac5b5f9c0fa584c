"""What histories of a folder are played with: what each file says, and a home that may lose its ledger."""

import random
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join
from tempfile import mkdtemp

from publisher.app import App, open_app
from publisher.domain.address import article as address_of
from publisher.domain.article import Article
from publisher.domain.doubt import Verdict
from publisher.store import Ledger
from publisher.store.seeds import SeedRecord
from tests.folders import NOW, public_files
from tests.homes import DATABASE, HomeFolder, make_home

IDS = "seeds/ids.jsonl"
PICTURE = "stop.png"
_ENDS = ("ber", "dan", "fell", "gor", "lin", "mond", "nard", "pell", "ster", "ton")
WORDS = [first + middle + end for first in ("ca", "do", "he", "mi") for middle in "aeiou" for end in _ENDS]
_LINK = re.compile(rb'href="/articles/([^"#]+)')


@dataclass(frozen=True, slots=True)
class Text:
    """What a file says: a subject of its own, how often it was edited, its header, a link, a picture beside it."""

    subject: int
    edits: int = 0
    declared_id: str = ""
    correction: str = ""
    link: str = ""
    is_draft: bool = False
    is_broken: bool = False
    is_doubtful: bool = False
    has_picture: bool = False

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        words = random.Random(self.subject).sample(WORDS, 40)
        body = f"The {' '.join(words)}" + " and again" * self.edits
        lines = [f"id: {self.declared_id}"] if self.declared_id else []
        lines += [f"correction: {self.correction}"] if self.correction else []
        lines += ["draft: yes"] if self.is_draft else []
        lines += ["title: ["] if self.is_broken else []
        header = "\n".join(["---", *lines, "---", ""]) if lines else ""
        title = "" if self.is_doubtful else f"# Subject number {self.subject}\n\n"
        more = f"\n\nMore [there]({self.link})." if self.link else ""
        more += f"\n\n![The stop]({PICTURE})" if self.has_picture else ""
        return f"{header}{title}{body}.{more}\n".encode()

    @property
    def digest(self) -> str:
        """What the ledger knows the bytes by."""
        return sha256(self.data).hexdigest()

    def is_readable(self, path: str, *, pictures: Mapping[str, int]) -> bool:
        """Whether it is to be published without a word from an editor."""
        has_all = not self.has_picture or join(dirname(path), PICTURE) in pictures
        return has_all and not (self.is_draft or self.is_broken or self.is_doubtful)


@dataclass(slots=True)
class Known:
    """What a ledger holds about the folder; `addresses` are all that ever led to an article, by its key."""

    articles: list[Article] = field(default_factory=list)
    digests: dict[int, str] = field(default_factory=dict)
    addresses: dict[int, set[str]] = field(default_factory=dict)
    records: dict[str, SeedRecord] = field(default_factory=dict)
    verdicts: dict[tuple[str, str], Verdict] = field(default_factory=dict)

    @property
    def live(self) -> set[int]:
        """The articles that are not withdrawn."""
        return {article.key for article in self.articles if article.withdrawn_at is None}


def know(ledger: Ledger) -> Known:
    """All of it."""
    with ledger.read() as tx:
        articles = tx.articles.list_all()
        places = tx.places.list_of(article.key for article in articles)
        former = {one.key: tx.addresses.list_former([one.key]) for one in articles}
        return Known(
            articles=articles,
            digests={place.key: place.seed_digest for place in places},
            addresses={one.key: {address_of(one), *former[one.key]} for one in articles},
            records={record.path: record for record in tx.seeds.list_all()},
            verdicts=tx.verdicts.find_all(),
        )


class Paper:
    """A home with its ids beside the articles, on a database that can be lost."""

    def __init__(self, *, make_url: Callable[[], str], drop: Callable[[str], None]) -> None:
        self._make_url, self._drop, self._stack = make_url, drop, ExitStack()
        self._place = Path(mkdtemp(prefix="history-"))
        self.home = make_home(self._place / "home")
        self._settings = (self.home.path / "config" / "publisher.toml").read_text()
        self.url = ""
        self.app = self.open()

    def open(self) -> App:
        """Open it with a ledger that knows nothing."""
        self.url = self._make_url()
        settings = self._settings.replace("[seeds]", f'[seeds]\nids_file = "{IDS}"') + DATABASE.format(url=self.url)
        (self.home.path / "config" / "publisher.toml").write_text(settings)
        return self._stack.enter_context(open_app(self.home.path))

    def lose(self) -> None:
        """The ledger and all that is derived are gone; the folder and its ids are not."""
        self._shut()
        for name in ("data", "var"):
            shutil.rmtree(self.home.path / name)
        self.app = self.open()

    def find_dead_links(self) -> set[str]:
        """Where pages send readers though nothing is there."""
        files = public_files(self.home)
        wanted = {found.decode() for data in files.values() for found in _LINK.findall(data)}
        return {one for one in wanted if f"articles/{one}.html" not in files}

    def close(self) -> None:
        """Leave nothing."""
        self._shut()
        shutil.rmtree(self._place)

    def _shut(self) -> None:
        self._stack.close()
        self._drop(self.url)


class Clock:
    """A clock that is moved by hand, and never stands."""

    def __init__(self) -> None:
        self.now: datetime = NOW

    def tick(self, seconds: float = 1) -> datetime:
        """So much later."""
        self.now += timedelta(seconds=seconds)
        return self.now


def seed_path(home: HomeFolder, name: str) -> Path:
    """Where a file of the folder lies."""
    return home.path / "seeds" / name
