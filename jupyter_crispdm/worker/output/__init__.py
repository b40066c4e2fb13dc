"""What a job prints: on its way into the log, kept below its limit, and what it says about a failure."""
