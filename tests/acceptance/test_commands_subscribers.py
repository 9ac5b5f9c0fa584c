"""`subscribers` and `why`: who gets what, in and out, and the whole story of an address."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.commands import call, call_well
from tests.homes import HomeFolder, make_home

COLUMNS = [
    *("email", "name", "newsletters", "status", "language", "timezone", "sections", "format"),
    *("consent_at", "consent_source"),
]
ALICE, BOB = "alice@example.net", "bob@example.net"
PAPER = ("--confirmed", "--source", "a paper form of 1 May")


@pytest.fixture
def home(tmp_path: Path) -> HomeFolder:
    folder = make_home(tmp_path / "home", url="http://127.0.0.1:8000")
    folder.write_seed("bridge.md", "# The bridge opens\n\nOn Monday.\n")
    return folder


def put_file(home: HomeFolder, text: str, *, name: str = "people.csv") -> str:
    path = home.path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def list_people(home: HomeFolder) -> dict[str, str]:
    return {one["email"]: one["status"] for one in call_well(home, "subscribers", "list", "--json").json}


def export(home: HomeFolder) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(call_well(home, "subscribers", "export").out)))


def test_added_one_gets_a_confirmation_mail(home: HomeFolder) -> None:
    assert "confirmation mail is queued" in call_well(home, "subscribers", "add", ALICE).out
    assert list_people(home) == {ALICE: "pending"}
    (notice,) = call_well(home, "why", ALICE, "--json").json["notices"]
    assert (notice["kind"], notice["status"]) == ("confirmation", "queued")


def test_second_request_sends_no_second_mail(home: HomeFolder) -> None:
    call_well(home, "subscribers", "add", ALICE)
    assert "nothing to do" in call_well(home, "subscribers", "add", ALICE).out


def test_confirmed_one_needs_a_source(home: HomeFolder) -> None:
    ran = call(home, "subscribers", "add", ALICE, "--confirmed")
    assert ran.code == 2
    assert "--source" in ran.problem
    call_well(home, "subscribers", "add", ALICE, *PAPER)
    assert list_people(home) == {ALICE: "confirmed"}


@pytest.mark.parametrize("verb", ["add", "suppress"])
def test_what_is_no_address_ends_with_two(home: HomeFolder, verb: str) -> None:
    ran = call(home, "subscribers", verb, "alice")
    assert ran.code == 2
    assert "'alice'" in ran.problem


def test_unknown_newsletter_ends_with_two(home: HomeFolder) -> None:
    ran = call(home, "subscribers", "add", ALICE, "--newsletter", "hourly")
    assert ran.code == 2
    assert "daily" in ran.problem


def test_list_tells_people(home: HomeFolder) -> None:
    assert call_well(home, "subscribers", "list").out == "nobody\n"
    call_well(home, "subscribers", "add", ALICE, *PAPER)
    out = call_well(home, "subscribers", "list").out
    assert all(word in out for word in (ALICE, "confirmed", "a paper form of 1 May"))


def test_list_takes_a_status(home: HomeFolder) -> None:
    call_well(home, "subscribers", "add", ALICE, *PAPER)
    call_well(home, "subscribers", "add", BOB)
    pending = call_well(home, "subscribers", "list", "--status", "pending", "--json").json
    assert [one["email"] for one in pending] == [BOB]
    assert call(home, "subscribers", "list", "--status", "asleep").code == 2


def test_import_takes_csv(home: HomeFolder) -> None:
    file = put_file(home, f"Email,status,language\n{ALICE},confirmed,fr\n{BOB},,\n")
    ran = call_well(home, "subscribers", "import", file)
    assert ran.out == "2 taken, 1 confirmation mails queued, 0 rejected\n"
    assert list_people(home) == {ALICE: "confirmed", BOB: "pending"}


def test_import_without_consent_records_the_operator(home: HomeFolder) -> None:
    call_well(home, "subscribers", "import", "--confirmed", put_file(home, f"email\n{ALICE}\n"))
    (row,) = export(home)
    assert row["consent_source"].startswith("imported by the operator from people.csv at ")
    assert row["consent_at"]


def test_import_keeps_the_consent_it_is_given(home: HomeFolder) -> None:
    file = put_file(home, f"email,status,consent_at,consent_source\n{ALICE},confirmed,2020-05-01,the fair of 2020\n")
    call_well(home, "subscribers", "import", file)
    (row,) = export(home)
    assert (row["consent_at"], row["consent_source"]) == ("2020-05-01T00:00:00+00:00", "the fair of 2020")


def test_rejected_rows_end_with_three(home: HomeFolder) -> None:
    ran = call(home, "subscribers", "import", put_file(home, f"email\n{ALICE}\nnobody\n"))
    assert ran.code == 3
    assert ":3: " in ran.problem
    assert ran.out == "1 taken, 1 confirmation mails queued, 1 rejected\n"


def test_import_of_nothing_good_ends_with_one(home: HomeFolder) -> None:
    ran = call(home, "subscribers", "import", put_file(home, "email\nnobody\n"), "--json")
    assert ran.code == 1
    assert ran.json["rejected"][0]["line"] == 2
    assert ran.json["taken"] == 0


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("people.csv", "name\nAlice\n", "no column is named email"),
        ("people.csv", "", "no column is named email"),
        ("people.jsonl", "{broken\n", "no JSON"),
        ("people.jsonl", '["alice@example.net"]\n', "JSON object"),
        ("people.csv", "email\n\udcff\n", "people.csv"),
    ],
)
def test_wrong_file_is_one_line(home: HomeFolder, name: str, text: str, complaint: str) -> None:
    (home.path / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    ran = call(home, "subscribers", "import", str(home.path / name))
    assert ran.code == 2
    assert complaint in ran.problem
    assert list_people(home) == {}


def test_missing_file_ends_with_two(home: HomeFolder) -> None:
    ran = call(home, "subscribers", "import", "/nowhere/people.csv")
    assert ran.code == 2
    assert "/nowhere/people.csv" in ran.problem


def test_import_reads_standard_input(home: HomeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps({"email": ALICE}) + "\n"))
    assert "1 taken" in call_well(home, "subscribers", "import", "-", "--format", "jsonl").out


@pytest.mark.parametrize(("layout", "name"), [("csv", "out.csv"), ("jsonl", "out.jsonl")])
def test_export_comes_in_again_elsewhere(home: HomeFolder, tmp_path: Path, layout: str, name: str) -> None:
    rows = [
        ",".join(COLUMNS),
        f'{ALICE},"Alice, née B.",daily,confirmed,fr,Europe/Paris,town;la culture,text,2024-05-01T10:00:00+00:00,form',
        f"{BOB},,daily,unsubscribed,,,,html,,",
    ]
    call_well(home, "subscribers", "import", put_file(home, "\n".join(rows)))
    out = str(tmp_path / name)
    assert call_well(home, "subscribers", "export", "--out", out, "--format", layout).out.startswith("2 rows written")
    other = make_home(tmp_path / "other", url="http://127.0.0.1:8000")
    call_well(other, "subscribers", "import", out)
    assert export(other)[0] == export(home)[0]
    assert list_people(other) == {ALICE: "confirmed", BOB: "unsubscribed"}


def test_export_has_the_promised_columns(home: HomeFolder) -> None:
    assert call_well(home, "subscribers", "export").out.strip() == ",".join(COLUMNS)


def test_erased_one_leaves_no_trace(home: HomeFolder) -> None:
    call_well(home, "subscribers", "add", ALICE, *PAPER)
    assert call_well(home, "subscribers", "erase", ALICE).out == "erased\n"
    assert list_people(home) == {}
    assert call_well(home, "why", ALICE, "--json").json["suppressed"]["reason"] == "erased"
    assert ALICE.encode() not in b"".join(path.read_bytes() for path in (home.path / "data").iterdir())


def test_erasing_nobody_ends_with_two(home: HomeFolder) -> None:
    ran = call(home, "subscribers", "erase", ALICE)
    assert ran.code == 2
    assert ALICE in ran.problem


def test_suppressed_one_is_not_taken(home: HomeFolder) -> None:
    call_well(home, "subscribers", "suppress", ALICE, "--source", "she asked by phone")
    ran = call(home, "subscribers", "add", ALICE, *PAPER)
    assert ran.code == 1
    assert "suppressed" in ran.problem
    assert "she asked by phone" in call_well(home, "why", ALICE).out


def test_one_who_left_is_not_brought_back(home: HomeFolder) -> None:
    call_well(home, "subscribers", "import", put_file(home, f"email,status\n{ALICE},unsubscribed\n"))
    ran = call(home, "subscribers", "add", ALICE, *PAPER)
    assert ran.code == 1
    assert "has left daily" in ran.problem


def test_why_tells_from_consent_to_reply(home: HomeFolder) -> None:
    call_well(home, "ingest")
    call_well(home, "subscribers", "add", ALICE, *PAPER)
    call_well(home, "send", "daily")
    story = call_well(home, "why", ALICE, "--json").json
    assert story["subscriptions"][0]["consent_source"] == "a paper form of 1 May"
    (delivery,) = story["deliveries"]
    assert (delivery["status"], delivery["code"]) == ("sent", 250)
    out = call_well(home, "why", ALICE).out
    assert all(word in out for word in ("a paper form of 1 May", delivery["issue"], "250"))
    assert call_well(home, "subscribers", "show", ALICE).out == out


def test_why_takes_an_issue(home: HomeFolder) -> None:
    call_well(home, "ingest")
    call_well(home, "subscribers", "add", ALICE, *PAPER)
    call_well(home, "send", "daily")
    call_well(home, "subscribers", "add", BOB, *PAPER)
    issue = call_well(home, "why", ALICE, "--json").json["deliveries"][0]["issue"]
    assert issue in call_well(home, "why", ALICE, issue).out
    assert call(home, "why", BOB, issue).code == 2
    assert call(home, "why", ALICE, "daily/2020-01-01T0700").code == 2


def test_why_of_nobody_ends_with_two(home: HomeFolder) -> None:
    ran = call(home, "why", "nobody@example.net")
    assert ran.code == 2
    assert "nobody@example.net" in ran.problem
