"""E-mail addresses as people type them."""

from email_validator import EmailNotValidError, validate_email

from publisher.errors import RefusedError

LONGEST = 254  # octets of a path (RFC 5321 4.5.3.1.3), less the two angle brackets


def check_email(text: str) -> str:
    """The address with its domain in A-labels (RFC 5891) and its local part as typed. Raises RefusedError."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError as problem:
        raise RefusedError(f"this is no e-mail address: {problem}") from problem
    address = f"{found.local_part}@{found.ascii_domain.lower()}"
    if len(address.encode()) > LONGEST:
        raise RefusedError(f"this is no e-mail address: it is longer than {LONGEST} characters")
    return address
