"""What the card is held against: a boosted model, and frequency scoring as Odoo does it. Both learn
in a replay as the card does, from the same feedback."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leads.conditions import Found
from leads.criteria import Criteria
from leads.retuning.history import History
from leads.retuning.lead_table import LeadTable
from leads.retuning.weighing import LEARNING_CAP, speaking_for
from sources.replay import Learned

Numbers = NDArray[np.float64]

_MOST_VALUES = 200
"""HistGradientBoostingClassifier takes up to 255 values of a category; rarer ones become one."""
_BANDS = 10


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How fields become numbers: a number as it is, a text as its code; nan where unknown."""

    numeric: tuple[str, ...]
    coded: Mapping[str, Mapping[Found, int]]

    @classmethod
    def of(cls, leads: LeadTable) -> "Encoding":
        """The encoding of the values that these leads have, the commonest first."""
        numeric: list[str] = []
        coded: dict[str, Mapping[Found, int]] = {}
        for field in leads.fields:
            codes, values = leads.codes(field)
            if len(values) > 2 and np.isfinite(leads.numbers(field)).any():
                numeric.append(field)
                continue
            counts = np.bincount(codes[codes >= 0], minlength=len(values))
            order = np.argsort(-counts, kind="stable")[:_MOST_VALUES]
            coded[field] = {values[one]: code for code, one in enumerate(order.tolist())}
        return cls(numeric=tuple(numeric), coded=coded)

    def matrix(self, leads: LeadTable) -> Numbers:
        """A row per lead: the numbers, then the codes; a value not seen before has one more."""
        columns = [leads.numbers(field) for field in self.numeric]
        for field, places in self.coded.items():
            codes, values = leads.codes(field)
            known = np.array([*(places.get(value, len(places)) for value in values), np.nan])
            columns.append(known[codes])
        return np.column_stack(columns)


class Boosted:
    """scikit-learn's HistGradientBoostingClassifier, learned anew from all feedback each time, with
    smaller and slower trees than its defaults, which do worse on so few leads; like the card, it
    lets explored leads speak for those nobody was offered, up to the same cap."""

    def __init__(self, history: History, first: Criteria) -> None:
        self._fit(history)

    def scores(self, leads: LeadTable) -> Numbers:
        """Chances."""
        found: Numbers = self._model.predict_proba(self._encoding.matrix(leads))[:, 1]
        return found

    def learn(self, history: History) -> Learned:
        """Learn anew."""
        self._fit(history)
        return Learned()

    def _fit(self, history: History) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier

        self._encoding = Encoding.of(history.leads)
        is_code = [False] * len(self._encoding.numeric) + [True] * len(self._encoding.coded)
        self._model = HistGradientBoostingClassifier(
            categorical_features=is_code,
            learning_rate=0.05,
            max_leaf_nodes=8,
            l2_regularization=1.0,
            random_state=0,
        )
        self._model.fit(
            self._encoding.matrix(history.leads),
            history.accepted,
            sample_weight=speaking_for(history, LEARNING_CAP),
        )


class BoostedOnce(Boosted):
    """The same, never learned anew: what it loses is what there is to be gained by retuning."""

    def learn(self, history: History) -> Learned:
        """Stay as it is."""
        return Learned()


class Frequencies:
    """Naive Bayes over frequencies of values, as Odoo's predictive lead scoring has it
    (addons/crm/models/crm_lead.py, `_pls_get_naive_bayes_probabilities`): for every value of every
    field the leads won and lost with it are counted, 0.1 is added to each count, and a lead scores
    P(won) · Π count of its value among the won / all such counts of the field, against the same
    for lost. Fields that the lead hasn't, and values never seen, are left out of the product.

    Odoo scores by words alone (country, source, language, tags); here numbers are cut into ten
    bands of equally many leads, and counted as words are. Odoo knows no propensities."""

    _ADDED = 0.1

    def __init__(self, history: History, first: Criteria) -> None:
        self._fit(history)

    def scores(self, leads: LeadTable) -> Numbers:
        """Log-odds of won."""
        found = np.full(leads.n, self._prior)
        for field, (worth, word_of) in self._worths.items():
            codes, values = leads.codes(field)
            known = np.array([*(worth.get(word_of(value), 0.0) for value in values), 0.0])
            found += known[codes]
        return found

    def learn(self, history: History) -> Learned:
        """Count anew."""
        self._fit(history)
        return Learned()

    def _fit(self, history: History) -> None:
        won = history.accepted
        self._prior = float(np.log(won.sum() / (~won).sum()))
        self._worths: dict[str, tuple[Mapping[Found, float], Callable[[Found], Found]]] = {}
        for field in history.leads.fields:
            codes, values = history.leads.codes(field)
            word_of = _words(history.leads.numbers(field), len(values))
            counts: dict[Found, list[float]] = {}
            for value, good, bad in zip(
                values,
                np.bincount(codes[(codes >= 0) & won], minlength=len(values)).tolist(),
                np.bincount(codes[(codes >= 0) & ~won], minlength=len(values)).tolist(),
                strict=True,
            ):
                if good + bad:
                    count = counts.setdefault(word_of(value), [self._ADDED, self._ADDED])
                    count[0] += good
                    count[1] += bad
            all_won, all_lost = (sum(count[side] for count in counts.values()) for side in (0, 1))
            worth = {
                word: float(np.log(good / all_won) - np.log(bad / all_lost))
                for word, (good, bad) in counts.items()
            }
            self._worths[field] = worth, word_of


def _words(numbers: Numbers, distinct: int) -> Callable[[Found], Found]:
    """What a value counts as: itself, or the number of its band where the field holds numbers."""
    known = numbers[np.isfinite(numbers)]
    if distinct <= 2 or not len(known):
        return lambda value: value
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _BANDS + 1)[1:-1]))

    def band(value: Found) -> Found:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return int(np.searchsorted(edges, value, "right")) if is_number else value

    return band
