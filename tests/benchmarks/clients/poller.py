"""Readers in a process of their own: `python -m … PORT SECONDS WISH …`, a reader for each wish, a poll each so often.

A wish is a path, behind it `,gzip` for that coding and `,tag` to say which bytes are there. It prints a line when it
begins. It ends when nobody holds the other end of its standard input any more, and then prints a JSON list of polls for
each reader.
"""

import json
import sys
from dataclasses import asdict

from tests.polling import Wish, polling


def parse(text: str) -> Wish:
    """One wish."""
    path, *more = text.split(",")
    return Wish(path=path, coding="gzip" if "gzip" in more else "", has_tag="tag" in more)


if __name__ == "__main__":
    wishes = [parse(text) for text in sys.argv[3:]]
    with polling(int(sys.argv[1]), wishes, every=float(sys.argv[2])) as readers:
        sys.stdout.write("\n")
        sys.stdout.flush()
        sys.stdin.read()
    json.dump([[asdict(poll) for poll in reader.polls] for reader in readers], sys.stdout)
