"""The files of a look, seen and read: their digests first, then what those say that must be decided."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import TypeVar

from publisher.app import App
from publisher.domain import address
from publisher.domain.article import Image
from publisher.errors import SeedError
from publisher.ingest import Found, Rules, SeedFile, Seen, find_asset, read_bytes, read_neighbour, read_seed
from publisher.jobs.crew import Crew
from publisher.jobs.publishing import picture_limits

_BATCH = 250

_Item = TypeVar("_Item")


def see(crew: Crew, files: Sequence[SeedFile]) -> list[Seen]:
    """The digests of those files' bytes, or why they can't be had."""
    # A crew sends back no more than digests: a second copy of each path would be a tenth of the memory of a look.
    sights = (sight for batch in crew.map(_look_at, batched(files)) for sight in batch)
    return [Seen(file, *sight) for file, sight in zip(files, sights, strict=True)]


def batched(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """The items in the portions that a crew takes at a time."""
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _look_at(app: App, files: Sequence[SeedFile]) -> list[tuple[str, SeedError | None]]:
    return [_look_at_one(app, file) for file in files]


def _look_at_one(app: App, file: SeedFile) -> tuple[str, SeedError | None]:
    try:
        data = read_bytes(app.home.seeds, file, app.settings.seeds.max_size)
    except SeedError as problem:
        return "", problem
    return hashlib.sha256(data).hexdigest(), None


def read(app: App, files: Sequence[tuple[SeedFile, str]]) -> list[Found]:
    """What the files say whose bytes had those digests."""
    rules, neighbour = _build_rules(app), cache(partial(read_neighbour, app.home.seeds))
    return [_read_one(app, file, digest=digest, rules=rules, neighbour=neighbour) for file, digest in files]


def read_again(app: App, file: SeedFile, *, digest: str) -> Found:
    """What a file says whose bytes had that digest at the last look."""
    return read(app, [(file, digest)])[0]


def _build_rules(app: App) -> Rules:
    return Rules(
        timezone=app.publication.timezone,
        language=app.publication.language,
        languages=app.publication.languages,
        review_below=app.settings.seeds.review_below,
        site=address.root(app.publication.article_url) if app.publication.article_url else "",
    )


def _read_one(
    app: App, file: SeedFile, *, digest: str, rules: Rules, neighbour: Callable[[str], bytes | None]
) -> Found:
    try:
        data = read_bytes(app.home.seeds, file, app.settings.seeds.max_size)
        if hashlib.sha256(data).hexdigest() != digest:
            return Found(file, "", SeedError(file.path, "it changed while it was read"))
        asset = partial(_find_asset, app)
        return Found(file, digest, read_seed(file.path, data, rules, asset=asset, neighbour=neighbour))
    except SeedError as problem:
        return Found(file, digest, problem)


def _find_asset(app: App, path: str) -> Image | None:
    return find_asset(app.home.seeds, path, picture_limits(app))
