"""One period's round: workbooks issued, letters queued and sent, answers merged."""
