"""What the bootstrap writes of each stream."""

import json


def kinds(records):
    """Return the kind of each record."""
    return [record["kind"] for record in records]


def test_every_stream_comes_typed_and_in_order(session):
    """Output, error, warning, verbose, debug, information and progress keep their order."""
    script = """
        'out'; Write-Error bad; Write-Warning warn; Write-Verbose verb -Verbose
        Write-Debug deb -Debug; Write-Information info; Write-Host host
        Write-Progress -Activity act -Status st; 'end'
    """

    records = session.run(script)[2:-1]

    assert " ".join(kinds(records)) == (
        "output error warning verbose debug information information progress output"
    )
    messages = [record["message"] for record in records[1:7]]
    assert messages == ["bad", "warn", "verb", "deb", "info", "host"]
    assert records[7].items() >= {"activity": "act", "status": "st", "percent": -1}.items()


def test_an_error_tells_where_and_what(session):
    """An error record names its line, id, category, target and chain of exceptions."""
    script = """
        function Get-It {
            Write-Error 'gone' -ErrorId E1 -Category ObjectNotFound -TargetObject box
        }
        Get-It
    """

    error = next(record for record in session.run(script) if record["kind"] == "error")

    assert error["message"] == "gone"
    assert (error["category"], error["id"], error["target"]) == (
        "ObjectNotFound",
        "E1,Get-It",
        "box",
    )
    assert (error["script"], error["line"]) == (str(session.folder / "script.ps1"), 3)
    assert error["exception"] == ["Microsoft.PowerShell.Commands.WriteErrorException: gone"]
    assert error["terminating"] is False


def test_a_programs_stderr_is_text_and_its_exit_code_is_an_error(session):
    """What a program prints on stderr is information; that it failed is an error."""
    records = session.run("sh -c 'echo oops >&2; exit 7'")

    assert [r["message"] for r in records if r["kind"] == "information"] == ["oops"]
    assert [r["id"] for r in records if r["kind"] == "error"] == ["ProgramExitedWithNonZeroCode"]


def test_values_become_the_json_a_person_expects(session, outputs):
    """Enums are names, dates ISO 8601, texts lose their note properties, depth is kept."""
    script = """
        [pscustomobject]@{
            Day = [DayOfWeek]::Monday
            At = ([datetime] '2026-01-02T03:04:05Z').ToUniversalTime()
            Deep = @{ a = @{ b = 1 } }
        }
        Set-Content t 'line'; Get-Content t
        7; $true; $null; , @(1, 2)
    """

    assert outputs(session.run(script)) == [
        {"Day": "Monday", "At": "2026-01-02T03:04:05Z", "Deep": {"a": {"b": 1}}},
        "line",
        7,
        True,
        [1, 2],
    ]


def test_only_the_declared_properties_are_written(session, outputs):
    """`output.properties` selects and orders what is written of each object."""
    script = "[pscustomobject]@{ A = 1; B = 2; C = 3 }"

    assert outputs(session.run(script, properties=("C", "A", "D"))) == [{"C": 3, "A": 1, "D": None}]


def test_many_objects_come_once_each_in_batches(session):
    """Many objects come in batches of at most 500, complete and in order."""
    sizes, seen = [], []
    for record in session.start("foreach ($i in 1..20000) { [pscustomobject]@{ N = $i } }"):
        if record["kind"] == "output":
            sizes.append(len(record["records"]))
            seen += [value["N"] for value in record["records"]]

    assert seen == list(range(1, 20001))
    assert max(sizes) == 500


def test_large_objects_make_short_lines(session):
    """A batch that would make a line of over four million characters is halved."""
    script = (
        "$text = 'x' * 100kb; foreach ($i in 1..100) { [pscustomobject]@{ N = $i; T = $text } }"
    )
    lengths, seen = [], []
    for record in session.start(script):
        if record["kind"] == "output":
            lengths.append(len(json.dumps(record)))
            seen += [value["N"] for value in record["records"]]

    assert seen == list(range(1, 101))
    assert max(lengths) < 4_300_000


def test_programs_do_not_inherit_the_records_pipe(session, outputs):
    """A program that a script starts sees only standard streams, so it cannot hold the pipe."""
    listing = outputs(session.run("sh -c 'ls -l /proc/self/fd'"))

    assert listing
    assert not [
        line for line in listing if "pipe:" in line and " 1 ->" not in line and " 2 ->" not in line
    ]


def test_progress_is_thinned_but_its_end_is_not(session):
    """A tight loop reports a few times a second, and always its completion."""
    script = """
        foreach ($i in 1..500) { Write-Progress -Activity a -PercentComplete ($i / 6) }
        Write-Progress -Activity a -Completed
    """

    progress = [record for record in session.run(script) if record["kind"] == "progress"]

    assert 1 < len(progress) < 50
    assert progress[-1]["completed"] is True
