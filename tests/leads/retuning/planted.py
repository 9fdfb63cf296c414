"""Decisions with a truth planted in them, to see whether it is found."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leads.criteria import Criteria, FieldCondition, FieldTest, Group, Rule, Sign
from leads.lead import Scalar
from leads.retuning.history import History
from leads.retuning.lead_table import LeadTable

COUNTRIES = ("DE", "ES", "FR", "US")


def history(
    n: int,
    *,
    seed: int = 0,
    pulls: Mapping[str, float] | None = None,
    per_week: int = 50,
    coin: bool = False,
) -> History:
    """Leads of four countries with visits, employees and a topic. By default sales likes visits
    from 5 on, dislikes France and doesn't care for the rest; a coin cares for nothing."""
    chance = np.random.default_rng(seed)
    country = chance.integers(0, 4, n)
    visits = chance.poisson(4, n)
    employees = np.rint(chance.lognormal(4, 1.2, n))
    topic = chance.random(n) < 0.4
    pull = {"visits": 2.0, "FR": -2.0, "topic": 0.0} | dict(pulls or {})
    logits = -0.7 + pull["visits"] * (visits >= 5) + pull["FR"] * (country == 2)
    logits = logits + pull["topic"] * topic
    accepted = chance.random(n) < (0.4 if coin else 1 / (1 + np.exp(-logits)))
    fields: dict[str, Sequence[Scalar | None]] = {
        "company.country": [COUNTRIES[code] for code in country],
        "extra.visits": visits.tolist(),
        "company.employees": [
            None if gone else int(count)
            for gone, count in zip(chance.random(n) < 0.1, employees, strict=True)
        ],
        "extra.topic": topic.tolist(),
    }
    reasons = [
        None if good else ("wrong_country" if where == 2 else "no_need")
        for good, where in zip(accepted, country, strict=True)
    ]
    return of(fields, accepted, np.arange(n) // per_week, tuple(reasons))


def of(
    fields: Mapping[str, Sequence[Scalar | None]],
    accepted: NDArray[np.bool_],
    weeks: NDArray[np.int64],
    reasons: tuple[str | None, ...] | None = None,
) -> History:
    """A history in which everybody was handed over, oldest first."""
    n = len(accepted)
    seconds = np.arange(n, dtype=np.float64) * 3600
    return History(
        leads=LeadTable.from_columns(n, fields, seconds),
        ids=np.arange(100, 100 + n),
        names=tuple(f"Lead {number}" for number in range(n)),
        at=seconds,
        accepted=accepted,
        weight=np.ones(n),
        propensity=np.ones(n),
        explored=np.zeros(n, np.bool_),
        weeks=weeks,
        reasons=reasons or (None,) * n,
    )


def rule(field: str, test: FieldTest, value: Scalar, points: int, sign: Sign | None = None) -> Rule:
    """A rule that somebody has written."""
    return Rule(
        id=f"{field.rsplit('.', 1)[-1]}-{value}".casefold(),
        label=f"{field} {test} {value}",
        group=Group.FIT,
        points=points,
        when=FieldCondition(field=field, test=test, value=value),
        sign=sign,
    )


GUESSED = Criteria(
    version=7,
    threshold=20,
    rules=(
        rule("company.country", FieldTest.IS, "FR", 12),
        rule("company.employees", FieldTest.AT_LEAST, 100, 20),
        rule("extra.topic", FieldTest.IS, True, 15),
    ),
)
"""What marketing believed before anybody had looked."""
