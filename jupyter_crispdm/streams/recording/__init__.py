"""What a stream has delivered, on the disk: a log of the newest samples, and parquet files of all before."""
