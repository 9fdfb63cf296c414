from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cards import terminal
from cards.aligned import aligned, places
from cards.model import Card, Paragraph, Words
from tests.cards.examples import everything, said


def test_a_card_reads_as_text() -> None:
    assert terminal.text(everything("Ada & <Co>", many=1)).startswith(
        "Ada & <Co>\n==========\n\nAda & <Co>\n\n"
    )


def test_moments_are_in_the_zone_asked_for() -> None:
    at = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
    card = Card(summary=said("x"), blocks=(Paragraph(text=said(at)),))
    assert terminal.text(card) == "20 Nov 2026, 14:02 UTC"
    assert terminal.text(card, ZoneInfo("Europe/Madrid")) == "20 Nov 2026, 15:02 CET"


def test_a_card_without_blocks_is_its_summary() -> None:
    assert terminal.text(Card(summary=Words("parts", "untitled"), blocks=())) == "Baton"


def test_columns_stand_under_each_other() -> None:
    lines = aligned([["Rep", "n"], ["漢字", "12"], ["é" * 60, "7"]], frozenset({1}), 30)
    assert {places(line) for line in lines} == {30}
    assert lines[1].startswith("漢字 ")
    assert "…" in lines[2]
