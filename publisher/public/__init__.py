"""What readers fetch: files below var/public, and their bytes in memory with compressed forms and ETags."""

from publisher.public.made import Made
from publisher.public.served import Memory, Served, serve
from publisher.public.shelf import Shelf

__all__ = ["Made", "Memory", "Served", "Shelf", "serve"]
