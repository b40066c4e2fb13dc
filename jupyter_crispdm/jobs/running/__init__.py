"""Following a job that runs: its session, what it reports, whether anything moves."""
