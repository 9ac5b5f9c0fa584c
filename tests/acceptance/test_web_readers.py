"""What readers do on the site: signing up, confirming, choosing, leaving; and what strangers learn from it."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from starlette.testclient import TestClient

from publisher.clock import now
from tests.acceptance.site import ALICE, BOB, CAROL, DAVE, Site, browse, copy_home, dump, open_site, parse
from tests.homes import HTTPS

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
FORM = {"email": "erin@example.net", "newsletters": "daily"}
CROSS_SITE = [
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "https://["},
]
WEEKLY = '[newsletters.weekly]\ntitle = "The week"\nschedule = "0 8 * * sat"\n'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(copy_home(tmp_path / "home")) as opened:
        yield opened


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that its tests leave as it is."""
    with open_site(copy_home(tmp_path_factory.mktemp("still"), more=WEEKLY)) as opened:
        yield opened


def sign_up(site: Site, email: str, **more: Any) -> Any:
    return site.browser.post("/subscribe", data={"email": email, "newsletters": "daily"}, **more)


def count_notices(site: Site) -> int:
    return len(dump(site.app)["notices"])


# Signing up.


@pytest.mark.parametrize("email", [ALICE, BOB, CAROL, DAVE, ALICE.upper(), "erin@bücher.example"])
def test_l03_answer_is_the_same_for_everybody(site: Site, email: str) -> None:
    unknown, known = sign_up(site, "erin@example.net"), sign_up(site, email)
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert dict(known.headers) == dict(unknown.headers)


@pytest.mark.parametrize(("email", "mails"), [(ALICE, 0), (DAVE, 0), (BOB, 1), (CAROL, 1), ("erin@example.net", 1)])
def test_only_those_who_may_are_asked(site: Site, email: str, mails: int) -> None:
    before = count_notices(site)
    assert [sign_up(site, email).status_code for _ in range(2)] == [200, 200]
    assert count_notices(site) == before + mails


@pytest.mark.parametrize("email", ["", "erin", "erin@", "@example.net", "a@b@c", "erin@exa mple.net", "e\x00@x.org"])
def test_malformed_address_keeps_the_form(still: Site, email: str) -> None:
    answer = sign_up(still, email)
    page = parse(answer.text.replace("\x00", ""))
    assert answer.status_code == 422
    assert page.xpath("//*[@role='alert']")[0].text_content()
    assert page.xpath("//input[@name='email']/@value") == [email.replace("\x00", "")]
    assert page.xpath("//input[@name='newsletters'][@checked]/@value") == ["daily"]


@pytest.mark.parametrize("newsletters", [[], ["monthly"], ["daily' OR 1=1"]])
def test_unknown_newsletter_is_refused(still: Site, newsletters: list[str]) -> None:
    before = dump(still.app)
    answer = still.browser.post("/subscribe", data={"email": "erin@example.net", "newsletters": newsletters})
    assert answer.status_code == 422
    assert parse(answer.text).xpath("//input[@name='email']/@value") == ["erin@example.net"]
    assert dump(still.app) == before


def test_unknown_newsletter_beside_a_known_one_is_left_out(site: Site) -> None:
    site.browser.post("/subscribe", data={"email": "erin@example.net", "newsletters": ["monthly", "daily"]})
    assert site.get_status("erin@example.net") == "pending"
    assert {row[2] for row in dump(site.app)["subscriptions"]} == {"daily"}


def test_typed_text_is_no_markup(still: Site) -> None:
    page = sign_up(still, '"><b id=x>').text
    assert not parse(page).xpath("//*[@id='x']")


def test_honeypot_makes_nothing(site: Site) -> None:
    honest, before = sign_up(site, "erin@example.net"), dump(site.app)
    answer = site.browser.post("/subscribe", data={**FORM, "email": "machine@example.net", "website": "x"})
    assert (answer.status_code, answer.text) == (honest.status_code, honest.text)
    assert dump(site.app) == before


def test_l03_answer_takes_the_same_time(still: Site) -> None:
    for form in ({**FORM, "email": DAVE}, {**FORM, "website": "x"}):
        started = time.monotonic()
        still.browser.post("/subscribe", data=form)
        assert time.monotonic() - started >= 0.1


