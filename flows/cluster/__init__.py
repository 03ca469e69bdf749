"""A Dask cluster that checks returned files in place of this machine's cores; the round knows `workers` alone."""
