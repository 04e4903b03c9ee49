# For anyone's own pwsh beside the sidecar: the same session, without the runner.

function Connect-ExoJob {
    <#
    .SYNOPSIS
    Connects by the sidecar's token file, and stays on the newest token from then on.
    .DESCRIPTION
    Waits for a token that has not expired, connects, and looks at the file before each Exchange cmdlet. Connects of
    scripts (Connect-ExchangeOnline, Connect-IPPSSession) use the token files, too.
    .PARAMETER TokenDirectory
    Where the sidecar writes; $env:EXO_TOKEN_DIR or /var/run/exo-tokens.
    .PARAMETER Connection
    Which of the sidecar's connections; $env:EXO_CONNECTION, or the only one that is there.
    .PARAMETER Resource
    exchange, or compliance.
    .PARAMETER CommandName
    Which cmdlets to import; all of them take seconds and some hundred MiB.
    .PARAMETER TokenSeconds
    How long to wait for a token.
    .PARAMETER Prefix
    What to put before the nouns of the imported cmdlets.
    .PARAMETER WithoutShim
    Stand-ins to leave out, by the name of what they stand in for.
    .PARAMETER NoRetry
    Do not call a cmdlet once more when Exchange refused the token.
    .EXAMPLE
    Import-Module ExoJobs; Connect-ExoJob -CommandName Get-Mailbox; Get-Mailbox
    #>
    [CmdletBinding()]
    param(
        [string] $TokenDirectory = $env:EXO_TOKEN_DIR ? $env:EXO_TOKEN_DIR : '/var/run/exo-tokens',
        [string] $Connection = $env:EXO_CONNECTION,
        [ValidateSet('exchange', 'compliance')] [string] $Resource = 'exchange',
        [string[]] $CommandName = @(), [int] $TokenSeconds = 120, [string] $Prefix = '',
        [string[]] $WithoutShim = @(), [switch] $NoRetry
    )
    $path = Get-TokenPath $TokenDirectory $Connection $Resource
    Wait-UsableToken $path $TokenSeconds
    Open-Session (New-Session $Resource $path $CommandName $TokenSeconds $Prefix)
    Enable-Hook -Retry (-not $NoRetry)
    Enable-Shim -Without $WithoutShim
}

function Disconnect-ExoJob {
    <# .SYNOPSIS Closes every connection and takes the stand-ins away. #>
    [CmdletBinding()]
    param()
    if ($Sessions.Count) { Close-EverySession }
    foreach ($name in $Shims.Keys) {
        $alias = Get-Alias -Scope Global -Name $name -ErrorAction Ignore
        if ($alias -and $alias.Definition -eq $Shims[$name].Function) { Remove-Item "Alias:$name" -Force }
    }
}

function Get-TokenPath {
    param([string] $Folder, [string] $Connection, [string] $Resource)
    if (-not $Connection) {
        $there = @([System.IO.Directory]::Exists($Folder) ? [System.IO.Directory]::GetDirectories($Folder) : @())
        if ($there.Count -ne 1) { throw "Connect-ExoJob: $Folder has $($there.Count) connections; name one by -Connection or EXO_CONNECTION." }
        $Connection = [System.IO.Path]::GetFileName($there[0])
    }
    Join-Path $Folder $Connection "$Resource.json"
}

function Wait-UsableToken {
    param([string] $Path, [int] $Seconds)
    $until = [Environment]::TickCount64 + 1000L * $Seconds
    for ($why = ''; ; Start-Sleep -Milliseconds 250) {
        try {
            $document = Read-Token $Path
            if ($document.expires_at -gt [DateTime]::UtcNow) { return }
            $why = "its token expired at $($document.expires_at.ToString('o'))"
        }
        catch { $why = [string] $_ }
        if ([Environment]::TickCount64 -ge $until) { throw "Connect-ExoJob: no usable token in $Path within $Seconds s ($why). Look at the sidecar." }
    }
}
