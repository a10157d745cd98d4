"""Sound devices, their clocks and buffers."""
