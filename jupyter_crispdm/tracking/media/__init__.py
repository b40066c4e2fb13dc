"""Pictures, histograms, texts, tables and figures of a run: what there is, and the file of each piece."""
