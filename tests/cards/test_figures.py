"""Numbers, days and hours are written as the reader's part of the world writes them."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.numbers import format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from cards import figures, slack, teams, terminal
from cards.locales import OFFERED
from cards.model import Card, Paragraph, Words
from cards.words import FOLDER

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)


def test_plain_english_is_what_it_was() -> None:
    written = (figures.number(12400.5), figures.percent(0.725), figures.day(DAY))
    assert written == ("12,400.5", "73%", "20 Nov 2026")
    assert figures.money(12400, "EUR") == "12,400 EUR"
    assert figures.clock(AT, UTC) == "14:02 UTC"


@pytest.mark.parametrize(
    ("locale", "number", "percent", "day"),
    [
        ("en-GB", "12,400.5", "73%", "20 Nov 2026"),
        ("de", "12.400,5", "73\u00a0%", "20. Nov. 2026"),
        ("fr", "12\u202f400,5", "73\u00a0%", "20 nov. 2026"),
        ("pt-BR", "12.400,5", "73%", "20 de nov. de 2026"),
        ("sv", "12\u00a0400,5", "73\u00a0%", "20 nov. 2026"),
        ("ja", "12,400.5", "73%", "2026年11月20日"),
        ("en-IN", "12,400.5", "73%", "20 Nov 2026"),
    ],
)
def test_a_locale_writes_its_own_way(locale: str, number: str, percent: str, day: str) -> None:
    assert figures.number(12400.5, locale=locale) == number
    assert figures.percent(0.725, locale=locale) == percent
    assert figures.day(DAY, locale=locale) == day


@given(
    value=st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9).map(lambda x: round(x, 2) + 0.0),
    locale=st.sampled_from([*OFFERED, "en-IN", "hi", "de-CH"]),
)
def test_numbers_are_those_of_cldr(value: float, locale: str) -> None:
    written = figures.number(value, locale=locale)
    wanted = format_decimal(value, locale=locale.replace("-", "_"))
    assert written.replace("−", "-") == wanted  # Babel keeps the plain minus everywhere


@given(share=st.integers(0, 100), locale=st.sampled_from([*OFFERED]))
def test_percents_are_those_of_cldr(share: int, locale: str) -> None:
    assert figures.percent(share / 100, locale=locale) == format_percent(
        share / 100, locale=locale.replace("-", "_")
    )


def test_every_locale_that_is_offered_is_known() -> None:
    assert all(figures.day(DAY, locale=locale) for locale in OFFERED)


def test_a_card_is_written_in_its_locale_on_every_platform() -> None:
    said = Words("leave", "days", one=_Days())
    card = Card(summary=said, blocks=(Paragraph(text=said),))
    german = replace(card, locale="de")
    assert terminal.text(german) == "20. Nov. 2026"
    assert "20. Nov. 2026" in str(slack.message(german, {}).blocks)
    assert "20. Nov. 2026" in str(slack.home(german, {}))
    assert "20. Nov. 2026" in str(slack.modal(german, {}))
    assert "Nov. 2026" in str(teams.adaptive_card(german, {}))
    assert terminal.text(card) == "20 Nov 2026"


@pytest.mark.parametrize("template", sorted(FOLDER.glob("*.j2")), ids=lambda file: file.stem)
def test_no_words_hold_a_number_to_be_written(template: Path) -> None:
    """Jinja works constants out when it compiles, in the locale of whoever came first."""
    figures_of_constants = re.findall(r"\{\{-? *[\d.]+ *\|", template.read_text(encoding="utf-8"))
    assert figures_of_constants == []


class _Days:
    first = last = DAY
