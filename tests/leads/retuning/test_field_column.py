"""A column made of parts has each lead's value, and each value once."""

from hypothesis import example, given
from hypothesis import strategies as st

from leads.conditions import Found
from leads.retuning.field_column import UNKNOWN, ColumnMaker

values = st.one_of(
    st.none(),
    st.sampled_from([True, False, 0, 1, 0.0, 1.0, "1", "CTO", ("CTO",), ("CTO", "1")]),
)
parts = st.lists(st.lists(values, max_size=6), min_size=1, max_size=4)


@given(parts)
@example([[1, None, 1], [1.0, True, 1, None]])
@example([["1", ("1",), None], ["1", 1]])
@example([[]])
def test_true_one_and_one_point_zero_stay_apart_in_whichever_part_they_come(
    told: list[list[Found | None]],
) -> None:
    maker = ColumnMaker()
    for part in told:
        maker.add(part)
    column = maker.made()
    all_told = [(type(value), value) for part in told for value in part]
    kinds = [(type(value), value) for value in column.values]
    read = [(type(None), None) if code == UNKNOWN else kinds[code] for code in column.codes]
    assert read == all_told
    assert set(kinds) == set(all_told) - {(type(None), None)}
    assert len(set(kinds)) == len(kinds)
