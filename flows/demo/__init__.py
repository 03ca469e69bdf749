"""The sample of an invented city: its plan, its roster, and people who answer."""
