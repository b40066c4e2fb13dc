"""What is in an environment: compared, searched, and written as a file that makes it again."""
