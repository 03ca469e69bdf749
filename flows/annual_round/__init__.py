"""The annual round: 年报数据 of every unit that files, sent out, taken back, checked and kept."""
