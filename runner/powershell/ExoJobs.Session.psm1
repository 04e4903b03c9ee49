# Keeps the Exchange session on the newest token of the token file.
#
# The module holds a token for the life of a connection and cannot renew it. So a command-lookup hook looks
# at the file just before an Exchange cmdlet is called, and connects again when the token is another one.
# A cmdlet that is under way keeps the connection it began with: the old one is closed only after its token
# has expired, when it is of no use to anybody.

Set-StrictMode -Version 3.0

$ModuleName = 'ExchangeOnlineManagement'
$EnvironmentNames = @{
    worldwide = 'O365Default'; gcc = 'O365Default'; gccHigh = 'O365USGovGCCHigh'; dod = 'O365USGovDoD'; china = 'O365China'
}

$session = @{
    TokenPath = ''; Cmdlets = @(); TokenSeconds = 120; Document = $null; Stamp = 0L; Dead = $false; Busy = $false; NotBefore = 0L
    Connections = [System.Collections.Generic.List[object]]::new()
    Names = [System.Collections.Generic.HashSet[string]]::new([System.StringComparer]::OrdinalIgnoreCase)
}

function Connect-Session {
    <# .SYNOPSIS Connects for the first time. Throws what Connect-ExchangeOnline throws. #>
    param([string] $TokenPath, [string[]] $Cmdlets, [int] $TokenSeconds)
    Import-Module $ModuleName -Global -DisableNameChecking -ErrorAction Stop
    $session.TokenPath = $TokenPath
    $session.Cmdlets = $Cmdlets
    $session.TokenSeconds = $TokenSeconds
    Use-Token (Read-Token) 'start'
}

function Get-MissingCmdlet {
    <# .SYNOPSIS Returns the cmdlets of the spec that this connection did not bring. #>
    @($session.Cmdlets | Where-Object { -not [WildcardPattern]::ContainsWildcardCharacters($_) -and -not $session.Names.Contains($_) })
}

function Enable-Reconnect {
    <# .SYNOPSIS Lets every Exchange cmdlet look for a newer token first, and puts the shims in place. #>
    $ExecutionContext.InvokeCommand.PreCommandLookupAction = {
        param($Name, $Lookup)
        if (-not $session.Names.Contains(($Name -replace '^.*\\'))) { return }
        Update-Session
        if ($session.Dead) {
            $Lookup.CommandScriptBlock = { Stop-WithoutToken }
            $Lookup.StopSearch = $true
        }
    }
    # Aliases, because they win over the functions that a script's own Import-Module puts back.
    Set-Alias -Scope Global -Name Connect-ExchangeOnline -Value Connect-ByTokenFile
    Set-Alias -Scope Global -Name Disconnect-ExchangeOnline -Value Disconnect-ByRunner
    Set-Alias -Scope Global -Name Read-Host -Value Read-Nobody
    Set-Alias -Scope Global -Name Write-Progress -Value Write-ProgressRecord
}

function Update-Session {
    # NOTE: PowerShell swallows an exception in the hook, and the cmdlet then runs on the old connection; so all
    # that can go wrong is told here as a warning.
    if ($session.Busy) { return }
    $session.Busy = $true
    try { if (Test-Renewed) { Use-Token (Read-Token) 'renewed' } }
    catch {
        $session.NotBefore = [Environment]::TickCount64 + 1000
        $session.Dead = $session.Document.expires_at -le [DateTime]::UtcNow
        $then = if ($session.Dead) { 'the old one has expired' } else { 'goes on with the old one' }
        Write-Record warning @{ message = "The session could not take the newer token; it ${then}: $_" }
    }
    finally { $session.Busy = $false }
}

function Test-Renewed {
    if ([Environment]::TickCount64 -lt $session.NotBefore) { return $false }
    if ((Get-Stamp) -ne $session.Stamp) { return $true }
    if ($session.Dead -or $session.Document.expires_at -gt [DateTime]::UtcNow) { return $false }
    Wait-NewToken
}

function Wait-NewToken {
    # The held token is dead: any cmdlet would spend a minute on retries and then fail. Better to wait for the sidecar.
    Write-Record warning @{ message = "The token expired at $($session.Document.expires_at.ToString('o')); waiting for a newer one in $($session.TokenPath)." }
    $until = [Environment]::TickCount64 + 1000L * $session.TokenSeconds
    while ([Environment]::TickCount64 -lt $until) {
        if ((Get-Stamp) -ne $session.Stamp) { return $true }
        Start-Sleep -Milliseconds 250
    }
    $session.Dead = $true
    $false
}

function Stop-WithoutToken {
    # Runs in place of an Exchange cmdlet once there is no token that could carry it.
    $message = "The token expired at $($session.Document.expires_at.ToString('o')) and none that can be used has come since. Look at the sidecar."
    throw [System.Management.Automation.ErrorRecord]::new([TimeoutException]::new($message), 'TokenExpired', 'AuthenticationError', $session.TokenPath)
}

function Get-Stamp { [System.IO.File]::GetLastWriteTimeUtc($session.TokenPath).Ticks }

