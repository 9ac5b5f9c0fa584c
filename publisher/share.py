"""Finds what travels beside the code: templates, the sample settings and the sample seeds.

In a wheel they lie in `publisher/_share`, in a checkout, which has no such folder, beside the package.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def find_folder(name: str) -> Path:
    """The folder `templates`, `config` or `seeds` that came with this copy of the code."""
    shared = _PACKAGE / "_share" / name
    return shared if shared.is_dir() else _PACKAGE.parent / name
