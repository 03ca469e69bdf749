"""Word documents: contexts, prose and rendering (docxtpl) by GB/T 9704—2012."""
