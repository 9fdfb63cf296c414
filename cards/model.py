"""The neutral card: a typed tree that both renderers read. Its leaves are `Words`.

A `Words` leaf names a macro in `cards/words/<template>.j2` and the values it is given. The
renderer of a platform runs the macro with that platform's dialect, so that every value is escaped
for the place it appears in. No other string reaches a platform, except ids and checked addresses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cards.actions import Action
from cards.charts import Chart


@dataclass(frozen=True, init=False)
class Words:
    """A text leaf: macro `macro` of `cards/words/<template>.j2`, called with `values`.

    Values may be str, int, float, bool, None, date, aware datetime, timedelta, Mention, Light,
    Words, or frozen values and sequences of these; a macro gets them by name."""

    template: str
    macro: str
    values: Mapping[str, object]

    def __init__(self, template: str, macro: str, **values: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "macro", macro)
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A colleague in a text: shown by name, and as a real mention only when `ping` is set and
    the platform account is known."""

    name: str
    email: str
    ping: bool = False


class Style(StrEnum):
    """How a button stands out."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


class Light(StrEnum):
    """Red, yellow, green, or not to be judged; always shown with a word or shape, not by colour
    alone."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The title of a card or of a part of it; shown as plain text. `short` is for a window whose
    title has room for 24 characters, where `text` may have more."""

    text: Words
    short: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Running text; `button` stands beside it where the platform can."""

    text: Words
    button: "Button | None" = None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Label and value pairs, at most ten; short enough for two columns."""

    facts: tuple["Fact", ...]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One label and its value."""

    label: Words
    value: Words


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """A list of short lines."""

    lines: tuple[Words, ...]


@dataclass(frozen=True, kw_only=True)
class Note:
    """Small grey text: provenance, definitions, what n is."""

    text: Words


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows of plain text under a head; at most one a card, 20 columns and 99 rows. Columns named
    in `numeric` (by index) are aligned to the right."""

    head: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Divider:
    """A thin line."""


@dataclass(frozen=True, kw_only=True)
class Button:
    """Does `action` on `subject` (an id, or for `ask.*` the words of a question)."""

    label: Words
    action: Action
    subject: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, kw_only=True)
class LinkButton:
    """Opens an address; only https, http, mailto and tel are rendered."""

    label: Words
    url: str


@dataclass(frozen=True, kw_only=True)
class Menu:
    """Further actions behind one button: two to five."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, kw_only=True)
class Actions:
    """A row of buttons, at most five and a menu."""

    buttons: tuple[Button | LinkButton | Menu, ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart as an image. `alt` says the same in words, and stands in its place where no image
    was uploaded: in an answer at once, and where the platform takes none."""

    chart: Chart
    alt: Words


Block = Heading | Paragraph | Facts | Bullets | Note | Table | Divider | Actions | Picture


@dataclass(frozen=True, kw_only=True)
class Card:
    """What people see. `summary` is the notification and the fallback in one short line. Dates
    and numbers are written as `locale` (CLDR) writes them."""

    summary: Words
    blocks: tuple[Block, ...]
    locale: str = "en"


@dataclass(frozen=True, kw_only=True)
class TextInput:
    """Free text."""

    id: str
    label: Words
    multiline: bool = False
    optional: bool = False
    initial: str | None = None
    hint: Words | None = None
    max_length: int = 2000


@dataclass(frozen=True, kw_only=True)
class NumberInput:
    """A number of at least zero."""

    id: str
    label: Words
    optional: bool = False
    initial: float | None = None
    hint: Words | None = None


@dataclass(frozen=True, kw_only=True)
class DateInput:
    """A day."""

    id: str
    label: Words
    optional: bool = False
    initial: date | None = None
    hint: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice."""

    value: str
    label: Words


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of several options (2 to 100). `then` names the inputs that appear once an option is
    chosen; `initial` is the option chosen so far. `expanded` shows all options at once."""

    id: str
    label: Words
    options: tuple[Option, ...]
    optional: bool = False
    initial: str | None = None
    expanded: bool = False
    then: Mapping[str, tuple["Input", ...]] = field(default_factory=dict)


Input = TextInput | NumberInput | DateInput | Choice


@dataclass(frozen=True, kw_only=True)
class Form:
    """A question to one person. Submitting it does `action` on `subject` with the inputs by id.
    Where an input has `then`, the platform shows the inputs of the option chosen."""

    title: Words
    submit: Words
    action: Action
    subject: str
    blocks: tuple[Block | Input, ...]
    locale: str = "en"
