"""Signing and return paths from the settings on: `dkim new`, what keeps mail from going, the envelope."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import dkim
import pytest
import time_machine

from publisher.clock import now
from publisher.domain.bounce import parse_return_path
from publisher.settings import FILE
from tests.commands import call, call_well
from tests.homes import HomeFolder, look, subscribe
from tests.recorder import Recorder

EDITOR = "editor@example.net"
RSA = {"selector": "s1", "key_file": "data/dkim-s1.key"}


@pytest.fixture
def home(waiting_home: HomeFolder) -> HomeFolder:
    """A paper with one reader and one article that waits."""
    with waiting_home.opened() as app:
        look(app, now())
        subscribe(app, ["alice@example.net"], now=now())
    return waiting_home


def set_mail(home: HomeFolder, **values: str) -> None:
    """Add keys to the home's [mail.dkim]."""
    lines = "".join(f'{key} = "{value}"\n' for key, value in values.items())
    with (home.path / FILE).open("a", encoding="utf-8") as file:
        file.write(f"[mail.dkim]\n{lines}")


def make_key(home: HomeFolder, *arguments: str) -> dict[str, str]:
    """A new key, used from now on; gives its record."""
    made = call_well(home, "dkim", "new", "--json", *arguments).json
    set_mail(home, **made["settings"]["mail"]["dkim"])
    record: dict[str, str] = made["record"]
    return record


