"""How the people of the demo behave: how fast they are, what they turn down, what they write."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from commands.receive_lead import IncomingLead
from sandbox.demo.market import OTHER_TITLES, SMALL


@dataclass(frozen=True, kw_only=True)
class Temper:
    """A rep's pace: the usual minutes to decide and hours to a first touch."""

    minutes: float
    hours: float


TEMPERS = {
    "ana@acme.example": Temper(minutes=11, hours=2.0),
    "ben@acme.example": Temper(minutes=16, hours=3.0),
    "chloe@acme.example": Temper(minutes=20, hours=4.0),
    "dan@acme.example": Temper(minutes=42, hours=9.0),  # does well, but late
}
_ANYBODY = Temper(minutes=30, hours=5.0)

_REASONS = {
    "no_need": 6,
    "not_now": 6,
    "wrong_role": 2,
    "bad_data": 3,
    "unreachable": 5,
    "wrong_territory": 2,
    "duplicate": 1,
    "other": 2,
}
IN_VAIN = "unreachable"
"""The reason that counts only after so many tries."""

_ANSWERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "too_small": (
        ("agreed", "We will ask for ten people or more in the webinar's form"),
        ("disagree", "They are hiring, and the pilot starts with five seats"),
    ),
    "bad_data": (("fixed", "The phone number is right now"), ("fixed", "")),
    "wrong_role": (("agreed", "Interns no longer count as engineers"), ("agreed", "")),
    "wrong_territory": (("fixed", "The country came from the wrong field"),),
}
_ANY_ANSWER = (("agreed", ""), ("disagree", "Let us talk about this one on Monday"), ("agreed", ""))
_EVIDENCE = (
    "Their careers page has eleven open jobs, four of them for engineers",
    "They asked for a quote for 40 seats the day after",
    "The plant manager wrote to us again this morning",
)
VERDICTS = (
    ("overturned", "The quote speaks for itself"),
    ("overturned", ""),
    ("upheld", "Too early all the same, and the webinar brings more of them"),
)
_OTHER = (
    "Works for an agency that pitches us",
    "Wants a reseller contract, sent to partners",
    "Asked for a job, passed to HR",
)
NOTES = (
    "Budget is planned in January; the plant manager signs.",
    "Uses two tools side by side, wants one.",
    "Asked for a reference of the same size.",
    "Prefers mail in the morning.",
    "Brings a colleague from purchasing to the next call.",
    "Their licence ends in March, notice by December.",
)
CONVINCED = (
    "The seat audit showed 31 idle seats",
    "Reviews in the browser, nothing to install",
    "A reference call with a company next door",
    "",
)
LOST_NOTES = ("Stays with what they have for a year", "No answer to five tries", "")
TOUCHES = (
    ("called", "reached"),
    ("called", "no_answer"),
    ("called", "voicemail"),
    ("mailed", "sent"),
    ("mailed", "replied"),
    ("met", "held"),
)


def temper_of(email: str) -> Temper:
    """The pace of this colleague."""
    return TEMPERS.get(email, _ANYBODY)


def reads_up(rng: Random) -> timedelta:
    """How long marketing takes to look into a rejection."""
    return timedelta(hours=min(rng.lognormvariate(0, 1.1) * 13, 120))


def reply_of_marketing(rng: Random, reason: str) -> tuple[str, str]:
    """Marketing's answer and a sentence."""
    return rng.choice(_ANSWERS.get(reason, _ANY_ANSWER))


def evidence_against(rng: Random, reason: str) -> str | None:
    """What marketing brings up against a rejection, where it contests it at all."""
    if reason not in {"too_small", "no_need", "wrong_role"} or rng.random() >= 0.12:
        return None
    return rng.choice(_EVIDENCE)


def thinks(rng: Random, rep: str) -> timedelta:
    """How long this rep takes to decide, this time."""
    return timedelta(minutes=min(rng.lognormvariate(0, 0.55) * temper_of(rep).minutes, 400))


def gets_going(rng: Random, rep: str) -> timedelta:
    """How long this rep takes to get in touch after an accept."""
    return timedelta(hours=min(rng.lognormvariate(0, 0.6) * temper_of(rep).hours, 60))


def reason_against(rng: Random, lead: IncomingLead) -> str | None:
    """Why this lead is turned down, by the code of the reason; None when it is taken. What sales
    likes is not quite what the criteria at the start say: small companies and people without a say
    score as well there."""
    employees = lead.company.employees or 0
    if employees < SMALL and rng.random() < (0.9 if lead.campaign == "cad-webinar" else 0.65):
        return "too_small"
    if lead.title in OTHER_TITLES and lead.source != "referral" and rng.random() < 0.55:
        return "wrong_role"
    if rng.random() >= (0.04 if lead.source == "referral" else 0.09):
        return None
    return rng.choices(list(_REASONS), list(_REASONS.values()))[0]


def answers(
    rng: Random, reason: str, today: date, other: int, reps: list[str]
) -> Mapping[str, str]:
    """What is filled in beside the reason. `other` is a lead known before; `reps`: colleagues."""
    match reason:
        case "not_now":
            return {"until": (today + timedelta(days=rng.randint(9, 70))).isoformat()}
        case "duplicate":
            return {"lead": str(other)}
        case "wrong_territory":
            return {"person": rng.choice(reps)}
        case "other":
            return {"text": rng.choice(_OTHER)}
        case _:
            return {}
