"""Runs the macros of `cards/words/*.j2` in the dialect of the place they appear in.

A template holds plain English and calls filters for anything else; its own text and every value
are escaped, and only the filters make markup (and backticks around what is to be typed). Macros
may call macros and import from templates.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import cast

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, Undefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment

from cards import figures
from cards.dialects import Dialect, Moment, Reader, Safe, checked_address
from cards.model import Light, Mention, Words
from cards.plain_characters import is_ordinary, one_line, several_lines

FOLDER = Path(__file__).with_name("words")
ANYBODY = Reader()

_reader: ContextVar[Reader] = ContextVar("reader", default=ANYBODY)


# What a macro raises for a value of the wrong kind; anything else is no mistake of a template.
_MISTAKES = (TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


class BadWords(Exception):
    """A template that can't be said with the values it was given: a mistake of ours."""


def render(leaf: Words, dialect: Dialect, reader: Reader = ANYBODY) -> str:
    """What `leaf` says in `dialect`, without blank ends; raises BadWords."""
    return _voice(dialect).render(leaf, reader)


class Voice:
    """The templates of a folder, compiled for one dialect."""

    def __init__(self, dialect: Dialect, folder: Path = FOLDER) -> None:
        self._dialect = dialect
        self._macros: dict[tuple[str, str], Callable[..., str]] = {}
        self._constants: dict[tuple[str, str], str] = {}
        self._environment = _environment(dialect, folder, self.say)
        self._environment.filters.update(self._filters())

    def render(self, leaf: Words, reader: Reader = ANYBODY) -> str:
        """See `render` of this module."""
        if leaf.values:
            return self._said(leaf, reader)
        # Labels of buttons and the like: they say the same each time.
        known = self._constants.get((leaf.template, leaf.macro))
        if known is None:
            known = self._constants[leaf.template, leaf.macro] = self._said(leaf, reader)
        return known

    def _said(self, leaf: Words, reader: Reader) -> str:
        before = _reader.set(reader)
        try:
            said = self.macro(leaf.template, leaf.macro)(**leaf.values)
        except _MISTAKES as error:
            raise BadWords(f"{leaf.template}.j2: {leaf.macro}: {error}") from error
        finally:
            _reader.reset(before)
        said = said.strip()
        return self._dialect.finish(said if self._dialect.has_lines else " ".join(said.split()))

    def macro(self, template: str, name: str) -> Callable[..., str]:
        """The macro of this name, compiled when it is first asked for."""
        found = self._macros.get((template, name))
        if found is None:
            module = self._environment.get_template(f"{template}.j2").module
            found = getattr(module, name, None)
            if found is None:
                raise BadWords(f"{template}.j2 has no macro {name}")
            self._macros[template, name] = found
        return found

    def say(self, value: object) -> str:  # noqa: C901  # one line for each kind of value
        """Any value as safe text; None says nothing."""
        if type(value) is str and is_ordinary(value):
            return Safe(value)
        match value:
            case Safe():
                return value
            case Light():
                return Safe(
                    self.macro("parts", "light")(light=value.value, shape=self._shape(value))
                )
            case Undefined():
                return str(value)  # raises, and says which name is missing
            case str():
                return Safe(self._dialect.escape(one_line(value)))
            case None:
                return Safe()
            case bool():
                return self.say("yes" if value else "no")
            case int():
                return Safe(value)
            case float():
                return Safe(figures.number(value, locale=_reader.get().locale))
            case datetime():
                return self._moment(value, Moment.DAY_AND_TIME)
            case date():
                return Safe(figures.day(value, locale=_reader.get().locale))
            case timedelta():
                return Safe(figures.duration(value))
            case Mention():
                return self._person(value)
            case Words():
                return Safe(self.macro(value.template, value.macro)(**value.values))
            case Iterable():
                return self._listed(value)
            case _:
                raise TypeError(f"can't say a {type(value).__name__}")

    def _filters(self) -> Mapping[str, Callable[..., str]]:
        return {
            "bold": self._bold,
            "italic": self._italic,
            "question": self._question,
            "link": self._link,
            "person": self._person,
            "clock": lambda at: self._moment(at, Moment.CLOCK),
            "day": self._day,
            "day_and_time": lambda at: self._moment(at, Moment.DAY_AND_TIME),
            "lines": self._lines,
            "listed": self._listed,
            "join": self._joined,
            "light": self.say,
            "number": _sparing_nothing(figures.number),
            "money": self._money,
            "percent": _sparing_nothing(figures.percent),
            "count": _sparing_nothing(figures.count),
            "rate": lambda rate: Safe(self.macro("parts", "rate")(rate=rate)),
            "duration": lambda span: Safe("" if span is None else figures.duration(span)),
        }

    def _money(self, value: float | None, currency: str = "") -> Safe:
        return Safe("" if value is None else figures.money(value, self.say(currency)))

    def _bold(self, value: object) -> Safe:
        said = self.say(value).strip()
        return Safe(self._dialect.bold(said) if said else "")

    def _italic(self, value: object) -> Safe:
        said = self.say(value).strip()
        return Safe(self._dialect.italic(said) if said else "")

    def _question(self, words: str) -> Safe:
        """What to type to ask this; without words, for one's own open leads."""
        typed = f"{self._dialect.asks} {words}".strip() or "mine"
        return Safe(self._dialect.code(self.say(typed)))

    def _link(self, label: object, address: str | None) -> Safe:
        said = self.say(label)
        checked = checked_address(address) if address else None
        return Safe(self._dialect.link(said, checked) if said and checked else said)

    def _person(self, value: Mention | str | None) -> str:
        if not isinstance(value, Mention):
            return self.say(value)
        return Safe(self._dialect.person(value, self.say(value.name), _reader.get()))

    def _moment(self, at: datetime | None, shown: Moment) -> Safe:
        if at is None:
            return Safe()
        if at.utcoffset() is None:
            raise ValueError(f"{at} has no zone")
        return Safe(self._dialect.moment(at, shown, _reader.get()))

    def _day(self, value: date | None) -> str:
        return self._moment(value, Moment.DAY) if isinstance(value, datetime) else self.say(value)

    def _lines(self, value: str | None) -> Safe:
        lines = several_lines(value or "").splitlines()
        return Safe("\n".join(self._dialect.escape(line) for line in lines))

    def _listed(self, values: Iterable[object], last: str = "and") -> Safe:
        said = [text for value in values if (text := self.say(value))]
        if len(said) < 2:
            return Safe("".join(said))
        return Safe(f"{', '.join(said[:-1])} {last} {said[-1]}")

    def _joined(self, values: Iterable[object], between: str = "") -> Safe:
        return Safe(Safe(self._dialect.escape(between)).join(map(self.say, values)))

    def _shape(self, light: Light) -> Safe:
        return Safe(self._dialect.shape(light))


