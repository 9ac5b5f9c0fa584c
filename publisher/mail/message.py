"""Messages: built once for all who share a rendering, then only filled with each recipient's own values."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from typing import Protocol

from publisher.domain.delivery import Kind, Letter, Ref, Rendering
from publisher.errors import PublisherError
from publisher.mail import body
from publisher.mail.addressing import to_wire
from publisher.mail.headers import (
    build_date,
    build_line,
    build_link,
    build_message_id,
    encode_named,
    encode_text,
)
from publisher.mail.sender import Sender

_LONGEST_LINE = 998
_OWN_NAMES = ["To", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"]
_REPLY_NAMES = ["In-Reply-To", "References"]
_ONE_CLICK = build_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
_QUOTED_PRINTABLE = build_line("Content-Transfer-Encoding", "quoted-printable")
_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
# All but NDR: Exchange would keep its failure reports from us too.
_AUTO_REPLIES = "DR, RN, NRN, OOF, AutoReply"


class Signer(Protocol):
    """What puts a DKIM-Signature for each of its keys in front of a message (`mail.dkim.Signer`)."""

    @property
    def keys(self) -> Sequence[object]:
        """A key for each signature."""

    def sign(self, message: bytes, *, now: datetime) -> bytes:
        """The signed message."""


class Stencil:
    """One rendering's message with holes; filling them joins bytes that are ready for DATA.

    Raises PublisherError when the result would not be what was meant (M04), or a header's value is impossible.
    """

    def __init__(self, rendering: Rendering, sender: Sender) -> None:
        self._needs_exit = bool(rendering.list_name) and not rendering.is_test
        head = _build_head(rendering, sender)
        self._head = b"".join(head)
        pieces, slots = _build_body(rendering)
        self._frame = [b""] * (2 * len(pieces))
        self._frame[1::2] = pieces
        self._names = tuple(dict.fromkeys(name for name, _ in slots))
        self._slots = [2 * self._names.index(name) + is_html for name, is_html in slots]
        # Whatever the letters hold is tried, though few of them are replies.
        names = [line.partition(b":")[0].decode() for line in head]
        self._expected = [*names, *_OWN_NAMES[:3], *_REPLY_NAMES, *_OWN_NAMES[3:]]
        check(self.fill(_PROBE, _PROBED_AT), expected=self._expected, recipient=_PROBE.email)

    def fill(self, letter: Letter, now: datetime) -> bytes:
        """The message for one recipient: CRLF throughout, no line that begins with a dot, no final lone dot.

        It may be called in any number of threads at once.
        """
        values = letter.values
        ready = [one for name in self._names for one in body.encode_value(values.get(name, ""))]
        parts = self._frame.copy()
        parts[0] = b"%b%b\r\n" % (self._head, self._build_own(letter, now))
        parts[2::2] = [ready[index] for index in self._slots]
        return b"".join(parts)

    def check_signed(self, signer: Signer) -> None:
        """Compare the headers of a signed message too. Raises PublisherError (M04)."""
        signed = signer.sign(self.fill(_PROBE, _PROBED_AT), now=_PROBED_AT)
        expected = ["DKIM-Signature"] * len(signer.keys) + self._expected
        check(signed, expected=expected, recipient=_PROBE.email)

    def _build_own(self, letter: Letter, now: datetime) -> bytes:
        to, message_id = to_wire(letter.email).encode(), build_message_id(letter.message_id)
        own = b"To: %b\r\n%b%b" % (to, build_date(now), message_id)
        if letter.in_reply_to:
            own += b"".join(build_message_id(letter.in_reply_to, name=name) for name in _REPLY_NAMES)
        if letter.unsubscribe_url:
            return own + build_link("List-Unsubscribe", letter.unsubscribe_url) + _ONE_CLICK
        if self._needs_exit:
            raise PublisherError(f"{letter.message_id}: newsletter mail without an unsubscribe address")
        return own


_PROBED_AT = datetime(2026, 1, 1, tzinfo=UTC)
_PROBE = Letter(
    ref=Ref(kind=Kind.NOTICE, key=0),
    rendering="",
    email="somebody@example.org",
    message_id="0@example.org",
    values={},
    attempts=0,
    unsubscribe_url="https://example.org/",
    in_reply_to="1@example.org",
)


def build_eml(rendering: Rendering, sender: Sender, *, letter: Letter, now: datetime) -> bytes:
    """One whole message, for a preview or a file."""
    return Stencil(rendering, sender).fill(letter, now)


def check(message: bytes, *, expected: list[str], recipient: str = "") -> None:
    """Read a message's bytes back; raises PublisherError unless its header fields are exactly the expected ones (M04).

    Also refused: a To that is more than the recipient where one is given (M13), a bare CR or LF, a NUL, a line of more
    than 998 bytes, a line that begins with a dot (M03).
    """
    parsed = message_from_bytes(message)
    names = parsed.keys()
    if names != expected:
        odd = sorted(set(names) ^ set(expected)) or names
        raise PublisherError(f"the message's headers came out wrong: {', '.join(odd)}")
    if recipient and parsed["To"] != recipient:
        raise PublisherError("the message's To is not its recipient alone")
    if _BARE_LINE_END.search(message) or b"\0" in message or b"\r\n." in message:
        raise PublisherError("the message holds bytes that SMTP does not carry")
    if max(map(len, message.split(b"\r\n"))) > _LONGEST_LINE:
        raise PublisherError("the message has a line of more than 998 bytes")


def _build_head(rendering: Rendering, sender: Sender) -> list[bytes]:
    head = [
        build_line("From", encode_named(sender.name, sender.address, header="From")),
        build_line("Subject", encode_text(rendering.subject, header="Subject")),
        build_line("MIME-Version", "1.0"),
    ]
    if sender.reply_to:
        head.append(build_line("Reply-To", sender.reply_to))
    if _LANGUAGE.fullmatch(rendering.language):
        head.append(build_line("Content-Language", rendering.language))
    head += _build_list(rendering, sender) if rendering.list_name else [build_line("Auto-Submitted", "auto-generated")]
    return [*head, build_line("X-Auto-Response-Suppress", _AUTO_REPLIES), *_build_content_type(rendering)]


def _build_list(rendering: Rendering, sender: Sender) -> list[bytes]:
    list_id = f"{rendering.list_name}.{sender.message_domain}"
    slot = re.sub(r"[^A-Za-z0-9.-]", "-", rendering.issue.rpartition("/")[2] or rendering.name)
    links = {
        "List-Help": sender.help_url,
        "List-Subscribe": sender.subscribe_url,
        "List-Owner": f"mailto:{sender.owner}" if sender.owner else "",
        "List-Archive": rendering.web_url,
    }
    return [
        build_line("List-Id", encode_named(rendering.list_title, list_id, header="List-Id")),
        *(build_link(name, address) for name, address in links.items() if address),
        build_line("List-Post", "NO"),
        build_line("Precedence", "bulk"),
        build_line("Feedback-ID", f"{slot}:{rendering.list_name}:{rendering.kind}:{sender.feedback_id}"),
    ]


def _boundary(rendering: Rendering) -> bytes:
    # "=_" can't occur in quoted-printable, so no body can hold it (RFC 2045 6.7).
    return b"=_" + hashlib.sha256(rendering.name.encode()).hexdigest()[:24].encode()


def _build_content_type(rendering: Rendering) -> list[bytes]:
    if not rendering.html:
        return _build_text_type("plain")
    return [b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n' % _boundary(rendering)]


def _build_text_type(subtype: str) -> list[bytes]:
    return [build_line("Content-Type", f'text/{subtype}; charset="utf-8"'), _QUOTED_PRINTABLE]


def _build_body(rendering: Rendering) -> tuple[list[bytes], list[tuple[str, bool]]]:
    """The pieces around the slots, and each slot's (name, whether it stands in HTML)."""
    pieces, names = body.cut(rendering.text)
    if not rendering.html:
        return pieces, [(name, False) for name in names]
    html_pieces, html_names = body.cut(rendering.html)
    line = b"--" + _boundary(rendering)
    start_text = line + b"\r\n" + b"".join(_build_text_type("plain")) + b"\r\n"
    start_html = b"\r\n" + line + b"\r\n" + b"".join(_build_text_type("html")) + b"\r\n"
    joined = pieces[-1] + start_html + html_pieces[0]
    whole = [*pieces[:-1], joined, *html_pieces[1:]]
    whole[0] = start_text + whole[0]
    whole[-1] += b"\r\n" + line + b"--\r\n"
    return whole, [*((name, False) for name in names), *((name, True) for name in html_names)]
