"""Where samples come from: brokers, files, addresses, jobs, and what was recorded before."""
