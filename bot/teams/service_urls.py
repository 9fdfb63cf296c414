"""Which addresses are Teams' own. An activity names the address to answer at, and our token goes
there: it is never believed without a look at this list.

Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages"""

from yarl import URL

PUBLIC = "https://smba.trafficmanager.net/teams"
"""Where to begin when no conversation is known yet."""
_HOSTS = frozenset({"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"})
"""Of the public cloud and GCC. The other clouds have issuers, keys and authorities of their own,
which nothing here knows."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class UntrustedService(Exception):
    """An address that isn't one of Teams'."""


class ServiceUrls:
    """The list. With `loopback` this machine counts as Teams too, for development and tests."""

    def __init__(self, *, loopback: bool = False) -> None:
        self._loopback = loopback

    def trusted(self, address: object) -> str:
        """The address, without a slash at its end; raises UntrustedService."""
        if not isinstance(address, str):
            raise UntrustedService("no address")
        try:
            url = URL(address)
            port = url.port
        except ValueError as error:
            raise UntrustedService("not an address") from error
        if url.user or url.password or url.query_string or url.fragment:
            raise UntrustedService("an address with more than host and path")
        theirs = url.scheme == "https" and port == 443 and url.host in _HOSTS
        ours = self._loopback and url.scheme in {"http", "https"} and url.host in _LOOPBACK
        if not (theirs or ours):
            raise UntrustedService(f"not an address of Teams: {url.host or 'no host'}"[:200])
        return str(url).rstrip("/")
