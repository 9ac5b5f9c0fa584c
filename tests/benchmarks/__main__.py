"""`./run bench [NAME …] [--json]`: our path and its reference in the same run, as medians of several rounds.

message   one recipient's message from a rendering, beside an EmailMessage built for each
sending   an issue through the whole product, beside aiosmtplib with an EmailMessage each, into the same server
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator
from statistics import median

import structlog

from tests.benchmarks import message, sending
from tests.benchmarks.figure import Figure

BENCHMARKS: dict[str, Callable[[], Iterator[Figure]]] = {"message": message.measure, "sending": sending.measure}


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__, add_help=True)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if strangers := set(options.names) - BENCHMARKS.keys():
        parser.error(f"no benchmark is named {', '.join(sorted(strangers))}; there are {', '.join(BENCHMARKS)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    figures = [figure for name in options.names or BENCHMARKS for figure in BENCHMARKS[name]()]
    rows = [
        {
            "what": figure.what,
            "ours": median(figure.ours),
            "reference": median(figure.reference),
            "unit": figure.unit,
            "ratio": round(median(ours / other for ours, other in zip(figure.ours, figure.reference, strict=True)), 2),
            "beside": figure.beside,
        }
        for figure in figures
    ]
    if options.json:
        json.dump(rows, sys.stdout, indent=2)
        return
    for row in rows:
        sys.stdout.write(
            f"{row['what']:40} {row['ours']:10.1f} {row['unit']}   ratio {row['ratio']} "
            f"beside {row['beside']} ({row['reference']:.1f})\n"
        )


if __name__ == "__main__":
    main()
