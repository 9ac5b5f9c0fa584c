"""Mail addresses as they stand on the wire: nothing that could be read as a second address, a header or a command."""

import re

from email_validator import EmailNotValidError, validate_email

from publisher.errors import PublisherError

_DOT_ATOM = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def to_wire(email: str) -> str:
    """The address with its domain in A-labels (IDNA 2008); a local part beyond ASCII stays (RFC 6531).

    Raises PublisherError for what is no single mailable address. Does not ask DNS.
    """
    if _DOT_ATOM.fullmatch(email):
        return email
    try:
        found = validate_email(email, check_deliverability=False, globally_deliverable=False, allow_quoted_local=True)
    except EmailNotValidError as error:
        raise PublisherError(f"no mail can be addressed to {email!r}: {error}") from error
    return f"{found.local_part}@{found.ascii_domain}"


def domain_of(email: str) -> str:
    """The part behind the last @, in lower case."""
    return email.rpartition("@")[2].lower()
