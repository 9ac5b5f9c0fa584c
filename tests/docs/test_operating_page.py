"""docs/operating.md names every command, and no event that is not logged."""

import re

import typer

from publisher.cli.main import app
from tests.docs.pages import ROOT, read_page

PAGE = read_page("docs/operating.md")


def list_commands(group: typer.Typer) -> list[str]:
    """Each command's name, or its group's in front."""
    found = typer.main.get_command(group)
    assert isinstance(found, typer.core.TyperGroup)
    return [
        " ".join((name, *below))
        for name, command in found.commands.items()
        for below in ([(one,) for one in command.commands] if isinstance(command, typer.core.TyperGroup) else [()])
    ]


def list_named() -> set[str]:
    """The commands of the page's table: `issues list`, `show` and so on stand behind their group's first."""
    table = PAGE.partition("## Commands")[2].partition("Exit codes")[0]
    named = set()
    for row in re.findall(r"^\| (`.*?) \|", table, re.M):
        words = [re.sub(r" ?[A-Z\[].*", "", word) for word in re.findall(r"`(.*?)`", row)]
        group = words[0].partition(" ")[0] if " " in words[0] else ""
        named |= {*words, *(f"{group} {word}" for word in words[1:])}
    return named


def test_page_names_every_command() -> None:
    assert [name for name in list_commands(app) if name not in list_named()] == []


def test_named_events_are_logged() -> None:
    table = PAGE.partition("## Logs")[2].partition("## Watching")[0]
    events = [name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in re.findall(r"`(\w+)`", row)]
    code = "".join(path.read_text("utf-8") for path in (ROOT / "publisher").rglob("*.py"))
    assert events
    assert [name for name in events if f'"{name}"' not in code] == []
