"""What serving is measured with: models, peers, load, and what a process takes."""
