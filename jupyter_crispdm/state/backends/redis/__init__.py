"""Values, locks and contents in a Redis that several servers share."""
