"""What people do to a workbook before it comes back: one function a file, one module a group.

Each has its expected outcome under its own name in ``expected/``.
"""
