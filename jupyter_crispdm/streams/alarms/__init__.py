"""When an alarm is raised and when it is cleared, and the file that says so."""
