"""Settings: every mistake is one line with its place, key, value and what is allowed; secrets are in none."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.domain.feed import Podcast
from publisher.errors import SettingsError
from publisher.settings import FILE, DatabasePart, RelayPart, Settings, load_settings, read_password

SECRET = "hunter2"
GUID = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
DKIM = "selector = 's'\nkey_file = 'k'\n"
Load = Callable[[str], Settings]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads a home that has this text as its settings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()

    def load_text(text: str) -> Settings:
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        return load_settings(tmp_path)

    return load_text


def _problems(load: Load, text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(text)
    assert caught.value.exit_code == 2
    assert all("\n" not in problem for problem in caught.value.problems)
    return caught.value.problems


def test_empty_file_has_all_defaults(load: Load) -> None:
    settings = load("")
    assert (settings.web.host, settings.web.port) == ("127.0.0.1", 8000)
    assert (settings.seeds.guard, settings.seeds.fresh) == (0.2, timedelta(days=14))
    assert settings.database.url == "sqlite:///data/publisher.db"
    assert settings.mail.doubtful == "hold"
    assert (settings.relays, settings.newsletters, settings.feeds) == ({}, {}, {})


def test_newsletter_takes_the_publications_words(load: Load) -> None:
    settings = load(
        '[publication]\ntitle = "La Gazette"\nlanguage = "fr"\ntimezone = "Europe/Brussels"\n'
        '[newsletters.daily]\nschedule = "0 7 * * mon-fri"'
    )
    (daily,) = settings.to_newsletters()
    assert (daily.title, daily.language, daily.timezone) == ("La Gazette", "fr", "Europe/Brussels")
    assert (daily.not_after, daily.expires, daily.limit) == (timedelta(hours=5), timedelta(hours=24), 30)
    assert daily.skip_empty


def test_newsletters_keep_the_files_order(load: Load) -> None:
    settings = load("".join(f'[newsletters.{name}]\nschedule = "@daily"\n' for name in ("weekly", "daily", "a")))
    assert [newsletter.name for newsletter in settings.to_newsletters()] == ["weekly", "daily", "a"]


def test_there_is_always_a_feed(load: Load) -> None:
    (feed,) = load('[publication]\ntitle = "La Gazette"').to_feeds()
    assert (feed.name, feed.title, feed.limit, feed.is_full) == ("main", "La Gazette", 50, True)


def test_feed_is_read_whole(load: Load) -> None:
    text = '[feeds.sport]\ntitle = "Sport"\nlimit = 9\ncontent = "summary"\nsections = ["sport"]\nlanguages = ["nl"]'
    (feed,) = load(text).to_feeds()
    assert (feed.name, feed.limit, feed.is_full, feed.language) == ("sport", 9, False, "nl")
    assert feed.choice.sections == ("sport",)


def test_identity_authority_is_mail_domain(load: Load) -> None:
    settings = load('[mail]\nfrom = "La Gazette <gazette@Example.ORG>"')
    assert settings.to_publication().id_authority == "example.org"


def test_own_authority_stands_first(load: Load) -> None:
    settings = load('[publication]\nid_authority = "old.example"\n[mail]\nfrom = "a@example.org"')
    assert settings.to_publication().id_authority == "old.example"


def test_base_address_loses_its_slash(load: Load) -> None:
    assert load('[publication]\nurl = "https://gazette.example.org/"').to_publication().url == (
        "https://gazette.example.org"
    )


def test_own_language_is_among_languages(load: Load) -> None:
    settings = load('[publication]\nlanguage = "fr"\nlanguages = ["nl", "fr", "en"]')
    assert settings.to_publication().languages == ("fr", "nl", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30s", timedelta(seconds=30)), ("90m", timedelta(minutes=90)), ("1.5h", timedelta(hours=1.5))],
)
def test_durations_are_read(load: Load, text: str, expected: timedelta) -> None:
    assert load(f'[newsletters.daily]\nschedule = "@daily"\nnot_after = "{text}"').to_newsletters()[0].not_after == (
        expected
    )


@pytest.mark.parametrize(("text", "expected"), [('"500K"', 512_000), ('"2MB"', 2 << 20), ("77", 77), ('"1g"', 1 << 30)])
def test_sizes_are_read(load: Load, text: str, expected: int) -> None:
    assert load(f"[seeds]\nmax_size = {text}").seeds.max_size == expected


DAILY = '[newsletters.daily]\nschedule = "@daily"\n'
RELAY = '[relays.main]\nhost = "mail.example.org"\n'


@pytest.mark.parametrize(
    ("text", "key", "shown", "allowed"),
    [
        ("wbe = 1", "wbe", "", "allowed here: publication, seeds, database, mail, bounces, relays"),
        ("[web]\nprot = 1", "web.prot", "", "allowed here: host, port, trusted_proxies, private_hubs"),
        ("[mail]\nform = 1", "mail.form", "", "allowed here: from, reply_to, doubtful"),
        (f"{RELAY}hots = 1", "relays.main.hots", "", "allowed here: host, port, tls"),
        (f"{DAILY}shedule = 1", "newsletters.daily.shedule", "", "allowed here: sections, tags"),
        ("[feeds.main]\nlimits = 1", "feeds.main.limits", "", "allowed here: sections, tags"),
        ('[feeds.main]\nhubs = ["hub"]', "feeds.main.hubs.0", "'hub'", "such as https://hub.example.org/"),
        (
            '[feeds.main]\npodcast = true\nimage = "c.jpg"',
            "feeds.main.image",
            "'c.jpg'",
            "https://media.example.org/cover.jpg",
        ),
        ("web = 3", "web", "3", "a section"),
        ("[newsletters]\ndaily = 3", "newsletters.daily", "3", "a section"),
        ("[newsletters.daily]", "newsletters.daily.schedule", "", "it must be given"),
        ("[relays.main]", "relays.main.host", "", "it must be given"),
        ('[web]\nport = "x"', "web.port", "'x'", "a valid integer"),
        ("[web]\nport = 70000", "web.port", "70000", "less than or equal to 65535"),
        ("[web]\nhost = 5", "web.host", "5", "it must be a text in quotes"),
        ('[web]\nmetrics_allow = ["10.0.0.5/8"]', "web.metrics_allow.0", "'10.0.0.5/8'", "10.0.0.5 or 10.0.0.0/24"),
        ('[web]\nmetrics_allow = "10.0.0.5"', "web.metrics_allow", "'10.0.0.5'", "a list, such as"),
        ('log_format = "xml"', "log_format", "'xml'", "'auto', 'text' or 'json'"),
        ('[newsletters.Daily]\nschedule = "@daily"', "newsletters", "'Daily'", "small letters"),
        ('[newsletters.tags]\nschedule = "@daily"', "newsletters", "'tags'", "neither sections nor tags"),
        ("[feeds.sections]", "feeds", "'sections'", "none of authors, issues, languages, sections, tags"),
        ("[feeds.1st]", "feeds", "'1st'", "begin with a letter"),
        ('[newsletters.daily]\nschedule = "0 7"', "newsletters.daily.schedule", "'0 7'", "five fields"),
        (f'{DAILY}timezone = "Mars"', "newsletters.daily.timezone", "'Mars'", "such as Europe/Brussels"),
        (f'{DAILY}expires = "6d"', "newsletters.daily.expires", "'6d'", "at most 5d"),
        (f'{DAILY}not_after = "soon"', "newsletters.daily.not_after", "'soon'", "such as 30s, 90m"),
        (f"{DAILY}not_after = 5", "newsletters.daily.not_after", "5", "such as 30s, 90m"),
        (f"{DAILY}limit = 0", "newsletters.daily.limit", "0", "greater than or equal to 1"),
        (f'{DAILY}sections = "arts"', "newsletters.daily.sections", "'arts'", "a list, such as"),
        (f"{DAILY}skip_empty = false", "newsletters.daily.skip_empty", "false", "in this version"),
        (f'{DAILY}skip_empty = "perhaps"', "newsletters.daily.skip_empty", "'perhaps'", "it must be true or false"),
        (f'{DAILY}template = "../x"', "newsletters.daily.template", "'../x'", "match pattern"),
        ('[mail]\nfrom = "nobody"', "mail.from", "'nobody'", "La Gazette <gazette@example.org>"),
        ('[mail]\nbounce_domain = "bounces"', "mail.bounce_domain", "'bounces'", "such as gazette.example.org"),
        ('[mail]\nbounce_domain = "a@b.org"', "mail.bounce_domain", "'a@b.org'", "such as gazette.example.org"),
        ('[mail]\nbounce_domain = "10.0.0.5"', "mail.bounce_domain", "'10.0.0.5'", "such as gazette.example.org"),
        ('[mail]\nbounce_domain = "bücher.example"', "mail.bounce_domain", "'bücher.example'", "xn-- form"),
        ('[mail.dkim]\nselector = "a b"', "mail.dkim.selector", "'a b'", "such as p202611"),
        ("[mail.dkim]\nkey = 1", "mail.dkim.key", "", "allowed here: selector, domain, key_file, ed25519_selector"),
        ('[mail.dkim]\nselector = "s"', "mail.dkim.key_file", "", "given with selector"),
        ('[mail.dkim]\nkey_file = "k"', "mail.dkim.selector", "", "given with key_file"),
        ('[mail]\ndoubtful = "ask"', "mail.doubtful", "'ask'", "'hold' or 'resend'"),
        ('[publication]\nurl = "ftp://x"', "publication.url", "'ftp://x'", "such as https://"),
        ('[publication]\nurl = "https://x/blog"', "publication.url", "'https://x/blog'", "without a path"),
        ('[publication]\nurl = "http://[::1"', "publication.url", "'http://[::1'", "Invalid IPv6"),
        ('[publication]\narticle_url = "https://x/{y}"', "publication.article_url", "'https://x/{y}'", "{slug}"),
        ('[publication]\narticle_url = "/{slug}"', "publication.article_url", "'/{slug}'", "https://site/"),
        ('[publication]\nlanguage = "French"', "publication.language", "'French'", "fr or nl-BE"),
        ('[publication]\ntitle = ""', "publication.title", "''", "at least 1 character"),
        ('[seeds]\nmax_size = "big"', "seeds.max_size", "'big'", "such as 500K or 2M"),
        ("[seeds]\nguard = 2", "seeds.guard", "2", "less than or equal to 1"),
        ('[database]\nurl = "mysql://me@host/name"', "database.url", "'mysql://…'", "postgresql://user@host/name"),
        ('[database]\nurl = "postgresql+psycopg2://host/name"', "database.url", "'postgresql+psycopg2://…'", "sqlite"),
        ('[database]\nurl = "publisher.db"', "database.url", "'…'", "sqlite:///data/publisher.db"),
        ('[database]\nurl = "sqlite://"', "database.url", "'sqlite://…'", "give a file"),
        ('[alerts]\nurl = "ftp://hooks.example.org/x"', "alerts.url", "'ftp://…'", "https://hooks.example.org/…"),
        ('[alerts]\nurl = "https://h/a b"', "alerts.url", "'https://…'", "https://hooks.example.org/…"),
        ('[alerts]\nheartbeat_url = "h"', "alerts.heartbeat_url", "'…'", "https://hooks.example.org/…"),
        ('[alerts]\ncommand = "page \'me"', "alerts.command", '"page \'me"', "as in a shell (No closing quotation)"),
        ('log_level = "loud"', "log_level", "'loud'", "'debug', 'info'"),
        (f'{RELAY}tls = "ssl"', "relays.main.tls", "'ssl'", "'none', 'starttls' or 'implicit'"),
    ],
)
def test_mistake_is_one_line(load: Load, text: str, key: str, shown: str, allowed: str) -> None:
    (problem,) = _problems(load, text)
    where, _, rest = problem.partition(": ")
    assert where.endswith(str(FILE))
    assert rest.startswith(f"{key} = {shown}: " if shown else f"{key}: ")
    assert allowed in rest


def test_each_mistake_has_its_line(load: Load) -> None:
    assert len(_problems(load, "[web]\nport = -1\nprot = 1\n[seeds]\nguard = 7")) == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n[web\n", "this is no TOML: .*line 2"),
        ("a = 1\na = 2", "this is no TOML"),
        ("a = \x01", "this is no TOML"),
    ],
)
def test_broken_file_is_one_line(load: Load, text: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=rf"\A.*publisher\.toml: {reason}.*\Z"):
        load(text)


def test_wrong_encoding_is_one_line(load: Load, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes('title = "été"'.encode("latin-1"))
    with pytest.raises(SettingsError, match=r"\A.*publisher\.toml: this is no TOML: .*\Z"):
        load_settings(tmp_path)


def test_missing_file_names_the_cure(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\A.*publisher\.toml: there is no such file .*publisher init.*\Z"):
        load_settings(tmp_path)


def test_unreadable_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir(parents=True)
    with pytest.raises(SettingsError, match=r"\A.*publisher\.toml: it can't be read: .*\Z"):
        load_settings(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{RELAY}weight = 2\n[relays.other]\nhost = 'x'", "relays: other: no weight"),
        (f"{RELAY}password = '{SECRET}'\npassword_file = 'x'", "not both"),
        (f"{RELAY}username = 'u'\ntls = 'none'", "never goes out in clear"),
        (f"[database]\npassword = '{SECRET}'\npassword_file = 'x'", "not both"),
        ("[mail.dkim]\ned25519_selector = 's'\ned25519_key_file = 'k'", "ed25519 alone"),
        (f"[mail.dkim]\n{DKIM}ed25519_selector = 's'\ned25519_key_file = 'l'", "a selector of its own"),
    ],
)
def test_contradiction_is_one_line(load: Load, text: str, reason: str) -> None:
    (problem,) = _problems(load, text)
    assert reason in problem
    assert str(FILE) in problem


@pytest.mark.parametrize("name", ["PUBLISHER_WEB__PORT", "publisher_web__port", "PUBLISHER_WEB__port"])
def test_variable_stands_above_file(load: Load, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "9001")
    settings = load('[web]\nhost = "0.0.0.0"\nport = 9000')
    assert (settings.web.host, settings.web.port) == ("0.0.0.0", 9001)


def test_variables_make_a_relay(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_RELAYS__MAIN__HOST", "mail.example.org")
    monkeypatch.setenv("PUBLISHER_RELAYS__MAIN__PASSWORD", SECRET)
    relay = load("").relays["main"]
    assert (relay.host, relay.password.get_secret_value()) == ("mail.example.org", SECRET)


def test_variable_takes_a_list(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLISHER_PUBLICATION__LANGUAGES", '["fr", "nl"]')
    assert load("").publication.languages == ("fr", "nl")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PUBLISHER_WEB__PORT", "x", "web.port = 'x': it must be a valid integer"),
        ("PUBLISHER_WEB__PROT", "1", "web.prot: there is no such setting"),
        ("PUBLISHER_WEB__PORT__X", "1", "web.port = {'x': '1'}: it must be a valid integer"),
        ("PUBLISHER_WEB", "3", "web = 3: it must be a section"),
        ("PUBLISHER_WBE__PORT", "1", "there is no such setting; allowed are PUBLISHER_ALERTS…"),
        ("PUBLISHER_WEB_PORT", "1", "there is no such setting; allowed are PUBLISHER_ALERTS…"),
        ("PUBLISHER_", "1", "there is no such setting; allowed are PUBLISHER_ALERTS…"),
        ("PUBLISHER_LOG_LEVEL", "loud", "log_level = 'loud': it must be 'debug', 'info'"),
        ("PUBLISHER_MAIL__FROM", "nobody", "mail.from = 'nobody': it must be an address"),
        ("PUBLISHER_NEWSLETTERS__DAILY__SCHEDULE", "0 7", "newsletters.daily.schedule = '0 7': it is no cron line"),
        ("PUBLISHER_SEEDS__INCLUDE", "*.md", 'a list or a section must be JSON here, such as ["sport", "arts"]'),
        ("PUBLISHER_RELAYS", SECRET, "a list or a section must be JSON here"),
        ("PUBLISHER_RELAYS__MAIN", SECRET, "relays.main: it must be a section"),
        ("PUBLISHER_DATABASE", f"postgresql://me:{SECRET}@host/name", "a list or a section must be JSON here"),
        ("PUBLISHER_DATABASE__URL", f"mysql://me:{SECRET}@host/name", "database.url = 'mysql://…': a ledger's address"),
    ],
)
def test_mistaken_variable_is_named(
    load: Load, monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(name, value)
    (problem,) = _problems(load, "")
    assert problem.startswith(f"{name}: {expected}")
    assert SECRET not in problem


@pytest.mark.parametrize(
    "text",
    [
        f"[relays.main]\npassword = '{SECRET}'",
        f"{RELAY}passwrod = '{SECRET}'",
        f"{RELAY}port = 0\npassword = '{SECRET}'",
        f"{RELAY}password = ['{SECRET}']",
        f"{RELAY}password = '{SECRET}'\npassword_file = 'x'",
        f"relays = '{SECRET}'",
        f"[relays]\nmain = 'smtp://user:{SECRET}@host'",
        f"[relays.Main]\npassword = '{SECRET}'",
        f"[database]\npasswrod = '{SECRET}'",
        f"[database]\npassword = ['{SECRET}']",
        f"[database]\npassword = '{SECRET}'\npassword_file = 'x'",
        f"[database]\nurl = 'mysql://user:{SECRET}@host/name'",
        f"[database]\nurl = 'postgresql://user:a@b:{SECRET}@host/name'",
        f"[database]\nurl = 'user:{SECRET}@host/name'",
        f"[database]\nurl = ['postgresql://user:{SECRET}@host/name']",
        f"database = 'postgresql://user:{SECRET}@host/name'",
        f"[alerts]\nurl = 'ftp://hooks.example.org/{SECRET}'",
        f"[alerts]\nurl = 'https://user:{SECRET}@hooks.example.org/'",
        f"[alerts]\nheartbeat_url = 'https://[{SECRET}'",
        f"[alerts]\nheartbeat_url = ['{SECRET}']",
        f"[alerts]\nulr = 'https://hooks.example.org/{SECRET}'",
        f"alerts = 'https://hooks.example.org/{SECRET}'",
    ],
)
def test_no_message_shows_a_secret(load: Load, text: str) -> None:
    assert SECRET not in "".join(_problems(load, text))


def test_no_repr_shows_a_secret(load: Load) -> None:
    settings = load(
        f"{RELAY}password = '{SECRET}'\n[database]\nurl = 'postgresql://user:{SECRET}@host/name'\npassword = '{SECRET}'"
        f"\n[alerts]\nurl = 'https://h/{SECRET}'\nheartbeat_url = 'https://h/{SECRET}'"
    )
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


def test_password_comes_from_settings(tmp_path: Path) -> None:
    assert read_password(RelayPart.model_validate({"host": "h", "password": SECRET}), home=tmp_path) == SECRET


@pytest.mark.parametrize(
    "part",
    [
        RelayPart.model_validate({"host": "h", "password_file": "secrets/it"}),
        DatabasePart.model_validate({"password_file": "secrets/it"}),
    ],
)
def test_password_comes_from_file(tmp_path: Path, part: RelayPart | DatabasePart) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/it").write_text(f"{SECRET}\n", encoding="utf-8")
    assert read_password(part, home=tmp_path) == SECRET


def test_missing_password_file_is_named(tmp_path: Path) -> None:
    part = RelayPart.model_validate({"host": "h", "password_file": "gone"})
    with pytest.raises(SettingsError, match=r"\A.*/gone: the password can't be read: .+\Z"):
        read_password(part, home=tmp_path)


def test_binary_password_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    part = RelayPart.model_validate({"host": "h", "password_file": "key"})
    with pytest.raises(SettingsError, match=r"\A.*/key: the password can't be read: 'utf-8' codec.*\Z"):
        read_password(part, home=tmp_path)


def test_settings_never_change(load: Load) -> None:
    settings = load("")
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1  # type: ignore[misc]


def test_sample_settings_are_good() -> None:
    home = Path(__file__).parents[2]
    settings = load_settings(home)
    assert len(settings.to_newsletters()) == 2
    assert len(settings.to_feeds()) == 2


@pytest.mark.parametrize(
    "line", ['image = "https://x.example/a.jpg"', 'category = "News"', "explicit = true", f'guid = "{GUID}"']
)
def test_f20_podcast_keys_need_a_podcast(load: Load, line: str) -> None:
    (problem,) = _problems(load, f"[feeds.radio]\n{line}\n")
    assert problem.endswith("set podcast = true too")


def test_f20_podcast_takes_its_keys(load: Load) -> None:
    settings = load(f'[feeds.radio]\nguid = "{GUID.upper()}"\ncategory = "News"\nexplicit = true\npodcast = true\n')
    assert settings.feeds["radio"].to_podcast() == Podcast(category="News", is_explicit=True, guid=GUID)


def test_f20_guid_is_a_uuid(load: Load) -> None:
    (problem,) = _problems(load, '[feeds.radio]\npodcast = true\nguid = "radio"\n')
    assert "feeds.radio.guid = 'radio': it must be a UUID" in problem
