"""What aws-sam-translator makes of templates; runs by itself, in an environment that has it.

Reads the path of a template from each line of standard input, and writes a line of JSON for it: either `refused`, with
the reason, or `functions`, the properties of each Lambda function by its logical id. What lies in local folders is
first replaced by addresses of S3, as `sam validate` does; without that the translator refuses it.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

LOCAL = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::Application": "Location",
    "AWS::Serverless::Api": "DefinitionUri",
    "AWS::Serverless::HttpApi": "DefinitionUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
S3 = "s3://bucket/key"


def uploaded(template: dict) -> None:
    """Replace what is local in *template* by addresses of S3."""
    resources = template.get("Resources")
    for resource in resources.values() if isinstance(resources, dict) else ():
        if not isinstance(resource, dict) or resource.get("Type") not in LOCAL:
            continue
        properties = resource.setdefault("Properties", {})
        key = LOCAL[resource["Type"]]
        if properties.get("PackageType") == "Image":
            properties["ImageUri"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1"
        elif isinstance(properties.get(key), str) or (key == "CodeUri" and "InlineCode" not in properties):
            properties[key] = S3
        if isinstance(properties.get("InlineCode"), dict):
            properties["InlineCode"] = "text"


def functions(path: str) -> dict:
    """Return the answer for the template at *path*."""
    template = yaml_parse(Path(path).read_text(encoding="utf-8"))
    uploaded(template)
    parameters = {"AWS::Region": "eu-west-1"}
    translator = Translator({}, Parser())
    result = translator.translate(template, parameters, get_managed_policy_map=dict)
    return {
        name: resource.get("Properties", {})
        for name, resource in result["Resources"].items()
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Lambda::Function"
    }


def main() -> None:
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        path = line.rstrip("\n")
        try:
            answer = {"path": path, "functions": functions(path)}
        except InvalidDocumentException as error:
            answer = {"path": path, "refused": f"{error.message} {[each.message for each in error.causes]}"}
        except Exception as error:  # noqa: BLE001 - whatever it stumbles over is no answer
            answer = {"path": path, "refused": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer, default=str), flush=True)


main()
