"""量化指标 and 定期任务: the numbers that units report against those of the plan, and what comes due again."""
