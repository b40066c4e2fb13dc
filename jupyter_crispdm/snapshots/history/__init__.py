"""Kept versions of files that were saved in Lab, and each person's last layouts."""
