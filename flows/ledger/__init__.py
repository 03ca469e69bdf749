"""The Excel side: one description of the workbook (layout), used by writer, reader, checker, annotator and master."""
