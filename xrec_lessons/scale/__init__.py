"""Twenty million ratings: the compiled training, everybody at once in blocks, and Spark."""
