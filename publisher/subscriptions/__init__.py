"""People: sign-up, confirmation, preferences, leaving, import and export."""

from publisher.subscriptions.addresses import check_email
from publisher.subscriptions.exchange import export_rows, import_rows
from publisher.subscriptions.leaving import erase, find_by_unsubscribe_token, lift_suppression, suppress, unsubscribe
from publisher.subscriptions.preferences import Preferences, change_preferences, find_by_preferences_token
from publisher.subscriptions.signup import Request, add_confirmed, confirm, find_pending, request

__all__ = [
    "Preferences",
    "Request",
    "add_confirmed",
    "change_preferences",
    "check_email",
    "confirm",
    "erase",
    "export_rows",
    "find_by_preferences_token",
    "find_by_unsubscribe_token",
    "find_pending",
    "import_rows",
    "lift_suppression",
    "request",
    "suppress",
    "unsubscribe",
]
