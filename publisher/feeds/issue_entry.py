"""What a newsletter's feed says of one issue: the articles that were mailed, each with its summary."""

from html import escape

from publisher.domain import address
from publisher.domain.article import Article
from publisher.feeds.document import Document, IssueEntry
from publisher.feeds.entry import Entry, summary_alone
from publisher.feeds.head import make_id
from publisher.feeds.texts import clean, escaped, instant, language_tag, uri
from publisher.templating import direction

_BETWEEN_TITLES = " · "


def make_issue_entry(found: IssueEntry, document: Document) -> Entry:
    """The issue as its newsletter's feed tells it.

    Its id is made of the feed's first name, so that it outlives a new name of the newsletter. An issue that was
    composed anew holds a text that is newer than its freeze: that moment is its `updated`, also where the article that
    was the newest has left it.
    """
    issue, publication = found.issue, document.publication
    path = address.issue(issue.newsletter, issue.slot)
    moments = [issue.frozen_at, issue.recomposed_at or issue.frozen_at]
    return Entry(
        id=make_id(f"/{document.feed.first_name}/{issue.slot}", authority=document.authority).urn,
        url=address.absolute(publication.url, path),
        title=clean(issue.subject) or clean(issue.title) or issue.id,
        summary=_BETWEEN_TITLES.join(_title(article) for article in found.articles),
        html=_list_articles(found, document) if document.feed.is_full else None,
        published=instant(issue.frozen_at),
        updated=max(map(instant, [*moments, *(article.updated_at for article in found.articles)])),
        language=language_tag(found.language),
    )


def _list_articles(found: IssueEntry, document: Document) -> str:
    told = (_list_item(article, document, language=found.language) for article in found.articles)
    turned = ' dir="rtl"' if direction(found.language) == "rtl" else ""
    return "<ul{}>\n{}\n</ul>".format(turned, "\n".join(told)) if found.articles else ""


def _list_item(article: Article, document: Document, *, language: str) -> str:
    publication = document.publication
    url = address.reader_address(article, base=publication.url, article_url=publication.article_url)
    own = language_tag(article.language)
    lang = f' lang="{own}" dir="{direction(own)}"' if own and own != language_tag(language) else ""
    summary = escaped(clean(summary_alone(article)))
    link = f'<a href="{escape(uri(url))}">{escaped(_title(article))}</a>'
    return f"<li{lang}><p><strong>{link}</strong></p>{f'<p>{summary}</p>' if summary else ''}</li>"


def _title(article: Article) -> str:
    return clean(article.title) or article.slug
