"""Seeds whose pictures were replaced are read again, and stay the articles they were."""

from publisher.ingest import FolderState, Known, KnownArticle, reopen

STATE = FolderState(
    known={name: Known(path=name, size=1, mtime_ns=1, digest=name, article_key=1) for name in ("a.md", "b.md", "c.md")},
    articles=[KnownArticle(key=1, path="a.md", digest="a.md", text_digest="", title="A")],
    text_of=lambda key: "",
)


def test_reopened_seeds_have_no_content_that_is_known() -> None:
    state = reopen(STATE, {"a.md"})
    assert state.articles[0].digest == state.known["a.md"].digest not in ("", "a.md")
    assert state.known["b.md"] == STATE.known["b.md"]


def test_nothing_to_reopen_leaves_the_state() -> None:
    assert reopen(STATE, ()) is STATE
