"""What is asked about pictures, histograms, texts, tables and figures that jobs kept."""
