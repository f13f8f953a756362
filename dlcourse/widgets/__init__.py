"""Thin controls over the course's functions, drawn in the browser."""
