"""From the folder and the ledger alone, `publisher rebuild` makes the same bytes again, here and on another machine."""

import os
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.clock import now
from publisher.jobs import issuing
from publisher.jobs.publishing import publish
from tests.folders import BRIDGE, TRAM, Desk, make_picture, public_files
from tests.homes import HomeFolder, look, make_home, subscribe


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> HomeFolder:
    """A paper with a history: renames, twins, a new slug, corrections, withdrawals, pictures, an end, an issue."""
    folder = make_home(tmp_path_factory.mktemp("history") / "home")
    start = now() - timedelta(days=3)
    with folder.opened() as app:
        desk = Desk(folder, app)
        desk.put("town/stop.png", make_picture(3))
        desk.put("town/tram.md", f"{TRAM}\n![The stop](stop.png)\n")
        desk.put("town/bridge.md", BRIDGE)
        desk.put("sport/bridge.md", "# The game of bridge\n\nFour people and a table.\n")
        desk.put("gone.png", make_picture(4))
        desk.put("gone.md", "# The shop\n\nIt is closed.\n\n![The shop](gone.png)\n")
        desk.put("sale.md", f"---\nexpiryDate: {(start + timedelta(days=1)).isoformat()}\n---\n# The sale\n\nEnds.\n")
        desk.put("été/2016-05-01-fête.md", "---\nlang: fr\n---\n# L’été d’avant\n\nIl a plu — encore.\n")
        look(app, start)
        subscribe(app, ["alice@example.net"], now=start)
        desk.move("town/tram.md", "works/tram.md")
        shutil.move(folder.path / "seeds/town/stop.png", folder.path / "seeds/works/stop.png")
        desk.remove("gone.md")
        desk.put("town/bridge.md", f"---\nslug: open\ncorrection: It is one.\n---\n{BRIDGE.replace('noon', 'one')}")
        look(app, start + timedelta(days=1))
        coming = issuing.prepare_manual(app, app.get_newsletter("daily"), now=start + timedelta(days=1))
        assert issuing.freeze(app, coming, now=start + timedelta(days=1))
        publish(app, now=now())
    return folder


def copy(home: HomeFolder, path: Path) -> HomeFolder:
    for part in ("config", "data", "seeds"):
        shutil.copytree(home.path / part, path / part)
    return HomeFolder(path)


def rebuild(home: HomeFolder, **environment: str) -> None:
    done = subprocess.run(home.command("rebuild"), capture_output=True, env=os.environ | environment, check=False)
    assert done.returncode == 0, done.stderr


def test_history_leaves_pages_feeds_and_pictures(home: HomeFolder) -> None:
    names = public_files(home)
    for place in ("feeds/main.atom", "articles/", "images/", "issues/"):
        assert any(name.startswith(place) for name in names)


def test_rebuilt_without_var_is_byte_equal(home: HomeFolder) -> None:
    before = public_files(home)
    shutil.rmtree(home.path / "var")
    rebuild(home)
    assert public_files(home) == before


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Auckland", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONUTF8": "0"},
    ],
)
def test_another_machine_makes_the_same_bytes(home: HomeFolder, tmp_path: Path, environment: dict[str, str]) -> None:
    other = copy(home, tmp_path / "another place" / "home")
    rebuild(other, **environment)
    assert public_files(other) == public_files(home)
