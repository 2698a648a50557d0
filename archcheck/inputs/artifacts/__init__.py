"""What is built already: zip files, wheels, folders and images; read, never unpacked or run. Internal."""
