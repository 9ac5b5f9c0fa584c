"""Pushes: how long to wait, which addresses are public, how it stands with a hub, what a Link header says."""

from dataclasses import replace

import pytest

from publisher.domain.push import HubState, Push, find_pause, is_public, name_host, sum_up, write_links
from tests.factories import HOUR, MINUTE, NOW

HUB, TOPIC = "https://hub.example.org/", "https://gazette.example.org/feeds/main.atom"
PUSH = Push(hub=HUB, topic=TOPIC, digest="new", told="old", due_at=NOW)

PUBLIC = ("93.184.215.14", "192.0.1.1", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e")
INNER = (
    "0.0.0.0",
    "10.0.0.1",
    "127.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
)
INNER_6 = (
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
)


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (1000, 60)])
def test_pause_doubles_up_to_an_hour(attempts: int, minutes: int) -> None:
    pause = find_pause(replace(PUSH, attempts=attempts))
    assert 0.9 * minutes * MINUTE <= pause <= 1.1 * minutes * MINUTE


def test_pauses_of_two_documents_differ() -> None:
    others = [replace(PUSH, topic=f"{TOPIC}{number}") for number in range(5)]
    assert len({find_pause(push) for push in others}) > 1


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_is_allowed(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", [*INNER, *INNER_6, "localhost", "", "127.1"])
def test_s08_inner_address_is_refused(address: str) -> None:
    assert not is_public(address)


def test_hub_is_summed_up() -> None:
    pushes = [
        replace(PUSH, topic="1", told="new", told_at=NOW),
        replace(PUSH, topic="2", failing_since=NOW + MINUTE, problem="HTTP 500"),
        replace(PUSH, topic="3", failing_since=NOW, problem="HTTP 400"),
        replace(PUSH, topic="4"),
        replace(PUSH, hub="https://other.example.org/", failing_since=NOW - HOUR),
    ]
    state = HubState(hub=HUB, waiting=3, failing_since=NOW, problem="HTTP 400", told_at=NOW)
    assert sum_up(HUB, pushes) == state


def test_hub_without_pushes_is_well() -> None:
    assert sum_up(HUB, []) == HubState(hub=HUB)


@pytest.mark.parametrize(
    ("hub", "name"),
    [(HUB, "hub.example.org"), ("http://[::1]:8080/x?token=T", "::1:8080"), ("https://h:443/", "h:443")],
)
def test_hub_is_named_by_its_host(hub: str, name: str) -> None:
    assert name_host(hub) == name


def test_f13_link_header_names_hubs_and_itself() -> None:
    links = write_links([HUB, "https://b.example.org/?a=<1>"], TOPIC)
    assert links == f'<{HUB}>; rel="hub", <https://b.example.org/?a=%3C1%3E>; rel="hub", <{TOPIC}>; rel="self"'
