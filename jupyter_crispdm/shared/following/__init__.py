"""Following shared values: one connection for all of them, what of them is news to a session, and who is told where."""
