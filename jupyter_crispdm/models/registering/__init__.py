"""From what somebody asks for to a version: checked, permitted, and with all that is known about where it came from."""
