"""What readers fetch: files below var/public, and their bytes in memory with compressed forms and ETags."""

from publisher.public.made import Made
from publisher.public.shelf import Served, Shelf

__all__ = ["Made", "Served", "Shelf"]
