"""What is of one occurrence alone, and so another in the next: amounts, ids, places."""
