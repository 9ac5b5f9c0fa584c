"""The whole story of one address: who she is, what she agreed to, what was mailed to her, what became of it and why."""

from dataclasses import dataclass
from typing import Any

from publisher.app import App
from publisher.domain.delivery import BUILT_IN, NOTHING_CHOSEN, Kind, Ref, Status, make_message_id
from publisher.domain.issue import Issue, parse_id
from publisher.domain.issue import Status as IssueStatus
from publisher.domain.subscriber import Subscriber, canonical
from publisher.errors import NotFoundError
from publisher.jobs.looking import MAILBOX_WORD, get_issue, iso
from publisher.jobs.resolving import NOTICES
from publisher.store import Transaction
from publisher.store.deliveries import Delivery
from publisher.store.notices import NoticeRecord

_REFUSED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What stands around a row: its issue (None for a notice), its Message-ID, and why she is suppressed."""

    issue: Issue | None
    message_id: str
    suppressed: str


def explain(app: App, email: str, *, issue: str = "") -> dict[str, Any]:
    """The story of an address, of one issue where that is named. Raises NotFoundError for one that nobody had."""
    with app.ledger.read() as tx:
        subscriber = tx.subscribers.find(email)
        suppressed = tx.suppressions.find(app.keys.suppression_digest(canonical(email)))
        if subscriber is None and suppressed is None:
            raise NotFoundError(f"nobody has, or had, the address {email}")
        if issue:
            get_issue(tx, issue)
        since = f"{suppressed[0].value} of {iso(suppressed[2])} ({suppressed[1]})" if suppressed else ""
        story: dict[str, Any] = {
            "email": subscriber.email if subscriber else email,
            "suppressed": {"reason": suppressed[0].value, "source": suppressed[1], "at": iso(suppressed[2])}
            if suppressed
            else None,
        }
        if subscriber:
            story |= _tell_consent(tx, subscriber)
            story["notices"] = [_tell_notice(app, row, suppressed=since) for row in tx.notices.list_for(subscriber.key)]
            rows = [row for row in tx.deliveries.list_for(subscriber.key) if not issue or row.issue == issue]
            story["deliveries"] = [_tell_delivery(app, tx, row, suppressed=since) for row in rows]
    return story


def _tell_consent(tx: Transaction, subscriber: Subscriber) -> dict[str, Any]:
    return {
        "subscriptions": [
            {
                "newsletter": one.newsletter,
                "status": one.status.value,
                "sections": list(one.sections),
                "consent_at": iso(one.consent_at) if one.consent_at else None,
                "consent_source": one.consent_source,
            }
            for one in tx.subscribers.list_subscriptions(subscriber.key)
        ],
        "consents": [
            {
                "at": iso(one.at),
                "event": one.event.value,
                "newsletter": one.newsletter,
                "source": one.source,
                "ip": one.ip,
            }
            for one in tx.subscribers.list_consents(subscriber.key)
        ],
    }


def _tell_notice(app: App, row: NoticeRecord, *, suppressed: str) -> dict[str, Any]:
    ref = Ref(kind=Kind.NOTICE, key=row.key)
    name = make_message_id(ref, domain=row.message_domain, keys=app.keys)
    return {"kind": row.kind, **_describe(row, Setting(issue=None, message_id=name, suppressed=suppressed))}


def _tell_delivery(app: App, tx: Transaction, row: Delivery, *, suppressed: str) -> dict[str, Any]:
    parsed = parse_id(row.issue)
    issue = tx.issues.find(*parsed) if parsed else None
    setting = Setting(issue=issue, message_id=row.message_id(app.keys), suppressed=suppressed)
    number, told = tx.revisions.get_number(row.variant_key), _describe(row, setting)
    if issue and issue.revision > 1:
        told["words"] += f" (text {number})"
    return {"issue": row.issue, "text": number, **told}


def _describe(row: Delivery | NoticeRecord, setting: Setting) -> dict[str, Any]:
    return {
        "at": iso(row.changed_at),
        "status": row.status.value,
        "attempts": row.attempts,
        "relay": row.relay,
        "code": row.code,
        "reply": row.reply,
        "due_at": iso(row.due_at) if row.status is Status.QUEUED else None,
        "expires_at": iso(row.expires_at),
        "message_id": setting.message_id,
        "words": put_in_words(row, setting),
    }


def put_in_words(row: Delivery | NoticeRecord, setting: Setting) -> str:
    """What became of a row, for people: it begins with the state's name."""
    match row.status:
        case Status.QUEUED:
            said = _say_queued(row, setting.issue)
        case Status.CLAIMED:
            said = "a sender has taken it up"
        case Status.SENDING:
            said = f"its text is going out at this moment{_at_attempt(row)}"
        case Status.SENT:
            said = _say_sent(row)
        case Status.FAILED:
            said = f"refused for good{_at_attempt(row)}{_said(row)}" if row.code else row.reply
        case Status.EXPIRED:
            tried = f"{_at_attempt(row)}{_said(row)}" if row.attempts else ", never tried"
            said = f"not accepted by {iso(row.expires_at)}, and not tried any more{tried}"
        case Status.DOUBTFUL:
            said = _say_doubtful(row, setting)
        case Status.SUPPRESSED:
            said = f"this address is not mailed any more: {setting.suppressed or 'it was so then'}"
        case Status.SKIPPED:
            said = row.reply if row.reply == NOTHING_CHOSEN else "she had left before her message began"
        case Status.CANCELLED:
            said = "its issue was cancelled before her message began"
    return f"{row.status}: {said}"


def _say_queued(row: Delivery | NoticeRecord, issue: Issue | None) -> str:
    if not row.attempts and not row.reply:
        said = "it waits its turn"
    elif row.code >= _REFUSED:
        said = f"to be tried again, the refusal was not about her{_said(row)}"
    else:
        said = f"deferred {_times(row.attempts)}{_said(row)}; the next attempt is due at {iso(row.due_at)}"
    if issue and issue.status in (IssueStatus.PAUSED, IssueStatus.HELD):
        said += f"; its issue is {issue.status}: {issue.reason}"
    return f"{said}; its time is over at {iso(row.expires_at)}"


def _say_sent(row: Delivery | NoticeRecord) -> str:
    if not row.code:
        return row.reply
    note = f" ({MAILBOX_WORD})" if row.relay == BUILT_IN else ""
    return f"{row.relay} accepted it{_at_attempt(row)}: {row.code} {row.reply}{note}"


def _say_doubtful(row: Delivery | NoticeRecord, setting: Setting) -> str:
    name = setting.issue.id if setting.issue else NOTICES
    own = f" ({row.reply})" if row.reply and not row.code else ""
    return (
        f"its text had begun to go out{_at_attempt(row)}, and no answer came{own}: whether the relay took it only its "
        f"log may know, by {setting.message_id}; publisher issues resolve {name} --resend | --assume-sent"
    )


def _said(row: Delivery | NoticeRecord) -> str:
    """What the relay said last, or what kept it from saying anything."""
    if row.code:
        return f": {row.relay} said {row.code} {row.reply}"
    return f": {row.reply}" if row.reply else ""


def _at_attempt(row: Delivery | NoticeRecord) -> str:
    return f" at attempt {row.attempts}" if row.attempts > 1 else ""


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
