"""What can have happened to a file of the folder, as values: one look gives a list, applied in one transaction.

New         a first article of this file
Changed     the same article with other content (or restored, with the content it had)
Renamed     the same article at another path
Unchanged   the same bytes: only size and time are to be noted, and that it is there again
Drafted     a draft, or for its `reason` no article at all; with a `key`, that article is withdrawn by it
Review      waits for an editor; with a `key`, that article keeps its last good version
Missing     not there in this look, for the first time or not yet for a minute
Withdrawn   its article is gone from readers
Waiting     would be withdrawn, but so many at once are held by the guard
Forgotten   a file that went without any article of its own
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.domain.doubt import Doubt, Remedy
from publisher.ingest.folder.walking import SeedFile
from publisher.ingest.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A file whose article is seen for the first time.

    `displaced` is the article that lay at this path: it keeps its last good version, and has no file any more.
    """

    file: SeedFile
    digest: str
    reading: Reading
    displaced: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The article `key` with other content at its path; `updated_at` moves only when `is_text_changed`.

    With `is_first`, the ledger had its identity, and reads it for the first time.
    """

    file: SeedFile
    digest: str
    reading: Reading
    key: int
    is_text_changed: bool
    is_restored: bool = False
    is_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Renamed:
    """The article `key`, now at `file.path`; what stood at `old_path` is no longer its file."""

    file: SeedFile
    digest: str
    reading: Reading
    key: int
    old_path: str
    is_text_changed: bool
    is_restored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The bytes are those we know; any reason or absence noted for the file is over."""

    file: SeedFile
    digest: str
    key: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A draft, or what is no article for the `reason` that it gives.

    `key` is the article that was published from this path and is now withdrawn.
    """

    file: SeedFile
    digest: str
    key: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A file for an editor, with the reason; `file` and `digest` are empty where it could not be looked at.

    `remedy` is what can be done about it, `doubts` are the fields that nobody can vouch for.
    """

    path: str
    reason: str
    line: int | None = None
    file: SeedFile | None = None
    digest: str = ""
    key: int | None = None
    remedy: Remedy = Remedy.MEND
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A file that has not been there since `gone_at`."""

    path: str
    key: int
    gone_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """An article whose file is gone, or says that it is another article."""

    path: str
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An article whose withdrawal the guard holds back."""

    path: str
    key: int
    gone_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A file that is gone and leaves nothing to withdraw."""

    path: str


Decision = New | Changed | Renamed | Unchanged | Drafted | Review | Missing | Withdrawn | Waiting | Forgotten


def build_report(decisions: Iterable[Decision], *, unchanged: int = 0) -> dict[str, Any]:
    """What `ingest --json` prints: paths by what happened; `unchanged` counts the files that were not even opened."""
    report: dict[str, Any] = {name: [] for name in ("new", "changed", "renamed", "withdrawn")}
    report |= {"unchanged": unchanged, "review": [], "drafts": [], "left_out": [], "waiting": [], "expired": []}
    report["notes"] = []
    extend_report(report, decisions)
    return report


def extend_report(report: dict[str, Any], decisions: Iterable[Decision]) -> None:
    """Add decisions to a report, which keeps their paths and none of their texts."""
    for decision in decisions:
        if isinstance(decision, New | Changed | Renamed):
            notes = decision.reading.content.notes
            report["notes"] += [{"path": decision.file.path, "note": note} for note in notes]
        match decision:
            case New(file=file):
                report["new"].append(file.path)
            case Changed(file=file, is_first=is_first):
                report["new" if is_first else "changed"].append(file.path)
            case Renamed(file=file, old_path=old_path):
                report["renamed"].append({"path": file.path, "from": old_path})
            case Unchanged():
                report["unchanged"] += 1
            case Drafted(file=file, key=key, reason=reason):
                if reason:
                    report["left_out"].append({"path": file.path, "reason": reason})
                else:
                    report["drafts"].append(file.path)
                report["withdrawn"] += [file.path] if key is not None else []
            case Review(path=path, reason=reason, line=line):
                report["review"].append({"path": path, "reason": reason, "line": line})
            case Withdrawn(path=path):
                report["withdrawn"].append(path)
            case Waiting(path=path):
                report["waiting"].append(path)
            case Missing() | Forgotten():
                pass