@pytest.fixture(scope="module")
def spent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site where one sender has signed up ten times within the hour."""
    with open_site(copy_home(tmp_path_factory.mktemp("spent"))) as opened:
        assert [sign_up(opened, f"reader{number}@example.net").status_code for number in range(10)] == [200] * 10
        yield opened


def test_l05_eleventh_sign_up_of_an_hour_is_refused(spent: Site) -> None:
    before = dump(spent.app)
    answer = sign_up(spent, "erin@example.net")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
    assert dump(spent.app) == before


def test_limit_ends_with_the_hour(site: Site) -> None:
    statuses = [sign_up(site, "erin@example.net").status_code for _ in range(11)]
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert (statuses[-1], sign_up(site, "late@example.net").status_code) == (429, 200)


def test_limit_counts_each_sender_alone(spent: Site) -> None:
    far = TestClient(spent.browser.app, base_url=HTTPS, client=("192.0.2.7", 50_000))
    assert far.post("/subscribe", data=FORM).status_code == 200


def test_ipv6_network_is_one_sender(site: Site) -> None:
    app = site.browser.app
    senders = [TestClient(app, base_url=HTTPS, client=(f"2001:db8:0:1::{number:x}", 50_000)) for number in range(11)]
    statuses = [sender.post("/subscribe", data=FORM).status_code for sender in senders]
    assert statuses == [200] * 10 + [429]


def test_new_process_counts_from_zero(spent: Site) -> None:
    assert browse(spent.app).post("/subscribe", data=FORM).status_code == 200


# Who may post.


@pytest.mark.parametrize("headers", CROSS_SITE)
@pytest.mark.parametrize("page", ["subscribe", "confirm", "preferences"])
def test_l06_foreign_form_is_refused(still: Site, page: str, headers: dict[str, str]) -> None:
    paths = {"subscribe": "/subscribe", "confirm": still.confirm_path(BOB), "preferences": still.preferences_path(BOB)}
    before = dump(still.app)
    assert still.browser.post(paths[page], data=FORM, headers=headers).status_code == 403
    assert dump(still.app) == before


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": HTTPS}]
)
def test_own_form_is_taken(site: Site, headers: dict[str, str]) -> None:
    assert site.browser.post(site.confirm_path(BOB), headers=headers).status_code == 200
    assert site.get_status(BOB) == "confirmed"


@pytest.mark.parametrize("headers", CROSS_SITE)
def test_one_click_comes_from_anywhere(site: Site, headers: dict[str, str]) -> None:
    assert site.browser.post(site.unsubscribe_path(ALICE), data=ONE_CLICK, headers=headers).status_code == 200
    assert site.get_status(ALICE) == "unsubscribed"


# Leaving.


@pytest.mark.parametrize("body", [{"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}])
def test_m06_one_click_takes_both_forms(site: Site, body: dict[str, Any]) -> None:
    answer = site.browser.post(site.unsubscribe_path(ALICE), **body)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert "location" not in answer.headers
    assert site.get_status(ALICE) == "unsubscribed"


def test_one_click_twice_changes_nothing(site: Site) -> None:
    first = site.browser.post(site.unsubscribe_path(ALICE), data=ONE_CLICK)
    before = dump(site.app)
    second = site.browser.post(site.unsubscribe_path(ALICE), data=ONE_CLICK)
    assert (first.status_code, first.text) == (second.status_code, second.text) == (200, "You are unsubscribed.\n")
    assert dump(site.app) == before


def test_button_leaves_and_says_so(site: Site) -> None:
    path = site.unsubscribe_path(ALICE)
    assert "<button" in site.browser.get(path).text
    answer = site.browser.post(path)
    assert answer.status_code == 200
    assert "<button" not in answer.text
    assert "You are unsubscribed" in answer.text


def test_unsubscribe_link_never_gets_too_old(site: Site) -> None:
    path = site.unsubscribe_path(ALICE)
    with time_machine.travel(now() + timedelta(days=4000)):
        assert site.browser.post(path, data=ONE_CLICK).status_code == 200


# Confirming.


def test_second_confirmation_says_so(site: Site) -> None:
    path = site.confirm_path(BOB)
    first, before = site.browser.post(path), dump(site.app)
    again = [site.browser.post(path), site.browser.get(path)]
    assert "Thank you" in first.text
    assert [answer.status_code for answer in again] == [200, 200]
    assert all("Nothing more is to be done" in answer.text for answer in again)
    assert dump(site.app) == before


def test_used_confirmation_does_not_undo_leaving(site: Site) -> None:
    path = site.confirm_path(BOB)
    site.browser.post(path)
    site.browser.post(site.unsubscribe_path(BOB), data=ONE_CLICK)
    answer = site.browser.post(path)
    assert answer.status_code == 404
    assert "sign up once more" in answer.text
    assert site.get_status(BOB) == "unsubscribed"


def test_confirmation_is_too_old_after_a_week(site: Site) -> None:
    path = site.confirm_path(BOB)
    with time_machine.travel(now() + timedelta(days=8)):
        assert [site.browser.get(path).status_code, site.browser.post(path).status_code] == [404, 404]
    assert site.get_status(BOB) == "pending"


# Choosing.


def test_preferences_are_saved(site: Site) -> None:
    path = site.preferences_path(ALICE)
    form = {"newsletters": "daily", "sections.daily": ["town"], "language": "fr", "format": "text"}
    assert site.browser.post(path, data=form).status_code == 200
    page = parse(site.browser.get(path).text)
    assert page.xpath("//input[@checked]/@value") == ["daily", "town", "text"]
    assert page.xpath("//option[@selected]/@value") == ["fr"]
    assert page.get("lang") == "fr"


def test_what_the_page_did_not_offer_is_left_out(site: Site) -> None:
    path = site.preferences_path(ALICE)
    form = {"newsletters": ["daily", "monthly"], "sections.daily": ["town", "<b>", "x" * 999], "language": "xx-!!"}
    assert site.browser.post(path, data=form).status_code == 200
    with site.app.ledger.read() as tx:
        (subscription,) = tx.subscribers.list_subscriptions(site.get_subscriber(ALICE))
        subscriber = tx.subscribers.find(ALICE)
    assert subscription.sections == ("town",)
    assert subscriber
    assert subscriber.language == ""


def test_unticking_all_leaves(site: Site) -> None:
    assert site.browser.post(site.preferences_path(ALICE), data={"format": "html"}).status_code == 200
    assert site.get_status(ALICE) == "unsubscribed"
