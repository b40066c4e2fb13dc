"""The models that are deployed, and the processes in which they run."""
