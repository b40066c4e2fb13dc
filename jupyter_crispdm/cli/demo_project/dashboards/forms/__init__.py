"""The forms of a stream as the pages of a dashboard: each function of `pages` is one."""
