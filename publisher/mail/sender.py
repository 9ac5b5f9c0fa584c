"""The paper as a correspondent: its From mailbox and what the list headers say of it."""

import re
from dataclasses import dataclass
from email.utils import getaddresses

from publisher.errors import PublisherError, UsageError
from publisher.mail.addressing import domain_of, to_wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who speaks: the From mailbox and what the list headers say of the paper; `build_sender` checks it.

    `message_domain` is the right side of every id; `feedback_id` is the last part of Feedback-ID, 5 to 15 characters.
    """

    address: str
    name: str
    message_domain: str
    reply_to: str = ""
    feedback_id: str = ""
    subscribe_url: str = ""
    help_url: str = ""
    owner: str = ""


def build_sender(
    mail_from: str,
    *,
    message_domain: str = "",
    reply_to: str = "",
    feedback_id: str = "",
    subscribe_url: str = "",
    help_url: str = "",
    owner: str = "",
) -> Sender:
    """A sender from `La Gazette <gazette@example.org>`. Raises UsageError for what is not one mailbox."""
    found = getaddresses([mail_from])
    if len(found) != 1:
        raise UsageError(f"{mail_from!r} is not one mailbox (a name with a comma needs quotation marks)")
    name, address = found[0]
    try:
        wire = to_wire(address)
        wire_reply_to, wire_owner = (to_wire(other) if other else "" for other in (reply_to, owner))
    except PublisherError as error:
        raise UsageError(f"{mail_from!r} is not one mailbox: {error}") from error
    if not (wire + wire_reply_to + wire_owner).isascii():
        raise UsageError(f"{mail_from!r}: the paper's own addresses are plain ASCII before the @")
    domain = message_domain or domain_of(wire)
    own_feedback_id = re.sub(r"[^A-Za-z0-9.-]", "-", feedback_id or domain)[:15].ljust(5, "-")
    return Sender(
        address=wire,
        name=name,
        message_domain=domain,
        reply_to=wire_reply_to,
        feedback_id=own_feedback_id,
        subscribe_url=subscribe_url,
        help_url=help_url,
        owner=wire_owner,
    )
