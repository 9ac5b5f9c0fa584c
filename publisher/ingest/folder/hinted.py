"""A look at a few paths alone, where the last walk makes that as good as a look at the whole folder."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from publisher.errors import SeedError
from publisher.ingest.folder.choosing import FolderRules, is_passed_over, is_seed_name
from publisher.ingest.folder.walking import Ground, SeedFile, Walk, fold, judge


def look_at(root: Path, rules: FolderRules, ground: Ground, paths: Iterable[str]) -> Walk | None:
    """What a walk would find at those paths; None where only a walk can tell.

    That is so for folders (also one that has gone, the root among them), links, files in a folder that the last walk
    did not see, and a name that others in its folder resemble.
    """
    if ground.has_links:
        return None
    files: list[SeedFile] = []
    refused: list[SeedError] = []
    for path in sorted(set(paths)):
        folder, _, name = path.rpartition("/")
        if _is_elsewhere(ground, folder) or is_passed_over(name):
            continue
        found = _stat(root / path)
        if not _is_plain(ground, path, found) or (found is None and not (root / folder).is_dir()):
            return None
        if found is None or not ground.choice.takes(path, name):
            continue
        if _has_twin(root / folder, name):
            return None
        try:
            files.append(judge(path, found, max_size=rules.max_size))
        except SeedError as error:
            refused.append(error)
    return Walk(files=tuple(files), refused=tuple(refused), ground=ground)


def _is_elsewhere(ground: Ground, folder: str) -> bool:
    """Whether no walk would go into that folder."""
    parts = folder.split("/") if folder else []
    above = (("/".join(parts[: count + 1]), part) for count, part in enumerate(parts))
    return any(is_passed_over(part) or not ground.choice.enters(path, part) for path, part in above)


def _is_plain(ground: Ground, path: str, found: os.stat_result | None) -> bool:
    folder, _, name = path.rpartition("/")
    if folder not in ground.folders:
        return False
    if found is None:
        return is_seed_name(name) and path not in ground.folders
    return not stat.S_ISDIR(found.st_mode) and not stat.S_ISLNK(found.st_mode)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None


def _has_twin(folder: Path, name: str) -> bool:
    folded = fold(name)
    return any(other != name and fold(other) == folded for other in os.listdir(folder))  # noqa: PTH208 - names alone
