"""Messages a second from one rendering of 20 KB."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from publisher.domain.delivery import Kind, Letter, Ref, Rendering
from publisher.mail import Stencil, build_sender
from tests.benchmarks.figure import Figure, Options, take_turns

MESSAGES = 500
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SENDER = build_sender("La Gazette <gazette@example.org>")
TEXT = "\n".join("Après deux ans de travaux, le pont s'ouvre lundi à la circulation." for _ in range(100))
HTML = "<!doctype html><html><body>" + "".join(f"<p>{line}</p>" for line in TEXT.splitlines()) + "</body></html>"
RENDERING = Rendering(
    name="variant:1",
    subject="Le matin — Le pont s'ouvre lundi",
    html=HTML,
    text=TEXT,
    language="fr",
    issue="daily/2026-11-23T0700",
    list_name="daily",
    list_title="Le matin",
    web_url="https://gazette.example.org/issues/daily/2026-11-23T0700",
)


def make_letter(number: int) -> Letter:
    """The letter of one of many."""
    link = f"https://gazette.example.org/unsubscribe/{number:022}"
    return Letter(
        ref=Ref(kind=Kind.DELIVERY, key=number),
        rendering=RENDERING.name,
        email=f"reader{number}@example.net",
        message_id=f"<d{number}.0123456789ab@example.org>",
        values={"unsubscribe_url": link, "preferences_url": link, "email": f"reader{number}@example.net"},
        attempts=0,
        unsubscribe_url=link,
    )


def build_whole(letter: Letter) -> bytes:
    """The reference: a message built from nothing."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    message["From"] = "La Gazette <gazette@example.org>"
    message["To"] = letter.email
    message["Subject"] = RENDERING.subject
    message["Message-ID"] = letter.message_id
    message["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
    message.set_content(TEXT)
    message.add_alternative(HTML, subtype="html")
    return message.as_bytes()


def rate(build: Callable[[Letter], bytes]) -> float:
    """Messages a second."""
    letters = [make_letter(number) for number in range(MESSAGES)]
    started = time.perf_counter()
    for letter in letters:
        build(letter)
    return MESSAGES / (time.perf_counter() - started)


def measure(options: Options) -> Iterator[Figure]:
    """Our stencil beside an EmailMessage each."""
    stencil = Stencil(RENDERING, SENDER)
    ours, reference = take_turns(
        options.rounds, lambda: rate(lambda letter: stencil.fill(letter, NOW)), lambda: rate(build_whole)
    )
    yield Figure(what="message: built", unit="/s", ours=ours, reference=reference, beside="an EmailMessage each")
