"""What the program finds and leaves on this machine: processes, packages, files; nothing of studies."""
