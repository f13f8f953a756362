"""A course on deep learning and the machines that run it."""
