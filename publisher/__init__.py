"""Publisher turns a folder of articles into feeds and newsletters."""

__version__ = "0.1.0"
