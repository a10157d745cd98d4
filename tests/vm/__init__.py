"""Virtual machines with a real systemd and real ALSA, on which kacenv is installed and tried."""
