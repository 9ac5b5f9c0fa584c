"""Markdown and HTML: rendered, cleaned to an allow-list, its links rewritten, and told again as plain text."""

from publisher.markup.alerts import name_alerts
from publisher.markup.cleaning import clean_html, drop_heading_ids
from publisher.markup.links import absolute_links, iter_images, rewrite_links, rewrite_sources
from publisher.markup.markdown import render_markdown
from publisher.markup.plain import shorten, to_plain
from publisher.markup.spacing import space_french, space_french_html
from publisher.markup.text import to_text

__all__ = [
    "absolute_links",
    "clean_html",
    "drop_heading_ids",
    "iter_images",
    "name_alerts",
    "render_markdown",
    "rewrite_links",
    "rewrite_sources",
    "shorten",
    "space_french",
    "space_french_html",
    "to_plain",
    "to_text",
]
