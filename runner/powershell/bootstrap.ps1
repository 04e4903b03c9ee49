# Runs one job's script in a connected Exchange session and reports all of it as records.
#
# -Plan names a JSON file that the runner wrote (plan_of in runner/supervision/command.py). The exit code means
# nothing: SIGINT makes it 0 and Write-Error leaves it 0. The runner believes the `finished` record alone.
param([Parameter(Mandatory)] [string] $Plan)

$ErrorActionPreference = 'Stop'
$PSStyle.OutputRendering = 'PlainText'
Import-Module "$PSScriptRoot/ExoJobs/ExoJobs.psd1" -DisableNameChecking -ArgumentList $true
$exoPlan = ConvertFrom-Json ([System.IO.File]::ReadAllText($Plan)) -AsHashtable
Open-RecordStream $exoPlan
Write-Record hello @{ protocol = 1; pwsh_version = [string] $PSVersionTable.PSVersion; pid = $PID }

$exoEnding = 'bootstrap_failed'
$exoError = $null
$exoExit = $null
try {
    $exoParameters = Read-JobParameter $exoPlan.parameters
    Initialize-Item $exoPlan
    Register-Answer $exoPlan $exoParameters
    $exoEnding = Test-JobScript $exoPlan.script $exoParameters
    if (-not $exoEnding) { $exoEnding = Start-JobSession $exoPlan }
    if (-not $exoEnding) {
        # What a script written for a plain pwsh expects. Global, because functions of modules see no other.
        $global:ErrorActionPreference = 'Continue'
        $global:ProgressPreference = 'SilentlyContinue'
        $global:PSNativeCommandUseErrorActionPreference = $true
        $global:LASTEXITCODE = 0
        $exoEnding = 'threw'
        # A `break` outside any loop leaves this one, and not the bootstrap.
        do { & $exoPlan.script @exoParameters *>&1 | Write-ScriptRecord } while ($false)
        $exoEnding, $exoExit = Get-JobEnding $exoPlan.script
    }
}
catch {
    $exoError = ConvertTo-ErrorField $_ -Terminating
    if (Test-ParameterError $_ $exoPlan.script) { $exoEnding = 'bad_parameters' }
}
if ($exoEnding -is [System.Collections.IDictionary]) { $exoEnding, $exoError = $exoEnding.ending, $exoEnding.error }
Close-JobSession
Write-Record finished ([ordered]@{ ending = $exoEnding; script_exit_code = $exoExit; error = $exoError })
Close-RecordStream
exit [int] ($exoEnding -ne 'completed')
