"""Rank programs to start from a shell, on one computer or on many."""
