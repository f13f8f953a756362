"""Settings shared by all tests."""

from hypothesis import settings

# No deadline: machines differ. Derandomized: a failure in CI is the same at home.
settings.register_profile("course", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("course")
