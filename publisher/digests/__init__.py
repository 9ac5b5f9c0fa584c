"""Articles to a digest: which ones an issue holds, and its subject, HTML and text for one kind of reader."""

from publisher.digests.choose import Chosen, choose, for_sections
from publisher.digests.notices import NoticeText, render_notice
from publisher.digests.render import Brief, render_variant

__all__ = ["Brief", "Chosen", "NoticeText", "choose", "for_sections", "render_notice", "render_variant"]
