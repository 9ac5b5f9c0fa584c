"""Mail: messages are built, handed to a relay, and what became of each is decided and recorded.

The only home of aiosmtplib. It knows the ledger by the small interface that it needs (`Ledger`).
The built-in relay is not named here, so that only those who import `mail.mailbox` load an SMTP server.
"""

from publisher.mail.answer import Answer, End, Reply, Step
from publisher.mail.breaker import Breaker, Trip
from publisher.mail.connection import Connection, Envelope, Timeouts
from publisher.mail.ledger import Ledger
from publisher.mail.maildir import Mail, Maildir, MailSummary
from publisher.mail.message import Stencil, build_eml, check
from publisher.mail.outbox import Outbox, Report
from publisher.mail.relay import Relay, Tls, open_connection
from publisher.mail.retry import Blame, decide, find_blame
from publisher.mail.route import Pace
from publisher.mail.sender import Sender, build_sender

__all__ = [
    "Answer",
    "Blame",
    "Breaker",
    "Connection",
    "End",
    "Envelope",
    "Ledger",
    "Mail",
    "MailSummary",
    "Maildir",
    "Outbox",
    "Pace",
    "Relay",
    "Reply",
    "Report",
    "Sender",
    "Stencil",
    "Step",
    "Timeouts",
    "Tls",
    "Trip",
    "build_eml",
    "build_sender",
    "check",
    "decide",
    "find_blame",
    "open_connection",
]
