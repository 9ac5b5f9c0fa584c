"""Seeds to articles: what lies in the folder, what each file says, and what has happened since the last look."""

from publisher.ingest.assets import PictureLimits, find_asset, read_copy
from publisher.ingest.changes.compare import (
    Comparison,
    FolderState,
    Found,
    Known,
    KnownArticle,
    Mark,
    Seen,
    compare,
    find_moved,
    reopen,
)
from publisher.ingest.changes.copies import find_original
from publisher.ingest.changes.decisions import (
    Changed,
    Decision,
    Drafted,
    Forgotten,
    Missing,
    New,
    Renamed,
    Review,
    Unchanged,
    Waiting,
    Withdrawn,
    build_report,
    extend_report,
)
from publisher.ingest.changes.quiet import Glimpse, find_quiet
from publisher.ingest.changes.reconcile import GONE_FOR, Reconciliation
from publisher.ingest.folder.choosing import FolderRules
from publisher.ingest.folder.hinted import look_at
from publisher.ingest.folder.neighbours import read_neighbour
from publisher.ingest.folder.walking import Ground, SeedFile, Walk, read_bytes, walk
from publisher.ingest.folder.watching import watch
from publisher.ingest.reading import Draft, Reading, read_seed
from publisher.ingest.rules import Rules

__all__ = [
    "GONE_FOR",
    "Changed",
    "Comparison",
    "Decision",
    "Draft",
    "Drafted",
    "FolderRules",
    "FolderState",
    "Forgotten",
    "Found",
    "Glimpse",
    "Ground",
    "Known",
    "KnownArticle",
    "Mark",
    "Missing",
    "New",
    "PictureLimits",
    "Reading",
    "Reconciliation",
    "Renamed",
    "Review",
    "Rules",
    "SeedFile",
    "Seen",
    "Unchanged",
    "Waiting",
    "Walk",
    "Withdrawn",
    "build_report",
    "compare",
    "extend_report",
    "find_asset",
    "find_moved",
    "find_original",
    "find_quiet",
    "look_at",
    "read_bytes",
    "read_copy",
    "read_neighbour",
    "read_seed",
    "reopen",
    "walk",
    "watch",
]
