"""Native Word charts: what they show, their DrawingML part, the workbook inside, their place in a document."""
