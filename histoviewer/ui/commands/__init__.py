"""Every command of the window as data: one table, a module for each menu."""
