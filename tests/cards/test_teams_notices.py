from datetime import date

from cards.actions import Action
from cards.model import Choice, DateInput, Form, NumberInput, Option, TextInput
from cards.teams_notices import corrected
from tests.cards.examples import said

FORM = Form(
    title=said("t"),
    submit=said("Send"),
    action=Action.REJECT,
    subject="7",
    blocks=(
        Choice(
            id="reason",
            label=said("Why"),
            options=(
                Option(value="later", label=said("L")),
                Option(value="other", label=said("O")),
            ),
            then={"later": (DateInput(id="until", label=said("U")),)},
        ),
        TextInput(id="text", label=said("Text"), initial="before"),
        NumberInput(id="amount", label=said("Amount"), initial=3),
    ),
)


def inputs(form: Form) -> dict[str, object]:
    """Every input by id, those of options too, with what stands in it."""
    found: dict[str, object] = {}
    for block in form.blocks:
        if isinstance(block, TextInput | NumberInput | DateInput | Choice):
            found[block.id] = block.initial
            if isinstance(block, Choice):
                found |= {one.id: one.initial for many in block.then.values() for one in many}
    return found


def test_a_form_to_mend_is_filled_in_as_it_was_sent() -> None:
    sent = {"reason": "later", "until": "2026-12-01", "text": "now", "amount": "12.5"}
    form = corrected(FORM, sent, {"until": said("Not in the past.")})
    assert inputs(form) == {
        "reason": "later",
        "until": date(2026, 12, 1),
        "text": "now",
        "amount": 12.5,
    }
    assert len(form.blocks) == len(FORM.blocks) + 2


def test_what_can_not_stand_in_an_input_is_left_out() -> None:
    form = corrected(FORM, {"until": "soon", "amount": "many"}, {"amount": said("A number.")})
    assert inputs(form) == {"reason": None, "until": None, "text": "before", "amount": 3}
