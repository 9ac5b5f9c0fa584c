"""Logs: one line an event on standard error, for a person at a terminal or as JSON for a machine.

What libraries say by `logging` and `warnings` goes the same way.
"""

from publisher.logs.loggers import Style, get_logger, set_up_logs
from publisher.logs.masking import HIDDEN, hide_addresses

__all__ = ["HIDDEN", "Style", "get_logger", "hide_addresses", "set_up_logs"]
