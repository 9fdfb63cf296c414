"""What a person reads on mrkdwn."""

import pytest

from sandbox.reading import without_markup


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*bold* and _italic_ and ~gone~ and `code`", "bold and italic and gone and code"),
        ("too_small and 2*3*4", "too_small and 2*3*4"),
        ("*<https://a.example|a link>*", "a link"),
        ("<https://a.example>", "https://a.example"),
        ("&lt;!channel&gt; R&amp;D", "<!channel> R&D"),
        ("<!channel> <@U0001> <#C0001|gtm>", "@channel @U0001 gtm"),
        ("<!date^1^{time}|soon>", "soon"),
    ],
)
def test_markup_is_left_out(written: str, read: str) -> None:
    assert without_markup(written) == read
