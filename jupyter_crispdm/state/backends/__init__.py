"""Where shared values and locks are kept: the database of this server, or a Redis that several servers share."""
