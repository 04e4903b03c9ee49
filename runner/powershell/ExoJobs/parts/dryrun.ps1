# A run that changes nothing in Exchange: only cmdlets that read are imported, and calls of the others are recorded.
#
# -WhatIf is no help: several Exchange cmdlets ignore it.

$ReadVerbs = 'Get', 'Test', 'Search', 'Find', 'Measure', 'Show', 'Resolve', 'Trace'

function Get-ReadCmdlet {
    <# .SYNOPSIS Returns what of -Cmdlets reads; where that is nothing, everything that reads. #>
    param([string[]] $Cmdlets)
    $reads = foreach ($each in $Cmdlets) {
        $verb, $noun = $each -split '-', 2
        if ($verb -in $ReadVerbs) { $each }
        elseif ([WildcardPattern]::ContainsWildcardCharacters($verb)) { $ReadVerbs | Where-Object { $_ -like $verb } | ForEach-Object { "$_-$noun" } }
    }
    if ($reads) { $reads } else { $ReadVerbs | ForEach-Object { "$_-*" } }
}

function Enable-DryRun {
    <# .SYNOPSIS Records calls of cmdlets that were not imported because they change something. #>
    param([string[]] $Cmdlets)
    $Flags.Intended = @($Cmdlets)
    $ExecutionContext.InvokeCommand.CommandNotFoundAction = {
        param($Name, $Lookup)
        if ($Name -notmatch '^(?<verb>[A-Za-z]+)-[A-Za-z][A-Za-z0-9]*$' -or $Matches.verb -in $ReadVerbs) { return }
        # What the job does not list would not be there in a real run, either.
        if ($Flags.Intended.Count -and -not ($Flags.Intended | Where-Object { $Name -like $_ })) { return }
        $Lookup.CommandScriptBlock = [scriptblock]::Create("Write-Intended '$Name' `$args @(`$input)")
        $Lookup.StopSearch = $true
    }
}

function Write-Intended {
    param([string] $Name, [object[]] $Arguments, [object[]] $From)
    $texts = @(foreach ($each in $Arguments) { Limit-Text ([string] $each) 256 })
    Write-Record intended ([ordered]@{ command = $Name; arguments = $texts; input = @($From).Count })
}
