"""Settings that every test shares."""

from hypothesis import settings

# The same examples in every run, and no time limit on one: machines differ.
settings.register_profile("course", derandomize=True, database=None, deadline=None)
settings.load_profile("course")
