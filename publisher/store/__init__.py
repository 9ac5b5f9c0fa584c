"""The ledger: people, consent, identities, issues and deliveries. The only home of SQLAlchemy."""

from publisher.store.engine import Ledger, Transaction
from publisher.store.opening import resolve_url

__all__ = ["Ledger", "Transaction", "resolve_url"]
