"""Hugo as a reference: the smallest site that makes a page for each article, lists of sections, and RSS."""

import itertools
from pathlib import Path

from tests.benchmarks import processes, tools

_CONFIG = """
baseURL = "https://gazette.example.org/"
title = "La Gazette"
languageCode = "fr"
disableKinds = ["taxonomy", "term"]
timeout = "120s"
[services.rss]
limit = 50
"""
_HEAD = '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body>'
_LAYOUTS = {
    "single.html": _HEAD + "<h1>{{ .Title }}</h1><p>{{ .Date }}</p>{{ .Content }}</body></html>",
    "list.html": _HEAD + '{{ range first 50 .Pages }}<p><a href="{{ .Permalink }}">{{ .Title }}</a></p>{{ end }}'
    "</body></html>",
    "rss.xml": '{{ printf "<?xml version=\\"1.0\\" encoding=\\"utf-8\\"?>" | safeHTML }}<rss version="2.0"><channel>'
    "<title>{{ .Site.Title }}</title><link>{{ .Permalink }}</link><description>{{ .Title }}</description>"
    "{{ $pages := .RegularPages }}{{ if .IsHome }}{{ $pages = .Site.RegularPages }}{{ end }}"
    "{{ range first 50 $pages }}<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link>"
    "<guid>{{ .Permalink }}</guid><description>{{ .Content | html }}</description></item>{{ end }}</channel></rss>",
}


class Hugo:
    """A site whose content is a folder of articles."""

    def __init__(self, root: Path, content: Path) -> None:
        self._root, self._program = root, tools.find("hugo", package="hugo")
        self._public, self._rounds = root / "public", itertools.count()
        layouts = root / "layouts" / "_default"
        layouts.mkdir(parents=True)
        (root / "config.toml").write_text(_CONFIG)
        for name, text in _LAYOUTS.items():
            (layouts / name).write_text(text)
        (root / "content").symlink_to(content)

    def build(self, *, is_first: bool = False) -> processes.Ran:
        """Make the site, as Hugo always does: all of it; for the first time, into a place where nothing is yet."""
        if is_first:
            self._public = self._root / f"public-{next(self._rounds)}"
        command = [self._program, "--source", str(self._root), "--contentDir", str((self._root / "content").resolve())]
        ran = processes.run([*command, "--destination", str(self._public), "--quiet"])
        assert (self._public / "index.xml").exists()
        return ran
