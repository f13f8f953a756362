"""What a student meets in a lesson: predictions, checks, the machine report."""
