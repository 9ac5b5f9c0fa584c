"""Relays: the SMTP servers that take our mail, and how a connection to one is opened (by aiosmtplib)."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

import aiosmtplib

from publisher import failpoint
from publisher.errors import SendError, UsageError
from publisher.mail.connection import Connection, Timeouts


class Tls(StrEnum):
    """How a connection is encrypted; the certificate is always checked."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """An SMTP server that takes our mail; `hello` is the name that we give there (empty: the message domain).

    `rate` is how many messages it takes a second at most (0: as many as go), `weight` its share among several relays
    (0: as much as it can take). Raises UsageError for a password that would cross the network in clear.
    """

    name: str
    host: str
    port: int
    tls: Tls
    username: str = ""
    password: str = field(default="", repr=False)
    connections: int = 3
    rate: float = 0
    weight: float = 0
    hello: str = ""

    def __post_init__(self) -> None:
        if self.username and self.tls is Tls.NONE:
            raise UsageError(f'relay {self.name}: a password needs tls = "starttls" or "implicit"')


async def open_connection(relay: Relay, *, hello: str = "", timeouts: Timeouts | None = None) -> Connection:
    """A connection that is ready for mail: encrypted and logged in as the relay's settings say.

    Raises SendError with the relay's code, or 0 where it said nothing.
    """
    limits = timeouts or failpoint.hasten(Timeouts())
    client = aiosmtplib.SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.username or None,
        password=relay.password or None,
        local_hostname=relay.hello or hello or "localhost",
        timeout=limits.greeting,
        use_tls=relay.tls is Tls.IMPLICIT,
        start_tls=relay.tls is Tls.STARTTLS,
    )
    try:
        await client.connect()
        await _say_hello(client)
        return Connection(client, timeouts=limits)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        client.close()
        raise _translate(error, relay) from error
    except asyncio.CancelledError:
        client.close()
        raise


async def _say_hello(client: aiosmtplib.SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


def _translate(error: Exception, relay: Relay) -> SendError:
    code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else 0
    words = getattr(error, "message", "") or str(error) or type(error).__name__
    message = f"relay {relay.name} ({relay.host}:{relay.port}): {words}"
    return SendError(code, message, recipient="", is_permanent=500 <= code < 600)
