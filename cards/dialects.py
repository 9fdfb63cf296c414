"""How each place on a platform writes text: its escapes, bold, links, people and moments.

Escaping replaces the few characters that carry markup by lookalikes (`*` by `∗`, `<` by `‹`), and
parts sequences such as `](` and `{{` by a word joiner. Neither Slack nor Teams documents an escape
for emphasis that all of their clients honour; what is not there can't be parsed by any of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Protocol
from urllib.parse import quote

from cards import figures
from cards.locales import PLAIN
from cards.model import Light, Mention

_JOINER = "\u2060"
_LONGEST_ADDRESS = 2000


class Safe(str):
    """Text that is written in its dialect already, and must not be escaped again."""

    __slots__ = ()


class Moment(StrEnum):
    """How much of a moment is shown, always in the reader's own zone where the platform can."""

    CLOCK = "clock"
    DAY = "day"
    DAY_AND_TIME = "day_and_time"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who will read: account ids by e-mail for mentions, the zone where the platform doesn't know
    it, and the locale by which numbers and dates are written. `mentioned` gathers account ids by
    the name that Teams shows for them."""

    accounts: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    locale: str = PLAIN
    mentioned: dict[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """The text of one kind of place. `escape` takes a stranger's text in one line; the others
    take text that is escaped already."""

    @property
    def has_lines(self) -> bool:
        """Whether a line break may be shown."""

    @property
    def tokens(self) -> re.Pattern[str]:
        """The units of a written text, none of which may be cut."""

    @property
    def markers(self) -> tuple[str, ...]:
        """Tokens that come in pairs, opening and closing."""

    @property
    def asks(self) -> str:
        """What stands before a question: Teams has no slash commands."""

    def __hash__(self) -> int: ...
    def escape(self, text: str) -> str: ...
    def finish(self, text: str) -> str: ...
    def bold(self, text: str) -> str: ...
    def italic(self, text: str) -> str: ...
    def code(self, text: str) -> str: ...
    def link(self, label: str, address: str) -> str: ...
    def person(self, mention: Mention, name: str, reader: Reader) -> str: ...
    def moment(self, at: datetime, shown: Moment, reader: Reader) -> str: ...
    def shape(self, light: Light) -> str: ...


_LIGHTS = {Light.GREEN: "🟢", Light.YELLOW: "🟡", Light.RED: "🔴", Light.NONE: "⚪"}
_SHAPES = {Light.GREEN: "●", Light.YELLOW: "▲", Light.RED: "■", Light.NONE: "○"}

_EMPHASIS = {"*": "∗", "~": "∼", "`": "ˋ"}
# Inside a word an underscore is a letter to both platforms: snake_case stays as it is.
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# `:name:`, of any script, but not the minutes of 10:30:15; and a name that the text around it
# could close.
_EMOJI = re.compile(r":(?!\d{1,2}:)(?=[^\s:]{1,100}:)|(?<![A-Za-z0-9]):(?=[^\s:]{1,100}$)")
_BROADCAST = re.compile(r"(?<![A-Za-z0-9])@(?=(?:here|channel|everyone|group|all)\b)", re.I)
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_CHARACTER = re.compile(r".", re.S)

_SLACK_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", **_EMPHASIS})
_SLACK_PLAIN_MARKS = str.maketrans({"<": "‹", ">": "›", **_EMPHASIS})
_SLACK_QUOTE = re.compile(r"^(\s*)&gt;", re.M)
_SLACK_TOKENS = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|.", re.S)
_SLACK_DATES = {
    Moment.CLOCK: "{time}",
    Moment.DAY: "{date_short_pretty}",
    Moment.DAY_AND_TIME: "{date_short_pretty} at {time}",
}


@dataclass(frozen=True)
class SlackMrkdwn:
    """`mrkdwn` text objects, sent with `verbatim: true` so that Slack links nothing by itself.
    https://docs.slack.dev/messaging/formatting-message-text"""

    has_lines = True
    asks = "/leads"
    tokens = _SLACK_TOKENS
    markers: tuple[str, ...] = ("*", "_", "`")

    def escape(self, text: str) -> str:
        """Slack's three entities; emphasis, `:emoji:` and `@channel` are broken up."""
        text = text.translate(_SLACK_MARKS)
        return _without_slack_words(text)

    def finish(self, text: str) -> str:
        """Slack takes `&gt;` at the start of a line for a quotation."""
        return _SLACK_QUOTE.sub(r"\1›", text) if "&gt;" in text else text

    def bold(self, text: str) -> str:
        return f"*{text}*"

    def italic(self, text: str) -> str:
        return f"_{text}_"

    def code(self, text: str) -> str:
        return f"`{text}`"

    def link(self, label: str, address: str) -> str:
        return f"<{address.replace('&', '&amp;')}|{label}>"

    def person(self, mention: Mention, name: str, reader: Reader) -> str:
        """A mention pings, so it is written only when asked for and the account is known."""
        account = reader.accounts.get(mention.email) if mention.ping else None
        return f"<@{account}>" if account else name

    def moment(self, at: datetime, shown: Moment, reader: Reader) -> str:
        """Slack's date token, which every client shows in its own zone."""
        written = _written(at, shown, UTC, reader.locale)
        return f"<!date^{int(at.timestamp())}^{_SLACK_DATES[shown]}|{written}>"

    def shape(self, light: Light) -> str:
        return _LIGHTS[light]


