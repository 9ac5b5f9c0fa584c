"""A Maildir: one durable file a message, readable by us and by any mail program."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import Header
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

from publisher import files
from publisher.errors import NotFoundError, PublisherError
from publisher.mail.headers import clean

_KEY = re.compile(r"(?P<micros>\d{16,20})\.[A-Za-z0-9_-]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSummary:
    """A message in a list; `date` is the header as written, `received_at` when it was filed."""

    key: str
    subject: str
    sender: str
    to: str
    date: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A whole message: decoded headers in their order, its text and HTML parts ("" where it has none), its bytes."""

    key: str
    subject: str
    headers: tuple[tuple[str, str], ...]
    html: str
    text: str
    source: bytes
    received_at: datetime


class Maildir:
    """The messages of one folder, each named by a key of microseconds and chance."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self) -> None:
        """Make the folder and its three parts, for the owner's eyes. Raises PublisherError where that can't be."""
        try:
            for part in ("cur", "new", "tmp"):
                (self._path / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise PublisherError(f"the mailbox {self._path} can't be made: {error.strerror}") from error

    def add(self, message: bytes, *, now: datetime) -> str:
        """File a message so that it survives a power cut; gives its key."""
        micros = (now - _EPOCH) // timedelta(microseconds=1)
        key = f"{micros:016}.{secrets.token_hex(8)}"
        files.write_atomic(self._path / "new" / key, message, mode=0o600)
        return key

    def count(self) -> int:
        """How many messages there are."""
        return len(self._list_paths())

    def list_messages(self, *, limit: int = 100, offset: int = 0) -> list[MailSummary]:
        """The newest `limit` messages after the first `offset`, newest first."""
        paths = self._list_paths()
        keys = sorted(paths, reverse=True)[offset : offset + limit]
        return [_summarise(key, paths[key]) for key in keys]

    def get_message(self, key: str) -> Mail:
        """One message. Raises NotFoundError for a key that is none, or of no message here."""
        path = self._list_paths().get(key)
        if path is None:
            raise NotFoundError(f"no message {key!r} in the mailbox")
        source = path.read_bytes()
        message = message_from_bytes(source)
        headers = tuple((name, _decode(value)) for name, value in message.raw_items())
        return Mail(
            key=key,
            subject=_find(headers, "subject"),
            headers=headers,
            html=_find_part(message, "text/html"),
            text=_find_part(message, "text/plain"),
            source=source,
            received_at=_received_at(key),
        )

    def _list_paths(self) -> dict[str, Path]:
        """Paths by key; a mail program that has read a message moved it to cur, with flags behind a colon."""
        paths = (path for part in ("new", "cur") for path in (self._path / part).glob("[0-9]*"))
        found = {path.name.partition(":")[0]: path for path in paths}
        return {key: path for key, path in found.items() if _KEY.fullmatch(key)}


def _summarise(key: str, path: Path) -> MailSummary:
    with path.open("rb") as file:
        message = BytesHeaderParser().parsebytes(file.read(_HEAD_BYTES))
    headers = tuple((name, _decode(value)) for name, value in message.raw_items())
    return MailSummary(
        key=key,
        subject=_find(headers, "subject"),
        sender=_find(headers, "from"),
        to=_find(headers, "to"),
        date=_find(headers, "date"),
        received_at=_received_at(key),
    )


def _received_at(key: str) -> datetime:
    return _EPOCH + timedelta(microseconds=int(key.partition(".")[0]))


def _decode(value: str | Header) -> str:
    raw = str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return clean(raw)


def _find(headers: tuple[tuple[str, str], ...], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _find_part(message: Message, media_type: str) -> str:
    for part in message.walk():
        if part.get_content_type() == media_type and not part.is_multipart():
            return _read_part(part)
    return ""


def _read_part(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset("utf-8")
    try:
        text = content.decode(charset, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n")
