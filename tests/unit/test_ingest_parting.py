"""Several articles in one file are parted only where that is certain."""

import pytest

from publisher.ingest.clippings.clipping import Clipping, read_clipping
from publisher.ingest.clippings.writing import write_article
from publisher.ingest.headers.front_matter import split

TEXT = "Le conseil communal a décidé mardi que le vieux pont de la rue Basse serait refait."


def read(text: str) -> tuple[Clipping, ...]:
    return read_clipping(text, is_plain=True)


@pytest.mark.parametrize(
    "text",
    [
        f"# Un pont\n\n{TEXT}\n\n***\n\n# Une gare\n\n{TEXT}",
        f"UN VIEUX PONT\n\n{TEXT}\n\n=====\n\nUNE VIEILLE GARE\n\n{TEXT}",
        f"Un pont\n\nPar Anne Petit\n\n{TEXT}\n\n-----\n\nUne gare\n\nPar Paul Grand\n\n{TEXT}",
        f"# Un pont\n\nPar Anne Petit\n\n{TEXT}\n\n# Une gare\n\nPar Paul Grand\n\n{TEXT}",
        f"# Un pont\n\n{TEXT}\n\n# Une gare\n\nPar Paul Grand\n\n{TEXT}",
        f"UN VIEUX PONT\n\nPar Anne Petit\n\n{TEXT}\n\nUNE VIEILLE GARE\n\nPar Paul Grand\n\n{TEXT}",
        f"UN VIEUX PONT\n\nLIÈGE (Belga) – {TEXT}\n\nUNE VIEILLE GARE\n\nMONS (Belga) – {TEXT}",
    ],
)
def test_certain_borders_part_articles(text: str) -> None:
    found = read(text)
    assert [clipping.title.split()[0] for clipping in found] == ["Un", "Une"]
    assert all(clipping.body == TEXT for clipping in found)


@pytest.mark.parametrize(
    ("text", "is_doubtful"),
    [
        (f"# Un pont\n\n{TEXT}\n\n# Les travaux\n\n{TEXT}", False),
        (f"# Un pont\n\n{TEXT}\n\n***\n\n{TEXT}", False),
        (f"UN VIEUX PONT\n\n{TEXT}\n\nLES GRANDS TRAVAUX\n\n{TEXT}", False),
        (f"Un pont\n\n{TEXT}\n\n***\n\nUne gare\n\n{TEXT}", True),
        (
            f"Un pont\n\nPar Anne Petit\n\n{TEXT}\n\n{TEXT}\n\nAssez.\n\nUne gare\n\nPar Jan Maes\n\n{TEXT}",
            True,
        ),
    ],
)
def test_uncertain_borders_part_nothing(text: str, *, is_doubtful: bool) -> None:
    found = read(text)
    assert len(found) == 1
    assert (found[0].certainties["split"].certainty < 0.5) == is_doubtful


def test_parts_are_files_with_front_matter() -> None:
    text = f'# Un "pont"\n\nPar Anne Petit\n\n{TEXT}\n\n# Une gare\n\nPar Paul Grand\n\n{TEXT}'
    first, second = map(write_article, read_clipping(text, is_plain=True))
    header = split("a.md", first)
    assert header is not None
    assert (header.values["title"], header.values["author"]) == ('Un "pont"', ["Anne Petit"])
    assert second.endswith(f"---\n\n{TEXT}\n")


@pytest.mark.parametrize("signed", ["C. F.", "Paul Grand", "Par Paul Grand"])
def test_signed_end_before_a_headline_is_doubted(signed: str) -> None:
    clipping = read(f"Un vieux pont\n\n{TEXT}\n\n{TEXT}\n\n{signed}\n\nUne gare rouvre\n\n{TEXT}")[0]
    assert clipping.certainties["split"].certainty < 0.5


def test_crosshead_below_a_paragraph_is_no_second_article() -> None:
    clipping = read(f"Un vieux pont\n\n{TEXT}\n\n{TEXT}\n\nUne gare rouvre\n\n{TEXT}\n\nC. F.")[0]
    assert clipping.certainties["split"].certainty > 0.5