@dataclass(frozen=True)
class SlackSummary(SlackMrkdwn):
    """The `text` of a message: notifications show its emphasis as raw signs, so it has none."""

    markers: tuple[str, ...] = ()

    def bold(self, text: str) -> str:
        return text

    def italic(self, text: str) -> str:
        return text

    def code(self, text: str) -> str:
        return text

    def link(self, label: str, address: str) -> str:
        return label

    def person(self, mention: Mention, name: str, reader: Reader) -> str:
        """The blocks of the message carry the mention."""
        return name


class _Plain:
    """What places without markup have in common."""

    has_lines = False
    asks = "/leads"
    tokens = _CHARACTER
    markers: tuple[str, ...] = ()

    def finish(self, text: str) -> str:
        return text

    def bold(self, text: str) -> str:
        return text

    def italic(self, text: str) -> str:
        return text

    def code(self, text: str) -> str:
        return text

    def link(self, label: str, address: str) -> str:
        return label

    def person(self, mention: Mention, name: str, reader: Reader) -> str:
        return name

    def moment(self, at: datetime, shown: Moment, reader: Reader) -> str:
        return _written(at, shown, reader.zone, reader.locale)

    def shape(self, light: Light) -> str:
        return _LIGHTS[light]


@dataclass(frozen=True)
class SlackPlain(_Plain):
    """`plain_text` objects and raw table cells: headers, buttons, labels, options."""

    def escape(self, text: str) -> str:
        """Slack parses nothing here but `:emoji:`, and shows entities as they are in some places
        and as characters in others: so there are none."""
        text = text.translate(_SLACK_PLAIN_MARKS)
        text = _ENTITY.sub(f"&{_JOINER}", text) if "&" in text else text
        return _without_slack_words(text)


_TEAMS_MARKS = str.maketrans({"<": "‹", ">": "›", "\\": "∖", **_EMPHASIS})
_TEAMS_PARTED = re.compile(r"[\]](?=[(\[:]|$)|\{(?=\{|$)|\$(?=\{|$)|&(?=#?\w{1,32};|$)|!(?=\[|$)")
_TEAMS_STARTS = re.compile(
    r"^\s*(?=[-+=](?:\s|$)|#{1,6}(?:\s|$)|\d{1,9}[.)](?:\s|$)|[-=]{2,}|[ˍ_]{3,})", re.M
)
_TEAMS_TOKENS = re.compile(
    r"\{\{(?:DATE|TIME)\([^()]*\)\}\}|\[[^\[\]]*\]\([^()\s]*\)|<at>[^<>]*</at>|\*\*"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|.",
    re.S,
)


def _teams_escape(text: str) -> str:
    text = text.translate(_TEAMS_MARKS)
    text = _UNDERSCORE.sub("ˍ", text) if "_" in text else text
    return _TEAMS_PARTED.sub(lambda found: found[0] + _JOINER, text)


