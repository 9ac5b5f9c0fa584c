"""A hook on the web, asked by the standard library; of its address, which holds a token, only the host is named."""

from http.client import HTTPException
from typing import Any
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from publisher import __version__
from publisher.errors import PublisherError


def ask(url: str, *, content: bytes | None, seconds: float) -> None:
    """POST JSON to a hook, or GET it where there is no content. Raises PublisherError with the host and the reason."""
    headers = {"User-Agent": f"publisher/{__version__}"}
    if content is not None:
        headers["Content-Type"] = "application/json"
    asked = request.Request(url, data=content, headers=headers)  # noqa: S310 (the settings allow http and https only)
    try:
        with request.build_opener(_Nowhere).open(asked, timeout=seconds):
            return
    except (OSError, HTTPException) as problem:
        raise PublisherError(f"{urlsplit(url).hostname}: {_explain(problem)}") from problem


class _Nowhere(request.HTTPRedirectHandler):
    """Follows no redirection: it could lead to another kind of address, and a POST would lose its content."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _explain(problem: object) -> str:
    """What is wrong, in words that can't hold the address."""
    if isinstance(problem, HTTPError):
        problem.close()
        is_elsewhere = 300 <= problem.code < 400
        return f"HTTP {problem.code}" + (": it sends us elsewhere; give that address instead" if is_elsewhere else "")
    if isinstance(problem, URLError):
        return _explain(problem.reason)
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    return (problem.strerror if isinstance(problem, OSError) else None) or type(problem).__name__
