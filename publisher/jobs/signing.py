"""Signing: the keys of the settings become a signer, and new keys are made."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.app import App
from publisher.errors import SettingsError, UsageError
from publisher.files import create_atomic
from publisher.mail import Sender
from publisher.mail.addressing import domain_of, to_wire
from publisher.mail.dkim import Algorithm, Record, Signer, load_key, make_key, to_pem
from publisher.settings import FILE, Settings, check_selector


def build_signer(app: App, sender: Sender) -> Signer:
    """A signer with the keys of the settings. Raises SettingsError for what can't be used."""
    part, root = app.settings.mail.dkim, app.home.root
    own = domain_of(sender.address)
    domain = part.domain or own
    if not _is_aligned(domain, own):
        raise SettingsError(
            f"{root / FILE}: mail.dkim.domain = {domain!r}: it must be {own}, the domain of mail.from, or one above or "
            "below it (DMARC asks for it)"
        )
    named = (
        (part.key_file, part.selector, Algorithm.RSA),
        (part.ed25519_key_file, part.ed25519_selector, Algorithm.ED25519),
    )
    return Signer(
        [
            load_key(root / path, selector=selector, domain=domain, algorithm=algorithm)
            for path, selector, algorithm in named
            if path
        ]
    )


def _is_aligned(domain: str, own: str) -> bool:
    return f".{own}".endswith(f".{domain}") or domain.endswith(f".{own}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was made: where it lies (below the home), what to publish, and what to set in `[mail.dkim]`."""

    selector: str
    domain: str
    algorithm: Algorithm
    path: Path
    record: Record
    settings: dict[str, str]


def make_new_key(home: Path, settings: Settings, *, selector: str, algorithm: Algorithm, now: datetime) -> NewKey:
    """Make a key in data/, and change nothing else. Raises UsageError where there is one of that selector."""
    name = _choose_selector(selector, algorithm=algorithm, now=now)
    domain = settings.mail.dkim.domain or domain_of(to_wire(f"postmaster@{settings.mail_domain}"))
    if "." not in domain:
        raise UsageError(f"mail.from is at {domain}: give an address of your own domain first, the key is for that")
    key = make_key(selector=name, domain=domain, algorithm=algorithm)
    path = Path("data") / f"dkim-{name}.key"
    if not create_atomic(home / path, to_pem(key), mode=0o600):
        raise UsageError(f"{home / path}: here is a key already; nothing was changed (--selector gives another name)")
    prefix = "" if algorithm is Algorithm.RSA else "ed25519_"
    return NewKey(
        selector=name,
        domain=domain,
        algorithm=algorithm,
        path=path,
        record=key.record,
        settings={f"{prefix}selector": name, f"{prefix}key_file": str(path)},
    )


def _choose_selector(wanted: str, *, algorithm: Algorithm, now: datetime) -> str:
    """The wanted selector, or one that says when its key was made, so that the next one has another name."""
    try:
        return check_selector(wanted) or f"p{now:%Y%m}" + ("e" if algorithm is Algorithm.ED25519 else "")
    except ValueError as problem:
        raise UsageError(f"--selector {wanted}: {problem}") from problem
