"""Authentication of network clients: hashed tokens and PINs, and login cookies."""