function Read-Token {
    # The stamp is taken first: a file replaced in between is then seen as changed at the next look.
    $stamp = Get-Stamp
    $document = ConvertFrom-Json ([System.IO.File]::ReadAllText($session.TokenPath)) -AsHashtable
    if ($document.version -ne 1) { throw "$($session.TokenPath) is not a token document of version 1" }
    if ($session.Document -and $document.tenant_id -ne $session.Document.tenant_id) {
        throw "$($session.TokenPath) is now for tenant $($document.tenant_id), the session is for $($session.Document.tenant_id)"
    }
    $document.expires_at = ([DateTime] $document.expires_at).ToUniversalTime()
    $document.stamp = $stamp
    $document
}

function Use-Token {
    param([hashtable] $Document, [string] $Reason)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $connection = Connect-WithToken $Document
    $session.Document = $Document
    $session.Stamp = $Document.stamp
    $session.Dead = $false
    $session.Connections.Add(@{ Id = $connection.ConnectionId; ExpiresAt = $Document.expires_at })
    Update-Name $connection.ModuleName
    Write-Record connected ([ordered]@{
            sequence = $Document.sequence; expires_at = $Document.expires_at.ToString('yyyy-MM-ddTHH:mm:ss.fffZ'); reason = $Reason
            seconds = [Math]::Round($watch.Elapsed.TotalSeconds, 3)
            module_version = [string] (Get-Module $ModuleName | Select-Object -First 1).Version
            missing = @(Get-MissingCmdlet)
        })
    Close-ExpiredConnection
}

function Connect-WithToken {
    param([hashtable] $Document)
    $arguments = @{
        AccessToken = $Document.access_token; Organization = $Document.organization
        ShowBanner = $false; SkipLoadingFormatData = $true; ErrorAction = 'Stop'
    }
    if ($session.Cmdlets.Count) { $arguments.CommandName = $session.Cmdlets }
    if ($Document['connection_uri']) { $arguments.ConnectionUri = $Document.connection_uri }
    else { $arguments.ExchangeEnvironmentName = $EnvironmentNames[$Document.environment] }
    if ($Document['user_principal_name']) { $arguments.UserPrincipalName = $Document.user_principal_name }
    $before = @(ExchangeOnlineManagement\Get-ConnectionInformation | ForEach-Object { [string] $_.ConnectionId })
    $null = ExchangeOnlineManagement\Connect-ExchangeOnline @arguments
    ExchangeOnlineManagement\Get-ConnectionInformation | Where-Object { [string] $_.ConnectionId -notin $before } | Select-Object -Last 1
}

function Update-Name {
    # TemporaryModule: the path or name of the module that the service sent for this connection.
    param([string] $TemporaryModule)
    $session.Names.Clear()
    $leaf = [System.IO.Path]::GetFileNameWithoutExtension($TemporaryModule)
    foreach ($module in Get-Module | Where-Object { $_.Name -eq $ModuleName -or $_.Path -eq $TemporaryModule -or $_.Name -eq $leaf -or $_.ModuleBase -eq $TemporaryModule }) {
        foreach ($name in $module.ExportedFunctions.Keys + $module.ExportedCmdlets.Keys) { [void] $session.Names.Add($name) }
    }
    foreach ($own in 'Connect-ExchangeOnline', 'Disconnect-ExchangeOnline', 'Get-ConnectionInformation', 'Connect-IPPSSession') { [void] $session.Names.Remove($own) }
}

function Close-ExpiredConnection {
    # All but the newest, which is in use however short its life.
    foreach ($old in @($session.Connections | Select-Object -SkipLast 1 | Where-Object { $_.ExpiresAt -le [DateTime]::UtcNow })) {
        ExchangeOnlineManagement\Disconnect-ExchangeOnline -ConnectionId $old.Id -Confirm:$false
        [void] $session.Connections.Remove($old)
    }
}

function Disconnect-Session {
    <# .SYNOPSIS Closes every connection; the run is over. #>
    $ExecutionContext.InvokeCommand.PreCommandLookupAction = $null
    ExchangeOnlineManagement\Disconnect-ExchangeOnline -Confirm:$false
}

function Connect-ByTokenFile {
    # Stands in for Connect-ExchangeOnline inside scripts: whatever credential they name, the token file is used.
    $named = @($args | Where-Object { $_ -is [string] -and $_ -match '^-(\w+)' } | ForEach-Object { $_ -replace '^-(\w+).*', '$1' })
    $ignored = @($named | Where-Object { $_ -notin 'ShowBanner', 'ShowProgress', 'ErrorAction', 'SkipLoadingFormatData', 'DisableWAM' })
    if ($ignored) { Write-Record verbose @{ message = "Connect-ExchangeOnline: the session of the token file is used; ignored: $($ignored -join ', ')." } }
    Update-Session
}

function Disconnect-ByRunner {
    # Stands in for Disconnect-ExchangeOnline inside scripts: the session is the runner's to close.
    Write-Record verbose @{ message = 'Disconnect-ExchangeOnline: left to the end of the run.' }
}

function Read-Nobody {
    param($Prompt)
    throw "Read-Host: nobody is here to answer '$Prompt'. Make it a parameter of the script and give it in the job."
}

Export-ModuleMember -Function Connect-Session, Get-MissingCmdlet, Enable-Reconnect, Disconnect-Session, Connect-ByTokenFile, Disconnect-ByRunner, Read-Nobody
