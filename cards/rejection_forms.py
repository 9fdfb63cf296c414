"""The forms of what follows a rejection: marketing's answer, its evidence, a manager's verdict."""

from collections.abc import Mapping

from cards.actions import Action
from cards.model import Choice, Form, Note, Option, TextInput, Words
from leads.rejection import RejectionAnswer, Verdict

LONGEST_SENTENCE = 500
LONGEST_EVIDENCE = 2000


def answer_form(feedback_id: int, lead: str, *, by: str, reason: str, chosen: str = "") -> Form:
    """One of three answers to `by`'s rejection of `lead`, and a sentence if they like."""
    answers = Choice(
        id="answer",
        label=_words("what_answer"),
        options=tuple(
            Option(value=one.value, label=_words("answer", answer=one.value))
            for one in RejectionAnswer
        ),
        initial=chosen if chosen in set(RejectionAnswer) else None,
        expanded=True,
    )
    return Form(
        title=_words("answer_title"),
        submit=_words("answer_submit"),
        action=Action.ANSWER_REJECTION,
        subject=str(feedback_id),
        blocks=(
            Note(text=_words("about_answer", lead=lead, by=by, reason=reason)),
            answers,
            _sentence("answer_text", "answer_hint"),
        ),
    )


def dispute_form(feedback_id: int, lead: str, *, by: str, reason: str) -> Form:
    """What speaks against the rejection, in words."""
    evidence = TextInput(
        id="evidence",
        label=_words("evidence"),
        multiline=True,
        hint=_words("evidence_hint"),
        max_length=LONGEST_EVIDENCE,
    )
    return Form(
        title=_words("dispute_title"),
        submit=_words("dispute_submit"),
        action=Action.CONTEST_REJECTION,
        subject=str(feedback_id),
        blocks=(Note(text=_words("about_dispute", lead=lead, by=by, reason=reason)), evidence),
    )


def verdict_form(
    feedback_id: int, lead: str, *, by: str, reason: str, against: str, evidence: str
) -> Form:
    """Whether the rejection stands: who rejected and why, and what `against` says."""
    verdicts = Choice(
        id="verdict",
        label=_words("what_verdict"),
        options=tuple(
            Option(value=one.value, label=_words("verdict", verdict=one.value)) for one in Verdict
        ),
        expanded=True,
    )
    return Form(
        title=_words("verdict_title"),
        submit=_words("verdict_submit"),
        action=Action.JUDGE_REJECTION,
        subject=str(feedback_id),
        blocks=(
            Note(
                text=_words(
                    "about_verdict",
                    lead=lead,
                    by=by,
                    reason=reason,
                    against=against,
                    evidence=evidence,
                )
            ),
            verdicts,
            _sentence("verdict_text", "verdict_hint"),
        ),
    )


def mend(macro: str) -> Words:
    """What to mend: one of the last macros of `rejection_forms.j2`."""
    return _words(macro)


def _sentence(label: str, hint: str) -> TextInput:
    return TextInput(
        id="text",
        label=_words(label),
        multiline=True,
        optional=True,
        hint=_words(hint),
        max_length=LONGEST_SENTENCE,
    )


def _words(macro: str, **values: object) -> Words:
    return Words("rejection_forms", macro, **values)


_NASTY = "<!channel> *Ada* [x](https://evil.example) <@U1> `&lt;` \u202e\u0000" * 40

EXAMPLES: Mapping[str, Form] = {
    "answer": answer_form(41, "Ada Byron", by="Ana Ortiz", reason="Company too small"),
    "dispute": dispute_form(41, "Ada Byron", by="Ana Ortiz", reason="Company too small"),
    "verdict": verdict_form(
        41,
        "Ada Byron",
        by="Ana Ortiz",
        reason="Company too small",
        against="Max Stein",
        evidence="Their site says 140 people, and they are hiring 30 more.",
    ),
    "hostile": verdict_form(41, _NASTY, by=_NASTY, reason=_NASTY, against=_NASTY, evidence=_NASTY),
}
