"""What readers fetch: files below var/public, and their bytes in memory with compressed forms and ETags."""

from publisher.public.served import Memory, Served, serve
from publisher.public.shelf import Shelf

__all__ = ["Memory", "Served", "Shelf", "serve"]
