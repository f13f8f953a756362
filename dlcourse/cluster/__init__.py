"""Rank programs and the machines that run them: a virtual cluster with a clock, real processes."""
