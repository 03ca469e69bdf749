"""日程: when which step of a round is due, what has been run of it, and what people see of that."""
