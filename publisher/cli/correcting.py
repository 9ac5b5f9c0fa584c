"""The command that tells a correction to those who were mailed the earlier text."""

from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.output import AsJson, print_json, progress, say
from publisher.cli.start import loading, opened
from publisher.clock import now
from publisher.domain import slots

if TYPE_CHECKING:
    from publisher.jobs.correcting import Outlook

app = typer.Typer()


@app.command()
def correct(
    context: typer.Context,
    article: Annotated[str, typer.Argument(help="Its id, slug or path.")],
    is_wanted: Annotated[bool, typer.Option("--notify", help="Queue the notices.")] = False,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only say how many, and show the mail.")] = False,
    as_json: AsJson = False,
) -> None:
    """A short note to those who were mailed the earlier text of an article: each once for each correction."""
    with loading():
        from publisher.jobs.correcting import foresee, notify

    with opened(context) as opened_app:
        outlook = foresee(opened_app, article)
        queued = None
        if is_wanted and not is_dry:
            with progress("Queueing") as bar:
                queued = notify(opened_app, article, now=now(), on_progress=bar)
    if as_json:
        print_json({**_describe(outlook), "queued": queued})
    else:
        _tell(outlook, queued=queued)


def _describe(outlook: "Outlook") -> dict[str, object]:
    return {
        "id": outlook.article.id,
        "correction": outlook.article.correction,
        "newsletters": list(outlook.newsletters),
        "left": outlook.left,
        "told": outlook.told,
        "coming": outlook.coming,
    }


def _tell(outlook: "Outlook", *, queued: int | None) -> None:
    if queued is not None:
        are = "notice is" if queued == 1 else "notices are"
        said = f"{queued} {are} queued: `publisher run` or `publisher worker` sends them"
        say(said if queued else "nobody is left to be told")
    else:
        if outlook.sample:
            say(f"{outlook.sample.subject}\n\n{slots.PATTERN.sub('…', outlook.sample.text)}")
        say(f"{outlook.left} would be told" + (": `--notify` queues the notices" if outlook.left else ""))
    if outlook.told:
        say(f"{outlook.told} {'was' if outlook.told == 1 else 'were'} told of it before")
    if outlook.coming:
        say(
            f"{outlook.coming} wait for an issue with the earlier text: `publisher issues recompose` gives them the "
            "present one"
        )
