"""Letters out (yagmail, folder) and answers in (imap-tools, folder)."""
