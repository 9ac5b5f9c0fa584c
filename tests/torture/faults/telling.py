"""X01: processes that are killed while they publish feeds and tell hubs of them."""

from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from publisher.jobs.holding import list_held
from tests.hub import Asked, Hub, Reply
from tests.torture.play import Scene, fault
from tests.torture.stage import pause, wait_for
from tests.torture.twins import make_twin

_TEXT = "# Report {number}\n\nThe report of day {number}.\n"
_PATIENCE = 60.0


class WatchingHub(Hub):
    """A hub that notes which bytes a reader would have got of a document when it was told of it."""

    def __init__(self, public: Path) -> None:
        super().__init__(is_fetching=False)
        self._public = public
        self.seen: dict[str, str] = {}

    def answer(self, asked: Asked) -> Reply | None:
        """As a publisher is answered."""
        path = urlsplit(asked.form.get("hub.topic", "")).path
        if path:
            self.seen[path] = _sum_up(self._public, path)
        return super().answer(asked)


def _sum_up(public: Path, path: str) -> str:
    return sha256((public / path.lstrip("/")).read_bytes()).hexdigest()


@fault("X01", "killed while it publishes and tells a hub", is_short=True)
def kill_pushing(scene: Scene) -> None:
    """Whenever it was killed, the hub is told of what readers have in the end."""
    twin = make_twin(scene.ground, scene.kind)
    public, folder = twin.home.path / "var" / "public", twin.home.path / "seeds"
    with WatchingHub(public) as hub:
        settings = twin.home.path / "config" / "publisher.toml"
        text = settings.read_text().replace("https://hub.example.org/", hub.url)
        settings.write_text(text.replace("[web]", "[web]\nprivate_hubs = true"))
        for number in range(12 if scene.is_long else 3):
            (folder / f"{number}.md").write_text(_TEXT.format(number=number))
            hub.heard.clear()
            process = twin.watch()
            if scene.dice.random() < 0.5:  # as soon as it tells, else at anything
                hub.heard.wait(5)
            pause(scene.dice.uniform(0, 0.6))
            scene.row.kills += process.is_running
            process.kill()
            process.wait(10)
            scene.row.runs += 1
        (folder / "last.md").write_text(_TEXT.format(number="last"))
        process = twin.watch()
        paths = [f"/feeds/main.{ending}" for ending in ("rss", "atom", "json")]
        try:
            wait_for(lambda: _has_all(public, hub, paths), seconds=_PATIENCE, what="word of the last bytes")
        finally:
            process.kill()
            process.wait(10)
    with twin.home.opened() as app:
        scene.expect(not list_held(app), "a feed is held back")
    twin.drop()


def _has_all(public: Path, hub: WatchingHub, paths: list[str]) -> bool:
    """Whether the last article is out, and the hub was told when it was."""
    place = public / paths[0].lstrip("/")
    is_out = place.exists() and b"Report last" in place.read_bytes()
    return is_out and all(hub.seen.get(path) == _sum_up(public, path) for path in paths)
