"""Sample processing: decks and orders in, samples out."""
