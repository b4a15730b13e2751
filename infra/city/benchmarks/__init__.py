"""What the benchmark of the pipeline is made of: what is measured of a run, the runs beside the real one, half load, and the report."""
