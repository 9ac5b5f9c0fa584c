"""Articles, issues and forms to HTML pages: values in, bytes out."""

from publisher.pages.articles import render_article, render_front, render_issue
from publisher.pages.automatic import feed_of_issues, feed_of_sections, feed_of_topic
from publisher.pages.feed_list import FeedGroup, group_feeds, render_feed_list
from publisher.pages.forms import render_confirm, render_preferences, render_subscribe, render_unsubscribe
from publisher.pages.mailbox import Mail, MailSummary, render_frame, render_mail, render_mailbox
from publisher.pages.notes import render_feed_stylesheet, render_message, render_stylesheet
from publisher.pages.site import Site

__all__ = [
    "FeedGroup",
    "Mail",
    "MailSummary",
    "Site",
    "feed_of_issues",
    "feed_of_sections",
    "feed_of_topic",
    "group_feeds",
    "render_article",
    "render_confirm",
    "render_feed_list",
    "render_feed_stylesheet",
    "render_frame",
    "render_front",
    "render_issue",
    "render_mail",
    "render_mailbox",
    "render_message",
    "render_preferences",
    "render_stylesheet",
    "render_subscribe",
    "render_unsubscribe",
]
