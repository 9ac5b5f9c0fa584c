"""The verdict on one issue: what the relay took beside what the ledger says."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from publisher.domain.delivery import Status

SETTLED = frozenset({Status.SENT, Status.DOUBTFUL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a verdict is made from; `taken` has (recipient, Message-ID), `doubted` who was ever named in doubt.

    `excused` says for whom other ends than being sent are right.
    """

    people: Collection[str]
    statuses: Mapping[str, Status]
    eligible: int
    balance: Mapping[Status, int]
    taken: Collection[tuple[str, str]]
    lied_to: Collection[str]
    doubted: Mapping[str, int]
    excused: Mapping[str, Collection[Status]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who was lost, who got it twice without having been named, who is in doubt, and what else was wrong."""

    recipients: int
    lost: tuple[str, ...]
    twice: tuple[str, ...]
    doubtful: tuple[str, ...]
    wrongs: tuple[str, ...]

    @property
    def is_good(self) -> bool:
        """Whether the promise was kept."""
        return not (self.lost or self.twice or self.wrongs)


def judge(found: Evidence) -> Verdict:
    """Compare both sides, person by person."""
    copies = Counter(recipient for recipient, _ in found.taken)
    accepted = set(copies) | set(found.lied_to)
    return Verdict(
        recipients=len(found.people),
        lost=tuple(email for email in found.people if _is_lost(email, found, accepted)),
        twice=tuple(email for email, number in copies.items() if number > 1 + found.doubted.get(email, 0)),
        doubtful=tuple(email for email in found.people if found.statuses.get(email) is Status.DOUBTFUL),
        wrongs=tuple(_list_wrongs(found, accepted)),
    )


def _is_lost(email: str, found: Evidence, accepted: Collection[str]) -> bool:
    status = found.statuses.get(email)
    if email in accepted or status is Status.DOUBTFUL:
        return False
    return status not in found.excused.get(email, ())


def _list_wrongs(found: Evidence, accepted: Collection[str]) -> list[str]:
    wrongs = []
    total = sum(found.balance.values())
    if total != found.eligible or found.eligible != len(found.people):
        wrongs.append(f"the states sum to {total}, eligible are {found.eligible} of {len(found.people)}")
    for email in found.people:
        status = found.statuses.get(email)
        if email in accepted and status not in SETTLED and status not in found.excused.get(email, ()):
            wrongs.append(f"{email} has it, and the ledger says {status}")
    ids: dict[str, set[str]] = {}
    for recipient, message_id in found.taken:
        ids.setdefault(recipient, set()).add(message_id)
    wrongs += [f"{email} has it under {len(own)} Message-IDs" for email, own in ids.items() if len(own) > 1]
    if len({one for own in ids.values() for one in own}) < len(ids):
        wrongs.append("two people have the same Message-ID")
    return wrongs + [f"{email} was no reader" for email in ids if email not in found.people]
