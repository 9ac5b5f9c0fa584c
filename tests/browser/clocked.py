"""`publisher` with its clock put back: `python -m tests.browser.clocked SECONDS …` for pictures that bear one date."""

import sys
from datetime import timedelta

import time_machine

from publisher.cli import main
from publisher.clock import now

if __name__ == "__main__":
    back = timedelta(seconds=float(sys.argv.pop(1)))
    with time_machine.travel(now() - back, tick=True):
        main()
