# Exchange sessions by the sidecar's token files, for the runner and for anyone's own pwsh.
#
# The parts are dot-sourced, not modules of their own: they share one state, and one import is quicker than six.
# -ForRunner exports also what the runner's bootstrap calls.
param([bool] $ForRunner)

Set-StrictMode -Version 3.0

foreach ($part in 'records', 'notes', 'tokens', 'sessions', 'calls', 'connects', 'shims', 'items', 'writes', 'script', 'standalone') {
    . "$PSScriptRoot/parts/$part.ps1"
}

$public = 'Connect-ExoJob', 'Disconnect-ExoJob', 'Register-JobItem', 'Write-JobItem', 'Save-JobCheckpoint', 'Get-JobCheckpoint', 'Get-JobShard'
$internal = 'Open-RecordStream', 'Close-RecordStream', 'Write-Record', 'Write-ScriptRecord', 'ConvertTo-ErrorField',
'Read-JobParameter', 'Register-Answer', 'Initialize-Item', 'Test-JobScript', 'Start-JobSession', 'Close-JobSession', 'Get-JobEnding', 'Test-ParameterError'
# What the aliases of the shims stand for, and what calls go through, must be reachable from everywhere.
$behind = $Shims.Values.Function + 'Write-ProgressRecord', 'Invoke-ExoCall', 'Write-Intended', 'Write-OwnIntended', 'Deny-Write', 'Deny-OwnWrite'
Export-ModuleMember -Function ($public + $behind + $(if ($ForRunner) { $internal }))
