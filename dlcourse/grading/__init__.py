"""The instructor's desk: executing notebooks and releasing exercises."""
