"""The folder's lease: one folder feeds a ledger, and the processes of one machine share it."""

import socket
from datetime import datetime, timedelta

from publisher.app import App
from publisher.errors import BusyError
from publisher.jobs.surveying import Watch

_LEASE_NAME, _LEASE = "folder", timedelta(minutes=2)
_RENEWAL = timedelta(seconds=45)  # within which a watch need not renew the lease


def keep_folder(app: App, *, now: datetime, watch: Watch | None) -> None:
    """Take the folder, but for a watch that has done so a moment ago."""
    if watch and watch.renew_at and watch.renew_at - _RENEWAL <= now < watch.renew_at:
        return
    take_folder(app, now=now)
    if watch:
        watch.renew_at = now + _RENEWAL


def take_folder(app: App, *, now: datetime) -> None:
    """Take or renew the lease of the ledger's one folder; processes of this machine and folder share it.

    Raises BusyError where another machine or folder has it.
    """
    holder = _folder_holder(app)
    with app.ledger.write() as tx:
        other = tx.facts.take_lease(_LEASE_NAME, holder=holder, host=socket.gethostname(), now=now, until=now + _LEASE)
    if other:
        raise BusyError(f"another folder feeds this ledger: {other[0]}; stop its `run` and try again in two minutes")


def leave_folder(app: App) -> None:
    """Give the folder's lease back."""
    with app.ledger.write() as tx:
        tx.facts.drop_lease(_LEASE_NAME, holder=_folder_holder(app))


def _folder_holder(app: App) -> str:
    return f"{socket.gethostname()}:{app.home.seeds.resolve()}"
