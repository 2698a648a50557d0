"""What puts a function of Terraform on arm64: its block, or the variable that it hangs on. Internal."""