@cache
def _voice(dialect: Dialect) -> Voice:
    return Voice(dialect)


def _sparing_nothing(write: Callable[..., str]) -> Callable[..., str]:
    """As the reader's locale writes it. Figures need no escape, but what isn't known stays
    unsaid."""
    return lambda value, *rest: Safe(
        "" if value is None else write(value, *rest, locale=_reader.get().locale)
    )


def _environment(
    dialect: Dialect, folder: Path, say: Callable[[object], str]
) -> ImmutableSandboxedEnvironment:
    environment = _Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,
        finalize=say,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[_EscapedLiterals],
    )
    environment.dialect = dialect
    # Filters that make HTML, or would let text out unescaped.
    for name in ("safe", "escape", "e", "forceescape", "urlize", "xmlattr", "tojson", "pprint"):
        environment.filters.pop(name, None)
    return environment


class _Environment(ImmutableSandboxedEnvironment):
    """What macros and blocks give back is said already."""

    concat = staticmethod(lambda said: Safe("".join(said)))
    dialect: Dialect


class _EscapedLiterals(Extension):
    """Escapes the text of templates once, when they are compiled."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        dialect = cast(_Environment, self.environment).dialect
        for token in stream:
            if token.type == "data":
                yield Token(token.lineno, "data", _literal(token.value, dialect))
            else:
                yield token


_TYPED = re.compile("`([^`\n]+)`")


def _literal(text: str, dialect: Dialect) -> str:
    pieces = _TYPED.split(text)  # every second one stood between backticks
    return "".join(
        dialect.code(dialect.escape(piece)) if index % 2 else dialect.escape(piece)
        for index, piece in enumerate(pieces)
    )
