"""The door: users, roles, sessions, API tokens, and the hooks that give one Jupyter server three roles."""
