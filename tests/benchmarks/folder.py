"""A folder of articles that look like a paper's: the same bytes each time, French and English, in sections."""

import random
from datetime import date, timedelta
from pathlib import Path

SECTIONS = ("town", "culture", "sport", "nature", "economy", "letters")
_FIRST_DAY = date(2016, 1, 4)
_WORDS = {
    "fr": "après deux ans de travaux le pont des écoles rouvre lundi à la circulation et la commune y voit la fin d’un "
    "long détour pour les élèves comme pour les commerçants de la rue haute qui avaient perdu un client sur trois "
    "pendant que les bus passaient par le canal où personne ne les attendait plus depuis l’été dernier",
    "en": "after two years of work the bridge by the school opens again on monday and the council sees the end of a "
    "long way round for pupils and for the shops of high street which had lost one customer in three while the "
    "buses went by the canal where nobody had been waiting for them any more since last summer",
}
_SIZE = 3_000


def write_articles(folder: Path, count: int) -> None:
    """Write so many articles of about 3 KB, the newest last."""
    for number in range(count):
        path = folder / name_article(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make_article(number, count), encoding="utf-8")


def name_article(number: int) -> str:
    """The path of one article."""
    return f"{SECTIONS[number % len(SECTIONS)]}/story-{number:05}.md"


def make_article(number: int, count: int) -> str:
    """One article with its front matter, paragraphs, a list, a quotation and links to two others."""
    chance = random.Random(number)
    language = "en" if number % 4 == 0 else "fr"
    words = _WORDS[language].split()
    day = _FIRST_DAY + timedelta(days=number * 3900 // max(count, 3900))
    title = _say(chance, words, 7).rstrip(".")
    head = [
        "---",
        f'title: "{title} ({number})"',
        f"date: {day.isoformat()}",
        f"author: {chance.choice(('Nora Peeters', 'Élise Dubois', 'Sam Janssens'))}",
        f"tags: [{chance.choice(words)}, {chance.choice(words)}]".replace("’", ""),
        f"language: {language}",
        "---",
    ]
    parts = [_say(chance, words, 24)]
    while sum(map(len, parts)) < _SIZE:
        parts += _make_section(chance, words, other=chance.randrange(count))
    return "\n".join(head) + "\n\n" + "\n\n".join(parts) + "\n"


def _make_section(chance: random.Random, words: list[str], *, other: int) -> list[str]:
    link = f"[{_say(chance, words, 3).rstrip('.')}](https://example.org/{other})"
    return [
        f"## {_say(chance, words, 4).rstrip('.')}",
        " ".join(_say(chance, words, 14) for _ in range(4)) + f" *{_say(chance, words, 3)}* {link}",
        "\n".join(f"- {_say(chance, words, 6)}" for _ in range(3)),
        f"> {_say(chance, words, 16)}",
        " ".join(_say(chance, words, 12) for _ in range(3)) + f" **{chance.choice(words)}**.",
    ]


def _say(chance: random.Random, words: list[str], count: int) -> str:
    return " ".join(chance.choices(words, k=count)).capitalize() + "."
