"""aiosmtplib on uvloop, with connections that stay open: `python -m … PORT MESSAGES CONNECTIONS ready|built`.

`ready` sends bytes that were built once, `built` an EmailMessage for each, which is what a developer would write.
"""

import asyncio
import sys
from collections.abc import Iterator

import aiosmtplib
import uvloop

from tests.benchmarks.clients.letters import SENDER, build, build_ready, name_reader
from tests.benchmarks.clients.meter import Meter


async def send(port: int, *, messages: int, connections: int, is_built: bool) -> Meter:
    """Send all of them."""
    meter, numbers = Meter(messages), iter(range(messages))
    content = None if is_built else build_ready()
    await asyncio.gather(*(_work(port, numbers, content, meter) for _ in range(connections)))
    return meter


async def _work(port: int, numbers: Iterator[int], content: bytes | None, meter: Meter) -> None:
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="localhost") as client:
        for number in numbers:
            if content is None:
                await client.send_message(build(number), sender=SENDER, recipients=[name_reader(number)])
            else:
                await client.sendmail(SENDER, [name_reader(number)], content)
            meter.note()


if __name__ == "__main__":
    port, messages, connections = map(int, sys.argv[1:4])
    uvloop.run(send(port, messages=messages, connections=connections, is_built=sys.argv[4] == "built")).say()
