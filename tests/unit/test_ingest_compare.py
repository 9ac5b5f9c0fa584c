"""Seeds whose pictures were replaced are read again, and stay the articles they were."""

from publisher.ingest import FolderState, Known, KnownArticle, SeedFile, Walk, compare, reopen

FILES = (SeedFile("a.md", 1, 1), SeedFile("b.md", 1, 1))
STATE = FolderState(
    known={name: Known(path=name, size=1, mtime_ns=1, digest=name, article_key=1) for name in ("a.md", "b.md", "c.md")},
    articles=[KnownArticle(key=1, path="a.md", digest="a.md", text_digest="", title="A")],
    text_of=lambda key: "",
)


def test_reopened_seeds_are_read_again() -> None:
    look = Walk(files=FILES)
    state = reopen(STATE, look, {"a.md"})
    assert [file.path for file in compare(state.known, look).to_read] == ["a.md"]
    assert (state.articles[0].digest, state.known["b.md"]) == ("", STATE.known["b.md"])


def test_what_has_moved_or_changed_is_not_reopened() -> None:
    look = Walk(files=(SeedFile("a.md", 2, 2), SeedFile("b.md", 1, 1)))
    assert reopen(STATE, look, {"a.md", "c.md", "never.md"}) is STATE
