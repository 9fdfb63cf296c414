import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import limits
from cards.dialects import SLACK_MRKDWN, SLACK_PLAIN, TEAMS_MARKDOWN
from cards.plain_characters import MOST_LINES, cut, one_line, several_lines
from tests.cards.hostile import texts, unhurried
from tests.cards.oracles import problems_of_mrkdwn, problems_of_teams

DATE = "<!date^1795183320^{time}|14:02 UTC>"
pieces = st.lists(
    st.sampled_from(
        [
            "*bold & strong*".replace("&", "&amp;"),
            "_soft_",
            DATE,
            "<@U0MIA>",
            "word ",
            "&lt;",
            " ",
            "🙂",
        ]
    )
    | st.just("<https://x.example/?a=1&amp;b=2|label>"),
    max_size=30,
).map(" ".join)
teams_pieces = st.lists(
    st.sampled_from(
        ["**bold**", "_soft_", "{{TIME(2026-11-20T14:02:00Z)}}", "[a](https://x.example)", "word"]
    )
    | st.just("<at>Mia</at>"),
    max_size=30,
).map(" ".join)


@unhurried
@given(pieces, st.integers(8, 120))
def test_a_cut_never_falls_inside_a_token_of_slack(text: str, longest: int) -> None:
    shown = limits.shorten(text, longest, SLACK_MRKDWN)
    assert limits.length(shown) <= longest
    assert not problems_of_mrkdwn(shown)


@unhurried
@given(teams_pieces, st.integers(12, 120))
def test_a_cut_never_falls_inside_a_token_of_teams(text: str, longest: int) -> None:
    shown = limits.shorten(text, longest, TEAMS_MARKDOWN)
    assert limits.length(shown) <= longest
    assert not problems_of_teams(shown, mentioned=frozenset({"Mia"}))
    assert shown.count("**") % 2 == 0


def test_emphasis_is_closed_after_a_cut() -> None:
    assert limits.shorten("*one two three four*", 14, SLACK_MRKDWN) == "*one two t…*"
    assert limits.shorten("ab *one*", 6, SLACK_PLAIN) == "ab *o…"


@unhurried
@given(texts, st.integers(1, 60))
def test_text_is_one_line_within_its_length(text: str, longest: int) -> None:
    shown = one_line(text, longest)
    assert len(shown) <= longest
    assert len(shown.splitlines()) <= 1


@unhurried
@given(texts)
def test_passages_are_within_their_length(text: str) -> None:
    shown = several_lines(text, 300)
    assert len(shown) <= 300
    assert len(shown.splitlines()) <= MOST_LINES


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [
        ("abcdef", 4, "abc…"),
        ("abc", 3, "abc"),
        ("ab cd", 4, "ab…"),
        ("xx👩‍👩‍👧‍👦y", 6, "xx…"),
        ("né", 1, "…"),
    ],
)
def test_a_cut_keeps_characters_whole(text: str, longest: int, shown: str) -> None:
    assert cut(text, longest) == shown


def test_an_emoji_counts_as_its_platforms_count() -> None:
    assert limits.length("a🙂") == 3


def test_an_id_is_never_cut() -> None:
    with pytest.raises(limits.TooLong):
        limits.fitting_id("x" * 151, limits.SLACK_OPTION_VALUE)
