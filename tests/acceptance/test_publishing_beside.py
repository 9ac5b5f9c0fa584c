"""Publishing while somebody else writes the ledger: nothing that came in between is passed over."""

import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from publisher.app import App
from publisher.domain import address
from publisher.jobs.publishing import publish
from tests.acceptance.site import wait_for
from tests.factories import MINUTE, NOW, make_article
from tests.homes import make_home


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with make_home(tmp_path / "home").opened() as app:
        yield app


def is_inside(thread: int, *functions: str) -> bool:
    """Whether a thread is in all of those functions at this moment."""
    found = {frame.name for frame in traceback.extract_stack(sys._current_frames()[thread])}
    return found.issuperset(functions)


def publish_and_tell(app: App, threads: list[int]) -> list[str]:
    threads.append(threading.get_ident())
    return publish(app, now=NOW)


def test_article_that_comes_meanwhile_gets_its_page(app: App) -> None:
    late, threads = make_article(1), list[int]()
    with ThreadPoolExecutor(1) as pool:
        with app.ledger.write() as tx:
            publishing = pool.submit(publish_and_tell, app, threads)
            wait_for(lambda: bool(threads) and is_inside(threads[0], "note_feeds", "write"))
            tx.articles.add(late, seed_digest="")
        publishing.result()
    publish(app, now=NOW + MINUTE)
    assert app.shelf.has(address.article(late))
