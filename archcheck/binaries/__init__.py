"""What native files (ELF, Mach-O, PE) say of themselves, and how archives list them; no I/O. Internal."""
