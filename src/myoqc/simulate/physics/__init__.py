"""What the magnetisation does: tissue values, the timing of a scheme, and the signal that a readout sees."""
