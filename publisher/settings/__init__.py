"""The settings: `config/publisher.toml` below the home folder, and the environment above it.

Any of them is also an environment variable (`PUBLISHER_RELAYS__MAIN__PASSWORD`), which wins; a password also a file
(`password_file`).
"""

from publisher.settings.kinds import check_selector
from publisher.settings.loading import FILE, load_settings, read_password
from publisher.settings.parts import DatabasePart, RelayPart, Settings

__all__ = ["FILE", "DatabasePart", "RelayPart", "Settings", "check_selector", "load_settings", "read_password"]