@dataclass(frozen=True)
class TeamsMarkdown:
    """TextBlock and FactSet: Microsoft's subset of CommonMark, `{{DATE}}` and `{{TIME}}`.
    https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features"""

    has_lines = True
    asks = ""
    tokens = _TEAMS_TOKENS
    markers: tuple[str, ...] = ("**", "_")

    def escape(self, text: str) -> str:
        """Emphasis, links, entities, `<at>`, `{{DATE()}}` and `${…}` are broken up."""
        return _teams_escape(text)

    def finish(self, text: str) -> str:
        """No line begins a list, a heading or a rule; a line break is a paragraph's end."""
        return _TEAMS_STARTS.sub(_JOINER, text).replace("\n", "\n\n")

    def bold(self, text: str) -> str:
        return f"**{text}**"

    def italic(self, text: str) -> str:
        return f"_{text}_"

    def code(self, text: str) -> str:
        """Adaptive Cards know no code."""
        return f"**{text}**"

    def link(self, label: str, address: str) -> str:
        """Brackets in a label would have to pair up; it is shown with round ones."""
        return f"[{label.translate(_ROUND)}]({address})"

    def person(self, mention: Mention, name: str, reader: Reader) -> str:
        """`<at>` mentions only together with an entity of the card: see `cards.teams`."""
        account = reader.accounts.get(mention.email) if mention.ping else None
        if not account:
            return name
        if reader.mentioned.setdefault(name, account) != account:  # a namesake
            name = f"{name} ({self.escape(mention.email)})"
            reader.mentioned[name] = account
        return f"<at>{name}</at>"

    def moment(self, at: datetime, shown: Moment, reader: Reader) -> str:
        """Shown in the zone of the device; the rules for the form are strict (no spaces)."""
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        match shown:
            case Moment.CLOCK:
                return f"{{{{TIME({stamp})}}}}"
            case Moment.DAY:
                return f"{{{{DATE({stamp},SHORT)}}}}"
            case Moment.DAY_AND_TIME:
                return f"{{{{DATE({stamp},SHORT)}}}} at {{{{TIME({stamp})}}}}"

    def shape(self, light: Light) -> str:
        return _LIGHTS[light]


@dataclass(frozen=True)
class TeamsPlain(_Plain):
    """Titles of buttons, labels, choices: Teams parses some of these in some clients, so they
    are escaped like Markdown and have none of their own."""

    asks = ""

    def escape(self, text: str) -> str:
        return _teams_escape(text)

    def finish(self, text: str) -> str:
        return _TEAMS_STARTS.sub(_JOINER, text)


@dataclass(frozen=True)
class Terminal(_Plain):
    """The command line: what could steer a terminal is gone before text comes here."""

    has_lines = True

    def escape(self, text: str) -> str:
        return text

    def link(self, label: str, address: str) -> str:
        return f"{label} ({address})"

    def shape(self, light: Light) -> str:
        """A shape of its own for each, for whoever sees no colours."""
        return _SHAPES[light]


SLACK_MRKDWN = SlackMrkdwn()
SLACK_SUMMARY = SlackSummary()
SLACK_PLAIN = SlackPlain()
TEAMS_MARKDOWN = TeamsMarkdown()
TEAMS_PLAIN = TeamsPlain()
TERMINAL = Terminal()

_ROUND = str.maketrans({"[": "(", "]": ")"})
_ADDRESS = re.compile(r"(?:https?://[^\s/]|mailto:[^\s]|tel:\+?\d)", re.I)


def checked_address(address: str) -> str | None:
    """The address with every doubtful character percent-encoded, or None where it isn't one that
    may be opened: http, https, mailto and tel are."""
    address = address.strip()
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.match(address):
        return None
    try:
        return quote(address, safe="/:?#@!$&+,;=%.-~")
    except UnicodeEncodeError:  # half of a surrogate pair
        return None


def _without_slack_words(text: str) -> str:
    text = _UNDERSCORE.sub("ˍ", text) if "_" in text else text
    text = _EMOJI.sub(f":{_JOINER}", text) if ":" in text else text
    return _BROADCAST.sub(f"@{_JOINER}", text) if "@" in text else text


def _written(at: datetime, shown: Moment, zone: tzinfo, locale: str) -> str:
    clock = "" if shown is Moment.DAY else figures.clock(at, zone, locale=locale)
    if shown is Moment.CLOCK:
        return clock
    day = figures.day(at.astimezone(zone).date(), locale=locale)
    return f"{day}, {clock}" if clock else day
