"""Commands for DKIM: a new key."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from publisher.cli.output import AsJson, print_json, say
from publisher.cli.start import find_home
from publisher.clock import now

if TYPE_CHECKING:
    from publisher.jobs.signing import NewKey

dkim = typer.Typer(help="Keys that sign mail here, where the relay does not.", no_args_is_help=True)


class Type(StrEnum):
    """The kinds of keys, named here so that cryptography is loaded only to make one."""

    RSA = "rsa"
    ED25519 = "ed25519"


@dkim.command()
def new(
    context: typer.Context,
    selector: Annotated[str, typer.Option(help="Its name; by default of this month, as p202611.", metavar="S")] = "",
    type_: Annotated[Type, typer.Option("--type", help="ed25519 only for a second key beside an RSA one.")] = Type.RSA,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print the DNS record that publishes it and the settings that use it."""
    from publisher.jobs.signing import make_new_key
    from publisher.mail.dkim import Algorithm
    from publisher.settings import load_settings

    home = find_home(context)
    made = make_new_key(home, load_settings(home), selector=selector, algorithm=Algorithm(type_.value), now=now())
    print_json(_describe(made)) if as_json else _tell(made)


def _describe(made: "NewKey") -> dict[str, object]:
    return {
        "selector": made.selector,
        "domain": made.domain,
        "type": made.algorithm.value,
        "key_file": str(made.path),
        "record": {"name": made.record.name, "text": made.record.text, "strings": made.record.strings},
        "settings": {"mail": {"dkim": made.settings}},
    }


def _tell(made: "NewKey") -> None:
    strings = "\n    ".join(f'"{one}"' for one in made.record.strings)
    say(f"made {made.path} (0600: nobody else may read it)\n")
    say(f"1. Publish this TXT record. In a zone file:\n\n{made.record.name}. IN TXT (\n    {strings} )\n")
    say(f"   or in a web form:\n\nname   {made.record.name}\ntext   {made.record.text}\n")
    lines = "\n".join(f'{key} = "{value}"' for key, value in made.settings.items())
    say("2. When the record can be seen, set this and restart, or reload by SIGHUP (where [mail.dkim] stands, add")
    say(f"   the lines to it):\n\n[mail.dkim]\n{lines}")
