"""What is asked about the logs of jobs: lines at any place, a search over all of it, errors."""
