"""Backup and move: a whole office in one file, to another folder, machine or kind of database."""
