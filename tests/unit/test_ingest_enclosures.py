"""What a header attaches: its length of play, its type and transcript, and other generators' words for them."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.domain.article import Enclosure
from publisher.errors import SeedError
from publisher.ingest.headers import media, spellings
from publisher.ingest.headers.front_matter import Header, split
from publisher.ingest.headers.keys import read_meta
from tests.unit.test_ingest_keys import BRUSSELS, meta, toml

SOUND = "https://media.example/a.mp3"
PARTS = [name for names in spellings.MEDIA_PARTS.values() for name in names]
KEYS = [*spellings.MEDIA, *spellings.RIGHTS, *(name for names in spellings.MEDIA_DETAILS.values() for name in names)]
PLAIN = Enclosure(url=SOUND, media_type="audio/mpeg")


def enclosure(*lines: str) -> Enclosure:
    found = meta("title: x", *lines).enclosure
    assert found is not None
    return found


def refusal(*lines: str) -> SeedError:
    with pytest.raises(SeedError) as caught:
        meta("title: x", *lines)
    return caught.value


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("754", 754), ("12:34", 754), ("90:00", 5400), ("1:02:03", 3723), ("00:00:09", 9), ("12:34.5", 754), ("0", 0)],
)
def test_duration_has_three_spellings(written: str, seconds: int) -> None:
    assert enclosure("enclosure:", f"  url: {SOUND}", f"  duration: {written}").seconds == seconds


@pytest.mark.parametrize("written", ["12:75", "1:60:00", "about an hour", "-5", "1:2:3:4", "٣"])
def test_any_other_duration_is_refused(written: str) -> None:
    problem = refusal("enclosure:", f"  url: {SOUND}", f"  duration: '{written}'")
    assert "write seconds, 12:34 or 1:02:03" in problem.reason
    assert problem.line == 3


def test_toml_time_is_a_duration() -> None:
    found = toml("title = 'x'", "[enclosure]", f"url = '{SOUND}'", "duration = 00:12:34").enclosure
    assert found is not None
    assert found.seconds == 754


def test_lines_of_keys_give_a_duration() -> None:
    header = split("a.md", f"Title: x\nDate: 2026-11-23\nEnclosure: {SOUND}\nDuration: 12:34\n\nBody")
    assert header is not None
    found = read_meta("a.md", header, zone=BRUSSELS)
    assert found.enclosure == Enclosure(url=SOUND, media_type="audio/mpeg", seconds=754)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"enclosure: {{url: {SOUND}, type: mp3}}", "write audio/mpeg"),
        (f"enclosure: {{url: {SOUND}, length: 13 MB}}", "digits alone"),
        (f"enclosure: {{url: {SOUND}, transcript: a.vtt}}", "full https address"),
        (f"enclosure: {{url: {SOUND}, transcript: 'https://media.example/a'}}", "transcript_type: text/vtt"),
        ("enclosure: {type: audio/mpeg}", "full https address"),
        ("enclosure: [a.mp3]", "full https address"),
    ],
)
def test_wrong_value_names_line_and_mend(line: str, words: str) -> None:
    problem = refusal(line)
    assert words in problem.reason
    assert problem.line == 3


@pytest.mark.parametrize(
    ("ending", "media_type"),
    [("vtt", "text/vtt"), ("srt", "application/x-subrip"), ("json", "application/json"), ("html", "text/html")],
)
def test_transcript_type_is_guessed(ending: str, media_type: str) -> None:
    found = enclosure("enclosure:", f"  url: {SOUND}", f"  transcript: https://media.example/a.{ending}")
    assert (found.transcript, found.transcript_type) == (f"https://media.example/a.{ending}", media_type)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.MP3", "audio/mpeg"),
        ("a.m4a?x=1.mp3", "audio/x-m4a"),
        ("a.opus", "audio/ogg"),
        ("a.webm", "video/webm"),
        ("a.jpg", "image/jpeg"),
        ("a", "application/octet-stream"),
        ("[", "application/octet-stream"),
    ],
)
def test_media_type_follows_the_ending(name: str, media_type: str) -> None:
    assert media.guess_type(f"https://media.example/{name}") == media_type


def test_letters_that_addresses_lack_are_escaped() -> None:
    assert enclosure("enclosure: https://media.example/été%20%C3%A9.mp3").url == (
        "https://media.example/%C3%A9t%C3%A9%20%C3%A9.mp3"
    )


@pytest.mark.parametrize(
    "lines",
    [
        (f"podcast_link: {SOUND}", "podcast_length: 99", "podcast_duration: '12:34'", "podcast_file_size: 13.7 MB"),
        (f"podcast_file: {SOUND}", "podcast_bytes: '99'", "podcast_duration: 12:34"),
        (f"audio: {SOUND}", "length: 99", "duration: 12:34"),
        ("audio:", f"  mp3: {SOUND}", "  ogg: a.ogg", "length: 99", "duration: 0:12:34"),
        ("podcast:", f"  url: {SOUND}", "  length: 99", "  duration: 754"),
        ("params:", "  podcast:", f"    mp3: {SOUND}", "    bytes: 99", "    duration: 754"),
        ("episode:", "  audio:", f"    - {{url: {SOUND}, mimeType: audio/mpeg, size: 99}}", "  duration: 12:34"),
        (f'enclosure: ["{SOUND}\\n99\\naudio/mpeg\\na:0:{{}}"]', "duration: 12:34"),
    ],
)
def test_other_generators_podcasts_are_read(lines: tuple[str, ...]) -> None:
    assert enclosure(*lines) == Enclosure(url=SOUND, media_type="audio/mpeg", length=99, seconds=754)


@pytest.mark.parametrize(
    "line", ["podcast: true", "audio: none", "episode: 12", "audio: [1, 2]", "podcast: {name: X}", "duration: 5"]
)
def test_keys_that_name_no_file_attach_none(line: str) -> None:
    assert meta("title: x", line).enclosure is None


def test_file_of_another_site_is_told() -> None:
    found = meta("title: x", "audio: {mp3: episode0.mp3}")
    assert found.enclosure is None
    assert found.notes == ("audio: a full https address is wanted, and 'episode0.mp3' is none",)


def test_wrong_duration_elsewhere_is_told() -> None:
    found = meta("title: x", f"audio: {SOUND}", "duration: an hour")
    assert found.enclosure == PLAIN
    assert found.notes == ("duration: its duration 'an hour' is none: write seconds, 12:34 or 1:02:03",)


def test_other_generators_keys_stay_for_templates() -> None:
    assert meta("title: x", f"audio: {SOUND}", "duration: 12:34").extra == {"audio": SOUND, "duration": "12:34"}


@pytest.mark.parametrize(
    ("line", "rights"),
    [
        ("rights: © Belga 2026", "© Belga 2026"),
        ("license: CC BY 4.0", "CC BY 4.0"),
        ("licence: CC BY 4.0", "CC BY 4.0"),
        ("copyright: 2026 Nora", "2026 Nora"),
        ("copyright: true", ""),
        ("license: {name: CC BY 4.0, url: https://x.example}", "CC BY 4.0"),
        ("license: [a, b]", ""),
    ],
)
def test_rights_have_four_spellings(line: str, rights: str) -> None:
    assert meta("title: x", line).rights == rights


def test_rights_are_one_text() -> None:
    assert refusal("rights: [a, b]").line == 3


def test_licence_alone_makes_no_header() -> None:
    assert split("a.md", "Copyright: Belga\nLicense: none\n\nA text.") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just(SOUND),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PARTS, "x"]), inner, max_size=4),
    max_leaves=9,
)


@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=5))
def test_any_value_is_read_or_refused(values: dict[str, Any]) -> None:
    header = Header(values={"title": "x", **values}, body="", body_line=1)
    with suppress(SeedError):
        found = read_meta("a.md", header, zone=BRUSSELS).enclosure
        assert found is None or found.url.startswith(("http://", "https://"))


@given(st.integers(min_value=0, max_value=359_999))
def test_every_duration_is_read_in_each_spelling(seconds: int) -> None:
    minutes, rest = divmod(seconds, 60)
    written = (str(seconds), f"{minutes // 60}:{minutes % 60:02}:{rest:02}")
    assert {media.parse_seconds(text) for text in written} == {seconds}
