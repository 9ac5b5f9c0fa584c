"""Finds what travels beside the code: templates, the sample settings and the sample seeds.

In a wheel they lie in `publisher/_share`, in a checkout beside the package; `__file__` tells which.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def find_folder(name: str) -> Path:
    """The folder `templates`, `config` or `seeds` that came with this copy of the code."""
    checkout = _PACKAGE.parent / name
    return checkout if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / "_share" / name
