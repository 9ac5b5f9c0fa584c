"""The command line: arguments in, jobs called, a line or a table out."""

from publisher.cli.main import main

__all__ = ["main"]
