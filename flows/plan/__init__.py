"""A plan document into items: document readers, extraction, deadlines, unit expressions, the review workbook."""
