"""Collectives from scratch, on nothing but send and receive: one file each."""
