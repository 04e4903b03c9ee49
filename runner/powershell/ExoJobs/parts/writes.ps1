# What may change Exchange. A job that has not said that it writes, and a dry run, import only cmdlets that read.
# Calls of the others are refused in the one and recorded in the other.
#
# -WhatIf is no help: several Exchange cmdlets ignore it. This guards against mistakes; against malice, the
# application's role does.

$ReadVerbs = 'Get', 'Test', 'Search', 'Find', 'Measure', 'Show', 'Export', 'Preview', 'Resolve', 'Trace'
$WriteVerbs = 'Add', 'Approve', 'Clear', 'Complete', 'Delete', 'Deny', 'Disable', 'Enable', 'Execute', 'Grant', 'Import', 'Install', 'Invoke',
'Mount', 'Move', 'New', 'Publish', 'Purge', 'Release', 'Remove', 'Repair', 'Restart', 'Restore', 'Resume', 'Retry', 'Revoke', 'Rotate', 'Send',
'Set', 'Split', 'Start', 'Stop', 'Suspend', 'Swap', 'Undo', 'Uninstall', 'Unlock', 'Update', 'Upgrade'
$Writing = @{ Mode = 'write'; Listed = @() }

function Set-WriteMode {
    <# .SYNOPSIS Takes from the plan what is to become of cmdlets that change something: read, write or dry. #>
    param([hashtable] $Plan)
    $Writing.Mode = if ($Plan['dry_run']) { 'dry' } elseif ($Plan['write']) { 'write' } else { 'read' }
    $Writing.Listed = @($Plan.cmdlets)
    # A call whose retries were spent may have been carried out; only where that does no harm is it made again.
    $Flags.MayRepeat = -not $Plan['write'] -or $Plan['idempotent']
}

function Get-AllowedCmdlet {
    <# .SYNOPSIS Returns what of -Cmdlets may be imported; where that is nothing, everything that may be. #>
    param([string[]] $Cmdlets)
    if ($Writing.Mode -eq 'write') { return $Cmdlets }
    Get-ReadCmdlet $Cmdlets
}

function Get-ReadCmdlet {
    param([string[]] $Cmdlets)
    $reads = foreach ($each in $Cmdlets) {
        $verb, $noun = $each -split '-', 2
        if ($verb -in $ReadVerbs) { $each }
        elseif ([WildcardPattern]::ContainsWildcardCharacters($verb)) { $ReadVerbs | Where-Object { $_ -like $verb } | ForEach-Object { "$_-$noun" } }
    }
    if ($reads) { $reads } else { $ReadVerbs | ForEach-Object { "$_-*" } }
}

function Enable-WriteGuard {
    <# .SYNOPSIS Answers calls of cmdlets that change something, where they may not. #>
    if ($Writing.Mode -eq 'write') { return }
    # The module's own are there whatever -CommandName says.
    $own = if ($Writing.Mode -eq 'dry') { 'Write-OwnIntended' } else { 'Deny-OwnWrite' }
    (Get-Module $ModuleName).ExportedCommands.Keys | Where-Object { Test-OwnWrite $_ } | ForEach-Object { Set-Alias -Scope Global $_ $own -Force }
    $ExecutionContext.InvokeCommand.CommandNotFoundAction = {
        param($Name, $Lookup)
        if ($Name -notmatch '^(?<verb>[A-Za-z]+)-[A-Za-z][A-Za-z0-9]*$' -or -not (Test-Write $Name $Matches.verb)) { return }
        $answer = if ($Writing.Mode -eq 'dry') { 'Write-Intended' } else { 'Deny-Write' }
        $Lookup.CommandScriptBlock = [scriptblock]::Create("$answer '$Name' `$args @(`$input)")
        $Lookup.StopSearch = $true
    }
}

function Test-OwnWrite {
    param([string] $Name)
    $Writing.Mode -ne 'write' -and ($Name -split '-')[0] -in $WriteVerbs
}

function Test-Write {
    param([string] $Name, [string] $Verb)
    if ($Writing.Mode -eq 'read') { return $Verb -in $WriteVerbs }
    # What the job does not list would not be there in a real run, either.
    $Verb -notin $ReadVerbs -and (-not $Writing.Listed.Count -or @($Writing.Listed | Where-Object { $Name -like $_ }).Count)
}

function Write-OwnIntended { Write-Intended $MyInvocation.InvocationName $args @($input) }

function Deny-OwnWrite { Deny-Write $MyInvocation.InvocationName }

function Write-Intended {
    param([string] $Name, [object[]] $Arguments, [object[]] $From)
    $texts = @(foreach ($each in $Arguments) { Limit-Text ([string] $each) 256 })
    Write-Record intended ([ordered]@{ command = $Name; arguments = $texts; input = @($From).Count })
}

function Deny-Write {
    param([string] $Name)
    $message = "There is no $Name here. If it is Exchange's, it changes something, and this job only reads: say 'write: true' in its spec, or try it with --dry-run."
    throw [System.Management.Automation.ErrorRecord]::new([System.UnauthorizedAccessException]::new($message), 'WriteNotDeclared', 'PermissionDenied', $Name)
}
