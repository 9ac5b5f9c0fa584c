"""Articles to a digest: which ones an issue holds, and its subject, HTML and text for one kind of reader."""

from publisher.digests.choose import Chosen, choose, for_sections
from publisher.digests.notices import Erratum, NoticeText, render_confirmation, render_correction
from publisher.digests.render import Brief, render_variant

__all__ = [
    "Brief",
    "Chosen",
    "Erratum",
    "NoticeText",
    "choose",
    "for_sections",
    "render_confirmation",
    "render_correction",
    "render_variant",
]
