"""Settings shared by all tests."""

import pytest
from hypothesis import settings

# No deadline: machines differ. Derandomized: a failure in CI is the same at home.
settings.register_profile("course", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("course")


def pytest_configure(config):
    config.addinivalue_line("markers", "gpu: runs on a real GPU, skipped where there is none")


def pytest_runtest_setup(item):
    if item.get_closest_marker("gpu"):
        from dlcourse.gpu.cuda import why_not

        if reason := why_not():
            pytest.skip(reason)


@pytest.fixture(scope="module")
def one_thread():
    """Two cores, many small networks: torch's threads would only wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
