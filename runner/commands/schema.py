"""`exo-job schema`: the JSON Schema of a job's file."""

import json

import click

from runner.job.model import Job


@click.command()
def schema() -> None:
    """Print the JSON Schema of a job's file."""
    click.echo(json.dumps(Job.model_json_schema(by_alias=True), indent=2))
