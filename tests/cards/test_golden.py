"""How every card looks, on every platform. New or changed on purpose: --update-golden."""

from collections.abc import Callable

import pytest

from cards import slack, teams, terminal
from cards.model import Card
from tests.cards.conftest import GOLDEN
from tests.cards.examples import ACCOUNTS, all_examples

EXAMPLES = all_examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_card_looks_in_slack_as_it_did(name: str, golden: Callable[[str, object], None]) -> None:
    example = EXAMPLES[name]
    if isinstance(example, Card):
        message = slack.message(example, ACCOUNTS)
        golden(f"{name}.slack.json", {"text": message.text, "blocks": message.blocks})
    else:
        golden(f"{name}.slack.json", slack.modal(example, ACCOUNTS))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_card_looks_in_teams_as_it_did(name: str, golden: Callable[[str, object], None]) -> None:
    golden(f"{name}.teams.json", teams.adaptive_card(EXAMPLES[name], ACCOUNTS))


@pytest.mark.parametrize(
    "name", [name for name, example in EXAMPLES.items() if isinstance(example, Card)]
)
def test_a_card_looks_in_a_terminal_as_it_did(
    name: str, golden: Callable[[str, object], None]
) -> None:
    example = EXAMPLES[name]
    assert isinstance(example, Card)
    golden(f"{name}.txt", terminal.text(example))


def test_no_golden_file_has_lost_its_card(request: pytest.FixtureRequest) -> None:
    lost = [file for file in GOLDEN.iterdir() if file.name.split(".")[0] not in EXAMPLES]
    if request.config.getoption("update_golden", default=False):
        for file in lost:
            file.unlink()
        lost = []
    assert not lost
