"""The ground every room stands on: errors, database, clock, tasks; HTTP, live facts, files, and what a room is."""
