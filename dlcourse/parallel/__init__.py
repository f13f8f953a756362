"""Training on several devices: one strategy a file, each over nothing but World."""
