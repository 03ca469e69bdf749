"""Every form in which a filled ledger comes back, as one small model: a book of grids. One module a form."""
