"""What must not be read in a log: values whose key names a secret, and addresses of persons."""

import re
from functools import lru_cache
from typing import Any, Final

HIDDEN: Final = "…"
_ADDRESS = re.compile(r'(?:"[^"]*"|[^\s"<>(),;]+)@[^\s"<>(),;]+')
_SECRETS = ("password", "passwd", "token", "secret", "authorization", "cookie")


def hide_addresses(text: str) -> str:
    """The text with every e-mail address left out."""
    return _ADDRESS.sub(HIDDEN, text) if "@" in text else text


def mask_value(value: Any) -> Any:
    """The value with the addresses and secrets in it left out, however deep."""
    if isinstance(value, str):
        return hide_addresses(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return {key: HIDDEN if is_secret(str(key)) else mask_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [mask_value(one) for one in value]
    return mask_value(str(value))


@lru_cache(1024)
def is_secret(key: str) -> bool:
    """Whether a key names what nobody may read."""
    return any(word in key.lower() for word in _SECRETS)
