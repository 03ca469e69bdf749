"""The yearly report on government information disclosure: official tables, their rules, and the 年报数据 workbook."""