def test_new_key_is_its_owners_alone(home: HomeFolder) -> None:
    out = call_well(home, "dkim", "new", "--selector", "s1").out
    mode = (home.path / "data" / "dkim-s1.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert "s1._domainkey.example.org. IN TXT (" in out
    assert 'key_file = "data/dkim-s1.key"' in out


def test_new_key_never_replaces_one(home: HomeFolder) -> None:
    call_well(home, "dkim", "new", "--selector", "s1")
    before = (home.path / "data" / "dkim-s1.key").read_bytes()
    ran = call(home, "dkim", "new", "--selector", "s1")
    assert (ran.code, (home.path / "data" / "dkim-s1.key").read_bytes()) == (2, before)
    assert "--selector" in ran.problem


def test_new_key_is_named_by_its_month(home: HomeFolder) -> None:
    with time_machine.travel("2026-11-23T07:00Z", tick=False):
        assert call_well(home, "dkim", "new", "--json").json["selector"] == "p202611"
        assert call_well(home, "dkim", "new", "--type", "ed25519", "--json").json["selector"] == "p202611e"


@pytest.mark.parametrize("selector", ["a b", "../x", "-a", "a.", "é", "a" * 64])
def test_new_key_needs_a_good_selector(home: HomeFolder, selector: str) -> None:
    ran = call(home, "dkim", "new", "--selector", selector)
    assert (ran.code, "such as p202611" in ran.problem) == (2, True)


def test_new_key_needs_a_domain(home: HomeFolder) -> None:
    path = home.path / FILE
    path.write_text(path.read_text().replace("gazette@example.org", "gazette@localhost"))
    ran = call(home, "dkim", "new")
    assert (ran.code, "mail.from is at localhost" in ran.problem) == (2, True)
    assert not list((home.path / "data").glob("dkim*"))


def test_printed_zone_line_holds_the_record(home: HomeFolder) -> None:
    out = call_well(home, "dkim", "new", "--selector", "s1").out
    zone = out.partition("IN TXT (")[2].partition(" )")[0]
    strings = re.findall(r'"(.*)"', zone)
    assert f"text   {''.join(strings)}\n" in out


@pytest.mark.parametrize("more", [(), ("--test", EDITOR)])
def test_m11_what_is_sent_is_signed(home: HomeFolder, recorder: Recorder, more: tuple[str, ...]) -> None:
    record = make_key(home)
    call_well(home, "send", "daily", *more)
    (one,) = recorder.messages
    asked = []

    def ask(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name.decode().rstrip("."))
        return record["text"].encode()

    assert dkim.DKIM(one.content).verify(dnsfunc=ask)
    assert asked == [record["name"]]


def test_preview_needs_no_signature(home: HomeFolder, tmp_path: Path) -> None:
    make_key(home)
    call_well(home, "preview", "daily", "--out", str(tmp_path / "out"))
    assert b"DKIM-Signature" not in (tmp_path / "out" / "message.eml").read_bytes()


def test_doctor_names_the_record(home: HomeFolder) -> None:
    record = make_key(home)
    assert f"signed by {record['name']}" in call(home, "doctor").out


def spoil(home: HomeFolder, how: str) -> str:
    """Spoil a home's only key; gives what is to be complained of."""
    path = home.path / "data" / "dkim-s1.key"
    if how == "missing":
        path.unlink()
        return "no such key"
    if how == "open":
        path.chmod(0o644)
        return "chmod 600"
    path.write_text("nonsense")
    return "no private key"


@pytest.mark.parametrize("how", ["missing", "open", "broken"])
def test_wrong_key_keeps_mail_from_going(home: HomeFolder, recorder: Recorder, how: str) -> None:
    make_key(home, "--selector", "s1")
    words = spoil(home, how)
    for arguments in (["send", "daily"], ["send", "daily", "--test", EDITOR], ["worker"]):
        ran = call(home, *arguments)
        assert (ran.code, words in ran.problem) == (2, True), ran
    assert call_well(home, "issues", "list", "--json").json == []
    assert recorder.messages == []


@pytest.mark.parametrize("domain", ["example.net", "notexample.org", "ample.org"])
def test_stranger_may_not_sign(home: HomeFolder, domain: str) -> None:
    call_well(home, "dkim", "new", "--selector", "s1")
    set_mail(home, **RSA, domain=domain)
    ran = call(home, "send", "daily")
    assert ran.code == 2
    assert f"mail.dkim.domain = '{domain}'" in ran.problem
    assert "example.org" in ran.problem


def test_domain_below_may_sign(home: HomeFolder, recorder: Recorder) -> None:
    set_mail(home, **RSA, domain="News.Example.org")
    assert call_well(home, "dkim", "new", "--selector", "s1", "--json").json["domain"] == "news.example.org"
    call_well(home, "send", "daily", "--test", EDITOR)
    assert b" d=news.example.org; s=s1;" in recorder.messages[0].content


def test_both_keys_sign(home: HomeFolder, recorder: Recorder) -> None:
    rsa = call_well(home, "dkim", "new", "--json").json["settings"]["mail"]["dkim"]
    second = call_well(home, "dkim", "new", "--type", "ed25519", "--json").json["settings"]["mail"]["dkim"]
    set_mail(home, **rsa, **second)
    call_well(home, "send", "daily", "--test", EDITOR)
    assert recorder.messages[0].content.count(b"DKIM-Signature: ") == 2


def test_m13_bounce_domain_makes_return_paths(home: HomeFolder, recorder: Recorder) -> None:
    path = home.path / FILE
    path.write_text(path.read_text().replace("[mail]\n", '[mail]\nbounce_domain = "Bounces.example.org"\n'))
    call_well(home, "send", "daily")
    (one,) = recorder.messages
    assert one.sender.endswith("@bounces.example.org")
    with home.opened() as app:
        ref = parse_return_path(one.sender, keys=app.keys)
    assert ref
    assert f"Message-ID: <d{ref.key}.".encode() in one.content


def test_m13_without_it_the_paper_sends(home: HomeFolder, recorder: Recorder) -> None:
    call_well(home, "send", "daily")
    assert [one.sender for one in recorder.messages] == ["gazette@example.org"]
    assert b"\r\nTo: alice@example.net\r\n" in recorder.messages[0].content


def test_unsigned_mail_loads_no_cryptography() -> None:
    code = (
        "import sys, publisher.cli.main, publisher.run, publisher.jobs.pressing; print('cryptography' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout == "False\n", ran.stderr
