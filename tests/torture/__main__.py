"""`./run torture`: shows that nobody is lost, and nobody mailed twice who was not named as in doubt.

Every fault of delivery is played on SQLite and on PostgreSQL, with real processes and a relay that drops, delays,
refuses and lies. Then both sides are compared, person by person: what the relay took, and what the ledger says.

lost      neither taken by the relay nor named as in doubt, and not refused, gone or too late by right
twice     taken twice, and never named as in doubt
in doubt  content had begun and no answer came; named below the table, and then resolved

It ends with 1 when anybody is lost or got it twice, when the ten states do not sum to the eligible, or when a process
or a conversation did what it must not. The same seed makes the same choices: what is killed when, by messages and
fail points rather than by the clock.
"""

import argparse
import json
import random
import sys
import time

from tests.torture import faults
from tests.torture.ground import KINDS, open_ground
from tests.torture.play import Row, choose, play_all
from tests.torture.table import draw, explain, to_json

assert faults.__all__


def main() -> int:
    """Play the chosen faults, and print the table."""
    wanted = _parse()
    seed = wanted.seed if wanted.seed is not None else random.SystemRandom().randrange(100_000)
    chosen = choose(wanted.faults, kinds=[wanted.database] if wanted.database else KINDS, is_short=wanted.short)
    sys.stderr.write(f"torture: {len(chosen)} plays, --seed {seed}\n")
    rows: list[Row] = []
    with open_ground() as ground:
        plays = play_all(
            ground, chosen, seed=seed, is_long=not wanted.short, minutes=wanted.minutes, on_progress=_say_progress
        )
        for row in plays:
            rows.append(row)
            sys.stderr.write(f"    {row.word or ('good' if row.is_good else 'FAILED')}, {row.seconds:.1f} s\n")
            sys.stderr.writelines(f"    {line}\n" for line in explain(row))
    if wanted.json:
        json.dump(to_json(rows, seed=seed), sys.stdout, indent=2)
    else:
        sys.stdout.write("\n".join(draw(rows)) + "\n")
    return 0 if all(row.is_good for row in rows) else 1


def _say_progress(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run torture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("faults", nargs="*", metavar="WORD", help="only faults whose rule or name holds it: X06, begun")
    parser.add_argument(
        "--minutes", type=float, default=5, metavar="N", help="the most for the random kills on each database; 5"
    )
    parser.add_argument("--seed", type=int, metavar="S", help="the choices of an earlier run again")
    parser.add_argument("--database", choices=KINDS, help="one of them; both where not given")
    parser.add_argument("--short", action="store_true", help="what `./run test` plays, in less than a minute")
    parser.add_argument("--json", action="store_true", help="the table for a program, everybody by name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
