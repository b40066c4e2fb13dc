"""State: values that all sessions of the server share, with locks, and contents by reference."""
