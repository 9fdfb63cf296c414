from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cards.dialects import SLACK_MRKDWN, SLACK_PLAIN, TEAMS_MARKDOWN, TERMINAL, Dialect, Reader
from cards.model import Light, Mention, Words
from cards.words import FOLDER, BadWords, Voice, render

TEMPLATE = """
{% macro plain(x) %}R&D > *sales*, {{ x }}{% endmacro %}
{% macro strong(x) %}{{ x|bold }} and {{ x|italic }}{% endmacro %}
{% macro linked(x, url) %}{{ x|link(url) }}{% endmacro %}
{% macro nested(x) %}Now {{ strong(x) }}{% set y %}{{ x }}!{% endset %}{{ y }}{% endmacro %}
{% macro typed() %}Try `/leads help`.{% endmacro %}
{% macro notes(x) %}{{ x|lines }}{% endmacro %}
{% macro at(x) %}by {{ x|clock }} on {{ x|day }}{% endmacro %}
{% macro all(xs) %}{{ xs }} / {{ xs|join(", ") }} / {{ xs|listed("or") }}{% endmacro %}
{% macro figures(n, share) -%}
{{ n|number }} {{ n|count("lead") }} {{ n|money("EUR") }} {{ share|percent }}
{%- endmacro %}
{% macro typo(x) %}{{ y }}{% endmacro %}
{% macro reach(x) %}{{ x.__class__.__mro__ }}{% endmacro %}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sample.j2").write_text(TEMPLATE)
    (tmp_path / "html.j2").write_text("{% macro html(x) %}{{ x|safe }}{% endmacro %}")
    (tmp_path / "parts.j2").write_text((FOLDER / "parts.j2").read_text("utf-8"))
    return tmp_path


@dataclass(frozen=True, kw_only=True)
class _Figures:
    successes: int
    n: int
    value: float
    interval: tuple[float, float]
    judgeable: bool


def say(folder: Path, dialect: Dialect, macro: str, **values: object) -> str:
    return Voice(dialect, folder).render(Words("sample", macro, **values))


def test_text_of_templates_and_values_is_escaped_once(folder: Path) -> None:
    assert say(folder, SLACK_MRKDWN, "plain", x="A & <b>") == (
        "R&amp;D &gt; ∗sales∗, A &amp; &lt;b&gt;"
    )


def test_filters_make_the_markup_of_the_dialect(folder: Path) -> None:
    assert say(folder, SLACK_MRKDWN, "strong", x="A & *") == "*A &amp; ∗* and _A &amp; ∗_"
    assert say(folder, TEAMS_MARKDOWN, "strong", x="A & *") == "**A & ∗** and _A & ∗_"
    assert say(folder, SLACK_PLAIN, "strong", x="A") == "A and A"


def test_nothing_is_not_emphasised(folder: Path) -> None:
    assert say(folder, SLACK_MRKDWN, "strong", x=None) == "and"


def test_links_are_checked(folder: Path) -> None:
    assert say(folder, SLACK_MRKDWN, "linked", x="A|B", url="https://x.example/?a=1&b=|") == (
        "<https://x.example/?a=1&amp;b=%7C|A|B>"
    )
    assert say(folder, TEAMS_MARKDOWN, "linked", x="[A]", url="https://x.example/a)b") == (
        "[(A)\u2060](https://x.example/a%29b)"
    )
    assert say(folder, SLACK_MRKDWN, "linked", x="A", url="javascript:x") == "A"
    assert say(folder, SLACK_MRKDWN, "linked", x="A", url=None) == "A"
    assert (
        say(folder, TERMINAL, "linked", x="A", url="https://x.example") == "A (https://x.example)"
    )


def test_macros_and_blocks_inside_macros_are_not_escaped_again(folder: Path) -> None:
    assert say(folder, SLACK_MRKDWN, "nested", x="&") == "Now *&amp;* and _&amp;_&amp;!"


def test_what_is_to_be_typed_stands_in_code(folder: Path) -> None:
    assert say(folder, SLACK_MRKDWN, "typed") == "Try `/leads help`."
    assert say(folder, TEAMS_MARKDOWN, "typed") == "Try **/leads help**."
    assert say(folder, SLACK_PLAIN, "typed") == "Try /leads help."


def test_values_are_one_line_unless_lines_are_asked_for(folder: Path) -> None:
    text = "first\n\n\n> second\x00\r\nthird"
    assert say(folder, SLACK_MRKDWN, "notes", x=text) == "first\n› second\nthird"
    assert say(folder, TEAMS_MARKDOWN, "notes", x="a\n- b") == "a\n\n\u2060- b"
    assert say(folder, SLACK_PLAIN, "notes", x=text) == "first › second third"
    assert "\n" not in say(folder, SLACK_MRKDWN, "plain", x=text)


def test_sequences_are_read_out(folder: Path) -> None:
    said = say(folder, SLACK_MRKDWN, "all", xs=["a", "<b>", None, 3])
    assert said == "a, &lt;b&gt; and 3 / a, &lt;b&gt;, , 3 / a, &lt;b&gt; or 3"


def test_figures(folder: Path) -> None:
    said = say(folder, SLACK_MRKDWN, "figures", n=12400, share=0.725)
    assert said == "12,400 12,400 leads 12,400 EUR 73%"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ""),
        (True, "yes"),
        (12400, "12400"),
        (0.5, "0.5"),
        (1e6, "1,000,000"),
        (date(2026, 11, 20), "20 Nov 2026"),
        (datetime(2026, 11, 20, 9, tzinfo=UTC), "20 Nov 2026, 09:00 UTC"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=3, hours=4, minutes=9), "3 d 4 h"),
        (timedelta(seconds=20), "0 min"),
        (Mention(name="Mia", email="mia@acme.example", ping=True), "Mia"),
        (Light.RED, "🔴 short"),
        (Words("parts", "said", text="a"), "a"),
        ("y" * 500, "y" * 399 + "…"),
    ],
)
def test_every_kind_of_value_can_be_said(value: object, said: str) -> None:
    assert render(Words("parts", "said", text=value), SLACK_PLAIN) == said


def test_small_numbers_say_so() -> None:
    def rate(successes: int, n: int, *, judgeable: bool) -> str:
        figures = _Figures(
            successes=successes,
            n=n,
            value=successes / max(n, 1),
            interval=(0.52, 0.857),
            judgeable=judgeable,
        )
        return render(Words("parts", "rate", rate=figures), TERMINAL)

    assert rate(18, 25, judgeable=True) == "72% (18 of 25, likely 52% to 86%)"
    assert rate(3, 4, judgeable=False) == "3 of 4, too few to judge"
    assert rate(0, 0, judgeable=False) == "none yet"


def test_mentions_reach_nested_words() -> None:
    mia = Mention(name="Mia", email="mia@acme.example", ping=True)
    leaf = Words("parts", "said", text=[Words("parts", "said", text=mia), "you"])
    reader = Reader(accounts={"mia@acme.example": "U0MIA"})
    assert render(leaf, SLACK_MRKDWN, reader) == "<@U0MIA> and you"


@pytest.mark.parametrize(
    ("macro", "values"),
    [
        ("typo", {"x": 1}),
        ("plain", {}),
        ("plain", {"x": 1, "z": 2}),
        ("plain", {"x": object()}),
        ("no_such_macro", {}),
        ("reach", {"x": "a"}),
        ("at", {"x": datetime(2026, 11, 20, 9)}),  # noqa: DTZ001  # that is the point
    ],
)
def test_mistakes_are_named(folder: Path, macro: str, values: dict[str, object]) -> None:
    with pytest.raises(BadWords, match=r"sample\.j2"):
        say(folder, SLACK_MRKDWN, macro, **values)


def test_no_filter_lets_text_out_unescaped(folder: Path) -> None:
    with pytest.raises(BadWords):
        Voice(SLACK_MRKDWN, folder).render(Words("html", "html", x="<!channel>"))
