"""What the other clients send: as many bytes as ours, plain and HTML, with each reader's own links."""

from email.message import EmailMessage
from email.policy import SMTP

SENDER = "gazette@example.org"
LINE = "After two years of work, the bridge opens on Monday, and everybody may cross it."
TEXT = "\n".join([LINE] * 108) + "\n"
HTML = "<!doctype html><html><body>" + "\n".join([f"<p>{LINE}</p>"] * 108) + "</body></html>\n"


def build(number: int) -> EmailMessage:
    """The message of one reader, as the standard library's documentation shows it."""
    link = f"https://gazette.example.org/unsubscribe/{number:022}"
    message = EmailMessage()
    message["From"] = f"La Gazette <{SENDER}>"
    message["To"] = name_reader(number)
    message["Subject"] = "The bridge opens"
    message["Message-ID"] = f"<d{number}.0123456789ab@example.org>"
    message["List-Unsubscribe"] = f"<{link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(f"{TEXT}\n{link}\n")
    message.add_alternative(HTML.replace("</body>", f'<p><a href="{link}">Leave</a></p></body>'), subtype="html")
    return message


def build_ready() -> bytes:
    """One message as it goes over the wire, for clients that build none."""
    return build(0).as_bytes(policy=SMTP)


def name_reader(number: int) -> str:
    """The address of one of many."""
    return f"reader{number}@example.net"
