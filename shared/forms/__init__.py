"""What callers send: read strictly, told apart from what they mean, and every fault named at once."""
