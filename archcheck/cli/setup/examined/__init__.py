"""What `archcheck doctor` looks at. Internal."""
