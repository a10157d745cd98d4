"""The engine on simulated time: simulation, offline render, plot."""
