"""A home's files on a share that every machine of the office reaches, such as a bucket of an object store."""
