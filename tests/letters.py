"""A reader's letter, a digest and a notice, as the press is handed them."""

from datetime import UTC, datetime

from publisher.domain import slots
from publisher.domain.delivery import Kind, Letter, Ref, Rendering

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
UNSUBSCRIBE = "https://gazette.example/unsubscribe/" + "aZ09-_" * 15
LETTER = Letter(
    ref=Ref(kind=Kind.DELIVERY, key=7),
    rendering="variant:1",
    email="alice@example.org",
    message_id="<7.abc@gazette.example>",
    values={"unsubscribe_url": f"{UNSUBSCRIBE}?a=1&b=2", "email": "alice@example.org"},
    attempts=0,
    unsubscribe_url=UNSUBSCRIBE,
)
DIGEST = Rendering(
    name="variant:1",
    subject="Le conseil communal a voté le budget de l'année prochaine, non sans débat",
    html=f'<p>Élan</p><a href="{slots.mark("unsubscribe_url")}">Se désabonner</a>',
    text=f"Élan\n\nSe désabonner : {slots.mark('unsubscribe_url')}",
    language="fr",
    issue="daily/2026-11-23T0700",
    list_name="daily",
    list_title="Le matin, édition de la vallée",
    web_url="https://gazette.example/issues/daily/2026-11-23T0700",
)
NOTICE = Rendering(name="notice:3", subject="Confirm", html="", text="Please confirm", language="en")
