"""Import, export and packing of music and scenes."""
