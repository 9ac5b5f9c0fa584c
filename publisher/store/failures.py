"""What a database says when it can't be used, as one line for a person."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from publisher.errors import LedgerError

_FORBIDDEN = "42501"  # insufficient_privilege, in PostgreSQL's Appendix A


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the database says into a LedgerError of one line."""
    try:
        yield
    except PoolTimeout as problem:
        raise LedgerError("the ledger can't be used now: all its connections are busy") from problem
    except DBAPIError as problem:
        line = _explain(problem)
        if line is None:
            raise
        raise LedgerError(line) from problem


def _explain(problem: DBAPIError) -> str | None:
    """What is wrong and the mend; None for what only a mistake of ours can bring about."""
    said = " ".join(str(problem.orig).split())
    if isinstance(problem, IntegrityError):
        reason = str(problem.orig).partition("\n")[0]  # PostgreSQL's second line shows the row itself
        return f"the ledger refuses what contradicts it: {reason}"
    if _is_of_server(problem) and problem.statement is None:
        return f"the ledger's server can't be used ({said}): {_find_mend(said)}"
    if isinstance(problem, OperationalError | InternalError):
        return f"the ledger can't be used now: {said}"
    if problem.connection_invalidated:
        return f"the ledger's connection was lost: {said}"
    if type(problem) is DatabaseError:  # SQLite's word for a file that is none of its own
        return f"the ledger can't be read: {said}"
    if getattr(problem.orig, "sqlstate", None) == _FORBIDDEN:
        return f"the ledger's server forbids it ({said}): make this user the owner of the database"
    return None


def _is_of_server(problem: DBAPIError) -> bool:
    return hasattr(problem.orig, "sqlstate")


def _find_mend(said: str) -> str:
    """What to do about a connection that was refused; a server that speaks no English gets the last answer."""
    if "database" in said and "does not exist" in said:
        return "make the database with createdb, or mend [database] url"
    if "password" in said or "authentication" in said or "role" in said:
        return "mend the user in [database] url, or give its password as [database] password or password_file"
    return "see that PostgreSQL runs, and that [database] url says where"
