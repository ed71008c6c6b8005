"""A condition that spends privacy looks at each row alone; what looks at others is refused, however it is written."""

from __future__ import annotations

import pytest

from ragone.flows.sharing.condition import require_row_condition
from ragone.models.sharing.errors import ShareError


@pytest.mark.parametrize(
    "where",
    [
        "",
        "porosity < 0.4 AND energy_density IS NOT NULL -- select nothing",
        "source IN ('values from a table', 'b') OR lower(licence) LIKE 'cc%'",
        '"mass_loading of select" BETWEEN 1 AND 2',
        "CASE WHEN porosity > 0.3 THEN binder_adhesion ELSE 1 END::INT > 0",
        "len(list_filter([porosity], x -> x > 0.3)) = 1",
    ],
)
def test_conditions_on_one_row_are_taken(where):
    """Words in texts, quoted names and comments are no queries."""
    require_row_condition(where)


@pytest.mark.parametrize(
    "where",
    [
        "porosity < (SELECT avg(porosity) FROM recipes)",
        "porosity IN (FROM (VALUES (0.3)))",
        "EXISTS (SUMMARIZE evaluations)",
        "1=1) QUALIFY (row_number() OVER (ORDER BY porosity) < 8",
        "1=1) GROUP BY ALL HAVING (count(*) > 0",
        "porosity > lag(porosity) OVER ()",
        "1=1) UNION ALL (SELECT 1",
        "1=1); SELECT (1",
        "porosity <",
        "COLUMNS(*) > 0",
        "porosity < 1) LIMIT (3",
    ],
)
def test_what_looks_at_other_rows_is_refused(where):
    """Queries within it, windows, ranks, groups, limits, further statements, and what is no condition."""
    with pytest.raises(ShareError, match="--where"):
        require_row_condition(where)
