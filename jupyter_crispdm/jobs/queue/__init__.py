"""Who starts next, what running jobs hold of the machine, and the way from the queue to a session."""
