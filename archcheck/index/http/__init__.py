"""One answer from one address: the client, passwords, certificates, freshness and failures. Internal."""
