"""What a run says by other ways than ours, its log and the files of other trackers, turned into our own form."""
