"""Drawings: plain arrays in, deterministic SVG or a matplotlib figure out."""
