"""What a run's curves say: under-fitted, over-fitted, just right, diverging; and rules that raise an alert."""
