"""The sample paper as a home of the tests: what a newcomer starts, an article with everything, and readers."""

import shutil
from pathlib import Path

from publisher.app import App
from publisher.clock import now
from publisher.domain import address
from publisher.domain.article import Article
from publisher.jobs.subscribing import ask
from publisher.mail import Mail, Maildir
from publisher.subscriptions import Request
from tests.acceptance.site import Site, browse, find_free_port, replace_in
from tests.commands import call_well
from tests.homes import HomeFolder, look, subscribe

ROOT = Path(__file__).parents[2]
PENDING = ("bob@example.net", "boris@example.net")
CONFIRMED = ("alice@example.net", "agnes@example.net", "carol@example.net", "claire@example.net")
RICH = """---
title: Un article riche en formes
author: Basile Quertin
tags: [essai, typographie]
image:
  src: kiosque.png
  alt: Le kiosque du parc communal, un soir d’été
correction: Une première version donnait un autre chiffre.
---

Un paragraphe avec une note[^1], du `code` dans la ligne et un lien vers [la commune](https://commune.example/avis).

## Une partie

<figure><img src="verger.png" alt="Les pommiers en fleur"><figcaption>Le verger, au printemps.</figcaption></figure>

| Jour | Étals | Ce que l’on y trouve | Visiteurs | Couvert |
|---|---:|---|---:|---|
| Samedi | 34 | des légumes, du fromage, des fleurs | 1 200 | oui |
| Dimanche | 12 | de la brocante, toute la journée | 800 | non |

> Une citation qui tient sur plus d’une ligne, pour voir comment elle se pose.
>
> — Odile, libraire

#### Un titre qui saute un niveau

1. un
2. deux

```
une ligne de code qui est bien plus longue que tout ce qu’un téléphone peut montrer dans sa largeur, et de loin
```

https://commune.example/une/adresse/tres/longue/qui/ne/se/coupe/pas/et/qui/depasse/la/largeur/de/tout/telephone

[^1]: Une note, avec [un lien](https://commune.example/note).
"""


def make_paper(path: Path) -> tuple[HomeFolder, int]:
    """A copy of the sample, as if it had just been fetched, and the port that it will serve."""
    port = find_free_port()
    for part in ("config", "seeds"):
        shutil.copytree(ROOT / part, path / part, copy_function=shutil.copyfile)
    replace_in(path / "config" / "publisher.toml", "8000", str(port))
    return HomeFolder(path), port


def fill_paper(home: HomeFolder) -> None:
    """Readers at each step, an article that was withdrawn, and an issue that an article with everything leads."""
    gone = home.write_seed("culture/perdu.md", "# Un article perdu\n\nIl ne restera pas longtemps.\n")
    with home.opened() as app:
        look(app, now())
        gone.unlink()
        shutil.copyfile(home.path / "seeds" / "culture" / "kiosque.png", home.path / "seeds" / "culture" / "verger.png")
        home.write_seed("culture/riche.md", RICH)
        look(app, now())
        subscribe(app, CONFIRMED, now=now())
        for email in PENDING:
            ask(app, Request(email=email, newsletters=("daily",), source="sign-up form"), now=now())
    call_well(home, "send", "daily")


def list_paths(home: HomeFolder) -> dict[str, str]:
    """Where each page of a filled paper is, by the name that tests give it."""
    with home.opened() as app:
        site = Site(app, browse(app))
        return _list_articles(app) | _list_mails(home) | _list_tokens(site)


def _list_articles(app: App) -> dict[str, str]:
    with app.ledger.read() as tx:
        found = {article.title: article for article in tx.articles.list_all()}
        (issue,) = tx.issues.list_all(limit=1)
    titles = {
        "rich article": "Un article riche en formes",
        "withdrawn article": "Un article perdu",
        "English article": "An otter is back in the canal",
        "Dutch article": "Tweehonderd knotwilgen zoeken handen",
    }
    articles: dict[str, Article] = {name: found[title] for name, title in titles.items()}
    paths = {name: address.article(article) for name, article in articles.items()}
    return paths | {"issue": address.issue(issue.newsletter, issue.slot)}


def _list_mails(home: HomeFolder) -> dict[str, str]:
    confirmation, digest = find_mail(home, PENDING[0]), find_mail(home, CONFIRMED[0])
    return {
        "confirmation mail": address.mail(confirmation.key),
        "digest mail": address.mail(digest.key),
        "framed confirmation": f"{address.mail(confirmation.key)}/html",
        "framed digest": f"{address.mail(digest.key)}/html",
    }


def _list_tokens(site: Site) -> dict[str, str]:
    alice, agnes, carol, claire = CONFIRMED
    return {
        "confirm": site.confirm_path(PENDING[0]),
        "confirmed": site.confirm_path(PENDING[1]),
        "confirmed before": site.confirm_path(alice),
        "preferences": site.preferences_path(alice),
        "saved preferences": site.preferences_path(agnes),
        "unsubscribe": site.unsubscribe_path(carol),
        "unsubscribed": site.unsubscribe_path(claire),
    }


def find_mail(home: HomeFolder, to: str) -> Mail:
    """The newest mail to somebody."""
    maildir = Maildir(home.path / "var" / "mailbox")
    return next(maildir.get_message(one.key) for one in maildir.list_messages(limit=200) if to in one.to)
