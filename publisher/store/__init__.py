"""The ledger: people, consent, identities, issues and deliveries. The only home of SQLAlchemy."""

from publisher.store.engine import Ledger, Transaction

__all__ = ["Ledger", "Transaction"]
