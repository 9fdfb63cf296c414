"""Which addresses our token may go to."""

import pytest

from bot.teams.service_urls import PUBLIC, ServiceUrls, UntrustedService

THEIRS = (
    "https://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net/teams/11111111-2222-4333-8444-555555555555/",
    "https://smba.infra.gcc.teams.microsoft.com/teams",
    "https://SMBA.trafficmanager.net:443/amer",
    PUBLIC,
)
FORGED = (
    "http://smba.trafficmanager.net/emea/",
    "https://smba.infra.gov.teams.microsoft.us/teams",
    "https://smba.infra.dod.teams.microsoft.us/teams",
    "https://smba.trafficmanager.net.evil.example/emea",
    "https://evil.example/smba.trafficmanager.net",
    "https://evil.trafficmanager.net/emea",
    "https://smba.trafficmanager.net@evil.example/",
    "https://user:pass@smba.trafficmanager.net/",
    "https://smba.trafficmanager.net:8443/",
    "https://smba.trafficmanager.net/?to=https://evil.example",
    "https://smba.trafficmanager.net/#x",
    "https://169.254.169.254/metadata",
    "file:///etc/passwd",
    "//smba.trafficmanager.net/",
    "https://smba.trafficmanager.net:port/",
    "https://[::1",
    "",
    " ",
    None,
    17,
    ["https://smba.trafficmanager.net/"],
)
OURS = ("http://localhost:56150/_connector", "http://127.0.0.1:3978", "http://[::1]:1/x")


@pytest.mark.parametrize("address", THEIRS)
def test_teams_own_addresses_are_trusted_and_lose_their_last_slash(address: str) -> None:
    assert (
        ServiceUrls().trusted(address).casefold()
        == address.rstrip("/").replace(":443", "").casefold()
    )


@pytest.mark.parametrize("loopback", [False, True])
@pytest.mark.parametrize("address", FORGED)
def test_forged_addresses_and_those_of_other_clouds_are_not(
    address: object, loopback: bool
) -> None:
    with pytest.raises(UntrustedService):
        ServiceUrls(loopback=loopback).trusted(address)


@pytest.mark.parametrize("address", OURS)
def test_this_machine_is_trusted_only_where_that_was_asked_for(address: str) -> None:
    with pytest.raises(UntrustedService):
        ServiceUrls().trusted(address)
    assert ServiceUrls(loopback=True).trusted(address) == address
