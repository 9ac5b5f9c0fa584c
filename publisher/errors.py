"""Everything that can go wrong on purpose, as one tree.

PublisherError              one clear line for a person; exit code 1
├── UsageError              the call was wrong; exit code 2
│   ├── SettingsError       a line for each: file, key, value, what is allowed
│   ├── NotFoundError       nothing of that name
│   └── AmbiguousError      several of that name: the candidates
├── SeedError               a file that can't be read: path, reason, line
├── LedgerError             the database is missing, busy or of another version
├── BusyError               somebody else holds the folder or the port
├── TemplateError           a template or catalogue that can't be used
├── CheckError              bytes that no reader of feeds could take
├── RefusedError            a form or a token that we do not take: reason
└── SendError               a relay's answer: code, message, recipient, is_permanent
"""

from collections.abc import Sequence
from typing import Any


class PublisherError(Exception):
    """The root of the tree; `str()` is one line fit for a person."""

    exit_code = 1

    def __reduce__(self) -> tuple[Any, ...]:
        """How an error goes from one process to another, whatever its kind is made from."""
        return _revive, (type(self), self.args, self.__dict__)


def _revive(kind: type["PublisherError"], args: tuple[Any, ...], data: dict[str, Any]) -> "PublisherError":
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(data)
    return error


class UsageError(PublisherError):
    """The command or its arguments are wrong."""

    exit_code = 2


class SettingsError(UsageError):
    """Settings that can't be used: `problems` has a line for each, with where, key, value and what is allowed."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class NotFoundError(UsageError):
    """Nothing of that name."""


class AmbiguousError(UsageError):
    """Several things of that name; `candidates` would each be exact."""

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        self.name, self.candidates = name, tuple(candidates)
        super().__init__(f"{name!r} could be any of: {', '.join(candidates)}")


class SeedError(PublisherError):
    """A seed that can't become an article: `path` below the folder, `reason`, `line` from 1 where it is known."""

    def __init__(self, path: str, reason: str, *, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


class LedgerError(PublisherError):
    """The ledger can't be opened, read or brought up to date."""


class BusyError(PublisherError):
    """Somebody else holds what we need (the folder's lease, a port)."""


class TemplateError(PublisherError):
    """A template or a catalogue that can't be used; the line names it."""


class CheckError(PublisherError):
    """A feed as it was built that no reader could take; the line says why."""


class RefusedError(PublisherError):
    """A form, an address or a token that we do not take; `reason` is fit for a reader."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class SendError(PublisherError):
    """A relay's refusal: the SMTP `code`, its `message`, the `recipient`, and whether it is final for it."""

    def __init__(self, code: int, message: str, *, recipient: str, is_permanent: bool) -> None:
        self.code, self.message, self.recipient, self.is_permanent = code, message, recipient, is_permanent
        super().__init__(f"{code} {message}" if code else message)
