"""Figures of GPUs and links, each with its source: what simulators and lessons read."""
