"""The feeds that no setting asks for, as readers know them: a topic's, several sections', a newsletter's issues."""

from collections.abc import Sequence

from publisher.domain.feed import ISSUES, Choice, Feed
from publisher.domain.newsletter import Newsletter
from publisher.domain.publication import Publication
from publisher.domain.topic import Kind, Topic
from publisher.templating import name_language


def feed_of_topic(publication: Publication, topic: Topic) -> Feed:
    """All articles of one topic; a language has the name that its speakers give it, the others that of the seeds."""
    is_language = topic.kind is Kind.LANGUAGE
    return Feed(
        name=topic.path,
        title=_title(publication, name_language(topic.name) if is_language else topic.name),
        language=topic.name if is_language else publication.language,
        choice=Choice(**{topic.kind.value: (topic.slug,)}),
    )


def feed_of_sections(publication: Publication, sections: Sequence[Topic]) -> Feed:
    """All articles of several sections, whose order makes no difference: `sections/culture+sport`."""
    ordered = sorted(sections, key=lambda section: section.slug)
    slugs = tuple(section.slug for section in ordered)
    return Feed(
        name=f"{Kind.SECTION.value}/{'+'.join(slugs)}",
        title=_title(publication, ", ".join(section.name for section in ordered)),
        language=publication.language,
        choice=Choice(sections=slugs),
    )


def feed_of_issues(publication: Publication, newsletter: Newsletter) -> Feed:
    """The issues of a newsletter."""
    return Feed(
        name=f"{ISSUES}/{newsletter.name}",
        title=_title(publication, newsletter.title),
        language=newsletter.language,
    )


def short_title(publication: Publication, feed: Feed) -> str:
    """A feed's title where the publication's stands above it already: `Sport` of `La Gazette – Sport`."""
    return feed.title.removeprefix(_title(publication, "")) or feed.title


def _title(publication: Publication, name: str) -> str:
    return f"{publication.title} – {name}"
