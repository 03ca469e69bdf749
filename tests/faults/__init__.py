"""Rounds of an office in which everything breaks, and the same rounds undisturbed: both must end alike."""
