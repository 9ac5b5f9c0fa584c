"""What comes next: the plan, and a coming issue as one reader would get it. Nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from publisher.app import App
from publisher.digests import render_variant
from publisher.domain import slots
from publisher.domain.delivery import Kind, Letter, Ref, Rendering
from publisher.domain.issue import Variant
from publisher.errors import NotFoundError
from publisher.jobs.issuing import Coming, Planned
from publisher.jobs.looking import iso
from publisher.jobs.sending import make_sender
from publisher.mail import Stencil


def describe_plan(lines: Sequence[Planned]) -> list[dict[str, Any]]:
    """A plan as `plan --json` prints it."""
    return [
        {
            "newsletter": line.newsletter,
            "slot": line.slot,
            "due_at": iso(line.due_at),
            "outcome": line.outcome.value,
            "articles": [{"id": article.id, "title": article.title} for article in line.articles],
            "passed_over": line.passed_over,
            "recipients": line.recipients,
        }
        for line in lines
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A coming issue as one reader would get it."""

    coming: Coming
    variant: Variant
    message: bytes


def preview(app: App, coming: Coming, *, email: str = "") -> Preview:
    """Render a coming issue as the subscriber of that address would get it, or as one who made no choice would."""
    language, form = coming.newsletter.language, "html"
    sections: tuple[str, ...] = ()
    if email:
        with app.ledger.read() as tx:
            subscriber = tx.subscribers.find(email)
            if subscriber is None:
                raise NotFoundError(f"nobody has the address {email}")
            known = tx.subscribers.find_subscription(subscriber.key, coming.newsletter.name)
        language = subscriber.language or language
        sections, form = (known.sections if known else ()), subscriber.format.value
    variant = render_variant(coming.brief, language=language, sections=sections, format=form)
    message = build_message(app, coming, variant=variant, email=email)
    values = _fill_in(app, email)
    escaped = {name: escape(value) for name, value in values.items()}
    filled = replace(variant, html=slots.fill(variant.html, escaped), text=slots.fill(variant.text, values))
    return Preview(coming=coming, variant=filled, message=message)


def _fill_in(app: App, email: str) -> dict[str, str]:
    """What stands in the slots of a message that is nobody's delivery: its links lead to the front page."""
    links = {name.value: f"{app.publication.url}/" for name in slots.Name}
    return links | {slots.Name.EMAIL.value: email or f"reader@{app.settings.mail_domain}"}


def build_message(app: App, coming: Coming, *, variant: Variant, email: str, subject_mark: str = "") -> bytes:
    """One whole message of a coming issue; its own links lead to the front page, for it is nobody's subscription."""
    values = _fill_in(app, email)
    rendering = Rendering(
        name=f"preview:{coming.newsletter.name}/{coming.slot.name}",
        subject=subject_mark + variant.subject,
        html=variant.html,
        text=variant.text,
        language=variant.language,
        issue=f"{coming.newsletter.name}/{coming.slot.name}",
        list_name=coming.newsletter.name,
        list_title=coming.newsletter.title,
        web_url=coming.brief.web_url,
        is_test=True,
    )
    letter = Letter(
        ref=Ref(kind=Kind.DELIVERY, key=0),
        rendering=rendering.name,
        email=values[slots.Name.EMAIL],
        message_id=f"<preview.{coming.newsletter.name}.{coming.slot.name}@{app.settings.mail_domain}>",
        values=values,
        attempts=0,
        unsubscribe_url=values[slots.Name.UNSUBSCRIBE_URL],
    )
    return Stencil(rendering, make_sender(app)).fill(letter, coming.slot.due_at)
