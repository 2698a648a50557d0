"""What a service of the Serverless Framework deploys on AWS Lambda. Internal."""

from archcheck.deployables.serverless.reader import read_serverless

__all__ = ["read_serverless"]
