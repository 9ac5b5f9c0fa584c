"""Whatever a clipping holds, no letter of it is lost, and what was read reads the same again."""

import time
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from publisher.ingest.clippings.boxes import FigureBox
from publisher.ingest.clippings.clipping import Clipping, read_clipping

TWIN = (Path(__file__).parents[1] / "data" / "clippings" / "jumelage.txt").read_text()
PIECES = (
    "LE PONT DE LIÈGE",
    "Le pont sera refait",
    "MOBILITÉ",
    "# Un titre",
    "## Un intertitre",
    "Par Anne Petit",
    "ANNE PETIT",
    "(Belga)",
    "12 juin 2026",
    "12 juin",
    "BRUXELLES, 12 juin (Belga) – Le conseil a voté.",
    "► Le conseil communal a décidé mardi que le vieux pont serait refait.",
    "Le conseil communal a décidé mardi que le vieux pont de la rue",
    "Basse serait refait avant Noël.",
    "**LES TRAVAUX** commencent lundi et le déplace-",
    "ment durera un an.",
    "« Nous avons attendu ce pont vingt ans »",
    "Paul Grand, maire",
    "Photo : Anne Petit",
    "Le pont vu du quai. © Belga",
    "La Gazette – samedi 13 juin 2026 – 4",
    "LA GAZETTE",
    "suite en page 4",
    "Lire aussi : Le pont",
    "4",
    "- une liste",
    "> une citation",
    "***",
    "",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(alphabet="ab É.-:,\"'«►1", max_size=12), max_size=14)


HEADS = st.sampled_from(
    (
        "# Le pont",
        "LE PONT SERA REFAIT",
        "MOBILITÉ\n\nLE PONT SERA REFAIT\n\nPar Anne Petit",
        "Le pont sera refait\n\nIl a cent ans et besoin de soins\n\nPar Anne Petit",
        "# Le pont\n\nBRUXELLES, 12 juin (Belga) – Le conseil a voté, puis il a bu un verre.",
        "LA GAZETTE\n4\n\nLe pont sera refait\n\n12 juin 2026",
    )
)
BODIES = (
    "Le conseil communal a décidé mardi que le vieux pont serait refait.",
    "Le conseil communal a décidé mardi que le vieux pont de la rue\n\nBasse serait refait avant Noël.",
    "Le conseil communal a voté le déplace-\n\n4\n\nment du marché vers le quai.",
    "LES TRAVAUX\n\nLe pont sera fermé tout l'hiver, dit la commune.",
    "**LES TRAVAUX** commencent lundi et dureront un an.",
    "« Nous avons attendu ce pont vingt ans »\n\n— Paul Grand, maire",
    "LE CHIFFRE\n\n48\n\nmois de travaux",
    "Le pont vu du quai. © Belga",
    "- une liste\n- de choses",
    "> une citation",
)


def letters(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFD", text.casefold())
    return Counter(letter for letter in plain if letter.isalpha())


def everything(clipping: Clipping) -> str:
    boxes = [f"{box.number} {box.words}" for box in clipping.figures]
    fields = (clipping.headline or clipping.title, clipping.kicker, clipping.standfirst, clipping.body, *boxes)
    return " ".join((*fields, *clipping.captions, *clipping.furniture, *clipping.signed))


@given(TEXTS, st.sampled_from(("\n", "\n\n")), st.booleans())
def test_no_letter_is_lost(pieces: list[str], gap: str, is_plain: bool) -> None:
    text = gap.join(pieces)
    found = " ".join(map(everything, read_clipping(text, is_plain=is_plain)))
    assert not letters(text) - letters(found)


@given(HEADS, st.lists(st.sampled_from(BODIES), min_size=2, max_size=8))
def test_what_was_read_reads_the_same(head: str, bodies: list[str]) -> None:
    first = read_clipping("\n\n".join((head, *bodies)))[0]
    assume(first.title and first.body)  # captions alone are no text, and a line above them is no headline
    standfirst = f"**{first.standfirst}**\n\n" if first.standfirst else ""
    again = read_clipping(f"# {first.title}\n\n{standfirst}{first.body}")[0]
    assert (again.title, again.body) == (first.title, first.body)


def test_twin_reads_the_same_again() -> None:
    first = read_clipping(TWIN, is_plain=True)[0]
    again = read_clipping(f"# {first.title}\n\n**{first.standfirst}**\n\n{first.body}")[0]
    assert (again.title, again.standfirst, again.body) == (first.title, first.standfirst, first.body)


@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read(text: str, is_plain: bool) -> None:
    for clipping in read_clipping(text, is_plain=is_plain):
        assert all(0 <= sureness.certainty <= 1 for sureness in clipping.certainties.values())
        assert not any(isinstance(box, FigureBox) and not box.number for box in clipping.figures)


@pytest.mark.parametrize("piece", ["Un mot et un autre\n", "LES TRAVAUX\n\n", "Anne Petit\n\n", "« a » ", "12 juin "])
def test_work_grows_with_the_text_alone(piece: str) -> None:
    started = time.process_time()
    read_clipping(piece * (60_000 // len(piece)), is_plain=True)
    assert time.process_time() - started < 3
