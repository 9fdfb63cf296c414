"""What a decision teaches."""

from leads.agreement import Teaches
from leads.lifecycle import Stage
from leads.retuning.labels import Verdict, labelled, reliabilities


def verdict(
    *,
    accepted: bool = False,
    teaches: Teaches | None = None,
    by: str = "ana",
    outcome: Stage | None = None,
    won_by_other: bool = False,
    overturned: bool = False,
) -> Verdict:
    return Verdict(
        accepted=accepted,
        teaches=teaches,
        by=by,
        outcome=outcome,
        won_by_other=won_by_other,
        overturned=overturned,
    )


def test_only_rejections_about_fit_teach() -> None:
    keep, good, _ = labelled([verdict(teaches=each) for each in (None, *Teaches)])
    assert keep.tolist() == [True, True, False, False, False, False, False]
    assert not good.any()


def test_an_accept_counts_for_more_the_further_its_lead_came() -> None:
    stages = (Stage.LOST, None, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY, Stage.WON)
    keep, good, weight = labelled([verdict(accepted=True, outcome=each) for each in stages])
    assert keep.all()
    assert good.all()
    assert weight.tolist() == sorted(weight)
    assert weight[1] == weight[2] == 1


def test_a_rejected_lead_that_another_won_was_good_whatever_the_reason() -> None:
    keep, good, weight = labelled(
        [
            verdict(teaches=Teaches.TIMING, won_by_other=True),
            verdict(teaches=Teaches.FIT, overturned=True),
        ]
    )
    assert keep.all()
    assert good.all()
    assert weight[0] > weight[1] == 1


def test_a_rep_who_was_often_wrong_is_believed_less() -> None:
    verdicts = [verdict(by="ana", teaches=Teaches.FIT) for _ in range(20)]
    verdicts += [verdict(by="ben", teaches=Teaches.FIT) for _ in range(10)]
    verdicts += [verdict(by="ben", teaches=Teaches.FIT, overturned=True) for _ in range(10)]
    believed = reliabilities(verdicts)
    assert believed["ana"] == 1
    assert 0.5 < believed["ben"] < 0.8
    weight = labelled(verdicts)[2]
    assert weight[20] == believed["ben"]
    assert weight[-1] == 1  # that it was overturned is the manager's word, not the rep's


def test_one_mistake_hardly_costs_a_rep_anything() -> None:
    wrong = [verdict(by="ana", overturned=True), *(verdict(by="ana") for _ in range(9))]
    assert reliabilities(wrong)["ana"] == 1


def test_no_verdicts_have_no_labels() -> None:
    assert [len(each) for each in labelled([])] == [0, 0, 0]
