"""The panel Promotion: who ranks the grid, who stood at the gate, and what it found."""
