"""The six phases of CRISP-DM as the pages of a dashboard: each module has one function, `page`."""
