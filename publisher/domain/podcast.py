"""What podcasts' directories want of a podcast, and what they would find missing."""

from collections.abc import Iterator

from publisher.domain.feed import Podcast

_INSIDE = ">"
PICTURES = (".jpg", ".jpeg", ".png")
# Apple's, which the other directories take too (podcasters.apple.com/support/1691).
_CATEGORIES = {
    "Arts": "Books, Design, Fashion & Beauty, Food, Performing Arts, Visual Arts",
    "Business": "Careers, Entrepreneurship, Investing, Management, Marketing, Non-Profit",
    "Comedy": "Comedy Interviews, Improv, Stand-Up",
    "Education": "Courses, How To, Language Learning, Self-Improvement",
    "Fiction": "Comedy Fiction, Drama, Science Fiction",
    "Government": "",
    "Health & Fitness": "Alternative Health, Fitness, Medicine, Mental Health, Nutrition, Sexuality",
    "History": "",
    "Kids & Family": "Education for Kids, Parenting, Pets & Animals, Stories for Kids",
    "Leisure": "Animation & Manga, Automotive, Aviation, Crafts, Games, Hobbies, Home & Garden, Video Games",
    "Music": "Music Commentary, Music History, Music Interviews",
    "News": "Business News, Daily News, Entertainment News, News Commentary, Politics, Sports News, Tech News",
    "Religion & Spirituality": "Buddhism, Christianity, Hinduism, Islam, Judaism, Religion, Spirituality",
    "Science": (
        "Astronomy, Chemistry, Earth Sciences, Life Sciences, Mathematics, Natural Sciences, Nature, Physics, "
        "Social Sciences"
    ),
    "Society & Culture": "Documentary, Personal Journals, Philosophy, Places & Travel, Relationships",
    "Sports": (
        "Baseball, Basketball, Cricket, Fantasy Sports, Football, Golf, Hockey, Rugby, Running, Soccer, Swimming, "
        "Tennis, Volleyball, Wilderness, Wrestling"
    ),
    "TV & Film": "After Shows, Film History, Film Interviews, Film Reviews, TV Reviews",
    "Technology": "",
    "True Crime": "",
}


def split_category(category: str) -> list[str]:
    """A category and the one inside it, from "Society & Culture > Documentary"; nothing where there is none."""
    return [name for name in map(str.strip, category.split(_INSIDE, 1)) if name]


def iter_faults(podcast: Podcast) -> Iterator[str]:
    """What directories would refuse it for, a line each."""
    if not podcast.image:
        yield "give an image, its cover: directories take no podcast without one"
    elif not podcast.image.lower().endswith(PICTURES):
        yield f"image: {podcast.image} should end in .jpg or .png: directories look at the ending"
    if not podcast.category:
        yield "give a category, as in News or Society & Culture > Documentary: directories want one"
    elif not _is_known(split_category(podcast.category)):
        yield f"category: directories know no {podcast.category!r}; {_list_near(split_category(podcast.category))}"


def _is_known(names: list[str]) -> bool:
    inner = _CATEGORIES.get(names[0]) if names else None
    return inner is not None and (len(names) == 1 or names[1] in inner.split(", "))


def _list_near(names: list[str]) -> str:
    inner = _CATEGORIES.get(names[0]) if names else None
    if inner is None:
        return f"take one of {', '.join(_CATEGORIES)}"
    return f"inside {names[0]} there are {inner}" if inner else f"inside {names[0]} there are none"
