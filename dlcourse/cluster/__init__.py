"""Ranks and what joins them: a virtual cluster with a clock, real processes, and collectives."""
