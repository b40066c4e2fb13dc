"""From what somebody asked for to what is run: checked, named, prepared."""
