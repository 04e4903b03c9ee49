# What happens when a script calls an Exchange cmdlet.
#
# A command-lookup hook runs before every command of the script, in loops too, so its way for the others is one
# look into a table. An Exchange cmdlet is answered by a function of the same parameters that calls it, and calls it
# once more when the token was refused before anything came out.

$Outer = 'ErrorAction', 'ErrorVariable', 'OutVariable', 'WarningVariable', 'InformationVariable', 'PipelineVariable', 'OutBuffer'
$Preserve = [System.Management.Automation.ErrorRecord].GetProperty('PreserveInvocationInfoOnce', [System.Reflection.BindingFlags] 'NonPublic, Instance')
$RetrySpace = 60000 # milliseconds between two retries of a session whose file holds no newer token

function Enable-Hook {
    <# .SYNOPSIS Lets every Exchange cmdlet look for a newer token first. #>
    param([bool] $Retry = $true)
    $Flags.Retry = $Retry
    $ExecutionContext.InvokeCommand.PreCommandLookupAction = {
        param($Name, $Lookup)
        $owner = $Owners[$Name]
        if ($null -eq $owner) {
            if ($Name.IndexOf([char] '\') -lt 0) { return }
            $owner = $Owners[$Name.Substring($Name.LastIndexOf([char] '\') + 1)]
            if ($null -eq $owner) { return }
        }
        if ($Flags.Busy) { return }
        if ([System.IO.File]::GetLastWriteTimeUtc($owner.TokenPath).Ticks -ne $owner.Stamp -or [DateTime]::UtcNow.Ticks -ge $owner.EndsAt) { Update-Session $owner }
        if ($owner.Dead) { $Lookup.CommandScriptBlock = { Stop-WithoutToken }; $Lookup.StopSearch = $true }
        elseif ($Flags.Retry) {
            $proxy = $owner.Proxies[$Name] ?? (Add-Proxy $owner $Name)
            if ($proxy) { $Lookup.CommandScriptBlock = $proxy; $Lookup.StopSearch = $true }
        }
    }
}

function Add-Proxy {
    # Nothing where the command is none of those that can be stood in for, such as a script's own function of that name.
    param([hashtable] $Session, [string] $Name)
    $Flags.Busy = $true
    try {
        $command = $ExecutionContext.InvokeCommand.GetCommand($Name, 'Function,Cmdlet')
        $isExchange = $command -and ($command.ModuleName -eq $ModuleName -or $command.ModuleName -like 'tmpEXO_*')
        $Session.Proxies[$Name] = if ($isExchange) { New-Proxy $Session $command } else { $false }
    }
    finally { $Flags.Busy = $false }
    $Session.Proxies[$Name]
}

function New-Proxy {
    # Bound to no module, so that it sees the preferences of the scope that calls it, as a cmdlet does.
    param([hashtable] $Session, [System.Management.Automation.CommandInfo] $Command)
    $metadata = [System.Management.Automation.CommandMetadata]::new($Command)
    $binding = [System.Management.Automation.ProxyCommand]::GetCmdletBindingAttribute($metadata)
    $parameters = [System.Management.Automation.ProxyCommand]::GetParamBlock($metadata)
    $Session.Commands[$Command.Name] = $Command
    # One input object at a time, as the cmdlets themselves work.
    $call = "Invoke-ExoCall '$($Session.Resource)' '$($Command.Name)' `$PSBoundParameters `$PSCmdlet `$ErrorActionPreference"
    [scriptblock]::Create("$binding`nparam($parameters)`nprocess { $call }")
}

function Invoke-ExoCall {
    # Streams what comes out. Errors wait until something has come out or the end is known, for only an attempt that
    # gave nothing can be made again.
    param([string] $Resource, [string] $Name, [System.Collections.Generic.Dictionary[string, object]] $Bound, [System.Management.Automation.PSCmdlet] $Caller, $Preference)
    $session = $Sessions[$Resource]
    $command = $session.Commands[$Name]
    # A function of a module sees no preference but the global one; that of the caller counts where it is bound.
    $ErrorActionPreference = if ($command.CommandType -eq 'Cmdlet' -or $Bound.ContainsKey('ErrorAction')) { $Preference } else { $global:ErrorActionPreference }
    $arguments = Get-InnerArgument $Bound $ErrorActionPreference
    $seen = @{ Any = $false; Errors = [System.Collections.Generic.List[object]]::new(); Thrown = $null }
    try {
        & $command @arguments 2>&1 | & { process {
                if ($_ -isnot [System.Management.Automation.ErrorRecord]) { $seen.Any = $true; $_ }
                elseif ($seen.Any) { Write-Through $Caller $_ }
                else { $seen.Errors.Add($_) }
            } }
    }
    catch { $seen.Thrown = $_ }
    $mayRepeat = $Flags.MayRepeat -or ($Name -split '-')[0] -in $ReadVerbs
    if (-not $seen.Any -and (Restore-Session $session (@($seen.Errors) + $seen.Thrown) $mayRepeat)) {
        return & ($session.Commands[$Name] ?? $command) @arguments 2>&1 | & { process { if ($_ -is [System.Management.Automation.ErrorRecord]) { Write-Through $Caller $_ } else { $_ } } }
    }
    foreach ($each in $seen.Errors) { Write-Through $Caller $each }
    if ($seen.Thrown) {
        if ($Preserve) { $Preserve.SetValue($seen.Thrown, $true) }
        $Caller.ThrowTerminatingError($seen.Thrown)
    }
}

function Write-Through {
    # PowerShell would put the outer command's name into the error's id, which scripts compare. It has a switch against
    # that, but not a public one; without it the id ends otherwise, and that is all.
    param([System.Management.Automation.PSCmdlet] $Caller, [System.Management.Automation.ErrorRecord] $Record)
    if ($Preserve) { $Preserve.SetValue($Record, $true) }
    $Caller.WriteError($Record)
}

function Get-InnerArgument {
    # What collects into a variable of the caller's, and what silences, belongs to the outer command alone.
    param([System.Collections.Generic.Dictionary[string, object]] $Bound, $Preference)
    $arguments = @{}
    foreach ($each in $Bound.GetEnumerator()) { if ($each.Key -notin $Outer) { $arguments[$each.Key] = $each.Value } }
    $arguments.ErrorAction = if ($Preference -eq 'Stop') { 'Stop' } else { 'Continue' }
    $arguments
}

function Test-Refused {
    # Spent retries can mean anything that the service had; with a token that is over or not the newest, they mean that.
    # One of those tries may have been carried out, so a call that must not happen twice is not made again.
    param([hashtable] $Session, [System.Management.Automation.ErrorRecord] $Record, [bool] $MayRepeat = $true)
    $text = [string] $Record
    if ($text -match '\bUnAuthorized\b' -or $text -match '\b401\b') { return $true }
    $isStale = $Session.Document.expires_at -le [DateTime]::UtcNow -or (Get-Stamp $Session.TokenPath) -ne $Session.Stamp
    $MayRepeat -and $isStale -and $text.Contains('Maximum retry count reached.')
}

function Restore-Session {
    <# .SYNOPSIS Connects again if the token was refused, with a newer one if there is one. Tells whether to call again. #>
    param([hashtable] $Session, [object[]] $Errors, [bool] $MayRepeat)
    $refusal = @($Errors | Where-Object { $_ -and (Test-Refused $Session $_ $MayRepeat) })
    if (-not $refusal -or $Flags.Busy -or -not (Test-RetryTime $Session)) { return $false }
    Write-Note warning "Exchange refused the token ($($refusal[0])); connecting again and calling once more."
    $Flags.Busy = $true
    try {
        Use-Token $Session (Read-SessionToken $Session) 'refused'
        Update-Owner
        foreach ($name in @($Session.Commands.Keys)) { $Session.Commands[$name] = $ExecutionContext.InvokeCommand.GetCommand($name, 'Function,Cmdlet') }
        $true
    }
    catch {
        Write-Note warning "The session could not connect again: $_"
        $false
    }
    finally { $Flags.Busy = $false }
}

function Test-RetryTime {
    # With a newer token at once; with the same one, which may have been refused for a moment, once a minute.
    param([hashtable] $Session)
    $now = [Environment]::TickCount64
    $isNew = (Get-Stamp $Session.TokenPath) -ne $Session.Stamp
    if (-not $isNew -and $now -lt $Session.RetryAt) { return $false }
    $Session.RetryAt = $now + $RetrySpace
    $true
}

function Stop-WithoutToken {
    # Runs in place of an Exchange cmdlet once there is no token that could carry it.
    $dead = $Sessions.Values | Where-Object Dead | Select-Object -First 1
    $message = "The token expired at $($dead.Document.expires_at.ToString('o')) and none that can be used has come since. Look at the sidecar."
    throw [System.Management.Automation.ErrorRecord]::new([TimeoutException]::new($message), 'TokenExpired', 'AuthenticationError', $dead.TokenPath)
}
