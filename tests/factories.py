"""Values with sensible defaults, and the cast: alice is confirmed, bob pending, carol left, dave is suppressed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from publisher.domain import notice
from publisher.domain.article import Article, Content
from publisher.domain.issue import Issue, Slot, Status, Variant
from publisher.domain.newsletter import Newsletter
from publisher.domain.notice import Notice
from publisher.domain.subscriber import Format, Reason, Subscriber, Subscription, canonical
from publisher.domain.subscriber import Status as SubscriptionStatus
from publisher.domain.token import Keys
from publisher.store import Ledger, Transaction
from publisher.store.issues import Freeze

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # seven in the morning in Brussels, a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KEYS = Keys((b"the newest secret of this ledger", b"the oldest secret of this ledger"))

_CONTENT = Content(
    title="The bridge opens on Monday",
    language="en",
    html="<p>After two years of work the bridge opens.</p>",
    summary="After two years of work the bridge opens.",
    authors=("Nora Peeters",),
    tags=("traffic",),
    section="town",
    wanted_slug="the-bridge-opens-on-monday",
)
_SUBSCRIBER = Subscriber(key=0, email="alice@example.org", created_at=NOW)
_NEWSLETTER = Newsletter(
    name="daily", title="The morning", schedule="0 7 * * mon-fri", timezone="Europe/Brussels", language="en"
)
_VARIANT = Variant(language="", sections=(), format="html", subject="Today", html="<p>Today</p>", text="Today")


def make_content(**changes: Any) -> Content:
    """What a plain seed says, but for `changes`."""
    return replace(_CONTENT, **changes)


def make_article(number: int = 1, **changes: Any) -> Article:
    """A published article; each `number` has its own key, id, path and slug."""
    values: dict[str, Any] = {
        **{name: getattr(_CONTENT, name) for name in Content.__dataclass_fields__},
        "key": number,
        "id": f"tag:example.org,2026-11-23:{number}",
        "path": f"town/bridge-{number}.md",
        "slug": f"bridge-{number}",
        "year": 2026,
        "month": 11,
        **dict.fromkeys(("published_at", "released_at", "updated_at", "first_seen_at"), NOW),
        "text_digest": f"text-{number}",
    }
    return Article(**{**values, **changes})


def make_subscriber(email: str = _SUBSCRIBER.email, **changes: Any) -> Subscriber:
    """A subscriber who is in no ledger yet."""
    return replace(_SUBSCRIBER, email=email, **changes)


def make_newsletter(**changes: Any) -> Newsletter:
    """The daily newsletter of a paper in Brussels."""
    return replace(_NEWSLETTER, **changes)


def make_variant(**changes: Any) -> Variant:
    """What a subscriber without any wishes gets."""
    return replace(_VARIANT, **changes)


def make_slot(number: int = 0) -> Slot:
    """The slot that is due at NOW, or so many days later."""
    due_at = NOW + number * DAY
    return Slot(name=f"{due_at:%Y-%m-%d}T0700", due_at=due_at)


def make_issue(**changes: Any) -> Issue:
    """The daily issue that is due at NOW, frozen for nobody yet."""
    issue = Issue(
        key=1,
        newsletter="daily",
        slot="2026-11-23T0700",
        status=Status.OPEN,
        reason="",
        title="The morning",
        subject="Today",
        due_at=NOW,
        frozen_at=NOW,
        expires_at=NOW + DAY,
        eligible=0,
    )
    return replace(issue, **changes)


def make_freeze(**changes: Any) -> Freeze:
    """What the daily issue writes down: no articles, one variant."""
    plan = Freeze(
        newsletter="daily",
        slot="2026-11-23T0700",
        title="The morning",
        subject="Today",
        message_domain="example.org",
        due_at=NOW,
        cutoff_at=NOW,
        expires_at=NOW + DAY,
        articles=(),
        passed_over=(),
        variants=(make_variant(),),
    )
    return replace(plan, **changes)


def make_notice(subscriber_key: int, dedupe_key: str = "confirm-1", **changes: Any) -> Notice:
    """A confirmation that waits to be written down."""
    plain = Notice(
        kind=notice.Kind.CONFIRMATION,
        dedupe_key=dedupe_key,
        subscriber_key=subscriber_key,
        language="en",
        subject="Please confirm",
        html="<p>Please confirm</p>",
        text="Please confirm",
    )
    return replace(plain, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody in a ledger with her subscription."""

    subscriber: Subscriber
    subscription: Subscription

    @property
    def key(self) -> int:
        """The subscriber's row."""
        return self.subscriber.key

    @property
    def email(self) -> str:
        """Her address."""
        return self.subscriber.email


def put_member(
    tx: Transaction,
    email: str = _SUBSCRIBER.email,
    *,
    status: SubscriptionStatus = SubscriptionStatus.CONFIRMED,
    newsletter: str = "daily",
    sections: Sequence[str] = (),
    language: str = "",
    form: Format = Format.HTML,
) -> Member:
    """Write somebody down with a subscription in that state."""
    subscriber, _ = tx.subscribers.put(
        make_subscriber(email, language=language, format=form),
        suppression_digest=KEYS.suppression_digest(canonical(email)),
    )
    is_confirmed = status is SubscriptionStatus.CONFIRMED
    subscription = tx.subscribers.set_subscription(
        subscriber.key,
        newsletter,
        status=status,
        sections=sections,
        now=NOW,
        consent_at=NOW if is_confirmed else None,
        consent_source="paper form" if is_confirmed else "",
    )
    return Member(subscriber=subscriber, subscription=subscription)


def suppress(tx: Transaction, email: str, *, reason: Reason = Reason.COMPLAINT) -> None:
    """Put an address on the suppression list."""
    tx.suppressions.add(KEYS.suppression_digest(canonical(email)), reason=reason, source="test", now=NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """The people that every test knows."""

    alice: Member
    bob: Member
    carol: Member
    dave: Member


def put_cast(ledger: Ledger, *, newsletter: str = "daily") -> Cast:
    """Write the standing cast down as readers of one newsletter."""
    with ledger.write() as tx:
        suppress(tx, "dave@example.org")
        return Cast(
            alice=put_member(tx, "alice@example.org", newsletter=newsletter),
            bob=put_member(tx, "bob@example.org", status=SubscriptionStatus.PENDING, newsletter=newsletter),
            carol=put_member(tx, "carol@example.org", status=SubscriptionStatus.UNSUBSCRIBED, newsletter=newsletter),
            dave=put_member(tx, "dave@example.org", newsletter=newsletter),
        )
