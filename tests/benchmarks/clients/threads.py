"""smtplib in threads, a connection each, with bytes that are ready: `python -m … PORT MESSAGES THREADS`."""

import smtplib
import sys
import threading
from collections.abc import Iterator

from tests.benchmarks.clients.letters import SENDER, build_ready, name_reader
from tests.benchmarks.clients.meter import Meter


def send(port: int, *, messages: int, threads: int) -> Meter:
    """Send all of them."""
    meter, numbers, content = Meter(messages), iter(range(messages)), build_ready()
    crew = [threading.Thread(target=_work, args=(port, numbers, content, meter)) for _ in range(threads)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    return meter


def _work(port: int, numbers: Iterator[int], content: bytes, meter: Meter) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
        for number in numbers:
            client.sendmail(SENDER, [name_reader(number)], content)
            meter.note()


if __name__ == "__main__":
    send(int(sys.argv[1]), messages=int(sys.argv[2]), threads=int(sys.argv[3])).say()
