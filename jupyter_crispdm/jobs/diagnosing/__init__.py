"""What the curves of jobs say, kept up while they run; alerts, and what is kept of a job that is stopped."""
