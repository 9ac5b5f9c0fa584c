"""The site: finished files from the shelf, and the few pages that ask or tell a reader something."""

from publisher.web.site import build_web

__all__ = ["build_web"]
