"""The process that collects a stream: it reads the source, judges, records, and says how it is."""
