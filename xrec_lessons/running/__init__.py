"""What holds while something runs: where it may write, how it is shown, and how it is stopped."""
