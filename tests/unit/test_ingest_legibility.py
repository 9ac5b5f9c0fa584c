"""A spoilt scan is told from a clean text, and an editor hears of it."""

import pytest

from publisher.ingest.clippings.clipping import read_clipping
from publisher.ingest.clippings.legibility import is_spoilt, read_legibility
from publisher.ingest.doubts import describe_left_out, describe_parts, find_doubts

CLEAN = (
    "Le conseil a voté 9.200 euros pour l'A54, dit M. Petit (PS) à 14h30 ; voir https://a.example/?z=1 et COVID-19. "
)
SPOILT = "Lc c0nse!l a v0té p~ur lc p|nt dc Li{ge, m^is lcs tr@vaux n'0nt pas c§mmencé av@nt n0ël c~tte ann!e "


@pytest.mark.parametrize("word", ["c0nse!l", "p~ur", "tr|vaux", "lEs", "cqwrtz", "d\ufffdj\ufffd"])
def test_spoilt_words_are_told(word: str) -> None:
    assert is_spoilt(word)


@pytest.mark.parametrize("word", ["l'été", "9.200", "COVID-19", "3e", "14h30", "A54", "McDonald", "and/or", "1ère"])
def test_usual_words_are_not_spoilt(word: str) -> None:
    assert not is_spoilt(word)


@pytest.mark.parametrize("word", ["сегодня", "άνοιξε", "मरम्मत", "e\u0301te\u0301", "桥梁重新开放", "żółw"])
def test_words_of_any_script_are_not_spoilt(word: str) -> None:
    assert not is_spoilt(word)


def test_clean_text_is_no_doubt() -> None:
    assert read_legibility(CLEAN * 3).certainty > 0.9


def test_spoilt_text_is_held_back() -> None:
    found = read_legibility(SPOILT * 3)
    assert found.certainty < 0.5
    assert "look spoilt" in found.reason


def test_doubts_name_field_and_reason() -> None:
    clipping = read_clipping(f"CHARLES MICHEL EN VISITE\n\n{SPOILT * 3}")[0]
    doubts = find_doubts(clipping, title=clipping.certainties["title"], below=0.5)
    assert [doubt.field for doubt in doubts] == ["body", "title"]
    assert "MICHEL" in doubts[1].reason


def test_missing_byline_is_no_doubt() -> None:
    clipping = read_clipping(f"# Le pont\n\n{CLEAN * 3}")[0]
    assert find_doubts(clipping, title=clipping.certainties["title"], below=0.5) == ()


def test_editor_is_told_what_was_left_out() -> None:
    clipping = read_clipping(f"# Le pont\n\nPar Anne Petit\n\n{CLEAN}\n\nLe pont vu du quai. © Belga")[0]
    assert describe_left_out(clipping) == (
        "a caption was left out: Le pont vu du quai.",
        "not of the text: © Belga",
    )


def test_parts_are_counted_in_words() -> None:
    parts = read_clipping(f"# Un\n\nPar Anne Petit\n\n{CLEAN}\n\n# Deux\n\nPar Paul Grand\n\n{CLEAN}")
    assert describe_parts(parts) == "two articles in one file (“Un”; “Deux”)"


@pytest.mark.parametrize(
    "text",
    [
        "Мост открыт\n\n" + "Город сегодня открыл старый каменный мост через реку после ремонта. " * 4,
        "Η γέφυρα άνοιξε\n\n" + "Η πόλη άνοιξε σήμερα την παλιά πέτρινη γέφυρα μετά από επισκευή. " * 4,
        "पुल फिर से खुला\n\n" + "शहर ने आज लंबी मरम्मत के बाद नदी पर बना पुराना पुल फिर से खोल दिया। " * 4,
        "桥梁重新开放\n\n" + "市政府今天宣布,经过长时间的维修,这座古老的石桥重新向公众开放。" * 4,
    ],
)
def test_no_script_is_taken_for_a_spoilt_scan(text: str) -> None:
    clipping = read_clipping(text)[0]
    assert find_doubts(clipping, title=clipping.certainties["title"], below=0.5) == ()
