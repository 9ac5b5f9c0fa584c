"""What became of handing one message over: how it ended, at which step, and the relay's words."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
SERVICE_CLOSING = 421
_HIDDEN = "…"


class Step(StrEnum):
    """The command that an answer belongs to; `CONTENT` lies between the 354 and the reply to the final dot."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"


class End(StrEnum):
    """How it ended.

    UNREACHED: there was no connection. UNSENT: the connection was lost before any content, so sending again is safe.
    UNANSWERED: content had begun and no reply came, so nobody knows. UNADDRESSABLE: this relay can't take that address.
    """

    ANSWERED = "answered"
    UNREACHED = "unreached"
    UNSENT = "unsent"
    UNANSWERED = "unanswered"
    UNADDRESSABLE = "unaddressable"


@dataclass(frozen=True, slots=True)
class Reply:
    """One SMTP reply (RFC 5321 4.2), its lines joined by spaces."""

    code: int
    text: str = ""

    @property
    def enhanced(self) -> str:
        """The enhanced status code (RFC 3463) that begins the text, or ""."""
        found = _ENHANCED.match(self.text)
        return found[0] if found else ""

    @property
    def is_positive(self) -> bool:
        """Whether the relay did what it was asked."""
        return 200 <= self.code < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The end of one attempt; `reply` says the rest, with code 0 and our own words where the relay said nothing."""

    end: End
    step: Step
    reply: Reply

    def without(self, *addresses: str) -> "Answer":
        """The same with the recipient's address left out of the relay's words: they are kept, logged and shown."""
        text = self.reply.text
        if "@" not in text:
            return self
        for address in addresses:
            text = re.sub(re.escape(address), _HIDDEN, text, flags=re.IGNORECASE) if address else text
        return replace(self, reply=replace(self.reply, text=text))

    @property
    def is_accepted(self) -> bool:
        """Whether the relay has taken the message."""
        return self.end is End.ANSWERED and self.step is Step.CONTENT and self.reply.is_positive

    @property
    def is_refused(self) -> bool:
        """Whether the relay said no for good.

        Where the code and the enhanced code differ, the milder one counts; a bare 552 at RCPT means too many
        recipients, which is temporary (RFC 5321 4.5.3.1.10).
        """
        if self.end is not End.ANSWERED or self.reply.code < 500 or self.reply.enhanced.startswith("4"):
            return False
        return not (self.step is Step.RCPT and self.reply.code == 552 and not self.reply.enhanced)

    @property
    def ends_session(self) -> bool:
        """Whether the connection went with it: lost, or closed by a 421."""
        is_lost = self.end in (End.UNSENT, End.UNANSWERED)
        return is_lost or (self.end is End.ANSWERED and self.reply.code == SERVICE_CLOSING)
