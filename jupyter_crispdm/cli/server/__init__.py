"""Commands about the server, this machine and its environments."""
