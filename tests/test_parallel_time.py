"""The virtual cluster's step times are those of the closed forms."""

import pytest

from tests.parallel.step_times import COMPUTE, STRATEGIES, predicted, simulated


@pytest.mark.parametrize("compute", COMPUTE)
@pytest.mark.parametrize("ranks", [1, 2, 4])
@pytest.mark.parametrize("name", STRATEGIES)
def test_steps_take_as_long_as_the_closed_form_says(name, ranks, compute):
    exact = 0.1 if name == "overlapped" else 1e-9
    wanted = predicted(name, ranks, compute)
    assert simulated(name, ranks, compute) == pytest.approx(wanted, rel=exact, abs=1e-15)
