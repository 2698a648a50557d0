"""SAM and CloudFormation templates, and CDK's cloud assemblies: what they deploy. Internal."""
